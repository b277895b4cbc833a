"""The desk's row, locked: everything that gives or frees a slot begins here. Called by operations.

The order of locks is the same everywhere: desks by id, then bookings, then the venue (places/calendar.py), then those
who wait (waiting/line.py), then cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Time, and_, bindparam, cast, exists, literal, null, or_, select, union_all

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import not_over
from supportdesk.core import clock
from supportdesk.core.database import UtcDateTime, connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.moments import short_day
from supportdesk.core.permissions import Role
from supportdesk.helpdesk.days_off import OFF
from supportdesk.helpdesk.errors import DeskShut, NoSuchSlot, SlotPast
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking, Desk, DeskHours
from supportdesk.helpdesk.office import BOOKED_AHEAD_DAYS
from supportdesk.helpdesk.patterns import is_kept
from supportdesk.helpdesk.slots import Hours, Off, Slot, cut, why_shut
from supportdesk.places.calendar import holding_open
from supportdesk.places.models import Closure, District, Venue

DESK = table_of(Desk)
HOURS = table_of(DeskHours)
BOOKING = table_of(Booking)
_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)
_DISTRICT = table_of(District)
_HOLD = table_of(SlotHold)
_CLOSURE = table_of(Closure)
#: Condition: the account can be booked, because it is in use and still an adviser's.
ADVISES: Final = and_(
    _ACCOUNT.c.active,
    exists().where(AccountRole.account_id == _ACCOUNT.c.id, AccountRole.role == Role.ADVISER, not_over(AccountRole)),
)


@dataclass(frozen=True)
class LockedSlot:
    """One time of one adviser at a desk that nobody else can give away now. `person_id` is the adviser's."""

    desk_id: int
    desk: str
    place: str
    adviser_id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime
    held: Held | None = None


class Held(NamedTuple):
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
)

# FOR NO KEY UPDATE: whoever adds a row that points at the desk need not wait; whoever gives a slot does.
_LOCK_SLOT = holding_open(
    select(*HOURS_COLUMNS, DESK.c.active)
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .join(_DISTRICT, _DISTRICT.c.code == _VENUE.c.district_code)
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
#: What may be in the way of a slot, whose row says no word of it: asked once the desk and its venue are locked.
_IN_THE_WAY = union_all(
    select(
        literal("hold").label("kind"),
        _HOLD.c.owner.label("words"),
        _HOLD.c.until,
        cast(null(), Time).label("opens"),
        cast(null(), Time).label("closes"),
    ).where(_HOLD.c.adviser_id == bindparam("adviser_id"), _HOLD.c.starts_at == bindparam("starts_at")),
    select(literal("off"), OFF.c.reason, cast(null(), UtcDateTime()), OFF.c.opens, OFF.c.closes).where(
        OFF.c.first_day <= bindparam("day"),
        OFF.c.last_day >= bindparam("day"),
        or_(OFF.c.desk_id == bindparam("desk_id"), OFF.c.adviser_id == bindparam("adviser_id")),
    ),
    select(
        literal("closure"),
        _CLOSURE.c.reason,
        cast(null(), UtcDateTime()),
        cast(null(), Time),
        cast(null(), Time),
    ).where(
        _CLOSURE.c.venue_id == bindparam("venue_id"),
        _CLOSURE.c.first_day <= bindparam("day"),
        _CLOSURE.c.last_day >= bindparam("day"),
    ),
)
_LOCK_SEVERAL = (
    select(DESK.c.id)
    .where(DESK.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(DESK.c.id)
    .with_for_update(key_share=True)
)
_LOCK_BOOKING = (
    select(BOOKING, DESK.c.name.label("desk"), _VENUE.c.name.label("venue"), _VENUE.c.nickname)
    .join(DESK, DESK.c.id == BOOKING.c.desk_id)
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .where(BOOKING.c.id == bindparam("wanted"))
    .with_for_update(key_share=True, of=BOOKING)
)


def lock_slot(desk_id: int, adviser_id: int, starts_at: datetime, now: datetime) -> LockedSlot:
    """Wait for the desk and keep it until the transaction ends; the slot that begins at that time.

    Raises NotFound for a desk that there is not, SlotPast, DeskShut and NoSuchSlot. Whether somebody has the slot is
    not asked here.
    """
    day = clock.local(starts_at).date()
    asked = {"desk_id": desk_id, "adviser_id": adviser_id, "weekday": day.weekday()}
    rows = connection().execute(_LOCK_SLOT, asked).all()
    if not rows:
        raise NotFound
    if starts_at <= now:
        raise SlotPast
    in_the_way = (
        connection()
        .execute(_IN_THE_WAY, {**asked, "venue_id": rows[0].venue_id, "day": day, "starts_at": starts_at})
        .all()
    )
    closed = next((fact.words for fact in in_the_way if fact.kind == "closure"), None)
    off = [
        Off(desk_id, None, day, day, fact.opens, fact.closes, fact.words) for fact in in_the_way if fact.kind == "off"
    ]
    slot = _cut_at(starts_at, day, [Hours._make(row[:-1]) for row in rows if row.active and row.person_id is not None])
    if slot is None or starts_at - now > timedelta(days=BOOKED_AHEAD_DAYS.get()):
        raise NoSuchSlot
    kept = slot.hours
    reason = why_shut(kept, day, slot.starts_at, slot.ends_at, closed=closed, off=off)
    if reason is not None:
        raise DeskShut(short_day(starts_at), reason)
    return LockedSlot(
        kept.desk_id,
        kept.desk,
        kept.nickname or kept.venue,
        adviser_id,
        kept.person_id,
        starts_at,
        slot.ends_at,
        next((Held(fact.words, fact.until) for fact in in_the_way if fact.kind == "hold"), None),
    )


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


def lock_booking(booking_id: int) -> Any:
    """Wait for the booking and keep it: its row, with `desk`, `venue` and `nickname`. Raises NotFound."""
    row = connection().execute(_LOCK_BOOKING, {"wanted": booking_id}).one_or_none()
    if row is None:
        raise NotFound
    return row
