"""What the administrator does with the map: venues, their rooms, days on which they are shut, things that are lent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import Description
from supportdesk.core.database import unique_or
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places.calendar import lock_venue
from supportdesk.places.districts import demand_districts
from supportdesk.places.models import Closure, Equipment, EquipmentKind, Room, Venue
from supportdesk.places.plans import planned_at

#: A closure is a holiday or a repair. Whatever is longer is entered again when it is known to last.
LONGEST_CLOSURE = timedelta(days=366)


class NameTaken(DeskError):
    """Another venue, room of the venue or thing is called so."""

    def __init__(self) -> None:
        super().__init__(_l("同じ名前が、もう登録されています。"), field="name")


class DaysOutOfOrder(DeskError):
    """The last day comes before the first, or more than a year after it."""

    def __init__(self) -> None:
        super().__init__(_l("終わりの日は、始めの日から1年以内にしてください。"), field="last_day")


class StandsInTheWay(DeskError):
    """Something is planned at the venue on those days. `booked` says what."""

    def __init__(self, booked: list[Description]) -> None:
        super().__init__(_l("この期間に、予定があります。それでも休館にするときは、チェックを入れてください。"))
        self.booked = booked


def save_venue(
    venue_id: int | None,
    *,
    name: str,
    kana: str,
    nickname: str,
    district_code: str,
    address: str,
    phone: str,
    wifi_ssid: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Register a venue (None) or change one; returns its id. Raises NotFound, NameTaken, UnknownDistrict."""
    demand_districts([district_code], field="district_code")
    venue = Venue() if venue_id is None else db.session.get(Venue, venue_id)
    if venue is None:
        raise NotFound
    with unique_or(NameTaken()):
        venue.name, venue.kana, venue.nickname, venue.district_code = name, kana, nickname, district_code
        venue.address, venue.phone, venue.wifi_ssid = address, phone, wifi_ssid
        db.session.add(venue)
    return _keep(venue, Action.SAVE_VENUE, "venue", actor, now)


def save_room(room_id: int | None, venue_id: int, *, name: str, seats: int | None, actor: Actor, now: datetime) -> int:
    """Register a room of a venue (None) or change one; `seats` None: not known. Raises NotFound, NameTaken."""
    if db.session.get(Venue, venue_id) is None:
        raise NotFound
    room = Room(venue_id=venue_id) if room_id is None else db.session.get(Room, room_id)
    if room is None or room.venue_id != venue_id:
        raise NotFound
    with unique_or(NameTaken()):
        room.name, room.seats = name, seats
        db.session.add(room)
    return _keep(room, Action.SAVE_ROOM, "room", actor, now)


def save_equipment(
    equipment_id: int | None,
    *,
    kind: EquipmentKind,
    name: str,
    venue_id: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Register a thing that is lent (None) or change one, kept at that venue. Raises NotFound, NameTaken."""
    thing = Equipment() if equipment_id is None else db.session.get(Equipment, equipment_id)
    if thing is None or (venue_id is not None and db.session.get(Venue, venue_id) is None):
        raise NotFound
    with unique_or(NameTaken()):
        thing.kind, thing.name, thing.venue_id = kind, name, venue_id
        db.session.add(thing)
    return _keep(thing, Action.SAVE_EQUIPMENT, "equipment", actor, now)


def add_closure(
    venue_id: int, *, first_day: date, last_day: date, reason: str, although: bool, actor: Actor, now: datetime
) -> int:
    """Shut a venue from the first day to the last, both included. What is booked there stays booked.

    The venue's lock comes first: whoever books there at the same moment is either seen here, or sees the closure.
    Raises NotFound, DaysOutOfOrder, and StandsInTheWay unless `although` says that it is known.
    """
    if not first_day <= last_day <= first_day + LONGEST_CLOSURE:
        raise DaysOutOfOrder
    if not lock_venue(venue_id):
        raise NotFound
    booked = planned_at(venue_id, clock.day_bounds(first_day)[0], clock.day_bounds(last_day)[1])
    if booked and not although:
        raise StandsInTheWay(booked)
    closure = Closure(venue_id=venue_id, first_day=first_day, last_day=last_day, reason=reason)
    return _keep(closure, Action.ADD_CLOSURE, "closure", actor, now)


def remove_closure(venue_id: int, closure_id: int, *, actor: Actor, now: datetime) -> None:
    """The venue is open after all. Raises NotFound."""
    closure = db.session.get(Closure, closure_id)
    if closure is None or closure.venue_id != venue_id:
        raise NotFound
    db.session.delete(closure)
    audit.record(actor=actor, action=Action.REMOVE_CLOSURE, subject=f"venue:{venue_id}", now=now)


def _keep(row: Venue | Room | Equipment | Closure, action: Action, kind: str, actor: Actor, now: datetime) -> int:
    db.session.add(row)
    db.session.flush()
    audit.record(actor=actor, action=action, subject=f"{kind}:{row.id}", now=now)
    return row.id
