"""The words that pages have for how a booking stands. Called by views and forms."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.helpdesk.models import BookingState

BOOKING_STATES: Final = {
    BookingState.BOOKED: _l("予約"),
    BookingState.HELD: _l("相談ずみ"),
    BookingState.NO_SHOW: _l("来なかった"),
    BookingState.CANCELLED: _l("取り消し"),
}
