"""Finding a learner while one types: by any part of the kana or the name, the last digits of a phone, the pass code.

Each learner has a few dozen keys: every ending of the folded kana and name, and the digits of each phone backwards, so
that "the last four" is a beginning too. A search is one range of the key index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, insert, select

from supportdesk.core.japanese import search_key, shown_name, suffixes
from supportdesk.core.phones import digits_of, format_phone
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, LearnerKey, LearnerPhone
from supportdesk.places.models import District

#: After every character there is, in byte order.
_LAST = "\U0010ffff"
_FEWEST_DIGITS = 4
#: One learner may match by several keys: so many more are read at once than are shown.
_KEYS_PER_LEARNER = 4


class Found(NamedTuple):
    """One result, with what tells namesakes apart. `last_four` lists the last digits of each phone."""

    id: int
    name: str
    kana: str
    birth_year: int | None
    district: str | None
    outside_city: bool
    last_four: tuple[str, ...]


class Results(list[Found]):
    """What a search found; `more`: others match as well, and typing on finds them."""

    def __init__(self, found: Iterable[Found] = (), *, more: bool = False) -> None:
        super().__init__(found)
        self.more = more


def keys_of(name: str, kana: str, numbers: Iterable[str]) -> frozenset[str]:
    """The search keys of a learner with these names and E.164 numbers."""
    keys = {ending for text in (name, kana) for ending in suffixes(search_key(text))}
    for number in numbers:
        keys.update({_backwards(format_phone(number)), _backwards(number)})
    return frozenset(keys)


def code_key(code: str) -> str:
    """The search key of a pass's code."""
    return search_key(code)


def write_keys(learner_id: int, keys: Iterable[str]) -> None:
    """Replace the learner's keys, in the caller's transaction."""
    db.session.execute(delete(LearnerKey).where(LearnerKey.learner_id == learner_id))
    rows = [{"key": key, "learner_id": learner_id} for key in sorted(keys)]
    if rows:
        db.session.execute(insert(LearnerKey), rows)


def find_learners(text: str, *, limit: int = 20, scope: Select[Any] | None = None) -> Results:
    """The learners whose name contains what was typed, or whose phone ends in it, in the order of the key.

    Two who share a phone are both found; a pass code finds its holder. Fewer than four digits find nobody. `scope`
    selects the ids of those the searcher may see (rooms.scope_of). Two statements whatever is typed,
    and more only where several of the learners match by many keys each.
    """
    wanted = _wanted(text)
    if not wanted:
        return Results()
    keys = select(LearnerKey.learner_id).where(LearnerKey.key >= wanted, LearnerKey.key < wanted + _LAST)
    if scope is not None:
        keys = keys.where(LearnerKey.learner_id.in_(scope))
    ids = _first_of(keys.order_by(LearnerKey.key, LearnerKey.learner_id), limit + 1)
    return Results(described(ids[:limit]) if ids else (), more=len(ids) > limit)


def _first_of(keys: Select[int], enough: int) -> list[int]:
    """The first learners of the keys, each once, as many as are enough, or all there are."""
    at_once = enough * _KEYS_PER_LEARNER
    ids: list[int] = []
    while len(ids) < enough:
        others = keys.where(LearnerKey.learner_id.not_in(ids)) if ids else keys
        rows = db.session.scalars(others.limit(at_once)).all()
        ids += dict.fromkeys(rows)
        if len(rows) < at_once:
            break
    return ids[:enough]


def _wanted(text: str) -> str:
    digits = digits_of(text)
    key = search_key(text)
    if digits and key == digits:
        return digits[::-1] if len(digits) >= _FEWEST_DIGITS else ""
    return key


def _backwards(number: str) -> str:
    return digits_of(number)[::-1]


def described(ids: Sequence[int]) -> list[Found]:
    """These learners as results, in this order; ids of nobody are left out. One statement."""
    year = func.coalesce(func.extract("year", Learner.birth_date), Learner.birth_year)
    rows = db.session.execute(
        select(
            Learner.id,
            Learner.name,
            Learner.kana,
            year.label("birth_year"),
            District.name.label("district"),
            Learner.outside_city,
            LearnerPhone.typed,
        )
        .outerjoin(District, District.code == Learner.district_code)
        .outerjoin(LearnerPhone, LearnerPhone.learner_id == Learner.id)
        .where(Learner.id.in_(ids))
        .order_by(Learner.id, LearnerPhone.position)
    ).all()
    found: dict[int, Found] = {}
    for row in rows:
        last_four = (digits_of(row.typed)[-4:],) if row.typed else ()
        known = found.get(row.id)
        if known is None:
            born = int(row.birth_year) if row.birth_year is not None else None
            found[row.id] = Found(
                row.id,
                shown_name(row.name or row.kana),
                shown_name(row.kana),
                born,
                row.district,
                row.outside_city,
                last_four,
            )
        else:
            found[row.id] = known._replace(last_four=known.last_four + last_four)
    return [found[learner_id] for learner_id in ids if learner_id in found]
