"""A desk's day on one page: bookings, the line, who is on duty, what is free; in the same number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import inf
from typing import Any, NamedTuple

from flask import session
from sqlalchemy import Select, or_, select

from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import SlotRow, free_slots
from supportdesk.helpdesk.board import known_within
from supportdesk.helpdesk.locking import BOOKING, DESK, HOURS, ROOM
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queries import BookingRow, bookings_on, closed_cases
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.helpdesk.queue.office import WALK_IN_MINUTES
from supportdesk.helpdesk.queue.order import in_order, wait_about
from supportdesk.helpdesk.queue.queries import NumberRow, numbers_of
from supportdesk.learners.found import Found
from supportdesk.learners.rooms import scope_of
from supportdesk.places.choices import place_in_short
from supportdesk.places.models import Venue

_VENUE = table_of(Venue)
_A_MOMENT = timedelta(microseconds=1)
_A_MINUTE = timedelta(minutes=1)
#: Whoever is may come for their booking once more: the number may have been somebody else's by mistake.
_GONE = (NumberState.LEFT, NumberState.UNSERVED)


class DeskChoice(NamedTuple):
    """A desk whose day somebody may look at. `kept`: they keep hours there, and hold what is booked with anybody."""

    id: int
    name: str
    place: str
    active: bool
    kept: bool


class Expected(NamedTuple):
    """A booking of the day, with the number of who came for it. `learner` is None to whoever may not know them."""

    booking: BookingRow
    learner: Found | None
    number: NumberRow | None
    closed: bool
    may_hold: bool


class Holder(NamedTuple):
    """Somebody with a number. `waited` in minutes, to the call or until now."""

    row: NumberRow
    learner: Found | None
    waited: int


class Duty(NamedTuple):
    """An adviser who keeps the desk that day, from when until when."""

    adviser_id: int
    adviser: str
    starts_at: datetime
    ends_at: datetime


class DayBoard(NamedTuple):
    """All that goes on at a desk on one day. `line` is in the order of the calls."""

    expected: Sequence[Expected]
    line: Sequence[Holder]
    called: Sequence[Holder]
    absent: Sequence[Holder]
    begun: Sequence[Holder]
    over: Sequence[Holder]
    free: Sequence[SlotRow]
    duty: Sequence[Duty]
    mark: str

    @property
    def holders(self) -> list[Holder]:
        """Everybody who took a number."""
        return [*self.line, *self.called, *self.absent, *self.begun, *self.over]

    @property
    def learners_shown(self) -> set[int]:
        """Whom the page names: a look at it is noted with them."""
        expected = {one.learner.id for one in self.expected if one.learner}
        return expected | {one.learner.id for one in self.holders if one.learner}

    @property
    def served(self) -> tuple[int, int]:
        """How many were served without a booking: learners, and heads without a name."""
        served = [one.row for one in (*self.begun, *self.over) if one.row.begun_at and not one.row.booked_with]
        named = sum(row.booking_id is not None for row in served)
        return named, len(served) - named


def desks_for(actor: Actor, day: date) -> list[DeskChoice]:
    """The desks whose day the actor may see: all; or those where they keep hours, this weekday's first, or have a
    booking that day. One statement.
    """
    own = select(HOURS.c.desk_id).where(HOURS.c.adviser_id == actor.account_id)
    this_day = DESK.c.id.in_(own.where(HOURS.c.weekday == day.weekday()))
    first, end = clock.day_bounds(day)
    booked = select(BOOKING.c.desk_id).where(
        BOOKING.c.adviser_id == actor.account_id, BOOKING.c.starts_at >= first, BOOKING.c.starts_at < end
    )
    statement: Select[Any] = (
        select(
            *(DESK.c.id, DESK.c.name, _VENUE.c.name.label("venue"), _VENUE.c.nickname, DESK.c.active),
            *(DESK.c.id.in_(own).label("kept"), ROOM.c.name.label("room")),
        )
        .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
        .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
        .order_by(this_day.desc(), DESK.c.active.desc(), DESK.c.id)
    )
    if scope_of(actor) is not None:
        statement = statement.where(or_(DESK.c.id.in_(own), DESK.c.id.in_(booked)))
    return [
        DeskChoice(row.id, row.name, place_in_short(row.venue, row.nickname, row.room), row.active, bool(row.kept))
        for row in db.session.execute(statement)
    ]


def desk_of(actor: Actor, desk_id: int) -> DeskChoice:
    """The desk, for whoever may see its day. Raises NotFound."""
    for desk in desks_for(actor, clock.today()):
        if desk.id == desk_id:
            return desk
    raise NotFound


def picked(desks: Sequence[DeskChoice], written: str) -> DeskChoice | None:
    """The desk that the address wrote, else the one that was looked at last, else the first. Raises NotFound for one
    that is none of theirs.
    """
    by_id = {desk.id: desk for desk in desks}
    if written:
        desk = by_id.get(row_id(written) or 0)
        if desk is None:
            raise NotFound
        session["day_of_desk"] = desk.id
        return desk
    return by_id.get(session.get("day_of_desk", 0)) or (desks[0] if desks else None)


def day_board(desk: DeskChoice, day: date, actor: Actor, now: datetime) -> DayBoard:
    """The day of that desk, with the names that the actor may know."""
    bookings = bookings_on(day, desk_id=desk.id)
    numbers = numbers_of(desk.id, day)
    slots = free_slots(day, day, after=clock.day_bounds(day)[0] - _A_MOMENT, desk_id=desk.id)
    closed = closed_cases(booking.id for booking in bookings)
    whose = {booking.learner_id for booking in bookings} | {row.learner_id for row in numbers if row.learner_id}
    known = known_within(whose, scope_of(actor))
    came = {row.booking_id: row for row in numbers if row.booked_with and row.state not in _GONE}
    holders = {row.id: Holder(row, known.get(row.learner_id or 0), _waited(row, now)) for row in numbers}

    def of(*states: NumberState) -> list[Holder]:
        return [holders[row.id] for row in numbers if row.state in states]

    line = in_order([row for row in numbers if row.state is NumberState.WAITING], now)
    begun = of(NumberState.BEGUN)
    over = [*of(NumberState.DONE, *_GONE), *(one for one in begun if one.row.over)]
    return DayBoard(
        expected=[
            Expected(
                booking,
                known.get(booking.learner_id),
                came.get(booking.id),
                booking.id in closed,
                desk.kept or booking.adviser_id == actor.account_id,
            )
            for booking in bookings
        ],
        line=[holders[row.id] for row in line],
        called=of(NumberState.CALLED),
        absent=of(NumberState.ABSENT),
        begun=[one for one in begun if not one.row.over],
        over=sorted(over, key=lambda one: one.row.number),
        free=[slot for slot in slots if slot.starts_at > now],
        duty=_duty(slots, bookings),
        mark=_mark(numbers, bookings),
    )


def mark_of(desk_id: int, day: date) -> str:
    """What is another once anything moved among the day's numbers and bookings; it says nothing of anybody."""
    return _mark(numbers_of(desk_id, day), bookings_on(day, desk_id=desk_id))


def _mark(numbers: Sequence[NumberRow], bookings: Sequence[BookingRow]) -> str:
    stand = [(one.id, one.state, one.calls, one.counter, one.learner_id, one.over) for one in numbers]
    booked = [(one.id, one.state, one.starts_at) for one in bookings]
    return hashlib.sha256(repr((stand, booked)).encode()).hexdigest()[:16]


def before(row: NumberRow, now: datetime) -> int:
    """How many are called before this number as things stand. One statement."""
    line = in_order(numbers_of(row.desk_id, row.day, (NumberState.WAITING,)), now)
    return next((place for place, one in enumerate(line) if one.id == row.id), 0)


def wait_of(row: NumberRow, ahead: int, now: datetime) -> int:
    """About how many minutes they wait, with as many advisers as are on duty now."""
    slots = free_slots(row.day, row.day, after=clock.day_bounds(row.day)[0] - _A_MOMENT, desk_id=row.desk_id)
    duty = _duty(slots, bookings_on(row.day, desk_id=row.desk_id))
    return wait_about(
        ahead,
        sum(one.starts_at <= now < one.ends_at for one in duty),
        WALK_IN_MINUTES.get(),
        at_most=(row.booked_at - now) / _A_MINUTE if row.booked_at is not None and now < row.booked_at else inf,
    )


def booked_today(learner_id: int, desk_id: int, day: date) -> BookingRow | None:
    """The next of the learner's bookings at this desk that day that nobody has come for: for the page of a number."""
    for booking in bookings_on(day, desk_id=desk_id):
        if booking.learner_id == learner_id and booking.state is BookingState.BOOKED:
            return booking
    return None


def _duty(free: Sequence[SlotRow], bookings: Sequence[BookingRow]) -> list[Duty]:
    """Whoever has a slot that day, free or booked."""
    found: dict[int, Duty] = {}
    rows: list[SlotRow | BookingRow] = [*free, *bookings]
    for row in rows:
        known = found.get(row.adviser_id)
        starts_at = min(row.starts_at, known.starts_at) if known else row.starts_at
        ends_at = max(row.ends_at, known.ends_at) if known else row.ends_at
        found[row.adviser_id] = Duty(row.adviser_id, row.adviser, starts_at, ends_at)
    return sorted(found.values(), key=lambda one: (one.starts_at, one.adviser))


def _waited(row: NumberRow, now: datetime) -> int:
    until = row.called_at or row.begun_at or now
    return max(0, int((until - row.taken_at).total_seconds() // 60)) if until >= row.taken_at else 0
