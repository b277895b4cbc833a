"""Finding a learner while one types, by whatever a caller says: a name, a phone, a birthday, a place, a code.

Tried in this order until somebody is found: what was typed as it stands; its words, some of which narrow the search to
a birthday, the last digits of a phone, a birth year, a district or the venue of the last class; the name turned round;
a name that is one kana away. Each is a range or two of the key table's index (learners/keys.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Select, select

from supportdesk.core.japanese import is_kana, search_key
from supportdesk.core.phones import digits_of
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.keys import narrowed, number_key
from supportdesk.learners.models import Learner
from supportdesk.learners.narrowing import Asked, Narrowing, read_words
from supportdesk.learners.ranges import beginning_with, with_a_key
from supportdesk.learners.slips import near

Scope = Select[Any]

_FEWEST_DIGITS: Final = 4
#: Of the names that may have been meant, so many are looked for.
_MOST_MEANT: Final = 20
_HANDFUL: Final = 5
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
    selects the ids of those the searcher may see (rooms.scope_of). Two statements where a name, the end of a phone or
    a code was typed, and a handful otherwise, whatever the city's size.
    """
    key, enough = _wanted(text), limit + 1
    ids = beginning_with([key], enough, scope=scope) or _in_words(text, enough, scope)
    meant = [] if ids or not is_kana(text) else near(key)[:_MOST_MEANT]
    if meant:
        ids = _called_one_of(meant, enough, scope)
    return Results(described(ids[:limit]) if ids else (), more=len(ids) > limit, near=bool(meant))


def _wanted(text: str) -> str:
    digits = digits_of(text)
    key = search_key(text)
    if digits and key == digits:
        return number_key(digits) if len(digits) >= _FEWEST_DIGITS else ""
    return "" if digits and not key.isascii() else key  # in a name there are no digits, and in a code no kana


def _called_one_of(names: Sequence[str], enough: int, scope: Scope | None) -> list[int]:
    """A handful of names at a time: mostly the first ones fill the list, and of so many the database keeps the plan."""
    ids: dict[int, None] = {}
    for start in range(0, len(names), _HANDFUL):
        ids |= dict.fromkeys(beginning_with(names[start : start + _HANDFUL], enough, scope=scope))
        if len(ids) >= enough:
            break
    return list(ids)[:enough]


def _in_words(text: str, enough: int, scope: Scope | None) -> list[int]:
    """Whom the words mean one by one: those that narrow the search, and a name; or the name turned round."""
    asked = read_words(text)
    if asked.birth_date or (asked.digits and asked.name):
        few = _of_few(asked, enough, scope)
        if few or not asked.narrowings:
            return few
    if asked.name and asked.narrowings:
        first, *others = (
            [narrowed(*narrowing, asked.name) for narrowing in word]
            for word in sorted(asked.narrowings, key=_how_many_share)
        )
        return beginning_with(first, enough, also=others, scope=scope)
    return beginning_with([asked.turned_round], enough, scope=scope)


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
        ids = beginning_with([number_key(asked.digits)], _FEW, scope=scope)
    if not asked.name or not ids:
        return ids[:enough]
    return with_a_key(ids, asked.name)[:enough]
