"""Telling whoever is still to come that a desk sits in another room. Called where a desk is changed, under its lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select

from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.locking import BOOKING
from supportdesk.helpdesk.models import BookingState
from supportdesk.learners.standing import Standing, standings_of
from supportdesk.notices.operations import ToTell, cancel_notices, queue_notices

_TO_COME: Final = (
    select(BOOKING.c.id, BOOKING.c.learner_id, BOOKING.c.code, BOOKING.c.starts_at, BOOKING.c.caller_phone)
    .where(
        BOOKING.c.desk_id == bindparam("desk_id"),
        BOOKING.c.state == BookingState.BOOKED,
        ~BOOKING.c.walk_in,
        BOOKING.c.starts_at > bindparam("now"),
    )
    .order_by(BOOKING.c.id)
)


class Booked(NamedTuple):
    """A booking whose room changes, and how its learner is to be told."""

    row: Any
    standing: Standing


def whom_to_tell(desk_id: int, now: datetime) -> list[Booked]:
    """Whoever is still to come, kept as they are until the end: asked after the line, before any cell is taken."""
    rows = connection().execute(_TO_COME, {"desk_id": desk_id, "now": now}).all()
    standings = standings_of([row.learner_id for row in rows], clock.local(now).date())
    return [Booked(row, standings[row.learner_id]) for row in rows]


def tell_of_room(booked: list[Booked], desk: str, place: str, *, has_room: bool, now: datetime) -> None:
    """They hear of the new room; what they were still to be told names the old one, and is told no more."""
    cancel_notices([activity("booking", one.row.id) for one in booked], now=now)
    queue_notices(
        (
            ToTell(
                standing=one.standing,
                kind="booking_room_changed",
                activity=activity("booking", one.row.id),
                text=wording.room_changed(desk, place, one.row.starts_at, one.row.code, has_room=has_room),
                call_to=one.row.caller_phone,
                tell_until=one.row.starts_at,
            )
            for one in booked
        ),
        now=now,
    )
