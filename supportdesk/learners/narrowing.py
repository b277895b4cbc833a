"""The words of a search, one by one: a name, and what the caller adds to it ("the Tanaka from いーぱる").

Called by the search where what was typed is nobody's name as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import CompoundSelect, literal, null, select, union_all

from supportdesk.core import clock
from supportdesk.core.japanese import half_width, kept_key, search_key
from supportdesk.core.phones import digits_of
from supportdesk.core.wareki import DateError, parse_date, parse_year
from supportdesk.extensions import db
from supportdesk.places.models import District, Venue

_FEWEST_DIGITS: Final = 4
#: Of a place's name, before it can be meant.
_FEWEST_KANA: Final = 2
#: Reception types a few words; more are nobody's.
_MOST_WORDS: Final = 8
_DIGITS: Final = re.compile(r"[0-9\-()+]+")

_PLACES: Final[CompoundSelect[Any]] = union_all(
    select(District.code, null(), District.name, District.kana, literal("")),
    select(Venue.district_code, Venue.id, Venue.name, Venue.kana, Venue.nickname),
)


class Narrowing(NamedTuple):
    """What those looked for share: `kind` is year, district or venue."""

    kind: str
    value: int | str


class Asked(NamedTuple):
    """What the words mean. Of each word that narrows the search, `narrowings` has all that it may mean."""

    name: str
    turned_round: str
    birth_date: date | None
    digits: str
    narrowings: tuple[tuple[Narrowing, ...], ...]


def read_words(text: str) -> Asked:
    """Take apart what was typed. Whatever narrows nothing belongs to the name."""
    birth_date, digits = None, ""
    narrowings: list[tuple[Narrowing, ...]] = []
    others: list[str] = []
    for word in half_width(text).split()[:_MOST_WORDS]:
        day, year = _birthday(word), _year(word)
        last_digits = _DIGITS.fullmatch(word) and len(digits_of(word)) >= _FEWEST_DIGITS
        if day:
            birth_date = day
            continue
        if last_digits:  # which may be a year all the same
            digits = digits_of(word)
        if year is not None:
            narrowings.append((Narrowing("year", year),))
        elif not last_digits:
            others.append(word)
    names = others
    if len(others) > 1:  # one that stands alone is a name
        names, places = [], _places()
        for word in others:
            meant = _places_meant(word, places)
            if meant:
                narrowings.append(meant)
            else:
                names.append(word)
    name, turned_round = (search_key("".join(order)) for order in (names, reversed(names)))
    return Asked(name, turned_round if len(names) > 1 else "", birth_date, digits, tuple(narrowings))


def _birthday(word: str) -> date | None:
    try:
        day = parse_date(word)
    except DateError:
        return None
    return day if clock.reckons_with(day) and not word.isdecimal() else None


def _places_meant(word: str, places: Iterable[tuple[Narrowing, frozenset[str]]]) -> tuple[Narrowing, ...]:
    key = search_key(word)
    if len(key) < _FEWEST_KANA:
        return ()
    return tuple(place for place, names in places if any(name.startswith(key) for name in names))


def _year(word: str) -> int | None:
    try:
        return parse_year(word, today=clock.today())
    except DateError:
        return None


def _places() -> list[tuple[Narrowing, frozenset[str]]]:
    """The districts and venues, with the keys of what they are called. One statement of a few rows."""
    return [
        (Narrowing("district", code) if venue_id is None else Narrowing("venue", venue_id), _keys(names))
        for code, venue_id, *names in db.session.execute(_PLACES)
    ]


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(kept_key, names)))
