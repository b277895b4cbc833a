"""The forms of desks and of the hours that advisers keep at them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import DeskForm, HiddenField, SelectField, TextField, TimeField
from supportdesk.core.moments import WEEKDAYS
from supportdesk.helpdesk.office import SLOT_MINUTES, USUAL_SLOT


class DeskDetailsForm(DeskForm):
    """A desk's name, place and habits."""

    name = TextField(_l("窓口の名前"), max_length=60, hint=_l("例：スマホ相談（中央）"))
    venue_id = SelectField(_l("会場"), coerce=int)
    slot_minutes = SelectField(
        _l("1つの枠の長さ"),
        choices=[(minutes, _l("%(minutes)s分", minutes=minutes)) for minutes in SLOT_MINUTES],
        coerce=int,
        default=USUAL_SLOT.get,
    )
    to_bring = TextField(
        _l("持ち物"), required=False, max_length=200, hint=_l("予約票に印刷します。例：お使いのスマートフォン、めがね")
    )

    def __init__(self, venues: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"venue_id": venues}, **options)


class SwitchForm(DeskForm):
    """Whether the desk is to be booked from now on ("on") or no more ("off")."""

    wanted = HiddenField(max_length=3)


class HoursForm(DeskForm):
    """Which adviser keeps a desk when."""

    adviser_id = SelectField(_l("相談員"), coerce=int)
    weekday = SelectField(_l("曜日"), choices=WEEKDAYS, coerce=int)
    opens = TimeField(_l("始まり"), hint=_l("例：10:00"))
    closes = TimeField(_l("終わり"), hint=_l("例：15:00"))

    def __init__(self, advisers: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"adviser_id": advisers}, **options)
