"""Bookings and applications whose slot there is no more: the venue or the desk is shut, the adviser away, the hours are
kept no longer. An application has taken no time yet: a class may have the adviser or the room since.

Found by rule, as slots are: whatever took the slot away, they are on the list until they are moved or cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.queries import HeldRow, held_ahead
from supportdesk.helpdesk.availability import SlotRow, kept_hours, open_slots
from supportdesk.helpdesk.days_off import taken_off
from supportdesk.helpdesk.locking import BOOKING, lock_desks
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.operations import move_booking
from supportdesk.helpdesk.patterns import is_kept
from supportdesk.helpdesk.queries import BOOKING_ROWS, BookingRow
from supportdesk.helpdesk.slots import Hours, Off, Slot, Wanted, how_far, slots_between, why_shut
from supportdesk.helpdesk.waiting.errors import AskedMeanwhile
from supportdesk.helpdesk.waiting.line import WISH, lock_line
from supportdesk.places import occupancy
from supportdesk.places.calendar import closed_days
from supportdesk.places.occupancy import Claim

_DESKS_OF: Final = select(BOOKING.c.desk_id).where(BOOKING.c.id.in_(bindparam("bookings", expanding=True))).distinct()
#: The desks where slots are kept for the learners of these bookings.
_OFFERED_AT: Final = (
    select(WISH.c.offered_desk_id)
    .join(BOOKING, BOOKING.c.learner_id == WISH.c.learner_id)
    .where(BOOKING.c.id.in_(bindparam("bookings", expanding=True)), WISH.c.offered_desk_id.is_not(None))
    .distinct()
)
Shut = dict[tuple[int, date], str]


class Lost(NamedTuple):
    """A booking, or an application that waits for reception, without a slot: why, in words, and where it could go; None
    where nothing is free.
    """

    what: BookingRow | HeldRow
    reason: str
    instead: SlotRow | None = None

    @property
    def wanted(self) -> Wanted:
        """What names the slot that is lost."""
        return Wanted(self.what.desk_id, self.what.adviser_id, self.what.starts_at)

    @property
    def applied(self) -> bool:
        """Whether it is an application: whoever sent it is asked on the telephone, and nothing moves by itself."""
        return isinstance(self.what, HeldRow)


def lost_slots(now: datetime) -> list[Lost]:
    """Those still to come, the next first, without where they could go. Five statements, and one more where somebody
    applied.
    """
    rows = db.session.execute(
        BOOKING_ROWS.where(BOOKING.c.state == BookingState.BOOKED, BOOKING.c.starts_at > now).order_by(BOOKING.c.id)
    )
    kept: list[BookingRow | HeldRow] = [*(BookingRow._make(row) for row in rows), *held_ahead(now)]
    kept.sort(key=lambda one: one.starts_at)
    if not kept:
        return []
    days = [clock.local(one.starts_at).date() for one in kept]
    hours: dict[tuple[int, int], list[Hours]] = {}
    for one in kept_hours():
        hours.setdefault((one.desk_id, one.adviser_id), []).append(one)
    shut = closed_days({one.venue_id for each in hours.values() for one in each}, days[0], days[-1])
    off = taken_off(days[0], days[-1])
    lost, applied = [], []
    for what, day in zip(kept, days, strict=True):
        its_hours = hours.get((what.desk_id, what.adviser_id), [])
        slot = _slot(what, day, its_hours, shut, off)
        if slot is None:
            lost.append(Lost(what, _why(what, day, its_hours, shut, off)))
        elif isinstance(what, HeldRow):
            applied.append((what, slot))
    return sorted([*lost, *_taken_since(applied)], key=lambda one: one.what.starts_at)


def _slot(what: BookingRow | HeldRow, day: date, hours: list[Hours], shut: Shut, off: list[Off]) -> Slot | None:
    """The slot by the rule, if there is one still."""
    slots = slots_between(hours, day, day, shut=shut, after=what.starts_at - timedelta(seconds=1), off=off)
    return next((slot for slot in slots if slot.starts_at == what.starts_at), None)


def _taken_since(applied: list[tuple[HeldRow, Slot]]) -> list[Lost]:
    """Those whose adviser or room somebody else has by now."""
    claims = [
        Claim(activity("desk", what.desk_id), slot.hours.takes, what.starts_at, what.ends_at) for what, slot in applied
    ]
    others = [
        {resource: by - {claim.activity} for resource, by in found.items() if by - {claim.activity}}
        for claim, found in zip(claims, occupancy.in_the_way_of_each(claims), strict=True)
    ]
    words = occupancy.in_words_each(others) if any(others) else [""] * len(others)
    return [Lost(what, why) for (what, _slot), why in zip(applied, words, strict=True) if why]


def _why(what: BookingRow | HeldRow, day: date, hours: list[Hours], shut: Shut, off: list[Off]) -> str:
    """Why there is no such slot any more."""
    for one in hours:
        closed = shut.get((one.venue_id, day))
        if is_kept(one, day) and (why := why_shut(one, day, what.starts_at, what.ends_at, closed=closed, off=off)):
            return why
    return _("開く時間がなくなりました")


def with_somewhere_to_go(lost: Iterable[Lost], now: datetime) -> list[Lost]:
    """The same, each with a slot that none of the others is sent to: at the same desk and time, else the nearest."""
    free = open_slots(after=now, limit=None)
    found = []
    for one in lost:
        instead = min(free, key=lambda slot: how_far(slot, one.wanted), default=None)
        if instead is not None:
            free.remove(instead)
        found.append(one._replace(instead=instead))
    return found


def _by_time(move: tuple[int, Wanted]) -> datetime:
    return move[1].starts_at


class Moved(NamedTuple):
    """How many were moved, and why each of the others was not."""

    moved: int
    refused: list[tuple[int, str]]


def move_lost(moves: Iterable[tuple[int, Wanted]], *, actor: Actor, now: datetime) -> Moved:
    """Move each booking to its slot and let its learner be told. What cannot be moved stays where it was.

    Raises AskedMeanwhile.
    """
    moves = sorted(moves, key=_by_time)  # classes take rooms in this order too
    of_these = {"bookings": [booking_id for booking_id, _slot in moves]}
    desks = {*connection().scalars(_DESKS_OF, of_these), *(slot.desk_id for _booking, slot in moves)}
    offered_at = set(connection().scalars(_OFFERED_AT, of_these))
    lock_desks(desks | offered_at)
    lock_line()
    occupancy.lock_several()
    if not offered_at.issuperset(connection().scalars(_OFFERED_AT, of_these)):
        raise AskedMeanwhile
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
