"""Reads about slots that are kept for somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from supportdesk.core import clock
from supportdesk.extensions import db
from supportdesk.helpdesk.holds.operations import HOLD


class Held(NamedTuple):
    """A slot that somebody keeps. `until` is None for one whose owner says when it ends."""

    desk_id: int
    adviser_id: int
    starts_at: datetime
    ends_at: datetime
    owner: str
    until: datetime | None


def held_slots(adviser_ids: Collection[int], first: date, last: date, *, now: datetime, but: str = "") -> list[Held]:
    """What is kept of these days by anybody `but` that owner: one statement."""
    rows = db.session.execute(
        select(HOLD.c.desk_id, HOLD.c.adviser_id, HOLD.c.starts_at, HOLD.c.ends_at, HOLD.c.owner, HOLD.c.until).where(
            HOLD.c.adviser_id.in_(adviser_ids),
            HOLD.c.starts_at >= clock.day_bounds(first)[0],
            HOLD.c.starts_at < clock.day_bounds(last)[1],
            HOLD.c.owner != but,
            or_(HOLD.c.until.is_(None), HOLD.c.until > now),
        )
    )
    return [Held._make(row) for row in rows]
