"""The words that pages have for wishes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.moments import WEEKDAYS
from supportdesk.helpdesk.waiting.models import HalfDay, WishState

WISH_STATES: Final = {
    WishState.WAITING: _l("待っている"),
    WishState.OFFERED: _l("案内して、返事待ち"),
    WishState.BOOKED: _l("予約できた"),
    WishState.LEFT: _l("待つのをやめた"),
}
HALF_DAYS: Final = {
    HalfDay.ANY: _l("どちらでもよい"),
    HalfDay.MORNING: _l("午前"),
    HalfDay.AFTERNOON: _l("午後"),
}


def times_in_words(weekdays: Iterable[int], half_day: HalfDay) -> str:
    """月・水 午前: when it suits somebody."""
    days = "・".join(str(WEEKDAYS[day]) for day in weekdays)
    half = "" if half_day is HalfDay.ANY else str(HALF_DAYS[half_day])
    return " ".join(part for part in (days, half) if part) or _("いつでも")
