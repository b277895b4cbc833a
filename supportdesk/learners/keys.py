"""The keys by which reception finds a learner, made from everything a caller may say, anew whenever any of it changes.

A search is one range of the key table's index, so whatever is typed has to be the beginning of a key:

- every ending of each name in kana and as written, the present one and the former ones;
- the digits of each phone backwards, the helper's too, so that "the last four" is a beginning, and the codes of passes;
- after "@" and what narrows a search (birth year, district, venue of the last class) each name as it begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, delete, func, insert, or_, select, update

from supportdesk.core.database import connection
from supportdesk.core.japanese import search_key, suffixes
from supportdesk.core.phones import digits_of, format_phone
from supportdesk.extensions import db
from supportdesk.learners.models import FormerName, Learner, LearnerKey, LearnerPhone, Pass
from supportdesk.learners.slips import learn_names

#: After every character there is, in byte order.
AFTER_ALL: Final = "\U0010ffff"


class Findable(NamedTuple):
    """What finds one learner: names as (written, kana), E.164 numbers, the helper's among them, codes, what narrows."""

    names: tuple[tuple[str, str], ...] = ()
    numbers: Collection[str] = ()
    codes: Collection[str] = ()
    birth_year: int | None = None
    district_code: str | None = None
    venue_id: int | None = None


def keys_of(one: Findable) -> frozenset[str]:
    """All search keys of a learner."""
    texts = {text for pair in one.names for text in pair if text}
    keys = {ending for text in texts for ending in suffixes(search_key(text))}
    keys |= {_backwards(written) for number in one.numbers for written in (format_phone(number), number)}
    keys |= {code_key(code) for code in one.codes}
    beginnings = {beginning for text in texts for beginning in _beginnings(text)}
    keys |= {narrowed(*narrowing, beginning) for narrowing in _narrowings(one) for beginning in beginnings}
    return frozenset(keys)


def narrowed(kind: str, value: object, key: str) -> str:
    """The key of a name among those alone who share something: `kind` is year, district or venue."""
    return f"@{kind}={value}:{key}"


def key_range(key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions for keys that begin so: one range of the index, in which a LIKE would walk through all of it."""
    return LearnerKey.key >= key, LearnerKey.key < key + AFTER_ALL


def code_key(code: str) -> str:
    """The search key of a pass's code."""
    return search_key(code)


def number_key(typed: str) -> str:
    """The search key of the last digits of a phone."""
    return _backwards(typed)


def readings(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The keys of the family and given names in kana, each by itself."""
    for _written, kana in names:
        yield from filter(None, map(search_key, kana.split()))


def write_keys(people: Mapping[int, Findable]) -> None:
    """Put these keys in place of what the learners had, in the caller's transaction."""
    db.session.execute(delete(LearnerKey).where(LearnerKey.learner_id.in_(people)))
    add_keys(people)


def add_keys(people: Mapping[int, Findable]) -> None:
    """Write the keys of learners who have none."""
    rows = [
        {"key": key, "learner_id": learner_id} for learner_id, one in people.items() for key in sorted(keys_of(one))
    ]
    if rows:
        connection().execute(insert(LearnerKey), rows)
    learn_names({name for one in people.values() for name in readings(one.names)})


def rewrite_keys(learner_ids: Sequence[int]) -> None:
    """Make the keys of these learners anew from what the register holds of them. Five statements."""
    db.session.flush()
    write_keys(findable(learner_ids))


def note_last_venues(venues: Mapping[int, int | None]) -> None:
    """From now on reception finds these learners by the venue of the last class they came to, too."""
    before = db.session.execute(select(Learner.id, Learner.last_venue_id).where(Learner.id.in_(venues)))
    changed = {one.id: venues[one.id] for one in before if one.last_venue_id != venues[one.id]}
    for learner_id, venue_id in sorted(changed.items()):
        db.session.execute(update(Learner).where(Learner.id == learner_id).values(last_venue_id=venue_id))
    if changed:
        rewrite_keys(list(changed))


def ids_in_pieces(size: int = 1_000) -> list[list[int]]:
    """The ids of all learners, so many at a time: each piece is written in a transaction of its own."""
    ids = list(db.session.scalars(select(Learner.id).order_by(Learner.id)))
    return [ids[first : first + size] for first in range(0, len(ids), size)]


def findable(learner_ids: Sequence[int]) -> dict[int, Findable]:
    """What finds these learners, as the register has it now: by what was known of a record merged into theirs, too."""
    whose = func.coalesce(Learner.merged_into, Learner.id)
    former = _grouped(select(whose, FormerName.name, FormerName.kana).join(Learner), whose, learner_ids)
    numbers = _grouped(select(whose, LearnerPhone.number).join(Learner), whose, learner_ids)
    live = select(whose, Pass.code).join(Learner, Learner.id == Pass.learner_id).where(Pass.revoked_at.is_(None))
    codes = _grouped(live, whose, learner_ids)
    merged = _grouped(select(Learner.merged_into, Learner.name, Learner.kana), Learner.merged_into, learner_ids)
    people = db.session.execute(
        select(
            Learner.id, Learner.name, Learner.kana, Learner.birth_date, Learner.birth_year, Learner.district_code,
            Learner.last_venue_id, Learner.helper_phone,
        ).where(Learner.id.in_(learner_ids))
    )  # fmt: skip
    return {
        one.id: Findable(
            ((one.name, one.kana), *((name, kana) for name, kana in (*former[one.id], *merged[one.id]))),
            [number for (number,) in (*numbers[one.id], (callable_number(one.helper_phone),)) if number],
            [code for (code,) in codes[one.id]],
            year_of(one.birth_date, one.birth_year),
            one.district_code,
            one.last_venue_id,
        )
        for one in people
    }


def callable_number(helper_phone: str) -> str:
    """The helper's number when it is one (E.164), else nothing: a learner holds it in one column with what is none."""
    return helper_phone if helper_phone.startswith("+") else ""


def year_of(birth_date: date | None, birth_year: int | None) -> int | None:
    """The year somebody was born, from whichever of the two is known."""
    return birth_date.year if birth_date else birth_year


def _grouped(
    statement: Select[*tuple[Any, ...]], whose: SQLColumnExpression[Any], learner_ids: Sequence[int]
) -> dict[int, list[tuple[Any, ...]]]:
    """The rows of each learner, without the first column, which says whose they are."""
    rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    theirs = or_(Learner.id.in_(learner_ids), Learner.merged_into.in_(learner_ids))
    for owner, *rest in db.session.execute(statement.where(theirs, whose.in_(learner_ids))):
        rows[owner].append(tuple(rest))
    return rows


def _narrowings(one: Findable) -> Iterator[tuple[str, object]]:
    held = (("year", one.birth_year), ("district", one.district_code), ("venue", one.venue_id))
    yield from ((kind, value) for kind, value in held if value is not None)


def _beginnings(name: str) -> Iterator[str]:
    """The key of the whole name, and that of each word with what follows: where a caller may begin."""
    words = name.split()
    yield from (search_key("".join(words[start:])) for start in range(len(words)))


def _backwards(number: str) -> str:
    return digits_of(number)[::-1]
