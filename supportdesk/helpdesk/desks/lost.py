"""Bookings whose slot there is no more: the venue or the desk is shut, the adviser away, the hours are kept no longer.

Found by rule, as slots are: whatever took the slot away, its booking is on the list until it is moved or cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from supportdesk.accounts.serving import away_on
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.days_off import taken_off
from supportdesk.helpdesk.locking import BOOKING, lock_desks
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.operations import move_booking
from supportdesk.helpdesk.patterns import is_kept
from supportdesk.helpdesk.queries import BOOKING_ROWS, BookingRow, SlotRow, free_slots, kept_hours
from supportdesk.helpdesk.slots import Hours, Off, Wanted, slots_between
from supportdesk.places.calendar import closed_days, holiday_name

BOOKING_DESKS = select(BOOKING.c.desk_id).distinct()
Shut = dict[tuple[int, date], str]


class Lost(NamedTuple):
    """A booking without a slot: why, in words, and where it could go; None where nothing is free."""

    booking: BookingRow
    reason: str
    instead: SlotRow | None = None


def lost_bookings(now: datetime, *wanted: ColumnElement[bool]) -> list[Lost]:
    """Those still to come, the next first, without where they could go. Four statements."""
    rows = db.session.execute(
        BOOKING_ROWS.where(BOOKING.c.state == BookingState.BOOKED, BOOKING.c.starts_at > now, *wanted).order_by(
            BOOKING.c.starts_at, BOOKING.c.id
        )
    )
    bookings = [BookingRow._make(row) for row in rows]
    if not bookings:
        return []
    days = [_day(booking) for booking in bookings]
    first, last = min(days), max(days)
    hours: dict[tuple[int, int], list[Hours]] = {}
    for one in kept_hours():
        hours.setdefault((one.desk_id, one.adviser_id), []).append(one)
    shut = closed_days({one.venue_id for kept in hours.values() for one in kept}, first, last)
    off = taken_off(first, last)
    lost = []
    for booking, day in zip(bookings, days, strict=True):
        reason = _why(booking, day, hours.get((booking.desk_id, booking.adviser_id), []), shut, off)
        if reason:
            lost.append(Lost(booking, reason))
    return lost


def _why(booking: BookingRow, day: date, hours: list[Hours], shut: Shut, off: list[Off]) -> str:
    """Why the booking's slot there is no more; empty when there is."""
    slots = slots_between(hours, day, day, shut=shut, after=booking.starts_at - timedelta(seconds=1), off=off)
    if any(slot.starts_at == booking.starts_at for slot in slots):
        return ""
    for one in hours:
        if not is_kept(one, day):
            continue
        if closed := shut.get((one.venue_id, day)):
            return closed
        if (holiday := holiday_name(day)) and not one.on_holidays:
            return holiday
        for each in off:
            if each.is_in_the_way(one, day, booking.starts_at, booking.ends_at):
                return each.reason
        if away := away_on(one, day):
            return away
    return _("開く時間がなくなりました")


def with_somewhere_to_go(lost: Iterable[Lost], now: datetime) -> list[Lost]:
    """The same, each with a slot that none of the others is sent to: at the same desk and time, else the nearest."""
    today = clock.local(now).date()
    free = free_slots(today, today + timedelta(days=OFFERED_DAYS.get()), after=now)
    found = []
    for one in lost:
        instead = min(free, key=lambda slot: _how_far(slot, one.booking), default=None)
        if instead is not None:
            free.remove(instead)
        found.append(one._replace(instead=instead))
    return found


def _how_far(slot: SlotRow, booking: BookingRow) -> tuple[Any, ...]:
    """The same desk first, then what begins later rather than sooner, then the nearest in time."""
    apart = slot.starts_at - booking.starts_at
    return slot.desk_id != booking.desk_id, apart < timedelta(0), abs(apart), slot.adviser_id != booking.adviser_id


class Moved(NamedTuple):
    """How many were moved, and why each of the others was not."""

    moved: int
    refused: list[tuple[int, str]]


def move_lost(moves: Iterable[tuple[int, Wanted]], *, actor: Actor, now: datetime) -> Moved:
    """Move each booking to its slot and let its learner be told. What cannot be moved stays where it was."""
    moves = sorted(moves)
    desks = db.session.scalars(BOOKING_DESKS.where(BOOKING.c.id.in_([booking_id for booking_id, _slot in moves])))
    lock_desks([*desks, *(slot.desk_id for _booking, slot in moves)])
    moved, refused = 0, []
    for booking_id, slot in moves:
        try:
            with db.session.begin_nested():
                move_booking(booking_id, *slot, told=False, actor=actor, now=now)
        except DeskError as error:
            refused.append((booking_id, str(error.message)))
        else:
            moved += 1
    return Moved(moved, refused)


def _day(booking: BookingRow) -> date:
    return clock.local(booking.starts_at).date()
