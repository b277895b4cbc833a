"""From a desk's weekly hours to the slots that can be booked: pure functions, fed by queries and by booking itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from supportdesk.accounts.serving import away_on
from supportdesk.core import clock
from supportdesk.places.calendar import holiday_name
from supportdesk.places.occupancy import cells_of


class Hours(NamedTuple):
    """An adviser keeps a desk on a weekday (Monday is 0), with what a page says of both."""

    desk_id: int
    desk: str
    slot_minutes: int
    adviser_id: int
    adviser: str
    person_id: int
    weekday: int
    opens: time
    closes: time
    venue_id: int
    venue: str
    nickname: str
    district: str
    district_code: str
    leave_from: date | None = None
    leave_until: date | None = None
    service_ends_on: date | None = None


class Slot(NamedTuple):
    """One bookable time of one adviser, cut from these hours."""

    hours: Hours
    starts_at: datetime
    ends_at: datetime


class Wanted(NamedTuple):
    """Which slot a form or an address means, whether it exists or not."""

    desk_id: int
    adviser_id: int
    starts_at: datetime

    @property
    def address(self) -> dict[str, Any]:
        """What names the slot in an address and in a form."""
        at = self.starts_at.astimezone(UTC).isoformat()
        return {"desk": str(self.desk_id), "adviser": str(self.adviser_id), "at": at}

    @property
    def key(self) -> str:
        """The slot as one text, for a field in which one picks."""
        return "/".join(self.address.values())


class SlotRow(NamedTuple):
    """A slot as pages and other rooms see it. `nickname` is what people call the venue."""

    desk_id: int
    desk: str
    adviser_id: int
    adviser: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    nickname: str
    district: str
    district_code: str

    @property
    def place(self) -> str:
        """The venue in the words people use."""
        return self.nickname or self.venue

    @property
    def wanted(self) -> Wanted:
        """What names this slot."""
        return Wanted(self.desk_id, self.adviser_id, self.starts_at)


def cut(day: date, opens: time, closes: time, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """The whole slots of so many minutes between opening and closing; what is left at the end is no slot."""
    starts_at, end, length = clock.at(day, opens), clock.at(day, closes), timedelta(minutes=minutes)
    while starts_at + length <= end:
        yield starts_at, starts_at + length
        starts_at += length


def slots_between(
    hours: Iterable[Hours], first: date, last: date, *, shut: Collection[tuple[int, date]], after: datetime
) -> list[Slot]:
    """All slots from the first day to the last that begin after an instant, in order of time, desk and adviser.

    Desks keep public holidays, and nobody is booked who is away. `shut` are the (venue, day) on which a venue is
    closed.
    """
    by_weekday: dict[int, list[Hours]] = {}
    for one in hours:
        by_weekday.setdefault(one.weekday, []).append(one)
    slots = [
        Slot(one, starts_at, ends_at)
        for day in _days(first, last)
        if day.weekday() in by_weekday and holiday_name(day) is None
        for one in by_weekday[day.weekday()]
        if (one.venue_id, day) not in shut and not away_on(one, day)
        for starts_at, ends_at in cut(day, one.opens, one.closes, one.slot_minutes)
        if starts_at > after
    ]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.hours.desk_id, slot.hours.adviser_id))


def without_taken(slots: Iterable[Slot], taken: Mapping[int, Collection[int]]) -> list[Slot]:
    """The slots whose adviser is free: `taken` holds the quarter hours in which each person has something."""
    return [slot for slot in slots if not _overlaps(slot, taken.get(slot.hours.person_id, ()))]


def as_row(slot: Slot) -> SlotRow:
    """The slot as pages and other rooms see it."""
    hours = slot.hours
    return SlotRow(
        hours.desk_id,
        hours.desk,
        hours.adviser_id,
        hours.adviser,
        slot.starts_at,
        slot.ends_at,
        hours.venue,
        hours.nickname,
        hours.district,
        hours.district_code,
    )


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _overlaps(slot: Slot, cells: Collection[int]) -> bool:
    return any(cell in cells for cell in cells_of(slot.starts_at, slot.ends_at))
