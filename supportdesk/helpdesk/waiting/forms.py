"""The form of those who wait for a desk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core.addresses import row_id
from supportdesk.core.fields import ChoiceField, DeskForm, HiddenField, NoteField, SelectField, TicksField
from supportdesk.core.moments import WEEKDAYS
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.helpdesk.waiting.operations import Place
from supportdesk.helpdesk.waiting.words import HALF_DAYS
from supportdesk.learners.booking_fields import CallerFields, TellField
from supportdesk.learners.models import Device
from supportdesk.learners.words import DEVICES

ANY, DESK, DISTRICT = "any", "desk", "district"


def read_place(written: str) -> Place:
    """What "desk:3", "district:tobu" or "any" stands for."""
    kind, _, which = written.partition(":")
    if kind == DESK:
        return Place(desk_id=row_id(which))
    return Place(district_code=which) if kind == DISTRICT else Place()


class WishForm(CallerFields, DeskForm):
    """For what a learner waits, and when it suits them."""

    learner = HiddenField(max_length=12)
    place = SelectField(_l("どの窓口を待ちますか"))
    weekdays = TicksField(
        _l("都合のよい曜日"), choices=WEEKDAYS, coerce=int, hint=_l("どれもえらばなければ、どの曜日でも案内します。")
    )
    half_day = ChoiceField(_l("午前か午後か"), choices=HALF_DAYS, coerce=HalfDay, default=HalfDay.ANY)
    topic = NoteField(_l("相談したいこと"), max_length=300, rows=2, hint=_l("わかるときだけ入力します。"))
    device = SelectField(
        _l("相談する機種"), choices=DEVICES, coerce=Device, required=False, empty=_l("どれでもよい・わからない")
    )
    tell = TellField(_l("受け付けたお知らせ"))

    def __init__(self, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(choices={"place": places}, **options)
