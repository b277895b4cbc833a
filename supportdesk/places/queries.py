"""What the administrator's pages show of venues, rooms, closures and equipment."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.places.models import Closure, District, Equipment, EquipmentKind, Room, Venue


class VenueRow(NamedTuple):
    """A venue and how many rooms it has."""

    id: int
    name: str
    kana: str
    nickname: str
    district_code: str
    address: str
    phone: str
    wifi_ssid: str
    district: str
    rooms: int


class RoomRow(NamedTuple):
    """A room; `seats` None: not known."""

    id: int
    name: str
    seats: int | None


class ClosureRow(NamedTuple):
    """Days on which a venue is shut, both included."""

    id: int
    first_day: date
    last_day: date
    reason: str


class EquipmentRow(NamedTuple):
    """A thing that is lent, and where it is kept."""

    id: int
    kind: EquipmentKind
    name: str
    venue_id: int | None
    venue: str | None


_VENUES = (
    select(
        *(Venue.id, Venue.name, Venue.kana, Venue.nickname, Venue.district_code, Venue.address, Venue.phone),
        *(Venue.wifi_ssid, District.name.label("district")),
        select(func.count()).where(Room.venue_id == Venue.id).scalar_subquery().label("rooms"),
    )
    .join(District, District.code == Venue.district_code)
    .order_by(District.position, Venue.kana, Venue.id)
)
_ROOMS = select(Room.id, Room.name, Room.seats).order_by(Room.id)
_EQUIPMENT = (
    select(Equipment.id, Equipment.kind, Equipment.name, Equipment.venue_id, Venue.name.label("venue"))
    .outerjoin(Venue, Venue.id == Equipment.venue_id)
    .order_by(Equipment.kind, Equipment.name)
)


def venues() -> list[VenueRow]:
    """All venues in the order of the districts, each with the number of its rooms: one statement."""
    return [VenueRow(*row) for row in db.session.execute(_VENUES)]


def venue(venue_id: int) -> VenueRow:
    """One venue. Raises NotFound."""
    return VenueRow(*_one(_VENUES.where(Venue.id == venue_id)))


def rooms_of(venue_id: int) -> list[RoomRow]:
    """The venue's rooms."""
    return [RoomRow(*row) for row in db.session.execute(_ROOMS.where(Room.venue_id == venue_id))]


def room(venue_id: int, room_id: int) -> RoomRow:
    """One room of the venue. Raises NotFound."""
    return RoomRow(*_one(_ROOMS.where(Room.id == room_id, Room.venue_id == venue_id)))


def closures_of(venue_id: int, today: date) -> list[ClosureRow]:
    """The venue's closures that are not over, the next first."""
    statement = (
        select(Closure.id, Closure.first_day, Closure.last_day, Closure.reason)
        .where(Closure.venue_id == venue_id, Closure.last_day >= today)
        .order_by(Closure.first_day, Closure.id)
    )
    return [ClosureRow(*row) for row in db.session.execute(statement)]


def equipment() -> list[EquipmentRow]:
    """All things that are lent."""
    return [EquipmentRow(*row) for row in db.session.execute(_EQUIPMENT)]


def thing(equipment_id: int) -> EquipmentRow:
    """One thing that is lent. Raises NotFound."""
    return EquipmentRow(*_one(_EQUIPMENT.where(Equipment.id == equipment_id)))


def _one(statement: Select[*tuple[Any, ...]]) -> Any:
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row
