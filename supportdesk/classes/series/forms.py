"""The two forms of planning a term: what it is to be, and its dates looked through one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from supportdesk.classes.condition_fields import LeastFields, ShownFromFields
from supportdesk.classes.filling_fields import FillingField
from supportdesk.classes.forms import AlthoughField, PhonesField
from supportdesk.classes.models import Edition
from supportdesk.classes.office import DECIDE_BEFORE_DAYS
from supportdesk.classes.planning import LARGEST
from supportdesk.classes.series.operations import SeriesPlan
from supportdesk.classes.series.queries import CourseDefaults
from supportdesk.classes.series.shape import MOST_LINES, MOST_ROWS, Line, Row, Term, grouped, rows_of
from supportdesk.classes.words import EDITIONS
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import (
    AreaField,
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
from supportdesk.core.moments import WEEKDAYS
from supportdesk.core.wareki import DateError, parse_date

_APART = re.compile(r"[\n、,，\s]+")
_NOT_CARRIED = frozenset({"csrf_token", "one_time_token", "check", "back", "although", "row_count", "corrections"})
LONGEST_MEETING = 480


class LineFields(NamedTuple):
    """The fields of one room with its people."""

    number: int
    room: SelectField
    staff: TicksField
    assistants: TicksField
    weekday: SelectField
    start: TimeField

    @property
    def begun(self) -> bool:
        """Whether something was given."""
        return any(field.typed or field.errors for field in self[1:])


_LINE_PARTS = LineFields._fields[1:]
#: Where the form says what operations say of a run's own fields.
_STANDS_FOR = {"until_day": "close_before", "decide_on": "decide_before"}


class SeriesForm(FillingField, ShownFromFields, LeastFields, DeskForm):
    """What the term is to be."""

    course_code = SelectField(_l("講座"))
    each = IntegerField(
        _l("1つの教室の回数"),
        required=False,
        least=1,
        most=MOST_ROWS,
        unit=_l("回"),
        hint=_l("空のときは、講座のいつもの回数です。"),
    )
    edition = ChoiceField(_l("対象のスマートフォン"), choices=EDITIONS, coerce=Edition, default=Edition.BOTH)
    capacity = IntegerField(
        _l("定員"), required=False, least=1, most=LARGEST, unit=_l("人"), hint=_l("空のときは、講座の定員です。")
    )
    first = DayField(_l("期間のはじめの日"), required=False)
    last = DayField(_l("期間のおわりの日"), required=False)
    weekdays = TicksField(_l("曜日"), choices=WEEKDAYS, coerce=int)
    listed_days = AreaField(
        _l("日にちの一覧"),
        required=False,
        rows=3,
        max_length=1500,
        hint=_l("期間と曜日のかわりに、日にちを1行に1つずつ入力できます。例：2027年1月12日"),
    )
    start = TimeField(_l("始まり"))
    minutes = IntegerField(
        _l("1回の長さ"),
        required=False,
        least=15,
        most=LONGEST_MEETING,
        unit=_l("分"),
        hint=_l("空のときは、講座の時間です。"),
    )
    phones = PhonesField()
    to_bring = TextField(_l("持ち物"), required=False, max_length=200, hint=_l("例：お使いのスマートフォン、めがね"))
    listed = TickField(_l("市民向けの予定にのせる"), default=True)
    decide_before = IntegerField(
        _l("何日前に決めるか"), required=False, least=0, most=90, unit=_l("日前"), hint=_l("1回目の日から数えます。")
    )
    close_before = IntegerField(
        _l("申し込みを何日前に締め切るか"),
        required=False,
        least=1,
        most=90,
        unit=_l("日前"),
        hint=_l("1回目の日から数えて、その日の17:00に締め切ります。空のときは、教室が始まるまでです。"),
    )
    although = AlthoughField()
    #: What was changed of the dates before one came back here (corrections.py).
    corrections = HiddenField(max_length=20_000)

    def __init__(
        self,
        *,
        courses: list[tuple[str, str]],
        rooms: list[tuple[int, str]],
        instructors: list[tuple[int, str]],
        assistants: list[tuple[int, str]],
    ) -> None:
        self.rooms, self.people = rooms, dict([*instructors, *assistants])
        #: What was sent, for a page that carries it on.
        self.sent: MultiDict[str, str] = MultiDict()
        lines = range(1, MOST_LINES + 1)
        super().__init__(
            choices={
                "course_code": courses,
                **dict.fromkeys([f"room_{number}" for number in lines] + self.more("room"), rooms),
                **dict.fromkeys([f"staff_{number}" for number in lines] + self.more("staff"), instructors),
                **dict.fromkeys([f"assistants_{number}" for number in lines] + self.more("assistants"), assistants),
            }
        )

    def more(self, _part: str) -> list[str]:
        """Fields that choose from the same rooms and people."""
        return []

    def process(self, formdata: Any = None, *arguments: Any, **options: Any) -> None:
        """Keep what was sent."""
        sent = self.meta.wrap_formdata(self, formdata)
        self.sent = sent if isinstance(sent, MultiDict) else MultiDict(sent or ())
        super().process(formdata, *arguments, **options)

    @property
    def lines(self) -> list[LineFields]:
        """The fields of each room, for the page."""
        return [
            LineFields(number, *(self._fields[f"{part}_{number}"] for part in _LINE_PARTS))
            for number in range(1, MOST_LINES + 1)
        ]

    def refuse(self, error: DeskError) -> None:
        """Beside the field in which the term says it."""
        error.field = _STANDS_FOR.get(error.field or "", error.field)
        super().refuse(error)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """(name, value) of all that was typed here, to travel with the dates."""
        return [
            (name, value)
            for name, value in self.sent.items(multi=True)
            if name not in _NOT_CARRIED and not name.startswith("row_")
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; then whether there are dates at all, and not more than can be looked through."""
        valid = bool(super().validate(extra_validators))
        listed = self._listed_days()
        return self._check_lines() and self._check_days(listed) and valid

    def _check_lines(self) -> bool:
        for line in self.lines[1:]:
            if line.begun and line.room.data is None and not line.room.errors:
                line.room.errors = [_("会場と部屋をえらんでください。")]
        return not any(line.room.errors for line in self.lines)

    def _check_days(self, listed: Sequence[date]) -> bool:
        """Dates are named one by one, or follow from the first and last day and the weekdays."""
        for field in (self.first, self.last):
            if listed and field.data:
                self.listed_days.errors = [_("期間か日にちの一覧の、どちらか一方にしてください。")]
            elif not listed and not field.data and not field.errors and not self.listed_days.errors:
                field.errors = [_("期間を入力するか、日にちの一覧を入力してください。")]
        if self.first.data and self.last.data and self.last.data < self.first.data:
            self.last.errors = [_("おわりの日は、はじめの日より後にしてください。")]
        elif self.first.data and self.last.data and self.last.data - self.first.data > timedelta(days=366):
            self.last.errors = [_("期間は1年までにしてください。")]
        elif (
            not listed and not self.weekdays.data and any(one.room.data and not one.weekday.typed for one in self.lines)
        ):
            self.weekdays.errors = [_("曜日をえらんでください。")]
        return not any(field.errors for field in (self.first, self.last, self.listed_days, self.weekdays))

    def _listed_days(self) -> list[date]:
        days = []
        for written in filter(None, _APART.split(self.listed_days.data or "")):
            try:
                days.append(parse_date(written))
            except DateError as error:
                self.listed_days.errors = [f"{written}：{error.message}"]
        if any(not clock.reckons_with(day) for day in days):
            self.listed_days.errors = [_("日にちをたしかめてください。")]
        return days

    def term(self, course: CourseDefaults) -> Term:
        """What was typed. The form is valid."""
        return Term(
            start=self.start.data or time(10),
            minutes=self.minutes.data or course.minutes,
            lines=tuple(
                Line(
                    line.room.data,
                    tuple(sorted(line.staff.data or ())),
                    tuple(sorted(line.assistants.data or ())),
                    frozenset() if line.weekday.data is None else frozenset({line.weekday.data}),
                    line.start.data,
                )
                for line in self.lines
                if line.room.data is not None
            ),
            first=self.first.data,
            last=self.last.data,
            weekdays=self.weekdays.data or frozenset(),
            listed=tuple(self._listed_days()),
        )

    def rows_for(self, course: CourseDefaults) -> list[Row] | None:
        """The term's dates; or None, said beside its field, when they are too many, or make no run."""
        each = self.each.data or course.meetings
        rows = rows_of(self.term(course))
        days = self.listed_days if self.listed_days.data else self.last
        if len(rows) > MOST_ROWS:
            days.errors = [
                _("%(count)s回になります。一度に計画できるのは%(most)s回までです。", count=len(rows), most=MOST_ROWS)
            ]
            return None
        if not any(group.complete for group in grouped(rows, each)):
            days.errors = [_("この日にちでは、全%(each)s回の教室が1つもできません。", each=each)]
            return None
        return rows

    def plan(self, course: CourseDefaults, rows: Iterable[Row]) -> SeriesPlan:
        """The term with these dates."""
        before = self.decide_before.data
        return SeriesPlan(
            course_code=course.code,
            each=self.each.data or course.meetings,
            edition=Edition(self.edition.data or Edition.BOTH),
            capacity=self.capacity.data or course.capacity,
            rows=tuple(rows),
            listed=bool(self.listed.data),
            to_bring=self.to_bring.data,
            publish_at=self.publish_at,
            least=self.least.data,
            phones=self.phones.data or 0,
            decide_before=DECIDE_BEFORE_DAYS.get() if before is None else before,
            filling=self.way_to_fill,
            close_before=self.close_before.data,
        )


def _with_lines(form: type[DeskForm]) -> None:
    for number in range(1, MOST_LINES + 1):
        first = number == 1
        setattr(form, f"room_{number}", SelectField(_l("会場と部屋"), required=first, coerce=int))
        setattr(form, f"staff_{number}", TicksField(_l("講師"), coerce=int))
        setattr(form, f"assistants_{number}", TicksField(_l("補助"), coerce=int))
        same = _l("上でえらんだ曜日")
        weekday = SelectField(_l("この会場の曜日"), required=False, choices=WEEKDAYS, coerce=int, empty=same)
        setattr(form, f"weekday_{number}", weekday)
        hint = _l("空のときは、上の時刻です。")
        setattr(form, f"start_{number}", TimeField(_l("この会場の始まり"), required=False, hint=hint))


_with_lines(SeriesForm)


class RowFields(NamedTuple):
    """The fields of one date."""

    number: int
    line: HiddenField
    skip: TickField
    meant: TickField
    day: DayField
    start: TimeField
    room: SelectField
    staff: TicksField
    assistants: TicksField

    @property
    def wrong(self) -> bool:
        """Whether something that was typed cannot be read."""
        return any(field.errors for field in self[2:])


_ROW_PARTS = RowFields._fields[1:]


class LookedThroughForm(SeriesForm):
    """The term with its dates as they are to be saved. `looked_through_form` adds the fields of each date."""

    row_count = HiddenField(max_length=3)
    #: How many dates the form has.
    how_many = 0

    def more(self, part: str) -> list[str]:
        """Those of each date."""
        return [f"row_{number}_{part}" for number in range(self.how_many)]

    def refuse(self, error: DeskError) -> None:
        """What is wrong with the term is said on top: its fields stand on the page before."""
        if not (error.field or "").startswith("row_"):
            error.field = None
        super().refuse(error)

    @property
    def rows(self) -> list[RowFields]:
        """The fields of each date."""
        return [
            RowFields(number, *(self._fields[f"row_{number}_{part}"] for part in _ROW_PARTS))
            for number in range(self.how_many)
        ]

    @property
    def wrong_before(self) -> bool:
        """Whether the term itself cannot be read any more: then there is nothing to look through."""
        return any(field.errors for name, field in self._fields.items() if not name.startswith("row_"))

    def show(self, rows: Sequence[Row]) -> None:
        """Let the fields of each date hold what the row says."""
        self.row_count.data = str(len(rows))
        for row, fields in zip(rows, self.rows, strict=True):
            begins = clock.local(row.starts_at)
            fields.line.data = str(row.line)
            fields.day.data, fields.start.data = begins.date(), begins.time()
            fields.room.data, fields.staff.data = row.room_id, frozenset(row.staff)
            fields.assistants.data = frozenset(row.assistants)
            fields.skip.data, fields.meant.data = row.skipped, row.meant

    def looked_through(self, course: CourseDefaults) -> list[Row]:
        """The dates as they were sent; one that cannot be read is none, and stands in the form with what is wrong."""
        minutes = timedelta(minutes=self.minutes.data or course.minutes)
        rows = []
        for fields in self.rows:
            if fields.day.data and fields.start.data and fields.line.data.isdecimal():
                starts_at = clock.at(fields.day.data, fields.start.data)
                rows.append(
                    Row(
                        fields.number,
                        min(int(fields.line.data[:2]), MOST_LINES),
                        starts_at,
                        starts_at + minutes,
                        fields.room.data,
                        tuple(sorted(fields.staff.data or ())),
                        tuple(sorted(fields.assistants.data or ())),
                        skipped=bool(fields.skip.data),
                        meant=bool(fields.meant.data),
                    )
                )
        return rows


def looked_through_form(how_many: int, choices: Mapping[str, Any]) -> LookedThroughForm:
    """The form with so many dates."""
    fields: dict[str, Any] = {}
    for number in range(how_many):
        prefix = f"row_{number}"
        fields[f"{prefix}_line"] = HiddenField(max_length=2)
        fields[f"{prefix}_skip"] = TickField(_l("この日は行わない"))
        fields[f"{prefix}_meant"] = TickField(_l("この日でよい"))
        fields[f"{prefix}_day"] = DayField(_l("日にち"))
        fields[f"{prefix}_start"] = TimeField(_l("始まり"))
        fields[f"{prefix}_room"] = SelectField(_l("会場と部屋"), coerce=int)
        fields[f"{prefix}_staff"] = TicksField(_l("講師"), coerce=int)
        fields[f"{prefix}_assistants"] = TicksField(_l("補助"), coerce=int)
    made: LookedThroughForm = type("FullLookedThroughForm", (LookedThroughForm,), {"how_many": how_many, **fields})(
        **choices
    )
    return made
