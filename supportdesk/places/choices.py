"""What forms and filters of every room choose among, in words: districts, venues and their rooms; and what a place is
called.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask_babel import get_locale
from sqlalchemy import select

from supportdesk.extensions import db
from supportdesk.places.models import District, Room, Venue


def district_choices() -> list[tuple[str, str]]:
    """(code, name in the page's language) of the city's districts, in the city's own order."""
    name = District.name_en if str(get_locale()) == "en" else District.name
    rows = db.session.execute(select(District.code, name.label("name")).order_by(District.position))
    return [(row.code, row.name) for row in rows]


def venue_in_words(name: str, nickname: str | None, room: str | None = None) -> str:
    """東部市民サービスセンター（いーぱる） 会議室: the venue, with what people call it, and a room of it."""
    venue = f"{name}（{nickname}）" if nickname else name
    return f"{venue} {room}" if room else venue


def place_in_short(name: str, nickname: str | None, room: str | None = None) -> str:
    """いーぱる 会議室: the venue as people call it, and a room of it, to be said on the line."""
    return f"{nickname or name} {room}" if room else nickname or name


def venue_choices() -> list[tuple[int, str]]:
    """(id, venue) of every venue, by district."""
    rows = db.session.execute(
        select(Venue.id, Venue.name, Venue.nickname)
        .join(District, District.code == Venue.district_code)
        .order_by(District.position, Venue.id)
    )
    return [(row.id, venue_in_words(row.name, row.nickname)) for row in rows]


_ROOMS: Final = (
    select(Room.id, Room.name.label("room"), Venue.name, Venue.nickname)
    .join(Venue, Venue.id == Room.venue_id)
    .join(District, District.code == Venue.district_code)
    .order_by(District.position, Venue.id, Room.id)
)


def room_choices(districts: Collection[str] | None = None) -> list[tuple[int, str]]:
    """(id, venue and room) of every room, or of those in these districts; by district."""
    statement = _ROOMS if districts is None else _ROOMS.where(Venue.district_code.in_(districts))
    rows = db.session.execute(statement)
    return [(row.id, venue_in_words(row.name, row.nickname, row.room)) for row in rows]


def rooms_by_venue() -> dict[str, list[tuple[int, str]]]:
    """(id, room) of every room, under its venue; by district."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in db.session.execute(_ROOMS):
        pair = (row.id, place_in_short(row.name, row.nickname, row.room))
        found.setdefault(venue_in_words(row.name, row.nickname), []).append(pair)
    return found
