"""The forms of this room: logging a session, matching, appointing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    HiddenField,
    IntegerField,
    NoteField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    TimeField,
)
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.skills.forms import LevelsField
from supportdesk.tutors.office import QUICK, USUAL_MINUTES
from supportdesk.tutors.queries import PlaceChoice
from supportdesk.tutors.session_queries import SessionRow
from supportdesk.tutors.sessions import LONGEST, Held

_STEP: Final = timedelta(minutes=5)


class LogForm(DeskForm):
    """One session, in half a minute: what is most likely stands there already. `uuid` is made with the form."""

    uuid = HiddenField()
    day = DayField(_l("日"))
    time = TimeField(_l("始まった時刻"), hint=_l("例：13:30"))
    minutes = ChoiceField(_l("長さ"), choices=QUICK, coerce=int, default=USUAL_MINUTES.get)
    other_minutes = IntegerField(
        _l("ほかの長さ"), least=1, most=LONGEST, unit=_l("分"), required=False, hint=_l("書くと、こちらを使います。")
    )
    where = SelectField(_l("場所"), required=False, empty=_l("ほかの場所（下に書く）"))
    place = TextField(
        _l("ほかの場所"),
        required=False,
        max_length=100,
        hint=_l("例：泉町内会館。書くと、こちらを使います。"),
        validators=[refuse_what_must_not_be_kept],
    )
    district_code = SelectField(_l("その場所の地区"), required=False)
    in_group = TickField(_l("何人かいっしょに教えました"))
    note = NoteField(_l("ようす"), rows=3, max_length=1000, hint=_l("例：写真を家族に送れました。"))
    levels = LevelsField(_l("できたこと"), hint=_l("見たものだけ、えらびます。"))

    def __init__(
        self,
        *,
        places: Sequence[PlaceChoice],
        districts: Sequence[tuple[str, str]],
        skills: Sequence[tuple[str, str]],
        data: Mapping[str, Any],
        **options: Any,
    ) -> None:
        self._places = {choice.value: choice for choice in places}
        self._skills = skills
        minutes = data.get("minutes", USUAL_MINUTES.get())
        choices = {
            "minutes": QUICK if minutes in QUICK else {minutes: _("%(minutes)s分", minutes=minutes), **QUICK},
            "where": [(choice.value, choice.label) for choice in self._places.values()],
            "district_code": districts,
        }
        super().__init__(choices=choices, data={"uuid": str(uuid4()), **data}, **options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """Which skills there are is known before levels are read. A uuid that is none is replaced."""
        self.levels.skills = list(self._skills)
        super().process(*arguments, **options)
        if _uuid(self.uuid.data) is None:
            self.uuid.data = str(uuid4())

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; then that some place was given, and the district of one in words."""
        good = bool(super().validate(extra_validators))
        if self.place.data and not self.district_code.data and not self.district_code.errors:
            self.district_code.errors = [_("その場所の地区をえらんでください。")]
            return False
        return good

    @property
    def logged_as(self) -> UUID:
        """The name under which this form is logged once."""
        return UUID(self.uuid.data)

    @property
    def held(self) -> Held:
        """What was typed, for the operation. A length and a place that were typed count before those that were picked;
        that there is neither is for the operation to refuse."""
        assert self.day.data is not None
        assert self.time.data is not None
        where = self._where
        return Held(
            held_at=clock.at(self.day.data, self.time.data),
            minutes=int(self.other_minutes.data or self.minutes.data or 0),
            district_code=where.district_code,
            venue_id=where.venue_id,
            place=where.place,
            note=self.note.data or "",
            in_group=bool(self.in_group.data),
            levels=self.levels.data or {},
        )

    @property
    def _where(self) -> PlaceChoice:
        chosen = self._places.get(str(self.where.data))
        if self.place.data or chosen is None:
            return PlaceChoice("", "", None, self.place.data or "", self.district_code.data or "")
        return chosen


def most_likely(places: Sequence[PlaceChoice], own_district: str | None, now: datetime) -> dict[str, Any]:
    """What stands in the form at first: a session of the usual length that has just ended, where the last one was."""
    began = clock.local(now - timedelta(minutes=USUAL_MINUTES.get()))
    began -= timedelta(minutes=began.minute) % _STEP
    return {
        "day": began.date(),
        "time": began.time().replace(second=0, microsecond=0),
        "where": places[0].value if places else None,
        "district_code": own_district,
    }


def place_of(session: SessionRow) -> PlaceChoice:
    """Where the session was held, to be offered when it is corrected."""
    if session.venue_id:
        return PlaceChoice(f"v{session.venue_id}", session.where, session.venue_id, "", session.district_code)
    label = f"{session.place}（{session.district}）"
    return PlaceChoice(f"s{session.id}", label, None, session.place, session.district_code)


def as_written(session: SessionRow, levels: Mapping[str, int]) -> dict[str, Any]:
    """What stands in the form with which a session is corrected."""
    held_at = clock.local(session.held_at)
    return {
        "day": held_at.date(),
        "time": held_at.time(),
        "minutes": session.minutes,
        "where": place_of(session).value,
        "district_code": session.district_code,
        "in_group": session.in_group,
        "note": session.note,
        "levels": dict(levels),
    }


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written or "")
    except ValueError:
        return None


class MatchForm(DeskForm):
    """Who is to help the learner, with what."""

    tutor_id = ChoiceField(_l("地域サポーター"), coerce=int)
    wish = NoteField(
        _l("練習したいこと"), rows=3, max_length=500, hint=_l("サポーターの画面に出ます。例：写真を送りたい")
    )

    def __init__(self, tutors: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"tutor_id": tutors}, **options)


class AppointForm(DeskForm):
    """What a tutor teaches, and where."""

    districts = TicksField(_l("受け持つ地区"))
    skills = TicksField(_l("教えられること"))

    def __init__(
        self, *, districts: Sequence[tuple[str, str]], skills: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(choices={"districts": districts, "skills": skills}, **options)
