"""Telling whoever is still to come that a desk sits in another room. Called where a desk is changed, under its lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Text, bindparam, cast, exists, literal, select

from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.locking import BOOKING
from supportdesk.helpdesk.models import BookingState
from supportdesk.learners.standing import Standing, standings_of
from supportdesk.notices.models import Notice
from supportdesk.notices.operations import ToTell, cancel_notices, queue_notices

_NOTICE = table_of(Notice)
_KIND: Final = "booking_room_changed"
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
_HEARD_OF_A_CHANGE: Final = exists().where(
    _NOTICE.c.activity == literal("booking:") + cast(BOOKING.c.id, Text),
    _NOTICE.c.kind == _KIND,
    _NOTICE.c.withdrawn_at.is_(None),
)


class Booked(NamedTuple):
    """A booking whose room changes, and how its learner is to be told."""

    row: Any
    standing: Standing


def whom_to_tell(desk_id: int, old: int | None, now: datetime) -> list[Booked]:
    """Whoever is still to come and knew of a room, or heard that there is none now; kept as they are until the end:
    asked after the line, before any cell is taken.
    """
    to_come = _TO_COME if old is not None else _TO_COME.where(_HEARD_OF_A_CHANGE)
    rows = connection().execute(to_come, {"desk_id": desk_id, "now": now}).all()
    standings = standings_of([row.learner_id for row in rows], clock.local(now).date())
    return [Booked(row, standings[row.learner_id]) for row in rows]


def tell_of_room(booked: list[Booked], desk: str, place: str, *, has_room: bool, now: datetime) -> None:
    """They hear of the new room; what they were still to be told names the old one, and is told no more."""
    cancel_notices([activity("booking", one.row.id) for one in booked], now=now)
    queue_notices(
        (
            ToTell(
                standing=one.standing,
                kind=_KIND,
                activity=activity("booking", one.row.id),
                text=wording.room_changed(desk, place, one.row.starts_at, one.row.code, has_room=has_room),
                call_to=one.row.caller_phone,
                tell_until=one.row.starts_at,
            )
            for one in booked
        ),
        now=now,
    )
