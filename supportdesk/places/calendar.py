"""The days on which nothing can be held somewhere: a venue's closures, and public holidays for those who keep them.

Whoever is about to book at a venue holds it open first (`hold_open`), before the cells of occupancy are taken and after
the lock of what is booked (a desk, a booking); whoever shuts it takes the venue's lock and no other.
"""

from __future__ import annotations

from datetime import date

import jpholiday
from sqlalchemy import bindparam, select

from supportdesk.core.database import connection
from supportdesk.extensions import db
from supportdesk.places.models import Closure, Venue

_CLOSURE = (
    select(Closure.reason)
    .where(
        Closure.venue_id == bindparam("venue_id"),
        Closure.first_day <= bindparam("day"),
        Closure.last_day >= bindparam("day"),
    )
    .order_by(Closure.first_day)
    .limit(1)
)

_LOCK = select(Venue.id).where(Venue.id == bindparam("wanted")).with_for_update(key_share=True)
_HOLD = select(Venue.id).where(Venue.id == bindparam("wanted")).with_for_update(read=True)


def lock_venue(venue_id: int) -> bool:
    """Wait for whoever books at the venue at this moment, and let nobody book there until the transaction ends.

    False when there is no such venue.
    """
    return connection().scalar(_LOCK, {"wanted": venue_id}) is not None


def hold_open(venue_id: int) -> None:
    """Let nobody shut the venue until the transaction ends: what `closed_because` then says stays true."""
    connection().scalar(_HOLD, {"wanted": venue_id})


def closed_because(venue_id: int | None, day: date, *, public_holidays: bool = False) -> str | None:
    """Why the venue is shut that day, or None when it is open.

    Venues are open on public holidays unless they say otherwise; whoever keeps them asks with `public_holidays`.
    """
    if venue_id is not None:
        reason = db.session.scalar(_CLOSURE, {"venue_id": venue_id, "day": day})
        if reason is not None:
            return reason
    return holiday_name(day) if public_holidays else None


def holiday_name(day: date) -> str | None:
    """The public holiday's name, such as 勤労感謝の日."""
    return jpholiday.is_holiday_name(day)
