"""The days on which nothing can be held somewhere: a venue's closures, and public holidays for those who keep them.

Whoever is about to book at a venue holds it open first (`hold_open`), before the cells of occupancy are taken and after
the lock of what is booked (a desk, a booking); whoever shuts it takes the venue's lock and no other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Any

import jpholiday
from sqlalchemy import Select, bindparam, select, text

from supportdesk.core.database import connection
from supportdesk.extensions import db
from supportdesk.places.models import Closure, Venue

_CLOSURES = (
    select(Closure.venue_id, Closure.first_day, Closure.last_day, Closure.reason)
    .where(
        Closure.venue_id.in_(bindparam("venue_ids", expanding=True)),
        Closure.first_day <= bindparam("last"),
        Closure.last_day >= bindparam("first"),
    )
    .order_by(Closure.first_day.desc())
)

_LOCK = select(Venue.id).where(Venue.id == bindparam("wanted")).with_for_update(key_share=True)
_HOLD = select(Venue.id).where(Venue.id == bindparam("wanted")).with_for_update(read=True)


def lock_venue(venue_id: int) -> bool:
    """Wait for whoever books at the venue at this moment, and let nobody book there until the transaction ends.

    False when there is no such venue.
    """
    return connection().scalar(_LOCK, {"wanted": venue_id}) is not None


def hold_open(venue_id: int) -> None:
    """Let nobody shut the venue until the transaction ends: what `closed_because` then says stays true.

    SQLite lets one write at a time, and has nobody to wait for.
    """
    if connection().dialect.name != "sqlite":
        connection().scalar(_HOLD, {"wanted": venue_id})


def holding_open(statement: Select[Any]) -> Select[Any]:
    """The statement, which joins a venue and locks something else, holding open the venue too."""
    return statement.suffix_with(text("FOR SHARE OF venue"), dialect="postgresql")


def closed_days(venue_ids: Collection[int], first: date, last: date) -> dict[tuple[int, date], str]:
    """The (venue, day) of these days on which a venue is shut, each with its reason: one statement."""
    rows = db.session.execute(_CLOSURES, {"venue_ids": sorted(venue_ids), "first": first, "last": last})
    return {
        (row.venue_id, day): row.reason
        for row in rows
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
        if row.first_day <= day <= row.last_day
    }


def closed_because(venue_id: int, day: date) -> str | None:
    """Why the venue is shut that day, or None when it is open, as venues are on public holidays too."""
    return closed_days({venue_id}, day, day).get((venue_id, day))


@cache
def holiday_name(day: date) -> str | None:
    """The public holiday's name, such as 勤労感謝の日."""
    return jpholiday.is_holiday_name(day)
