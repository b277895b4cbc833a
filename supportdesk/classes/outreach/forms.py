"""The forms of requests for lectures: what a group applies with, the day that is found, the result, a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.forms import AlthoughField
from supportdesk.classes.office import EARLIEST_HOUR, LATEST_HOUR
from supportdesk.classes.outreach import doors
from supportdesk.classes.outreach.applying import Application, Contact, earliest_day, fingerprint
from supportdesk.classes.outreach.errors import ApplicationRefused
from supportdesk.classes.outreach.finding import FoundDay
from supportdesk.classes.outreach.models import GroupKind, OutreachRequest, OutreachState
from supportdesk.classes.outreach.office import OUTREACH_MOST_MINUTES
from supportdesk.classes.outreach.pictures.forms import PictureFields
from supportdesk.classes.outreach.reporting import Result
from supportdesk.classes.outreach.words import EQUIPMENT, GROUPS
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    HiddenField,
    IntegerField,
    KanaField,
    NoteField,
    PhoneField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    TimeField,
)
from supportdesk.learners.models import AgeBand
from supportdesk.learners.words import AGE_BANDS

MOST_CHOICES: Final = 3
_LENGTHS: Final = (30, 60, 90, 120, 180, 240)
_WHERE: Final = {"own": _l("団体の会場"), "city": _l("市の会場")}
_NUMBERS: Final = range(1, MOST_CHOICES + 1)


class ApplicationForm(DeskForm):
    """What a group applies with, as residents and the reception fill it in."""

    group_kind = ChoiceField(_l("団体の種類"), choices=GROUPS, coerce=GroupKind)
    group_name = TextField(_l("団体の名前"), max_length=100, hint=_l("例：泉町内会"))
    course_code = SelectField(_l("習いたいこと"), required=False, empty=_l("まだ決めていない（相談して決める）"))
    theme = TextField(_l("くわしい希望"), required=False, max_length=200, hint=_l("例：LINEで写真を送りたい"))
    day_1 = DayField(_l("第1希望の日"))
    start_1 = SelectField(_l("第1希望の始まりの時間"))
    day_2 = DayField(_l("第2希望の日"), required=False)
    start_2 = SelectField(_l("第2希望の始まりの時間"), required=False)
    day_3 = DayField(_l("第3希望の日"), required=False)
    start_3 = SelectField(_l("第3希望の始まりの時間"), required=False)
    minutes = ChoiceField(_l("講座の長さ"), coerce=int)
    people = IntegerField(
        _l("参加する人の数"), least=1, most=1000, unit=_l("人"), hint=_l("だいたいの数でかまいません。")
    )
    where = ChoiceField(_l("会場"), choices=_WHERE)
    place = TextField(
        _l("会場の名前"),
        required=False,
        max_length=100,
        hint=_l("例：泉町内会館（市の会場のときは、書かなくてかまいません）"),
    )
    address = TextField(_l("会場の住所"), required=False, max_length=150)
    district_code = SelectField(_l("会場の地区"), hint=_l("市の会場のときは、近い地区をえらびます。"))
    room_for = IntegerField(_l("会場に入れる人数"), least=1, most=1000, unit=_l("人"), required=False)
    equipment = TicksField(_l("会場にあるもの"), choices=EQUIPMENT)
    contact_name = TextField(_l("連絡する方の名前"), max_length=60)
    contact_kana = KanaField(_l("連絡する方の名前のふりがな"), max_length=60)
    contact_phone = PhoneField(_l("連絡する方の電話番号"), hint=_l("昼に電話に出られる番号"))
    contact_address = TextField(
        _l("決定のお知らせの送り先の住所"),
        required=False,
        max_length=150,
        hint=_l("日が決まったら、お知らせを郵便で送ります。"),
    )
    note = NoteField(_l("そのほか、伝えたいこと"), max_length=500)

    def __init__(self, *, courses: list[tuple[str, str]], districts: list[tuple[str, str]], **options: Any) -> None:
        choices: dict[str, list[Any]] = {
            "course_code": courses,
            "district_code": districts,
            "minutes": [
                (length, _("%(minutes)s分", minutes=length))
                for length in _LENGTHS
                if length <= OUTREACH_MOST_MINUTES.get()
            ],
            **{f"start_{number}": list(_starts()) for number in _NUMBERS},
        }
        super().__init__(choices=choices, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; a date that was begun is finished."""
        valid = bool(super().validate(extra_validators))
        for number in _NUMBERS[1:]:
            day, start = self._fields[f"day_{number}"], self._fields[f"start_{number}"]
            if not (day.errors or start.errors) and bool(day.data) != bool(start.data):
                missing = start if day.data else day
                missing.errors = [_("日と時間を、両方入れてください。")]
                valid = False
        return valid

    def refuse(self, error: DeskError) -> None:
        """All that is wrong at once, each beside its field."""
        super().refuse(error)
        for fault in error.faults[1:] if isinstance(error, ApplicationRefused) else ():
            self._fields[fault.field].errors = [*self._fields[fault.field].errors, str(fault.words)]

    @property
    def dates(self) -> list[tuple[Any, Any]]:
        """The fields of each preferred date, for the page."""
        return [(self._fields[f"day_{number}"], self._fields[f"start_{number}"]) for number in _NUMBERS]

    @property
    def earliest_day(self) -> date:
        """From when on a group may wish for a lecture, for the page: nobody has to count days."""
        return earliest_day(clock.today())

    def application(self) -> Application:
        """What was typed."""
        at_city = self.where.data == "city"
        equipment = self.equipment.data or frozenset()
        return Application(
            group_kind=self.group_kind.data or GroupKind.OTHER,
            group_name=self.group_name.data,
            course_code=self.course_code.data or None,
            theme=self.theme.data,
            choices=tuple(clock.at(day.data, time.fromisoformat(start.data)) for day, start in self.dates if day.data),
            minutes=int(self.minutes.data or 0),
            people=self.people.data or 0,
            at_city=at_city,
            place="" if at_city else self.place.data,
            address="" if at_city else self.address.data,
            district_code=str(self.district_code.data),
            room_for=None if at_city else self.room_for.data,
            contact_name=self.contact_name.data,
            contact_kana=self.contact_kana.data,
            contact_phone=self.contact_phone.data,
            contact_address=self.contact_address.data,
            note=self.note.data,
            **{name: name in equipment for name in EQUIPMENT},
        )


class StaffApplicationForm(ApplicationForm):
    """The same at the telephone: what is outside the office's rules may be meant."""

    although = AlthoughField()
    seen = HiddenField(max_length=40)


class ContactForm(DeskForm):
    """Whom to call, of a request for which a day is found already."""

    contact_name = ApplicationForm.contact_name
    contact_kana = ApplicationForm.contact_kana
    contact_phone = ApplicationForm.contact_phone
    contact_address = ApplicationForm.contact_address
    note = ApplicationForm.note
    seen = HiddenField(max_length=40)

    def contact(self) -> Contact:
        """What was typed."""
        return Contact(**{name: getattr(self, name).data for name in Contact.__dataclass_fields__})


class PublicApplicationForm(ApplicationForm):
    """The same for residents: with a field that nobody sees, and the time at which it was opened."""

    homepage = TextField(_l("ここには何も書かないでください"), required=False)
    opened = HiddenField(max_length=200)

    def process(self, *arguments: Any, **options: Any) -> None:
        """A form without a mark of ours was opened just now."""
        super().process(*arguments, **options)
        if doors.opened_at(self.opened.data or "") is None:
            self.opened.data = doors.opened_mark()


def typed_from(request: OutreachRequest) -> dict[str, Any]:
    """A request as the application form shows it."""
    typed: dict[str, Any] = {
        name: getattr(request, name) for name in Application.__dataclass_fields__ if name != "choices"
    }
    typed["seen"] = fingerprint(request)
    typed["where"] = "city" if request.at_city else "own"
    typed["equipment"] = frozenset(name for name in EQUIPMENT if getattr(request, name))
    for choice in request.choices:
        starts_at = clock.local(choice.starts_at)
        typed[f"day_{choice.number}"] = starts_at.date()
        typed[f"start_{choice.number}"] = f"{starts_at:%H:%M}"
    return typed


def _starts() -> Iterator[tuple[str, str]]:
    """Every half hour of the office's usual day."""
    for half in range(2 * EARLIEST_HOUR.get(), 2 * LATEST_HOUR.get()):
        hour, minute = half // 2, 30 * (half % 2)
        shown = f"{hour if hour <= 12 else hour - 12}:{minute:02}"
        yield f"{hour:02}:{minute:02}", _("午前%(time)s", time=shown) if hour < 12 else _("午後%(time)s", time=shown)


class FindForm(DeskForm):
    """The day that is found for a request, and who goes there."""

    course_code = SelectField(_l("講座"))
    day = DayField(_l("日"))
    start = TimeField(_l("始まり"))
    end = TimeField(_l("終わり"))
    travel = IntegerField(_l("移動の時間（片道）"), least=0, most=240, unit=_l("分"))
    room_id = SelectField(_l("市の会場の部屋"), coerce=int, required=False)
    staff = TicksField(_l("講師"), coerce=int, required=True)
    although = AlthoughField()

    def __init__(
        self,
        *,
        courses: list[tuple[str, str]],
        rooms: list[tuple[int, str]],
        staff: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(choices={"course_code": courses, "room_id": rooms, "staff": staff}, **options)

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """From when until when, as far as both were typed."""
        if not (self.day.data and self.start.data and self.end.data):
            return None
        return clock.at(self.day.data, self.start.data), clock.at(self.day.data, self.end.data)

    def found_day(self) -> FoundDay:
        """What was typed."""
        times = self.times
        assert times
        return FoundDay(
            course_code=str(self.course_code.data),
            starts_at=times[0],
            ends_at=times[1],
            travel_minutes=self.travel.data or 0,
            room_id=self.room_id.data,
            staff=tuple(sorted(self.staff.data or ())),
        )


def typed_for(starts_at: datetime, minutes: int) -> dict[str, Any]:
    """A date as the form of the day shows it."""
    begins, ends = clock.local(starts_at), clock.local(starts_at + timedelta(minutes=minutes))
    return {"day": begins.date(), "start": begins.time(), "end": ends.time()}


class ResultForm(PictureFields):
    """How a lecture was, with pictures or without. A field for each age band is added below."""

    heads = IntegerField(_l("参加した人の数（全員）"), least=0, most=1000, unit=_l("人"))
    topics = NoteField(_l("話したこと、質問されたこと"), max_length=1000)
    next_class = TickField(_l("この地区で教室を開いてほしい"))
    next_tutor = TickField(_l("この地区に地域サポーターがほしい"))
    next_note = NoteField(_l("これからのこと"), max_length=500, rows=2)

    @property
    def bands(self) -> list[Any]:
        """The fields of the age bands, for the page."""
        return [self._fields[_band_field(band)] for band in AgeBand]

    def result(self) -> Result:
        """What was typed."""
        return Result(
            heads=self.heads.data or 0,
            by_age={band: self._fields[_band_field(band)].data or 0 for band in AgeBand},
            topics=self.topics.data,
            next_class=bool(self.next_class.data),
            next_tutor=bool(self.next_tutor.data),
            next_note=self.next_note.data,
        )


def _band_field(band: AgeBand) -> str:
    return f"age_{band.value}"


for _band in AgeBand:
    setattr(
        ResultForm,
        _band_field(_band),
        IntegerField(AGE_BANDS[_band], least=0, most=1000, unit=_l("人"), required=False),
    )


def typed_result(request: OutreachRequest, by_age: dict[AgeBand, int]) -> dict[str, Any]:
    """A result that was written before, as the form shows it."""
    names = ("heads", "topics", "next_class", "next_tutor", "next_note")
    return {name: getattr(request, name) for name in names} | {_band_field(band): n for band, n in by_age.items()}


class ReasonForm(DeskForm):
    """Why a step is taken back."""

    reason = NoteField(_l("理由"), required=True, max_length=300, rows=2)
    seen = HiddenField(max_length=20)


ENDS: Final = {
    OutreachState.WITHDRAWN: _l("団体が取り下げた"),
    OutreachState.REFUSED: _l("市が断る"),
}
#: Once the lecture would have begun there is one end left.
ENDS_BEGUN: Final = {OutreachState.NOT_HELD: _l("雪や急病などで、行われなかった")}


class EndForm(ReasonForm):
    """That a request is refused or withdrawn, or its lecture did not take place, and why."""

    end = ChoiceField(_l("どうなりましたか"), coerce=OutreachState)
