"""Which slots there are, and which of them nobody has: in the same number of statements for however many desks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.helpdesk.days_off import taken_off
from supportdesk.helpdesk.fairness import set_aside_now
from supportdesk.helpdesk.holds.queries import holds_on
from supportdesk.helpdesk.locking import ADVISES, DESK, HOURS, HOURS_COLUMNS, ROOM
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.slots import Hours, Slot, Taken, as_row, slots_between, without_taken
from supportdesk.helpdesk.slots import SlotRow as SlotRow  # other rooms know slots by these queries
from supportdesk.places import occupancy
from supportdesk.places.calendar import closed_days
from supportdesk.places.models import District, OccupancyCell, Venue

_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)
_DISTRICT = table_of(District)
_CELL = table_of(OccupancyCell)

_HOURS: Select[Any] = (
    select(*HOURS_COLUMNS)
    .join(HOURS, HOURS.c.desk_id == DESK.c.id)
    .join(_ACCOUNT, _ACCOUNT.c.id == HOURS.c.adviser_id)
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .join(_DISTRICT, _DISTRICT.c.code == _VENUE.c.district_code)
    .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
    .where(DESK.c.active, ADVISES)
)


def open_slots(
    *,
    after: datetime,
    limit: int | None = 20,
    district_code: str | None = None,
    near: str | None = None,
    day: date | None = None,
    owner: str = "",
) -> list[SlotRow]:
    """Free slots that begin after an instant, the next first: of one day, or of as long as the office offers.

    `near`: those of this district before all others. `owner`: whose own hold does not hide a slot. Five statements.
    """
    first = day or clock.local(after).date()
    last = day or first + timedelta(days=OFFERED_DAYS.get())
    slots = free_slots(first, last, after=after, district_code=district_code, owner=owner)
    return sorted(slots, key=lambda slot: slot.district_code != near)[:limit] if near else slots[:limit]


def free_slots(
    first: date,
    last: date,
    *,
    after: datetime,
    district_code: str | None = None,
    desk_id: int | None = None,
    owner: str = "",
) -> list[SlotRow]:
    """The slots of these days that nobody has or keeps but the `owner`: five statements for however many desks."""
    slots = _slots(first, last, after=after, district_code=district_code, desk_id=desk_id)
    if not slots:
        return []
    taken = _taken(slots, first, last)
    persons = {slot.hours.adviser_id: slot.hours.person_id for slot in slots}
    for hold in holds_on(persons, first, last, now=clock.now(), but=owner):
        quarters = occupancy.cells_of(hold.starts_at, hold.ends_at)
        taken.persons.setdefault(persons[hold.adviser_id], set()).update(quarters)
    aside = set_aside_now(clock.now())
    return [
        as_row(slot, set_aside=aside.has(slot.hours.adviser_id, slot.starts_at, slot.ends_at))
        for slot in without_taken(slots, taken)
    ]


class SlotSeen(NamedTuple):
    """A slot that somebody asks for, free or not. `in_the_way`: what has it, in words; `kept_until`: by the asker."""

    slot: SlotRow
    in_the_way: str
    kept_until: datetime | None


def slot_at(desk_id: int, adviser_id: int, starts_at: datetime, *, owner: str = "") -> SlotSeen | None:
    """The slot that begins then, as its `owner` sees it; None when there is no such slot."""
    day = clock.local(starts_at).date()
    for slot in _slots(day, day, after=starts_at - timedelta(seconds=1), desk_id=desk_id):
        if (slot.hours.adviser_id, slot.starts_at) == (adviser_id, starts_at):
            own = activity("desk", desk_id)
            in_the_way = occupancy.who_has(slot.hours.takes, slot.starts_at, slot.ends_at, besides=own)
            if in_the_way:
                return SlotSeen(as_row(slot), occupancy.in_words(in_the_way), None)
            holds = [one for one in holds_on([adviser_id], day, day, now=clock.now()) if one.starts_at == starts_at]
            kept = [one.until for one in holds if one.owner == owner]
            others = holds and not kept
            return SlotSeen(as_row(slot), _("ほかの方に案内しています") if others else "", kept[0] if kept else None)
    return None


def _slots(
    first: date, last: date, *, after: datetime, district_code: str | None = None, desk_id: int | None = None
) -> list[Slot]:
    statement = _HOURS
    if district_code:
        statement = statement.where(_VENUE.c.district_code == district_code)
    if desk_id is not None:
        statement = statement.where(DESK.c.id == desk_id)
    hours = _hours(statement)
    if not hours:
        return []
    shut = closed_days({one.venue_id for one in hours}, first, last)
    return slots_between(hours, first, last, shut=shut, after=after, off=taken_off(first, last))


def kept_hours() -> list[Hours]:
    """The hours of all desks in use: one statement."""
    return _hours(_HOURS)


def _hours(statement: Select[Any]) -> list[Hours]:
    return [Hours._make(row) for row in db.session.execute(statement)]


def _taken(slots: Iterable[Slot], first: date, last: date) -> Taken:
    """What is taken on these days of what the slots need: one statement."""
    persons = {occupancy.person(person_id): person_id for person_id in {slot.hours.person_id for slot in slots}}
    desks: dict[str, set[int]] = {}
    for desk_id, room_id in {(slot.hours.desk_id, slot.hours.room_id) for slot in slots}:
        if room_id is not None:
            desks.setdefault(occupancy.room(room_id), set()).add(desk_id)
    cells = occupancy.cells_of(clock.day_bounds(first)[0], clock.day_bounds(last)[1])
    rows = db.session.execute(
        select(_CELL.c.resource, _CELL.c.cell, _CELL.c.activity).where(
            _CELL.c.resource.in_([*persons, *desks]), _CELL.c.cell >= cells.start, _CELL.c.cell < cells.stop
        )
    )
    taken = Taken({}, {})
    for row in rows:
        if row.resource in persons:
            taken.persons.setdefault(persons[row.resource], set()).add(row.cell)
        else:
            for desk_id in desks[row.resource]:
                if row.activity != activity("desk", desk_id):
                    taken.rooms.setdefault(desk_id, set()).add(row.cell)
    return taken
