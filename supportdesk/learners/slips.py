"""Names that are one kana away from what was typed: a name misheard on the telephone is found all the same.

The names of the whole register, each once, stand in a table with what is left of them when one kana is left out. Two
names that differ in one kana, more or less, or in the order of two, have such a rest in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import bindparam, delete, select

from supportdesk.core.database import connection, insert_ignoring_conflict, table_of
from supportdesk.extensions import db
from supportdesk.learners.models import NameVariant

#: A name of one kana is one kana away from every other.
_SHORTEST: Final = 2
#: Longer than any name; what is longer is read no further.
_LONGEST: Final = 16

_VARIANT: Final = table_of(NameVariant)
_NAMED: Final = (
    select(_VARIANT.c.variant, _VARIANT.c.name)
    .where(_VARIANT.c.variant.in_(bindparam("rests", expanding=True)))
    .order_by(_VARIANT.c.name)
)


def variants(name: str) -> frozenset[str]:
    """The key itself, and with each kana left out once."""
    return frozenset({name, *(name[:place] + name[place + 1 :] for place in range(len(name)))})


def learn_names(names: Collection[str]) -> None:
    """From now on these keys of names are found by a slip. Names known already cost one look each."""
    names = {name for name in names if _SHORTEST <= len(name) <= _LONGEST}
    if not names:
        return
    known = set(db.session.scalars(select(NameVariant.name).where(NameVariant.variant.in_(names))))
    rows = [{"variant": variant, "name": name} for name in sorted(names - known) for variant in sorted(variants(name))]
    if rows:
        connection().execute(insert_ignoring_conflict(NameVariant), rows)


def forget_names() -> None:
    """Forget all names; those of the register are learnt again with its keys."""
    db.session.execute(delete(NameVariant))


def forget(names: Collection[str]) -> None:
    """Nobody is called any of these any more."""
    db.session.execute(delete(NameVariant).where(NameVariant.name.in_(names)))


def near(key: str) -> list[str]:
    """What may have been meant by the key of a name in kana: beginnings of names, one kana away from it.

    The slip may be in the family name or in the given name behind it, which need not be typed to its end.
    """
    if not _SHORTEST <= len(key) <= _LONGEST:
        return []
    parts = {part for place in range(len(key) + 1) for part in (key[:place], key[place:]) if len(part) >= _SHORTEST}
    alike = _alike(parts)
    meant = dict.fromkeys(name for name in alike[key] if name != key)
    for place in range(_SHORTEST, len(key)):
        family, given = key[:place], key[place:]
        meant |= dict.fromkeys(name + given for name in alike[family] if name != family)
        if family in alike[family]:
            meant |= dict.fromkeys(family + name for name in alike[given] if name != given)
    return list(meant)


def _alike(parts: Iterable[str]) -> dict[str, list[str]]:
    """For each part the names that are it, or one kana away from it. One statement."""
    named: dict[str, list[str]] = defaultdict(list)
    wanted = {part: variants(part) for part in parts}
    for variant, name in connection().execute(_NAMED, {"rests": sorted(frozenset().union(*wanted.values()))}):
        named[variant].append(name)
    alike = defaultdict(list)
    for part, left in wanted.items():
        candidates = dict.fromkeys(name for variant in sorted(left) for name in named[variant])
        alike[part] = [name for name in candidates if name == part or one_kana_apart(part, name)]
    return alike


def one_kana_apart(one: str, other: str) -> bool:
    """Whether one kana is another, missing or too many, or two neighbours have changed places."""
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        return len(longer) - len(shorter) == 1 and shorter in variants(longer)
    apart = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(apart) != 2:
        return len(apart) == 1
    first, second = apart
    return second - first == 1 and one[first] == other[second] and one[second] == other[first]
