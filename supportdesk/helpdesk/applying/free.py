"""What residents may know of consultations: which desks there are, and when somebody is free there; never who."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.helpdesk import availability
from supportdesk.helpdesk.locking import DESK, ROOM
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.places.choices import venue_in_words
from supportdesk.places.models import District, Venue

_VENUE = table_of(Venue)
_DISTRICT = table_of(District)
#: How an address writes a time.
_WRITTEN: Final = "%Y-%m-%dT%H:%M"


class PublicDesk(NamedTuple):
    """All that residents are told about a desk."""

    id: int
    name: str
    to_bring: str
    venue: str
    nickname: str
    address: str
    district: str
    district_en: str
    district_code: str
    slot_minutes: int
    room: str | None

    @property
    def place(self) -> str:
        """The venue, with what people call it, and the room."""
        return venue_in_words(self.venue, self.nickname, self.room)


class FreeTime(NamedTuple):
    """A time at which somebody at the desk is free; `set_aside` for those who come first (fairness.py)."""

    desk_id: int
    starts_at: datetime
    ends_at: datetime
    set_aside: bool

    @property
    def written(self) -> str:
        """The time as an address writes it."""
        return clock.local(self.starts_at).strftime(_WRITTEN)


_DESKS: Final[Select[Any]] = (
    select(
        *(DESK.c.id, DESK.c.name, DESK.c.to_bring, _VENUE.c.name, _VENUE.c.nickname, _VENUE.c.address),
        *(_DISTRICT.c.name, _DISTRICT.c.name_en, _DISTRICT.c.code, DESK.c.slot_minutes, ROOM.c.name),
    )
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
    .join(_DISTRICT, _DISTRICT.c.code == _VENUE.c.district_code)
    .order_by(_DISTRICT.c.position, DESK.c.name, DESK.c.id)
)


def desks_in(district_code: str = "") -> list[PublicDesk]:
    """The desks in use, in the city's order of districts. One statement."""
    statement = _DESKS.where(DESK.c.active)
    if district_code:
        statement = statement.where(_DISTRICT.c.code == district_code)
    return [PublicDesk._make(row) for row in db.session.execute(statement)]


def desk_in_use(desk_id: int) -> PublicDesk | None:
    """One desk, if it is in use."""
    row = db.session.execute(_DESKS.where(DESK.c.active, DESK.c.id == desk_id)).one_or_none()
    return PublicDesk._make(row) if row else None


def any_desk(desk_id: int) -> PublicDesk:
    """One desk, in use or not: somebody has a receipt for it."""
    return PublicDesk._make(db.session.execute(_DESKS.where(DESK.c.id == desk_id)).one())


def free_times(
    now: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    district_code: str = "",
    desk_id: int | None = None,
) -> list[FreeTime]:
    """When somebody is free, the next first: from a day to a day, within what the office offers."""
    slots = availability.free_slots(
        *_within(now, first, last), after=now, district_code=district_code or None, desk_id=desk_id
    )
    return _times(slots)


def is_offered(starts_at: datetime, now: datetime) -> bool:
    """Whether the time lies within what residents are shown."""
    return now < starts_at and clock.local(starts_at).date() <= _last_day(now)


def _within(now: datetime, first: date | None, last: date | None) -> tuple[date, date]:
    today, end = clock.local(now).date(), _last_day(now)
    return max(first or today, today), min(last or end, end)


def _last_day(now: datetime) -> date:
    return clock.local(now).date() + timedelta(days=OFFERED_DAYS.get())


def _times(slots: Iterable[SlotRow]) -> list[FreeTime]:
    """Two advisers who are free at once are one time to choose."""
    times: dict[tuple[int, datetime], FreeTime] = {}
    for slot in slots:
        key = slot.desk_id, slot.starts_at
        if key not in times or not slot.set_aside:
            times[key] = FreeTime(*key, slot.ends_at, slot.set_aside)
    return sorted(times.values(), key=lambda one: (one.starts_at, one.desk_id))


def read_time(written: str) -> datetime | None:
    """The time that an address wrote; None when that is no time."""
    try:
        local = datetime.strptime(written, _WRITTEN)  # noqa: DTZ007  # the zone follows
    except ValueError:
        return None
    if local.strftime(_WRITTEN) != written or not 2000 <= local.year <= 2200:
        return None
    return clock.at(local.date(), local.time())
