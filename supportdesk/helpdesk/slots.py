"""From a desk's weekly hours to the slots that can be booked: pure functions, fed by queries and by booking itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from supportdesk.accounts.serving import away_on
from supportdesk.core import clock
from supportdesk.helpdesk.patterns import EVERY_WEEK, is_kept
from supportdesk.places import occupancy
from supportdesk.places.calendar import holiday_name
from supportdesk.places.choices import place_in_short, venue_in_words


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
    every: int = EVERY_WEEK
    month_weeks: str = ""
    first_day: date | None = None
    last_day: date | None = None
    buffer_minutes: int = 0
    on_holidays: bool = False
    room_id: int | None = None
    room: str | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        """What a slot of these hours takes: the adviser, and the desk's room."""
        room = () if self.room_id is None else (occupancy.room(self.room_id),)
        return occupancy.person(self.person_id), *room


class Off(NamedTuple):
    """A desk is shut or an adviser away, on these days, in these hours of them or all day."""

    desk_id: int | None
    adviser_id: int | None
    first_day: date
    last_day: date
    opens: time | None
    closes: time | None
    reason: str

    def is_in_the_way(self, hours: Hours, day: date, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a slot of these hours falls into it."""
        return (
            self.first_day <= day <= self.last_day
            and (self.desk_id == hours.desk_id or self.adviser_id == hours.adviser_id)
            and overlaps(self.opens, self.closes, starts_at, ends_at)
        )


def overlaps(opens: time | None, closes: time | None, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether these hours of a day, or all of it, meet a slot of that day."""
    return (opens is None or opens < clock.local(ends_at).time()) and (
        closes is None or closes > clock.local(starts_at).time()
    )


def why_shut(
    hours: Hours, day: date, starts_at: datetime, ends_at: datetime, *, closed: str | None, off: Iterable[Off]
) -> str | None:
    """Why nobody is booked in these hours at that time of a day on which they are kept; None when nothing is in the
    way. `closed`: why the venue is.
    """
    if closed is not None:
        return closed
    if not hours.on_holidays and (holiday := holiday_name(day)) is not None:
        return holiday
    for each in off:
        if each.is_in_the_way(hours, day, starts_at, ends_at):
            return each.reason
    return away_on(hours, day) or None


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
    """A slot as pages and other rooms see it. `nickname` is what people call the venue; `set_aside` says that it is
    for those who come first (fairness.py).
    """

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
    set_aside: bool = False
    room: str | None = None

    @property
    def place(self) -> str:
        """The venue, with what people call it, and the room."""
        return venue_in_words(self.venue, self.nickname, self.room)

    @property
    def short_place(self) -> str:
        """The same as it is said on the line."""
        return place_in_short(self.venue, self.nickname, self.room)

    @property
    def wanted(self) -> Wanted:
        """What names this slot."""
        return Wanted(self.desk_id, self.adviser_id, self.starts_at)


def how_far(slot: SlotRow, from_slot: Wanted) -> tuple[bool, bool, timedelta, bool]:
    """By this the slots for somebody who has to leave theirs are sorted: those of the same desk first, then what begins
    later rather than sooner, then the nearest in time, then the same adviser.
    """
    apart = slot.starts_at - from_slot.starts_at
    elsewhere, other = slot.desk_id != from_slot.desk_id, slot.adviser_id != from_slot.adviser_id
    return elsewhere, apart < timedelta(0), abs(apart), other


def cut(day: date, opens: time, closes: time, minutes: int, buffer: int = 0) -> list[tuple[datetime, datetime]]:
    """The whole slots of so many minutes between opening and closing; what is left at the end is no slot.

    `buffer`: minutes that are left free after each.
    """
    starts_at, end, length = clock.at(day, opens), clock.at(day, closes), timedelta(minutes=minutes)
    found = []
    while starts_at + length <= end:
        found.append((starts_at, starts_at + length))
        starts_at += length + timedelta(minutes=buffer)
    return found


def slots_between(
    hours: Iterable[Hours],
    first: date,
    last: date,
    *,
    shut: Collection[tuple[int, date]],
    after: datetime,
    off: Collection[Off] = (),
) -> list[Slot]:
    """All slots from the first day to the last that begin after an instant, in order of time, desk and adviser.

    Most desks keep public holidays, and nobody is booked who is away. `shut` are the (venue, day) on which a venue is
    closed, `off` what desks and advisers have taken off.
    """
    by_weekday: dict[int, list[Hours]] = {}
    for one in sorted(hours, key=attrgetter("desk_id", "adviser_id")):
        by_weekday.setdefault(one.weekday, []).append(one)
    alike = cache(cut)  # most advisers of a desk keep the same hours
    slots = [
        Slot(one, starts_at, ends_at)
        for day in _days(first, last)
        if day.weekday() in by_weekday
        for holiday in (holiday_name(day) is not None,)
        for one in by_weekday[day.weekday()]
        if (one.on_holidays or not holiday) and (one.venue_id, day) not in shut
        if is_kept(one, day) and not away_on(one, day)
        for starts_at, ends_at in alike(day, one.opens, one.closes, one.slot_minutes, one.buffer_minutes)
        if starts_at > after and not (off and any(each.is_in_the_way(one, day, starts_at, ends_at) for each in off))
    ]
    return sorted(slots, key=attrgetter("starts_at"))  # those of one time stand in their order already


class Taken(NamedTuple):
    """The quarter hours in which each person has something, and in which somebody else has the room of each desk."""

    persons: dict[int, set[int]]
    rooms: dict[int, set[int]]


def without_taken(slots: Iterable[Slot], taken: Taken) -> list[Slot]:
    """The slots whose adviser is free, and their room."""
    cells, nothing = cache(occupancy.cells_of), frozenset[int]()
    return [
        slot
        for slot in slots
        for quarters in (cells(slot.starts_at, slot.ends_at),)
        if taken.persons.get(slot.hours.person_id, nothing).isdisjoint(quarters)
        and taken.rooms.get(slot.hours.desk_id, nothing).isdisjoint(quarters)
    ]


def as_row(slot: Slot, *, set_aside: bool = False) -> SlotRow:
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
        set_aside,
        hours.room,
    )


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
