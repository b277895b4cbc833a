"""Reads about slots that are kept for somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.helpdesk.holds.operations import HOLD
from supportdesk.helpdesk.locking import DESK, ROOM
from supportdesk.places.models import Venue

_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)


class Hold(NamedTuple):
    """A slot that somebody keeps. `until` is None for one whose owner says when it ends."""

    adviser_id: int
    starts_at: datetime
    ends_at: datetime
    owner: str
    until: datetime | None


class KeptSlot(NamedTuple):
    """What a calendar says of one."""

    desk_id: int
    desk: str
    adviser: str
    starts_at: datetime
    ends_at: datetime
    until: datetime | None
    venue: str
    nickname: str
    room: str | None


def kept_slots(first: date, last: date, *, now: datetime, district_code: str | None = None) -> list[KeptSlot]:
    """What is kept of these days by anybody: one statement."""
    statement = (
        select(
            *(HOLD.c.desk_id, DESK.c.name.label("desk"), _ACCOUNT.c.name.label("adviser")),
            *(HOLD.c.starts_at, HOLD.c.ends_at, HOLD.c.until, _VENUE.c.name.label("venue"), _VENUE.c.nickname),
            ROOM.c.name.label("room"),
        )
        .join(DESK, DESK.c.id == HOLD.c.desk_id)
        .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
        .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
        .join(_ACCOUNT, _ACCOUNT.c.id == HOLD.c.adviser_id)
        .where(
            HOLD.c.starts_at >= clock.day_bounds(first)[0],
            HOLD.c.starts_at < clock.day_bounds(last)[1],
            HOLD.c.starts_at > now,
            or_(HOLD.c.until.is_(None), HOLD.c.until > now),
        )
    )
    if district_code:
        statement = statement.where(_VENUE.c.district_code == district_code)
    return [KeptSlot._make(row) for row in db.session.execute(statement)]


def holds_on(adviser_ids: Collection[int], first: date, last: date, *, now: datetime, but: str = "") -> list[Hold]:
    """What is kept of these days by anybody `but` that owner: one statement."""
    rows = db.session.execute(
        select(HOLD.c.adviser_id, HOLD.c.starts_at, HOLD.c.ends_at, HOLD.c.owner, HOLD.c.until).where(
            HOLD.c.adviser_id.in_(adviser_ids),
            HOLD.c.starts_at >= clock.day_bounds(first)[0],
            HOLD.c.starts_at < clock.day_bounds(last)[1],
            HOLD.c.owner != but,
            or_(HOLD.c.until.is_(None), HOLD.c.until > now),
        )
    )
    return [Hold._make(row) for row in rows]
