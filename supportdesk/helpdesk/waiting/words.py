"""The words that pages have for wishes."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

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
