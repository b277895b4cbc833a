"""Finding a learner while one types, by whatever a caller says: a name, a phone, a birthday, a place, a code.

Tried in this order until somebody is found: what was typed as it stands; its words, some of which narrow the search to
a birthday, the last digits of a phone, a birth year, a district or the venue of the last class; the name turned round;
a name that is one kana away. Each is a range or two of the key table's index (learners/keys.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from supportdesk.core.database import connection
from supportdesk.core.japanese import is_kana, search_key
from supportdesk.core.phones import digits_of
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.keys import AFTER_ALL, key_range, narrowed, number_key
from supportdesk.learners.models import Learner, LearnerKey
from supportdesk.learners.narrowing import Asked, Narrowing, read_words
from supportdesk.learners.slips import near

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
    return "" if digits and not key.isascii() else key  # in a name there are no digits, and in a code no kana


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
        others = [*conditions, LearnerKey.learner_id.not_in(ids)] if ids else conditions
        found = _one_range(keys[0], at_once, others) if len(keys) == 1 else _several_ranges(keys, at_once, others)
        ids += dict.fromkeys(found)
        if len(found) < at_once:
            break
    return list(dict.fromkeys(ids))[:enough]


# Written once, at import: every letter that is typed passes through here.
_RANGE: Final = (
    select(LearnerKey.learner_id)
    .where(LearnerKey.key >= bindparam("first"), LearnerKey.key < bindparam("after"))
    .order_by(LearnerKey.key, LearnerKey.learner_id)
    .limit(bindparam("at_once"))
)


def _one_range(key: str, at_once: int, conditions: Sequence[Condition]) -> Sequence[int]:
    wanted = _RANGE.where(*conditions) if conditions else _RANGE
    return connection().scalars(wanted, {"first": key, "after": key + AFTER_ALL, "at_once": at_once}).all()


def _several_ranges(keys: Sequence[str], at_once: int, conditions: Sequence[Condition]) -> Sequence[int]:
    """Each range by itself, so that the index gives each in order and no further than the limit."""
    ranges = (
        select(LearnerKey.learner_id)
        .where(*key_range(key), *conditions)
        .order_by(LearnerKey.key, LearnerKey.learner_id)
        .limit(at_once)
        .subquery()
        .select()
        for key in keys
    )
    return connection().scalars(union_all(*ranges)).all()
