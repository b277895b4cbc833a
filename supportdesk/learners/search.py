"""Finding a learner while one types, by whatever a caller says: a name, a phone, a birthday, a place, a code.

Tried in this order until somebody is found: what was typed as it stands; its words, some of which narrow the search to
a birthday, the last digits of a phone, a birth year, a district or the venue of the last class; the name turned round;
a name that is one kana away. Each is a range or two of the key table's index (learners/keys.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from supportdesk.core.japanese import is_kana, search_key, shown_name
from supportdesk.core.phones import digits_of
from supportdesk.extensions import db
from supportdesk.learners.keys import callable_number, key_range, narrowed, number_key
from supportdesk.learners.models import FormerName, Learner, LearnerKey, LearnerPhone, Status
from supportdesk.learners.names import known_as
from supportdesk.learners.narrowing import Asked, Narrowing, read_words
from supportdesk.learners.slips import near
from supportdesk.places.models import District, Venue

Scope = Select[Any]
Condition = ColumnElement[bool]

_FEWEST_DIGITS: Final = 4
#: One learner may match by several keys: so many more are read at once than are shown.
_KEYS_PER_LEARNER: Final = 4
#: Of the names that may have been meant, so many are looked for.
_MOST_MEANT: Final = 20
_NARROWEST_FIRST: Final = ("year", "venue", "district")
#: Born on one day, or with the same last digits: in a city of any size no more than these.
_FEW: Final = 200


class Found(NamedTuple):
    """One result, with what tells namesakes apart. `last_four` lists the last digits of each phone, `former` the names
    they had before; `last_class` is the venue of the last one they came to, `helper_four` the end of a helper's phone.
    """

    id: int
    name: str
    kana: str
    birth_year: int | None
    district: str | None
    outside_city: bool
    last_four: tuple[str, ...]
    former: tuple[str, ...]
    last_class: str
    helper_four: str = ""
    status: Status = Status.ACTIVE


class Results(list[Found]):
    """What a search found; `more`: others match as well, and typing on finds them.

    `near`: nobody is called what was typed, and these are called something one kana away.
    """

    def __init__(self, found: Iterable[Found] = (), *, more: bool = False, near: bool = False) -> None:
        super().__init__(found)
        self.more, self.near = more, near


def find_learners(text: str, *, limit: int = 20, scope: Scope | None = None) -> Results:
    """The learners whom what was typed may mean, in the order of the key.

    Two who share a phone are both found; a pass code finds its holder. Fewer than four digits find nobody. `scope`
    selects the ids of those the searcher may see (rooms.scope_of). Three statements where a name, the end of a phone or
    a code was typed, and a handful otherwise, whatever the city's size.
    """
    key, enough = _wanted(text), limit + 1
    within = _within(scope)
    ids = _beginning_with([key], enough, within) or _in_words(text, enough, scope)
    meant = [] if ids or not is_kana(text) else near(key)[:_MOST_MEANT]
    if meant:
        ids = _beginning_with(meant, enough, within)
    return Results(described(ids[:limit]) if ids else (), more=len(ids) > limit, near=bool(meant))


def _wanted(text: str) -> str:
    digits = digits_of(text)
    key = search_key(text)
    if digits and key == digits:
        return number_key(digits) if len(digits) >= _FEWEST_DIGITS else ""
    return key


def _in_words(text: str, enough: int, scope: Scope | None) -> list[int]:
    """Whom the words mean one by one: those that narrow the search, and a name; or the name turned round."""
    asked = read_words(text)
    if asked.birth_date or (asked.digits and asked.name):
        few = _of_few(asked, enough, scope)
        if few or not asked.narrowings:
            return few
    conditions = _within(scope)
    if asked.name and asked.narrowings:
        first, *others = sorted(asked.narrowings, key=_how_many_share)
        keys = [narrowed(*narrowing, asked.name) for narrowing in first]
        return _beginning_with(keys, enough, [*conditions, *(_also(one, asked.name) for one in others)])
    return _beginning_with([asked.turned_round], enough, conditions)


def _how_many_share(narrowings: Sequence[Narrowing]) -> int:
    """To begin with the fewest: a year of birth is shared by fewer than a venue, a venue by fewer than a district."""
    return max(_NARROWEST_FIRST.index(one.kind) for one in narrowings)


def _of_few(asked: Asked, enough: int, scope: Scope | None) -> list[int]:
    """Those born that day, or with these last digits; of them whoever has the name as well, when there is one."""
    if asked.birth_date:
        # Put in order here: asked for in order, a database may walk the whole register in that order.
        born = select(Learner.kana_key, Learner.id).where(Learner.birth_date == asked.birth_date).limit(_FEW)
        if scope is not None:
            born = born.where(Learner.id.in_(scope))
        ids = [row.id for row in sorted(db.session.execute(born))]
    else:
        ids = _beginning_with([number_key(asked.digits)], _FEW, _within(scope))
    if not asked.name or not ids:
        return ids[:enough]
    named = select(LearnerKey.learner_id).where(LearnerKey.learner_id.in_(ids), *key_range(asked.name))
    held = set(db.session.scalars(named))
    return [learner_id for learner_id in ids if learner_id in held][:enough]


def _also(narrowings: Iterable[Narrowing], name: str) -> Condition:
    """That whoever is found by another key has one of these as well: looked up by the learner, row by row."""
    other = aliased(LearnerKey)
    ranges = (and_(*key_range(narrowed(*one, name), other)) for one in narrowings)
    return exists().where(other.learner_id == LearnerKey.learner_id, or_(*ranges))


def _within(scope: Scope | None) -> list[Condition]:
    return [] if scope is None else [LearnerKey.learner_id.in_(scope)]


def _beginning_with(keys: Sequence[str], enough: int, conditions: Sequence[Condition]) -> list[int]:
    """The first learners who have a key with one of these beginnings, each once: as many as are enough, or all."""
    at_once = enough * _KEYS_PER_LEARNER
    ids: list[int] = []
    while keys and all(keys) and len(ids) < enough:
        others = select(LearnerKey.learner_id).where(LearnerKey.learner_id.not_in(ids)) if ids else _ALL
        read = [
            others.where(*key_range(key), *conditions).order_by(LearnerKey.key, LearnerKey.learner_id).limit(at_once)
            for key in keys
        ]
        # Each range by itself, so that the index gives each in order and no further than the limit.
        rows = db.session.scalars(read[0] if len(read) == 1 else union_all(*(one.subquery().select() for one in read)))
        found = rows.all()
        ids += dict.fromkeys(found)
        if len(found) < at_once:
            break
    return list(dict.fromkeys(ids))[:enough]


_ALL: Final = select(LearnerKey.learner_id)


def described(ids: Sequence[int]) -> list[Found]:
    """These learners as results, in this order; ids of nobody are left out. Two statements."""
    year = func.coalesce(func.extract("year", Learner.birth_date), Learner.birth_year)
    rows = db.session.execute(
        select(
            Learner.id,
            Learner.name,
            Learner.kana,
            year.label("birth_year"),
            District.name.label("district"),
            Learner.outside_city,
            Venue.nickname,
            Venue.name.label("venue"),
            Learner.helper_phone,
            Learner.status,
        )
        .outerjoin(District, District.code == Learner.district_code)
        .outerjoin(Venue, Venue.id == Learner.last_venue_id)
        .where(Learner.id.in_(ids))
    ).all()
    phones, former = _phones_and_former_names(ids)
    found = {
        row.id: Found(
            row.id,
            known_as(row.name, row.kana),
            shown_name(row.kana),
            int(row.birth_year) if row.birth_year is not None else None,
            row.district,
            row.outside_city,
            tuple(digits_of(typed)[-4:] for typed in phones[row.id]),
            tuple(map(shown_name, former[row.id])),
            row.nickname or row.venue or "",
            callable_number(row.helper_phone)[-4:],
            row.status,
        )
        for row in rows
    }
    return [found[learner_id] for learner_id in ids if learner_id in found]


def _phones_and_former_names(ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Of each learner what may be several: telephones as typed, and names they had before."""
    phones: dict[int, list[str]] = defaultdict(list)
    former: dict[int, list[str]] = defaultdict(list)
    phone = select(LearnerPhone.learner_id, LearnerPhone.typed.label("text"), LearnerPhone.position, literal(True))
    name = func.coalesce(func.nullif(FormerName.name, ""), FormerName.kana)
    before = select(FormerName.learner_id, name, FormerName.id, literal(False)).where(FormerName.learner_id.in_(ids))
    several = union_all(phone.where(LearnerPhone.learner_id.in_(ids)), before).order_by("position")
    for learner_id, text, _position, is_phone in db.session.execute(several):
        (phones if is_phone else former)[learner_id].append(text)
    return phones, former
