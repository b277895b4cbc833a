"""Desks and bookings for tests, made by the desk's own operations."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TypedDict, Unpack

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.operations import Kept, Particulars, add_hours, open_desk
from supportdesk.helpdesk.giving import Booked
from supportdesk.helpdesk.office import MOST_OPEN, SET_ASIDE_SHARE
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.learners.caller import Caller
from supportdesk.places.models import Closure, Venue
from tests.factories import make_account

#: A Thursday nine days after the tests' day.
DAY = date(2026, 12, 3)
THURSDAY = 3


class Habits(TypedDict, total=False):
    """What else a desk is like."""

    room_id: int | None
    slot_minutes: int
    buffer_minutes: int
    on_holidays: bool
    to_bring: str


class KeptDays(TypedDict, total=False):
    """On which days hours are kept."""

    every: int
    month_weeks: str
    first_day: date | None
    last_day: date | None


class Said(TypedDict, total=False):
    """What else is said when a consultation is booked."""

    topic: str
    caller: Caller
    clash_reason: str
    told: bool
    owner: str
    waited: bool


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return clock.at(day, time(hour, minute))


def venue_of(nickname: str = "いーぱる") -> int:
    """The venue that people call so."""
    return db.session.scalars(select(Venue.id).where(Venue.nickname == nickname)).one()


def make_adviser(username: str = "adviser") -> int:
    return make_account(Role.ADVISER, username=username).id


def make_desk(
    *advisers: int,
    name: str = "スマホ相談",
    weekday: int = THURSDAY,
    opens: int = 10,
    closes: int = 12,
    nickname: str = "いーぱる",
    **more: Unpack[Habits],
) -> int:
    """A desk that these advisers keep on Thursdays from ten to twelve."""
    with transaction():
        particulars = Particulars(name, venue_of(nickname), **more)
        desk_id = open_desk(particulars, actor=SYSTEM, now=clock.now())
        for adviser_id in advisers:
            keep(desk_id, adviser_id, weekday, opens, closes)
    return desk_id


def keep(
    desk_id: int, adviser_id: int, weekday: int = THURSDAY, opens: int = 10, closes: int = 12, **more: Unpack[KeptDays]
) -> int:
    """Hours, in the caller's transaction."""
    kept = Kept(weekday, time(opens), time(closes), **more)
    return add_hours(desk_id, kept, adviser_id=adviser_id, actor=SYSTEM, now=clock.now())


def book(
    desk_id: int,
    adviser_id: int,
    learner_id: int,
    starts_at: datetime | None = None,
    *,
    actor: Actor = SYSTEM,
    **more: Unpack[Said],
) -> Booked:
    with transaction():
        return book_in_transaction(desk_id, adviser_id, learner_id, starts_at, actor=actor, **more)


def book_in_transaction(
    desk_id: int,
    adviser_id: int,
    learner_id: int,
    starts_at: datetime | None = None,
    *,
    actor: Actor = SYSTEM,
    **more: Unpack[Said],
) -> Booked:
    """The same, in the caller's transaction."""
    return book_consultation(
        desk_id,
        adviser_id,
        starts_at or at(10),
        learner_id,
        actor=actor,
        now=clock.now(),
        **more,
    )


def close_venue(day: date, reason: str = "設備点検") -> None:
    with transaction() as session:
        session.add(Closure(venue_id=venue_of(), first_day=day, last_day=day, reason=reason))


def let_everybody_book() -> None:
    """No slot is set aside, and one may have twenty: for tests of something else."""
    with transaction() as session:
        session.add(OfficeSetting(name=SET_ASIDE_SHARE.name, value="0"))
        session.add(OfficeSetting(name=MOST_OPEN.name, value="20"))
