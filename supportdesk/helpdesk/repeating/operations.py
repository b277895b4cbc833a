"""Booking the same time at the same desk again, some weeks apart. What cannot be had is said; the rest is booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import SlotRow, free_slots
from supportdesk.helpdesk.errors import AlreadyCancelled
from supportdesk.helpdesk.locking import lock_booking, lock_desks
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.helpdesk.queries import BookingRow, booking_row
from supportdesk.helpdesk.waiting.line import lock_line
from supportdesk.learners.caller import Caller
from supportdesk.places.occupancy import lock_several

#: How many weeks may lie between, and how many times it may be in all.
WEEKS: Final = (1, 2, 4)
TIMES: Final = (2, 3, 4, 5, 6)


class Turn(NamedTuple):
    """One of the times to come: the slot that can be had then, the same adviser's if it is free; else None."""

    day: date
    slot: SlotRow | None


class Repeated(NamedTuple):
    """How many were booked, and the days on which it could not be, each with why."""

    booked: int
    missed: list[tuple[date, str]]


def turns(booking: BookingRow, *, weeks: int, times: int, now: datetime) -> list[Turn]:
    """The times that follow the booking, at its desk and at its hour. Five statements."""
    starts = list(_starts(booking.starts_at, weeks, times))
    first, last = clock.local(starts[0]).date(), clock.local(starts[-1]).date()
    free: dict[datetime, SlotRow] = {}
    for slot in free_slots(first, last, after=now, desk_id=booking.desk_id):
        if slot.starts_at not in free or slot.adviser_id == booking.adviser_id:
            free[slot.starts_at] = slot
    return [Turn(clock.local(start).date(), free.get(start)) for start in starts]


def repeat_booking(booking_id: int, *, weeks: int, times: int, actor: Actor, now: datetime) -> Repeated:
    """Book what can be had of the times that follow, for the same learner, caller and wish. Raises NotFound and
    AlreadyCancelled.
    """
    found = booking_row(booking_id)
    if found is not None:
        lock_desks([found.desk_id])
    locked = lock_booking(booking_id)
    if locked.state is BookingState.CANCELLED or found is None:
        raise AlreadyCancelled
    lock_line()  # before the hours of the first, since the next may find that the learner waits
    lock_several()
    booked, missed = 0, []
    caller = Caller(found.caller_name, found.caller_relation, found.caller_phone)
    for day, slot in turns(found, weeks=weeks, times=times, now=now):
        if slot is None:
            missed.append((day, ""))
            continue
        try:
            with db.session.begin_nested():
                book_consultation(
                    *slot.wanted, found.learner_id, topic=found.topic, caller=caller, actor=actor, now=now
                )
        except DeskError as error:
            missed.append((day, str(error.message)))
        else:
            booked += 1
    return Repeated(booked, missed)


def _starts(starts_at: datetime, weeks: int, times: int) -> Iterator[datetime]:
    """By the clock on the wall, though Japan's is never changed."""
    local = clock.local(starts_at)
    for number in range(1, times):
        yield clock.at(local.date() + number * timedelta(weeks=weeks), local.time())
