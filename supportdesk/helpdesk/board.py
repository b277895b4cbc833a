"""What reception and advisers see of the weeks to come: for each day and desk its times, free or with whose booking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from supportdesk.core import clock
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import SlotRow, free_slots
from supportdesk.helpdesk.holds.queries import KeptSlot, kept_slots
from supportdesk.helpdesk.queries import BookingRow, bookings_between
from supportdesk.learners.found import Found, described
from supportdesk.learners.models import Learner
from supportdesk.places.choices import place_in_short

_Row = SlotRow | BookingRow | KeptSlot


class Time(NamedTuple):
    """One time of one adviser: a free slot, a booking, or a slot that is kept for somebody. `learner` is None to
    whoever may not know them.
    """

    starts_at: datetime
    ends_at: datetime
    adviser: str
    slot: SlotRow | None = None
    booking: BookingRow | None = None
    kept: KeptSlot | None = None
    learner: Found | None = None


class DeskDay(NamedTuple):
    """A desk on one day."""

    desk_id: int
    desk: str
    place: str
    times: Sequence[Time]

    @property
    def free(self) -> int:
        """How many times can still be booked."""
        return sum(time.slot is not None for time in self.times)


class Day(NamedTuple):
    """A day on which some desk sits."""

    day: date
    desks: Sequence[DeskDay]


def board(
    first: date, last: date, *, after: datetime, district_code: str | None = None, scope: Select[Any] | None = None
) -> list[Day]:
    """The days on which something is free or booked. `scope` selects the learners whose names may be shown.

    Nine statements at most, however many desks and bookings.
    """
    bookings = bookings_between(first, last, district_code=district_code)
    known = known_within({booking.learner_id for booking in bookings}, scope)
    days: dict[date, dict[int, list[tuple[_Row, Time]]]] = {}
    for slot in free_slots(first, last, after=after, district_code=district_code):
        time = Time(slot.starts_at, slot.ends_at, slot.adviser, slot=slot)
        days.setdefault(_day(slot), {}).setdefault(slot.desk_id, []).append((slot, time))
    for kept in kept_slots(first, last, now=clock.now(), district_code=district_code):
        time = Time(kept.starts_at, kept.ends_at, kept.adviser, kept=kept)
        days.setdefault(_day(kept), {}).setdefault(kept.desk_id, []).append((kept, time))
    for booking in bookings:
        learner = known.get(booking.learner_id)
        time = Time(booking.starts_at, booking.ends_at, booking.adviser, booking=booking, learner=learner)
        days.setdefault(_day(booking), {}).setdefault(booking.desk_id, []).append((booking, time))
    return [Day(day, [_desk_day(rows) for _desk, rows in sorted(desks.items())]) for day, desks in sorted(days.items())]


def learners_shown(days: Sequence[Day]) -> set[int]:
    """Whom the board names: a look at it is noted with them."""
    return {time.learner.id for day in days for desk in day.desks for time in desk.times if time.learner}


def known_within(learner_ids: set[int], scope: Select[Any] | None) -> dict[int, Found]:
    """Those of the learners whose names may be shown. Two statements at most."""
    if scope is not None:
        within = select(Learner.id).where(Learner.id.in_(learner_ids), Learner.id.in_(scope))
        learner_ids = set(db.session.scalars(within))
    return {found.id: found for found in described(sorted(learner_ids))}


def _day(row: _Row) -> date:
    return clock.local(row.starts_at).date()


def _desk_day(rows: list[tuple[_Row, Time]]) -> DeskDay:
    row = rows[0][0]
    times = sorted((time for _row, time in rows), key=lambda time: (time.starts_at, time.adviser))
    return DeskDay(row.desk_id, row.desk, place_in_short(row.venue, row.nickname, row.room), times)
