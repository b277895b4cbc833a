"""Clearing what administrators wrote of a person in their own words, when that person is erased: all else stays.

A row whose words are gone keeps its hash, which they were part of, and so the chain holds behind it. That the row says
otherwise what it said is proved by the row that notes the erasure: it bears a keyed hash of the two (chain.py), which
`verify-audit` asks for. Any other change of the row fits neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import and_, or_, select, update

from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import Cleared, chain_key, reworded, row_hash
from supportdesk.accounts.models import AuditEntry, AuditLane
from supportdesk.accounts.verifying import AS_STORED, links
from supportdesk.accounts.walking import Link
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.extensions import db

_ENTRY = table_of(AuditEntry)
#: Between a usual reason and the words after it (reasons.py).
_BEFORE_WORDS: Final = ": "
_HAS_WORDS: Final = AuditEntry.reason.like(f"%{_BEFORE_WORDS}_%")


def entries_with_words(learner_ids: Collection[int], names_them: Callable[[str], bool]) -> list[int]:
    """The rows in which somebody wrote why they looked at these learners, or at others in words that name them."""
    subjects = [activity("learner", one) for one in learner_ids]
    said = select(AuditEntry.account_id, AuditEntry.reason).where(
        AuditEntry.action == Action.SAY_WHY.value, _HAS_WORDS, AuditEntry.subject.not_in(subjects)
    )
    telling = [
        and_(AuditEntry.account_id == one.account_id, AuditEntry.reason == one.reason)
        for one in db.session.execute(said.distinct())
        if names_them(one.reason.partition(_BEFORE_WORDS)[2])
    ]
    about = or_(AuditEntry.subject.in_(subjects), *telling)
    return list(db.session.scalars(select(AuditEntry.id).where(_HAS_WORDS, about).order_by(AuditEntry.id)))


def clear_words(entry_ids: Sequence[int]) -> dict[str, Any]:
    """The words of these rows are gone. Returns the detail that the row which notes the erasure has to bear.

    What the desk's key does not prove beforehand, it does not prove afterwards: a row that was tampered with stays
    named, and so does one of a former key.
    """
    found = select(*AS_STORED).where(AuditEntry.id.in_(entry_ids)).order_by(AuditEntry.lane, AuditEntry.seq)
    rows = [dict(row) for row in db.session.execute(found).mappings()]
    said = [
        Cleared(link.row["lane"], link.row["seq"], link.row["hash"] or "", _proof(link, before))
        for link, before in _chained(rows)
    ]
    for row in rows:
        connection().execute(update(_ENTRY).where(_ENTRY.c.id == row["id"]).values(reason=_without_words(row)))
    return {"reworded": said} if said else {}


def _without_words(row: Mapping[str, Any]) -> str:
    return str(row["reason"].partition(_BEFORE_WORDS)[0]) + _BEFORE_WORDS


def _proof(link: Link, before: str | None) -> str:
    """Empty for what is not what the desk wrote."""
    key, written = chain_key(), link.row["hash"]
    if before is None or row_hash(key, before, link.row, link.learners) != written:
        return ""
    return reworded(
        key, written, row_hash(key, before, {**link.row, "reason": _without_words(link.row)}, link.learners)
    )


def _chained(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Link, str | None]]:
    """Those that stand in a lane, and the hash of what stands before each."""
    for link in links([row for row in rows if isinstance(row["lane"], int) and isinstance(row["seq"], int)]):
        lane, before = link.row["lane"], link.row["seq"] - 1
        anchor = select(AuditLane.anchor_hash).where(AuditLane.id == lane, AuditLane.anchor_seq == before)
        row = select(AuditEntry.hash).where(AuditEntry.lane == lane, AuditEntry.seq == before)
        first = db.session.scalar(anchor)
        yield link, db.session.scalar(row) if first is None else first
