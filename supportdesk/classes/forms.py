"""The forms of the class pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.classes.changing import RunChange, fingerprint, instructors_at, meetings_ahead
from supportdesk.classes.condition_fields import ConditionFields, stored_conditions
from supportdesk.classes.filling_fields import FillingFields, stored_filling
from supportdesk.classes.lending.phones import phones_of
from supportdesk.classes.models import Edition, Run
from supportdesk.classes.planning import LARGEST, MeetingPlan, RunPlan
from supportdesk.classes.together import Together
from supportdesk.classes.words import EDITIONS
from supportdesk.core import clock
from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    HiddenField,
    IntegerField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    TimeField,
)
from supportdesk.learners.booking_fields import CallerFields, ReasonField, TellField

MOST_MEETINGS = 5
MOST_PHONES = 200
_TOGETHER = {promised: promised.value for promised in Together}
LONGEST_TITLE = 100


class MeetingFields(NamedTuple):
    """The three fields of one date."""

    number: int
    day: DayField
    start: TimeField
    end: TimeField


def _with_meetings(form: type[DeskForm], most: int) -> None:
    """Fields for so many dates; only the first must be given."""
    for number in range(1, most + 1):
        first = number == 1
        setattr(form, f"day_{number}", DayField(_l("%(number)s回目の日", number=number), required=first))
        setattr(form, f"start_{number}", TimeField(_l("%(number)s回目の始まり", number=number), required=first))
        setattr(form, f"end_{number}", TimeField(_l("%(number)s回目の終わり", number=number), required=False))


class AlthoughField(TickField):
    """That what is unusual is meant. Its page shows it when the operation has asked (`doubts`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_l("このままでよい"), **options)


class PhonesField(IntegerField):
    """How many loan phones each date takes."""

    def __init__(self, **options: Any) -> None:
        label, hint = _l("貸出スマホ（1回に）"), _l("空のときは、使いません。")
        super().__init__(label, required=False, most=MOST_PHONES, unit=_l("台"), hint=hint, **options)


class PlanForm(FillingFields, ConditionFields, DeskForm):
    """A run to be planned, of up to five dates; a copy of a longer one, of as many as that."""

    course_code = SelectField(_l("講座"))
    edition = ChoiceField(_l("対象のスマートフォン"), choices=EDITIONS, coerce=Edition, default=Edition.BOTH)
    room_id = SelectField(_l("会場と部屋"), coerce=int)
    capacity = IntegerField(_l("定員"), least=1, most=LARGEST, unit=_l("人"), default=10)
    staff = TicksField(_l("講師"), coerce=int)
    phones = PhonesField()
    to_bring = TextField(_l("持ち物"), required=False, max_length=200, hint=_l("例：お使いのスマートフォン、めがね"))
    listed = TickField(_l("市民向けの予定にのせる"), default=True)
    although = AlthoughField()
    #: How many dates can be given.
    most = MOST_MEETINGS

    def __init__(
        self,
        *,
        courses: list[tuple[str, str]],
        rooms: list[tuple[int, str]],
        instructors: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(choices={"course_code": courses, "room_id": rooms, "staff": instructors}, **options)

    @property
    def meetings(self) -> list[MeetingFields]:
        """The dates' fields, for the page."""
        return [
            MeetingFields(number, *(self._fields[f"{part}_{number}"] for part in ("day", "start", "end")))
            for number in range(1, self.most + 1)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; a date that was begun is finished."""
        valid = bool(super().validate(extra_validators))
        for meeting in self.meetings[1:]:
            given = (meeting.day.data, meeting.start.data)
            if any((*given, meeting.end.data)) and not all(given) and not (meeting.day.errors or meeting.start.errors):
                meeting.day.errors = [_("日と始まりの時刻を、両方入力してください。")]
                valid = False
        return valid

    def plan(self, minutes: int) -> RunPlan:
        """What was typed. A date without an end lasts as long as the course."""
        return RunPlan(
            course_code=str(self.course_code.data),
            edition=Edition(self.edition.data or Edition.BOTH),
            capacity=self.capacity.data or 0,
            meetings=tuple(self._dates(minutes)),
            listed=bool(self.listed.data),
            to_bring=self.to_bring.data,
            conditions=self.conditions(),
            phones=self.phones.data or 0,
            filling=self.way_to_fill,
            apply_until=self.apply_until,
        )

    def _dates(self, minutes: int) -> Iterator[MeetingPlan]:
        for _number, day, start, end in self.meetings:
            if day.data and start.data:
                starts_at = clock.at(day.data, start.data)
                ends_at = clock.at(day.data, end.data) if end.data else starts_at + timedelta(minutes=minutes)
                yield MeetingPlan(starts_at, ends_at, self.room_id.data, tuple(sorted(self.staff.data or ())))


_with_meetings(PlanForm, MOST_MEETINGS)


def copy_form(run: Run, weeks: int, **choices: Any) -> PlanForm:
    """The form for planning another run like this one, so many weeks later."""
    later = timedelta(weeks=weeks)
    most = max(MOST_MEETINGS, len(run.meetings))
    kind: type[PlanForm] = PlanForm
    if most > MOST_MEETINGS:
        kind = type("LongPlanForm", (PlanForm,), {"most": most})
        _with_meetings(kind, most)
    first, stored, filled = run.meetings[0], stored_conditions(run), stored_filling(run)
    data: dict[str, Any] = {
        "course_code": run.course_code,
        "edition": run.edition,
        "room_id": first.room_id,
        "capacity": run.capacity,
        "staff": frozenset(instructors_at(first)),
        "to_bring": run.to_bring,
        "listed": run.listed,
        "phones": len(phones_of([first.id]).get(first.id, ())) or None,
        **stored,
        **filled,
        **{name: stored[name] + later for name in ("publish_on", "decide_on") if stored[name]},
        "until_day": filled["until_day"] and filled["until_day"] + later,
    }
    for meeting in run.meetings:
        begins, ends = clock.local(meeting.starts_at) + later, clock.local(meeting.ends_at) + later
        number = meeting.number
        data |= {f"day_{number}": begins.date(), f"start_{number}": begins.time(), f"end_{number}": ends.time()}
    return kind(data=data, **choices)


class ChangeForm(FillingFields, ConditionFields, DeskForm):
    """What can be changed of a class. `change_form` adds the fields of the dates that lie ahead."""

    title = TextField(_l("教室の名前"), max_length=LONGEST_TITLE)
    edition = ChoiceField(_l("対象のスマートフォン"), choices=EDITIONS, coerce=Edition)
    room_id = SelectField(
        _l("会場と部屋"), required=False, empty=_l("部屋は決まっていない（会場はそのまま）"), coerce=int
    )
    capacity = IntegerField(_l("定員"), least=1, most=LARGEST, unit=_l("人"))
    staff = TicksField(_l("講師"), coerce=int)
    to_bring = TextField(_l("持ち物"), required=False, max_length=200)
    listed = TickField(_l("市民向けの予定にのせる"))
    although = AlthoughField()
    seen = HiddenField(max_length=40)
    numbers: tuple[int, ...] = ()

    @property
    def meetings(self) -> list[MeetingFields]:
        """The fields of the dates ahead, for the page."""
        return [
            MeetingFields(number, *(self._fields[f"{part}_{number}"] for part in ("day", "start", "end")))
            for number in self.numbers
        ]

    def change(self) -> RunChange:
        """What was typed."""
        return RunChange(
            title=self.title.data,
            edition=Edition(self.edition.data or Edition.BOTH),
            capacity=self.capacity.data or 0,
            listed=bool(self.listed.data),
            to_bring=self.to_bring.data,
            room_id=self.room_id.data,
            staff=tuple(sorted(self.staff.data or ())),
            conditions=self.conditions(),
            times={
                number: (clock.at(day.data, start.data), clock.at(day.data, end.data))
                for number, day, start, end in self.meetings
                if day.data and start.data and end.data
            },
            filling=self.way_to_fill,
            apply_until=self.apply_until,
        )


def change_form(
    run: Run, now: datetime, *, rooms: list[tuple[int, str]], instructors: list[tuple[int, str]]
) -> ChangeForm:
    """The form of this class as it stands, with three fields for each date that lies ahead."""
    ahead = meetings_ahead(run, now)
    fields: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for meeting in ahead:
        number, begins, ends = meeting.number, clock.local(meeting.starts_at), clock.local(meeting.ends_at)
        fields[f"day_{number}"] = DayField(_l("%(number)s回目の日", number=number))
        fields[f"start_{number}"] = TimeField(_l("%(number)s回目の始まり", number=number))
        fields[f"end_{number}"] = TimeField(_l("%(number)s回目の終わり", number=number))
        times |= {f"day_{number}": begins.date(), f"start_{number}": begins.time(), f"end_{number}": ends.time()}
    numbers = tuple(meeting.number for meeting in ahead)
    first = ahead[0] if ahead else None
    made: ChangeForm = type("FullChangeForm", (ChangeForm,), {"numbers": numbers, **fields})(
        choices={"room_id": rooms, "staff": instructors},
        data={
            "title": run.title,
            "edition": run.edition,
            "room_id": first.room_id if first else None,
            "capacity": run.capacity,
            "staff": frozenset(instructors_at(first)) if first else frozenset(),
            "to_bring": run.to_bring,
            "listed": run.listed,
            **stored_conditions(run),
            **stored_filling(run),
            "seen": fingerprint(run),
            **times,
        },
    )
    return made


class EnrolForm(CallerFields, DeskForm):
    """A learner's application for one run."""

    learner = HiddenField(max_length=12)
    clash_reason = ReasonField()
    tell = TellField(_l("受付の結果のお知らせ"))


class BothForm(CallerFields, DeskForm):
    """The application of two for one run. Whose the seat is, where one is free, is asked with their names."""

    learner = HiddenField(max_length=12)
    companion = HiddenField(max_length=12)
    together = ChoiceField(_l("空いている1つの席"), choices=_TOGETHER, coerce=Together)
    clash_reason = ReasonField()
    tell = TellField(_l("受付の結果のお知らせ"))


class MoveForm(DeskForm):
    """To which run a learner moves."""

    run_id = ChoiceField(_l("移る先の教室"), coerce=int)
    clash_reason = ReasonField()
    tell = TellField(_l("変更のお知らせ"))

    def __init__(self, runs: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"run_id": runs}, **options)
