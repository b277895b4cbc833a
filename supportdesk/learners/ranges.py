"""The first learners whose keys begin so, in the order of the keys: ranges of the key table's index.

Called by the search. Each number of ranges has one statement, written once: every letter that is typed passes through
here, and PostgreSQL keeps the plan of a statement that it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true, union_all

from supportdesk.core.database import connection, table_of
from supportdesk.learners.keys import AFTER_ALL
from supportdesk.learners.models import LearnerKey

_KEY: Final = table_of(LearnerKey)
#: One learner may match by several keys: so many more are read at once than are wanted, and then so many times more.
_KEYS_PER_LEARNER: Final = 4


def beginning_with(
    keys: Sequence[str], enough: int, *, also: Sequence[Sequence[str]] = (), scope: Select[Any] | None = None
) -> list[int]:
    """The first learners who have a key with one of these beginnings, each once: as many as are enough, or all.

    `also`: of each list, they have a key with one of its beginnings as well. `scope` selects the ids of those who may
    be found. An empty beginning finds nobody.
    """
    if not keys or not all(keys):
        return []
    counts = (len(keys), *map(len, also))
    statement = _ready(counts) if scope is None else _statement(counts, _KEY.c.learner_id.in_(scope))
    values: dict[str, Any] = {}
    for place, beginnings in enumerate((keys, *also)):
        for number, key in enumerate(beginnings):
            values |= {f"first_{place}_{number}": key, f"after_{place}_{number}": key + AFTER_ALL}
    at_once = enough * _KEYS_PER_LEARNER
    while True:
        found = connection().scalars(statement, {**values, "at_once": at_once}).all()
        ids = list(dict.fromkeys(found))
        if len(ids) >= enough or len(found) < at_once:
            return ids[:enough]
        at_once *= _KEYS_PER_LEARNER


_WITH_A_KEY: Final = select(_KEY.c.learner_id).where(
    _KEY.c.learner_id.in_(bindparam("ids", expanding=True)),
    _KEY.c.key >= bindparam("first"),
    _KEY.c.key < bindparam("after"),
)


def with_a_key(ids: Sequence[int], beginning: str) -> list[int]:
    """Those of a few learners who have a key that begins so, in their order."""
    held = set(connection().scalars(_WITH_A_KEY, {"ids": ids, "first": beginning, "after": beginning + AFTER_ALL}))
    return [learner_id for learner_id in ids if learner_id in held]


def _statement(counts: tuple[int, ...], *conditions: ColumnElement[bool]) -> Any:
    """`counts`: how many ranges, and of how many each other key may come. Each range by itself, so that the index gives
    each in order and no further than the limit; and those behind it only where it gives too few.
    """
    first, *others = counts
    also = [_has_one_too(place, count) for place, count in enumerate(others, start=1)]
    ranges = [
        select(_KEY.c.learner_id)
        .where(_within(_KEY, 0, number), *conditions, *also)
        .order_by(_KEY.c.key, _KEY.c.learner_id)
        .limit(bindparam("at_once"))
        for number in range(first)
    ]
    if first == 1:
        return ranges[0]
    return union_all(*(one.subquery().select() for one in ranges)).limit(bindparam("at_once"))


@cache
def _ready(counts: tuple[int, ...]) -> Any:
    return _statement(counts)


def _has_one_too(place: int, count: int) -> ColumnElement[bool]:
    """IS TRUE, lest PostgreSQL make a join of it: it takes any two ranges of keys for short ones, and goes through the
    other again for each of the first.
    """
    other = _KEY.alias()
    ranges = (_within(other, place, number) for number in range(count))
    return _KEY.c.learner_id.in_(select(other.c.learner_id).where(or_(*ranges))).is_(true())


def _within(keys: Any, place: int, number: int) -> ColumnElement[bool]:
    return and_(
        keys.c.key >= bindparam(f"first_{place}_{number}"),
        keys.c.key < bindparam(f"after_{place}_{number}"),
    )
