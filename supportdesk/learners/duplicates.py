"""The one rule of whether two are probably one person, and the search of the register for somebody's likeness.

Asked before a learner is entered or amended, and by the ledger import. A shared phone alone is a couple, and a shared
birthday is chance: a name must match as well.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import false, or_, select

from supportdesk.core.japanese import search_key
from supportdesk.extensions import db
from supportdesk.learners.found import Found, described
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.learners.particulars import Particulars, name_keys

#: As many as can be told apart at the counter.
_MOST = 10


class Likeness(IntEnum):
    """NONE: two people. PERHAPS: a clerk is asked. SAME: nobody need be asked, so a ledger passes them over."""

    NONE = 0
    PERHAPS = 1
    SAME = 2


class Known(NamedTuple):
    """What is compared of somebody who is known already."""

    name: str
    kana: str
    birth_date: date | None


def likeness(person: Particulars, known: Known, *, share_phone: bool) -> Likeness:
    """How probably the two are one.

    SAME: an equal name with the same birth date, or with the same phone where one of the birth dates is missing.
    PERHAPS: on the same phone the whole name or the given name matches, or the two names cannot be compared because one
    is in kana and the other in kanji; with the same birth date the family name is enough.
    """
    same_day = person.birth_date is not None and person.birth_date == known.birth_date
    if not same_day and not share_phone:
        return Likeness.NONE
    undated = person.birth_date is None or known.birth_date is None
    if (same_day or undated) and person.name_keys & name_keys(known.name, known.kana):
        return Likeness.SAME
    pairs = ((person.name, known.name), (person.kana, known.kana))
    comparable = [(one, other) for one, other in pairs if one and other]
    if not comparable:
        return Likeness.PERHAPS if share_phone else Likeness.NONE
    matches = any(_names_match(one, other, family_is_enough=same_day) for one, other in comparable)
    return Likeness.PERHAPS if matches else Likeness.NONE


def probable_duplicates(person: Particulars) -> list[Found]:
    """Learners who are probably this person, in the order they were entered. Two statements."""
    return _shown(_alike(person))


def new_duplicates(learner_id: int, before: Particulars, after: Particulars) -> list[Found]:
    """Whom the learner becomes a likeness of. Whom they were like before are other people: somebody has said so."""
    known = {learner_id, *_alike(before)}
    return _shown([one for one in _alike(after) if one not in known])


def _shown(ids: list[int]) -> list[Found]:
    return described(ids[:_MOST]) if ids else []


def _alike(person: Particulars) -> list[int]:
    """Of those who share a phone or the birth date, whoever is probably this person."""
    on_phone = select(LearnerPhone.learner_id).where(LearnerPhone.number.in_(person.numbers))
    shared = Learner.id.in_(on_phone)
    born_then = Learner.birth_date == person.birth_date if person.birth_date else false()
    rows = db.session.execute(
        select(Learner.id, Learner.name, Learner.kana, Learner.birth_date, shared.label("share_phone"))
        .where(or_(shared, born_then), Learner.merged_into.is_(None))
        .order_by(Learner.id)
    )
    return [
        row.id
        for row in rows
        if likeness(person, Known(row.name, row.kana, row.birth_date), share_phone=bool(row.share_phone))
    ]


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
