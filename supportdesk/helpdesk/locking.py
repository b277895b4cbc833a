"""The desk's row, locked: everything that gives or frees a slot begins here. Called by operations.

The order of locks is the same everywhere: desks by id, then bookings, then the venue (places/calendar.py), then those
who wait (waiting/line.py), then, for several times, occupancy.lock_several, then the learner, then cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Time, and_, bindparam, cast, exists, literal, null, or_, select, union_all

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import not_over
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import UtcDateTime, connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.moments import short_day
from supportdesk.core.permissions import Role
from supportdesk.helpdesk.days_off import OFF
from supportdesk.helpdesk.errors import DeskShut, NoSuchSlot, SlotPast, SlotTaken
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking, BookingState, Desk, DeskHours
from supportdesk.helpdesk.office import BOOKED_AHEAD_DAYS
from supportdesk.helpdesk.patterns import is_kept
from supportdesk.helpdesk.slots import Hours, Off, Slot, cut, why_shut
from supportdesk.helpdesk.waiting.models import OPEN_WISH, SlotWish
from supportdesk.places import occupancy
from supportdesk.places.calendar import holding_open
from supportdesk.places.choices import place_in_short
from supportdesk.places.models import Closure, District, OccupancyCell, Room, Venue

DESK = table_of(Desk)
HOURS = table_of(DeskHours)
BOOKING = table_of(Booking)
_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)
_DISTRICT = table_of(District)
_HOLD = table_of(SlotHold)
_CLOSURE = table_of(Closure)
_WISH = table_of(SlotWish)
_CELL = table_of(OccupancyCell)
ROOM = table_of(Room)
#: Condition: the account can be booked, because it is in use and still an adviser's.
ADVISES: Final = and_(
    _ACCOUNT.c.active,
    exists().where(AccountRole.account_id == _ACCOUNT.c.id, AccountRole.role == Role.ADVISER, not_over(AccountRole)),
)
#: Condition: the consultation is still to be held ("now"). Who sits at a counter by a number was not booked to come.
TO_COME: Final = and_(BOOKING.c.state == BookingState.BOOKED, BOOKING.c.ends_at > bindparam("now"), ~BOOKING.c.walk_in)


@dataclass(frozen=True)
class LockedSlot:
    """One time of one adviser at a desk that nobody else can give away now. `person_id` is the adviser's; `room_lacks`
    are the quarter hours in which the desk has not taken its room yet.
    """

    desk_id: int
    desk: str
    place: str
    adviser_id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime
    kept: KeptFor | None = None
    room_id: int | None = None
    room_lacks: frozenset[int] = frozenset()


class KeptFor(NamedTuple):
    """For whom a slot is kept, and until when; None: until its owner ends that."""

    owner: str
    until: datetime | None


#: What `Hours` holds, in its order.
HOURS_COLUMNS: Final = (
    DESK.c.id,
    DESK.c.name,
    DESK.c.slot_minutes,
    HOURS.c.adviser_id,
    _ACCOUNT.c.name.label("adviser"),
    _ACCOUNT.c.person_id,
    HOURS.c.weekday,
    HOURS.c.opens,
    HOURS.c.closes,
    DESK.c.venue_id,
    _VENUE.c.name.label("venue"),
    _VENUE.c.nickname,
    _DISTRICT.c.name.label("district"),
    _VENUE.c.district_code,
    _ACCOUNT.c.leave_from,
    _ACCOUNT.c.leave_until,
    _ACCOUNT.c.service_ends_on,
    *(HOURS.c.every, HOURS.c.month_weeks, HOURS.c.first_day, HOURS.c.last_day),
    *(DESK.c.buffer_minutes, DESK.c.on_holidays),
    *(DESK.c.room_id, ROOM.c.name.label("room")),
)

# FOR NO KEY UPDATE: whoever adds a row that points at the desk need not wait; whoever gives a slot does.
_LOCK_HOURS = holding_open(
    select(
        *HOURS_COLUMNS,
        DESK.c.active,
        exists().where(_WISH.c.learner_id == bindparam("learner_id"), _WISH.c.state.in_(OPEN_WISH)).label("waits"),
    )
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .join(_DISTRICT, _DISTRICT.c.code == _VENUE.c.district_code)
    .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
    .outerjoin(
        HOURS,
        and_(
            HOURS.c.desk_id == DESK.c.id,
            HOURS.c.adviser_id == bindparam("adviser_id"),
            HOURS.c.weekday == bindparam("weekday"),
        ),
    )
    .outerjoin(_ACCOUNT, and_(_ACCOUNT.c.id == HOURS.c.adviser_id, ADVISES))
    .where(DESK.c.id == bindparam("desk_id"))
    .order_by(HOURS.c.opens)
    .with_for_update(key_share=True, of=DESK)
)
_NO_MOMENT, _NO_TIME, _NO_CELL = cast(null(), UtcDateTime()), cast(null(), Time), cast(null(), Integer)
#: What may be in the way of a slot, whose row says no word of it: asked once the desk and its venue are locked.
IN_THE_WAY: Final = union_all(
    select(
        literal("hold").label("kind"),
        _HOLD.c.owner.label("words"),
        _HOLD.c.until,
        _NO_TIME.label("opens"),
        _NO_TIME.label("closes"),
        _NO_CELL.label("cell"),
    ).where(_HOLD.c.adviser_id == bindparam("adviser_id"), _HOLD.c.starts_at == bindparam("starts_at")),
    select(literal("off"), OFF.c.reason, _NO_MOMENT, OFF.c.opens, OFF.c.closes, _NO_CELL).where(
        OFF.c.first_day <= bindparam("day"),
        OFF.c.last_day >= bindparam("day"),
        or_(OFF.c.desk_id == bindparam("desk_id"), OFF.c.adviser_id == bindparam("adviser_id")),
    ),
    select(literal("closure"), _CLOSURE.c.reason, _NO_MOMENT, _NO_TIME, _NO_TIME, _NO_CELL).where(
        _CLOSURE.c.venue_id == bindparam("venue_id"),
        _CLOSURE.c.first_day <= bindparam("day"),
        _CLOSURE.c.last_day >= bindparam("day"),
    ),
    select(literal("room"), _CELL.c.activity, _NO_MOMENT, _NO_TIME, _NO_TIME, _CELL.c.cell).where(
        _CELL.c.resource == bindparam("room"),
        _CELL.c.cell >= bindparam("first"),
        _CELL.c.cell < bindparam("end"),
    ),
)
_LOCK_SEVERAL = (
    select(DESK.c.id)
    .where(DESK.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(DESK.c.id)
    .with_for_update(key_share=True)
)
_LOCK_FREE = (
    select(DESK.c.id)
    .where(DESK.c.id.in_(bindparam("wanted", expanding=True)))
    .with_for_update(key_share=True, skip_locked=True)
)
_LOCK_BOOKING = (
    select(BOOKING, DESK.c.name.label("desk"), DESK.c.room_id, _VENUE.c.name.label("venue"), _VENUE.c.nickname)
    .join(DESK, DESK.c.id == BOOKING.c.desk_id)
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .where(BOOKING.c.id == bindparam("wanted"))
    .with_for_update(key_share=True, of=BOOKING)
)


@dataclass(frozen=True)
class LockedHours:
    """A desk that nobody else gives slots of now, and when the adviser is there on that weekday: rows of `Hours`.

    `waits`: whether the learner who is to have the slot waited for anything as it was asked for.
    """

    rows: Sequence[Any]
    desk_id: int
    adviser_id: int
    starts_at: datetime
    waits: bool

    @property
    def day(self) -> date:
        """The slot's, in Japan."""
        return clock.local(self.starts_at).date()

    @property
    def asked(self) -> dict[str, Any]:
        """What IN_THE_WAY is given."""
        desk = self.rows[0]
        return {
            "desk_id": self.desk_id,
            "adviser_id": self.adviser_id,
            "starts_at": self.starts_at,
            "day": self.day,
            "venue_id": desk.venue_id,
            "room": occupancy.room(desk.room_id) if desk.room_id else "",
            "first": self._cells.start,
            "end": self._cells.stop,
        }

    @property
    def _cells(self) -> range:
        return occupancy.cells_of(self.starts_at, self.starts_at + timedelta(minutes=self.rows[0].slot_minutes))

    def slot(self, in_the_way: Sequence[Any], now: datetime) -> LockedSlot:
        """The slot that begins then, with what was found to be in its way.

        Raises SlotPast, DeskShut, NoSuchSlot, and SlotTaken when somebody else has the room.
        """
        if self.starts_at <= now:
            raise SlotPast
        closed = next((fact.words for fact in in_the_way if fact.kind == "closure"), None)
        off = [
            Off(self.desk_id, None, self.day, self.day, fact.opens, fact.closes, fact.words)
            for fact in in_the_way
            if fact.kind == "off"
        ]
        hours = [Hours._make(row[:-2]) for row in self.rows if row.active and row.person_id is not None]
        slot = _cut_at(self.starts_at, self.day, hours)
        if slot is None or self.starts_at - now > timedelta(days=BOOKED_AHEAD_DAYS.get()):
            raise NoSuchSlot
        kept = slot.hours
        reason = why_shut(kept, self.day, slot.starts_at, slot.ends_at, closed=closed, off=off)
        if reason is not None:
            raise DeskShut(short_day(self.starts_at), reason)
        return LockedSlot(
            kept.desk_id,
            kept.desk,
            place_in_short(kept.venue, kept.nickname, kept.room),
            self.adviser_id,
            kept.person_id,
            self.starts_at,
            slot.ends_at,
            next((KeptFor(fact.words, fact.until) for fact in in_the_way if fact.kind == "hold"), None),
            kept.room_id,
            self._room_lacks(kept.room_id, [fact for fact in in_the_way if fact.kind == "room"]),
        )

    def _room_lacks(self, room_id: int | None, taken: Sequence[Any]) -> frozenset[int]:
        if room_id is None:
            return frozenset()
        others = {fact.words for fact in taken} - {activity("desk", self.desk_id)}
        if others:
            in_the_way = {occupancy.room(room_id): others}
            raise SlotTaken(in_the_way, occupancy.in_words(in_the_way))
        return frozenset(self._cells).difference(fact.cell for fact in taken)


def lock_hours(desk_id: int, adviser_id: int, starts_at: datetime, learner_id: int | None = None) -> LockedHours:
    """Wait for the desk and keep it until the transaction ends. Raises NotFound for a desk that there is not."""
    asked = {
        "desk_id": desk_id,
        "adviser_id": adviser_id,
        "weekday": clock.local(starts_at).weekday(),
        "learner_id": learner_id,
    }
    rows = connection().execute(_LOCK_HOURS, asked).all()
    if not rows or (rows[0].room_id and rows[0].room is None):
        # Whoever we waited for sent the desk elsewhere: PostgreSQL knows the desk anew, and not the place beside it.
        rows = connection().execute(_LOCK_HOURS, asked).all()
    if not rows:
        raise NotFound
    return LockedHours(rows, desk_id, adviser_id, starts_at, bool(rows[0].waits))


def lock_slot(desk_id: int, adviser_id: int, starts_at: datetime, now: datetime) -> LockedSlot:
    """Wait for the desk and keep it until the transaction ends; the slot that begins at that time.

    Raises NotFound for a desk that there is not, SlotPast, DeskShut, NoSuchSlot, and SlotTaken when somebody else has
    the room. Whether somebody has the adviser is not asked here.
    """
    hours = lock_hours(desk_id, adviser_id, starts_at)
    return hours.slot(connection().execute(IN_THE_WAY, hours.asked).all(), now)


def _cut_at(starts_at: datetime, day: date, hours: Iterable[Hours]) -> Slot | None:
    """The slot that begins then by the hours alone, whatever shuts it."""
    for one in hours:
        if is_kept(one, day):
            for begins, ends in cut(day, one.opens, one.closes, one.slot_minutes, one.buffer_minutes):
                if begins == starts_at:
                    return Slot(one, begins, ends)
    return None


def lock_desks(desk_ids: Iterable[int]) -> None:
    """Wait for several desks in the order that everybody keeps."""
    connection().execute(_LOCK_SEVERAL, {"wanted": sorted(set(desk_ids))}).all()


def lock_free_desks(desk_ids: Collection[int]) -> bool:
    """Lock several desks without waiting, in whatever order: whether all of them are locked now."""
    return len(connection().execute(_LOCK_FREE, {"wanted": list(desk_ids)}).all()) == len(set(desk_ids))


def lock_booking(booking_id: int) -> Any:
    """Wait for the booking and keep it: its row, with `desk`, `room_id`, `venue` and `nickname`. Raises NotFound."""
    row = connection().execute(_LOCK_BOOKING, {"wanted": booking_id}).one_or_none()
    if row is None:
        raise NotFound
    return row
