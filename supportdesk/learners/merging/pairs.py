"""Pairs of records that may be one person: searched for every night, decided by a clerk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import aliased

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.database import connection, insert_ignoring_conflict
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.duplicates import Known, Likeness, likeness
from supportdesk.learners.found import Found, described
from supportdesk.learners.merging.models import LikelyPair
from supportdesk.learners.models import Learner, LearnerPhone
from supportdesk.learners.particulars import Particulars

_ONE, _OTHER = aliased(Learner), aliased(Learner)
_AT_ONCE: Final = 1_000


class Alike(NamedTuple):
    """The ids of two learners, the lower first, and how probably they are one (Likeness)."""

    one_id: int
    other_id: int
    likeness: int


class Pair(NamedTuple):
    """Two who may be one, and how probably."""

    one: Found
    other: Found
    likeness: Likeness


def likely_pairs() -> list[Alike]:
    """All who share a phone or are born the same day and are called alike: a walk through the whole register."""
    return list(_alike())


def note_likely_pairs(pairs: Sequence[Alike], now: datetime) -> None:
    """Put those of them on the work list that are not known yet."""
    for start in range(0, len(pairs), _AT_ONCE):
        rows = [{**pair._asdict(), "found_at": now} for pair in pairs[start : start + _AT_ONCE]]
        connection().execute(insert_ignoring_conflict(LikelyPair), rows)


def decide_apart(one_id: int, other_ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Somebody knows that these are other people: nobody is asked again."""
    for other_id in other_ids:
        pair = {"one_id": min(one_id, other_id), "other_id": max(one_id, other_id)}
        row = {**pair, "likeness": int(Likeness.PERHAPS), "found_at": now, "decided_at": now}
        connection().execute(insert_ignoring_conflict(LikelyPair), {**row, "decided_by": actor.account_id})
        db.session.execute(
            update(LikelyPair).filter_by(**pair, decided_at=None).values(decided_at=now, decided_by=actor.account_id)
        )
        audit.record(
            actor=actor,
            action=Action.DECIDE_PAIR,
            subject=f"learner:{pair['one_id']}",
            learners=[pair["other_id"]],
            now=now,
        )


def pairs_page(number: int) -> Page[Pair]:
    """The work list: the surest first. Constant statements."""
    page = fetch_page(_OPEN.order_by(LikelyPair.likeness.desc(), LikelyPair.one_id, LikelyPair.other_id), number)
    known = {one.id: one for one in described(sorted({row_id for row in page.rows for row_id in row[:2]}))}
    pairs = [Pair(known[row.one_id], known[row.other_id], Likeness(row.likeness)) for row in page.rows]
    return page.showing(pairs)


def waiting_pairs() -> int:
    """How many wait for a decision."""
    return db.session.scalar(select(func.count()).select_from(_OPEN.subquery())) or 0


_OPEN = (
    select(LikelyPair.one_id, LikelyPair.other_id, LikelyPair.likeness)
    .join(_ONE, _ONE.id == LikelyPair.one_id)
    .join(_OTHER, _OTHER.id == LikelyPair.other_id)
    .where(LikelyPair.decided_at.is_(None), _ONE.merged_into.is_(None), _OTHER.merged_into.is_(None))
)


def _alike() -> Iterator[Alike]:
    """Those who share a phone and may be one; and those of one name and birthday, whom nobody need be asked about."""
    columns = (
        _ONE.id, _ONE.name, _ONE.kana, _ONE.birth_date, _OTHER.id, _OTHER.name, _OTHER.kana, _OTHER.birth_date,
    )  # fmt: skip
    both_live = and_(_ONE.id < _OTHER.id, _ONE.merged_into.is_(None), _OTHER.merged_into.is_(None))
    phone, same_phone = aliased(LearnerPhone), aliased(LearnerPhone)
    on_phone = (
        select(*columns)
        .join(phone, phone.learner_id == _ONE.id)
        .join(same_phone, same_phone.number == phone.number)
        .join(_OTHER, _OTHER.id == same_phone.learner_id)
        .where(both_live)
        .distinct()
    )
    born = (
        select(*columns)
        .join(
            _OTHER,
            and_(
                _OTHER.birth_date == _ONE.birth_date,
                or_(_OTHER.kana_key == _ONE.kana_key, and_(_OTHER.name == _ONE.name, _ONE.name != "")),
            ),
        )
        .where(both_live)
    )
    for statement, share_phone in ((on_phone, True), (born, False)):
        for row in db.session.execute(statement):
            one_id, name, kana, birth_date, other_id, *theirs = row
            one, other = Particulars(name=name, kana=kana, birth_date=birth_date), Known._make(theirs)
            how = likeness(one, other, share_phone=share_phone)
            if how > Likeness.NONE:
                yield Alike(one_id, other_id, int(how))
