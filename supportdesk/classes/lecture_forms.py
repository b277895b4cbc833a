"""The form in which staff record an outreach lecture, held or to be held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.classes.forms import AlthoughField
from supportdesk.classes.models import Edition, RunKind
from supportdesk.classes.planning import LARGEST, MeetingPlan, RunPlan
from supportdesk.classes.words import EDITIONS
from supportdesk.core import clock
from supportdesk.core.fields import (
    ChoiceField,
    DayField,
    DeskForm,
    IntegerField,
    SelectField,
    TextField,
    TicksField,
    TimeField,
)


class LectureForm(DeskForm):
    """One lecture for one group: at the group's place with its district, or in a room of the city's."""

    group_name = TextField(_l("団体の名前"), max_length=100, hint=_l("例：泉町内会、老人クラブ"))
    course_code = SelectField(_l("講座"))
    edition = ChoiceField(_l("対象のスマートフォン"), choices=EDITIONS, coerce=Edition, default=Edition.BOTH)
    day = DayField(_l("日"))
    start = TimeField(_l("始まり"))
    end = TimeField(_l("終わり"), required=False, hint=_l("空のときは、講座の時間だけ行います。"))
    place = TextField(_l("団体の場所"), required=False, max_length=100, hint=_l("例：泉町内会館"))
    district_code = SelectField(_l("団体の場所の地区"), required=False)
    room_id = SelectField(_l("市の会場で行うときの部屋"), coerce=int, required=False, empty=_l("団体の場所で行う"))
    staff = TicksField(_l("講師"), coerce=int, required=True)
    capacity = IntegerField(_l("定員"), least=1, most=LARGEST, unit=_l("人"), default=20)
    to_bring = TextField(_l("持ち物"), required=False, max_length=200)
    although = AlthoughField()

    def __init__(
        self,
        *,
        courses: list[tuple[str, str]],
        rooms: list[tuple[int, str]],
        districts: list[tuple[str, str]],
        instructors: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        choices = {"course_code": courses, "room_id": rooms, "district_code": districts, "staff": instructors}
        super().__init__(choices=choices, **options)

    def plan(self, minutes: int) -> RunPlan:
        """What was typed. Without an end it lasts as long as the course."""
        assert self.day.data and self.start.data
        starts_at = clock.at(self.day.data, self.start.data)
        ends_at = clock.at(self.day.data, self.end.data) if self.end.data else starts_at + timedelta(minutes=minutes)
        return RunPlan(
            kind=RunKind.LECTURE,
            group_name=self.group_name.data,
            course_code=str(self.course_code.data),
            edition=Edition(self.edition.data or Edition.BOTH),
            capacity=self.capacity.data or 0,
            meetings=(MeetingPlan(starts_at, ends_at, self.room_id.data, tuple(sorted(self.staff.data or ()))),),
            place=self.place.data,
            district_code=self.district_code.data or "",
            to_bring=self.to_bring.data,
            listed=False,
        )
