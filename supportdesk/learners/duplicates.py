"""Looks in the register for somebody who is probably the one being entered. Called before a new learner is saved.

A shared phone alone is a couple, and a shared birthday is chance: a name must match as well.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import false, or_, select

from supportdesk.core.japanese import search_key
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.learners.particulars import Particulars
from supportdesk.learners.search import Found, described

#: As many as can be told apart at the counter.
_MOST = 10


class _Known(NamedTuple):
    id: int
    name: str
    kana: str
    birth_date: date | None


def probable_duplicates(particulars: Particulars) -> list[Found]:
    """Learners with the same phone or birth date whose name matches, in the order they were entered. Two statements.

    With the same phone, the whole name or the given name matches, or the two names cannot be compared because one is in
    kana and the other in kanji. With the same birth date, the family name is enough.
    """
    same = [learner.id for learner, by_phone in _candidates(particulars) if _is_like(particulars, learner, by_phone)]
    return described(same[:_MOST]) if same else []


def _candidates(particulars: Particulars) -> list[tuple[_Known, bool]]:
    """Who shares a phone (True) or only the birth date (False)."""
    on_phone = select(LearnerPhone.learner_id).where(LearnerPhone.number.in_(particulars.numbers))
    shared = Learner.id.in_(on_phone)
    born_then = Learner.birth_date == particulars.birth_date if particulars.birth_date else false()
    rows = db.session.execute(
        select(Learner.id, Learner.name, Learner.kana, Learner.birth_date, shared.label("by_phone"))
        .where(or_(shared, born_then))
        .order_by(Learner.id)
    )
    return [(_Known(row.id, row.name, row.kana, row.birth_date), bool(row.by_phone)) for row in rows]


def _is_like(particulars: Particulars, known: _Known, by_phone: bool) -> bool:
    same_day = particulars.birth_date is not None and particulars.birth_date == known.birth_date
    pairs = ((particulars.name, known.name), (particulars.kana, known.kana))
    comparable = [(one, other) for one, other in pairs if one and other]
    if not comparable:
        return by_phone
    return any(_names_match(one, other, family_is_enough=same_day) for one, other in comparable)


def _names_match(one: str, other: str, *, family_is_enough: bool) -> bool:
    """Whether two spellings in the same script may be one person's: equal, one begun and not finished, or equal in the
    part that people keep when they marry.
    """
    key, other_key = search_key(one), search_key(other)
    if not key or not other_key:
        return False
    if key == other_key or key.startswith(other_key) or other_key.startswith(key):
        return True
    parts, other_parts = one.split(), other.split()
    if len(parts) < 2 or len(other_parts) < 2:
        return False
    same_given = search_key(parts[-1]) == search_key(other_parts[-1])
    same_family = search_key(parts[0]) == search_key(other_parts[0])
    return same_given or (family_is_enough and same_family)
