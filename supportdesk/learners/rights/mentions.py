"""Where other people's rows name a learner who is to be erased: as their caller, their helper, or who asked for them.

Such rows hold a name and a number in words, and point at nobody. A name that a namesake may bear, or a number that a
household shares, says nothing alone; so it is they

- where the name and the number are theirs;
- where the name is theirs and the row is of somebody tied to them: linked, or with them as helper or caller elsewhere;
- where a number without a name is theirs, or what they left, on a row of somebody tied to them.

The rows stay what they are, the other person's. Called by erasure.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, and_, case, false, func, literal, null, or_, select, update

from supportdesk.core.database import connection, table_of
from supportdesk.core.japanese import search_key
from supportdesk.core.phones import digits_of, format_phone
from supportdesk.extensions import db
from supportdesk.learners.caller import ERASED
from supportdesk.learners.export import LEARNER
from supportdesk.learners.keys import findable, rewrite_keys
from supportdesk.learners.merging.models import HandOver
from supportdesk.learners.models import Learner, LearnerLink, LearnerPhone, LinkKind
from supportdesk.learners.rooms import Mention, mentions

_LINK: Final = table_of(LearnerLink)
_OVER: Final = table_of(HandOver)


class Mentioned(NamedTuple):
    """The rows of one kind that name them, and whose rows those are."""

    mention: Mention
    rows: Sequence[int]
    learners: frozenset[int]


class _Known(NamedTuple):
    """By what they are known: the keys of their names, their numbers, and the learners tied to them."""

    names: frozenset[str]
    numbers: set[str]
    tied: set[int]


def mentioned(ids: Sequence[int]) -> list[Mentioned]:
    """Everything that names the learner held under these ids on rows of others. Three statements, one more a column.

    It is gone through twice: whoever named them on one row is tied to them when the others are read.
    """
    return _sought(_known(ids), ids)


def clear_mentions(ids: Sequence[int]) -> set[int]:
    """Name and number are gone from those rows, and from what is kept to take merges back; returns whose they are."""
    known = _known(ids)
    found = _sought(known, ids)
    for one in found:
        mention, columns = one.mention, one.mention.table.c
        values: dict[str, Any] = {name: empty_value(columns[name]) for name in mention.emptied}
        if mention.relation:
            relation = columns[mention.relation]
            values[mention.relation] = case((relation == "", ERASED), else_=relation)
        connection().execute(update(mention.table).where(columns.id.in_(one.rows)).values(values))
        if mention.table is LEARNER:  # a helper's number finds the learner
            rewrite_keys(sorted(one.learners))
    _clear_kept(known)
    return {learner_id for one in found for learner_id in one.learners}


def empty_value(column: Column[Any]) -> Any:
    """What a column holds that says nothing."""
    return null() if column.nullable else ""


def telling_of(ids: Sequence[int]) -> Callable[[str], bool]:
    """Whether free words tell of the learner: by a whole name, family and given, or by a number. One name alone is many
    people's.
    """
    whole = {search_key(text) for one in findable(ids).values() for pair in one.names for text in pair if " " in text}
    numbers = {digits_of(format_phone(number)) for number in _numbers(ids) if number.startswith("+")}

    def tells(words: str) -> bool:
        key, digits = search_key(words), digits_of(words)
        return any(name in key for name in whole if name) or any(number in digits for number in numbers)

    return tells


def _clear_kept(known: _Known) -> None:
    """Whoever takes a merge back would bring back the helper of before."""
    kept = select(_OVER.c.id, _OVER.c.taker_id, _OVER.c.before, _OVER.c.after).where(_OVER.c.before.is_not(None))
    for row in connection().execute(kept).all():
        helped = {"before": row.before or {}, "after": row.after or {}}
        theirs = {
            name: {**particulars, "helper_name": "", "helper_phone": ""}
            for name, particulars in helped.items()
            if search_key(particulars.get("helper_name", "")) in known.names
            and (row.taker_id in known.tied or particulars["helper_phone"] in known.numbers)
        }
        if theirs:
            connection().execute(update(_OVER).where(_OVER.c.id == row.id).values(theirs))


def _known(ids: Sequence[int]) -> _Known:
    return _Known(_names(ids), _numbers(ids), _linked(ids))


def _sought(known: _Known, ids: Sequence[int]) -> list[Mentioned]:
    found: list[Mentioned] = []
    for _time in range(2):
        found = [_named(mention, known, ids) for mention in mentions()]
    return [one for one in found if one.rows]


def may_name(mention: Mention, numbers: Collection[str], tied: Collection[int], ids: Sequence[int]) -> Select[Any]:
    """The rows of one kind that may name them: by one of these numbers, or rows of somebody tied to them. Both are
    found by an index; a group's request for a lecture, of which there are few, is not.
    """
    columns = mention.table.c
    whose = columns[mention.column] if mention.column else null()
    candidates: list[ColumnElement[bool]] = [whose.in_(tied)] if mention.column else []
    wanted = [columns.id, whose.label("whose")]
    for label, column in (("name", mention.name), ("phone", mention.phone)):
        wanted.append(columns[column].label(label) if column else literal("").label(label))
    if mention.phone:
        phone = columns[mention.phone]
        candidates.append(and_(phone.in_(numbers), phone != ""))  # the indexes hold no empty numbers
    sought = select(*wanted).where(or_(false(), *candidates)).order_by(columns.id)
    if mention.column:
        sought = sought.where(whose.not_in(ids))
    elif "learner_id" in columns:  # a row that is known to be theirs is answered for as such
        sought = sought.where(or_(columns.learner_id.is_(None), columns.learner_id.not_in(ids)))
    return sought


def _named(mention: Mention, known: _Known, ids: Sequence[int]) -> Mentioned:
    rows = connection().execute(may_name(mention, known.numbers, known.tied, ids)).all()
    if mention.name is None:
        theirs = [row for row in rows if row.whose in known.tied and row.phone in known.numbers]
    else:
        theirs = [row for row in rows if search_key(row.name) in known.names]
        known.tied.update(row.whose for row in theirs if row.whose is not None)
        known.numbers.update(row.phone for row in theirs if row.phone)
    return Mentioned(
        mention, [row.id for row in theirs], frozenset(row.whose for row in theirs if row.whose is not None)
    )


def _names(ids: Sequence[int]) -> frozenset[str]:
    names = {text for one in findable(ids).values() for pair in one.names for text in pair}
    return frozenset(filter(None, map(search_key, names)))


def _numbers(ids: Sequence[int]) -> set[str]:
    rows = db.session.execute(select(LearnerPhone.number, LearnerPhone.typed).where(LearnerPhone.learner_id.in_(ids)))
    return {text for row in rows for text in row if text}


def _linked(ids: Sequence[int]) -> set[int]:
    """Those linked to them, by records as they are held now."""
    links = select(_LINK.c.learner_id, _LINK.c.other_id).where(
        or_(_LINK.c.learner_id.in_(ids), _LINK.c.other_id.in_(ids)), _LINK.c.kind != LinkKind.STRANGERS
    )
    records = {one for pair in db.session.execute(links) for one in pair} - set(ids)
    held = select(func.coalesce(Learner.merged_into, Learner.id)).where(Learner.id.in_(records))
    return set(db.session.scalars(held)) | records if records else set()
