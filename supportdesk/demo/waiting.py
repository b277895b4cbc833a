"""The demo's line of those who wait for a desk: one is asked whether they want what somebody has just given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking, BookingState, Desk
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.helpdesk.waiting.operations import Place, wait_for_slot
from supportdesk.learners.caller import Caller

_DAUGHTER: Final = Caller("石川 真由美", "長女", "+819000007741")
#: From where in the ledger, days ago, at the first desk alone, and what else they said.
_WHO: Final[tuple[tuple[int, int, bool, dict[str, Any]], ...]] = (
    (-3, 9, True, {"topic": "LINEの写真の送り方"}),
    (-4, 6, False, {"weekdays": {1, 3}, "half_day": HalfDay.MORNING, "caller": _DAUGHTER}),
    (-5, 4, True, {"half_day": HalfDay.AFTERNOON, "topic": "地図で病院まで行きたい"}),
    (-6, 1, False, {}),
)


def play(cast: Cast, now: datetime) -> None:
    """Four wait, and somebody cancels at the first desk."""
    reception = cast.staff["reception"]
    desk_id = db.session.scalars(select(Desk.id).order_by(Desk.id)).first()
    for place, days, here, said in _WHO:
        wanted = Place(desk_id if here else None)
        wait_for_slot(cast.learners[place].id, wanted, **said, actor=reception, now=now - timedelta(days=days))
    given_up = db.session.scalars(
        select(Booking.id)
        .where(
            Booking.desk_id == desk_id,
            Booking.state == BookingState.BOOKED,
            Booking.starts_at > now + timedelta(days=2),
        )
        .order_by(Booking.starts_at, Booking.id)
    ).first()
    if given_up is not None:
        cancel_booking(given_up, actor=reception, now=now - timedelta(minutes=20))
