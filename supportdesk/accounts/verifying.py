"""Whether the audit trail is as it was written: every row of every lane, from its beginning to its head.

Called by `supportdesk verify-audit`. A finding names one row, a stretch of rows that are missing, or a lane.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, or_, select, tuple_, type_coerce

from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import HASHED, Cleared, Head, seal
from supportdesk.accounts.models import AuditEntry, AuditLane, AuditSubject
from supportdesk.accounts.walking import Finding, Link, Walk, Wrong
from supportdesk.core.database import stay_at_one_moment
from supportdesk.extensions import db

#: Rows read at once.
PIECE = 1000
#: Hands on what is gone through, and shows how far it is.
Progress = Callable[[Iterable[Any], str], Iterable[Any]]


class KeptHead(NamedTuple):
    """A lane's newest row, as an earlier run told it."""

    lane: int
    seq: int
    hash: str


@dataclass
class Verdict:
    """What was found, and the lanes' heads, to be kept where nobody who can write to the database can write."""

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For other programs; `kept_heads` reads it again."""
        return {
            "holds": not self.findings,
            "rows": self.rows,
            "findings": [asdict(one) for one in self.findings],
            "heads": [{"lane": head.lane, "seq": head.seq, "hash": head.hash} for head in self.heads],
        }

    def lines(self) -> Iterator[str]:
        """For people, and for paper."""
        for one in self.findings:
            places = str(one.seq) if one.last in {None, one.seq} else f"{one.seq}–{one.last}"
            yield f"{one.wrong}: row {one.id or '-'}, lane {one.lane}, place {places}: {one.what}"
        for head in filter(lambda head: head.seq, self.heads):
            yield f"head {head.lane} {head.seq} {head.hash}"
        yield f"{self.rows} rows, {len(self.findings) or 'nothing'} wrong"


def kept_heads(text: str) -> list[KeptHead]:
    """The heads in what an earlier run printed, as JSON or as lines "head LANE SEQ HASH". Raises ValueError."""
    if text.lstrip().startswith("{"):
        return [KeptHead(one["lane"], one["seq"], one["hash"]) for one in json.loads(text)["heads"]]
    lines = [line.split() for line in text.splitlines() if line.startswith("head ")]
    return [KeptHead(int(lane), int(seq), hash_) for _head, lane, seq, hash_ in lines]


def verify(
    keys: Sequence[bytes],
    kept: Iterable[KeptHead] = (),
    progress: Progress = lambda pieces, _what: pieces,
) -> Verdict:
    """Look at the whole trail as it stands at one moment. `keys`: the chain's, and former ones that still count."""
    stay_at_one_moment()
    verdict = Verdict()
    walks: dict[int, Walk] = {}
    cleared = _cleared()
    for lane in db.session.scalars(select(AuditLane).order_by(AuditLane.id)):
        head = Head(lane.id, lane.seq, lane.hash, lane.anchor_seq, lane.anchor_hash)
        sealed = any(seal(key, head) == lane.seal for key in keys)
        walks[lane.id] = Walk(head, keys, sealed=sealed, cleared=cleared[lane.id])
        verdict.heads.append(head)
    for piece in progress(_pieces(), "audit rows"):
        for link in links(piece()):
            walks[link.row["lane"]].step(link)
            verdict.rows += 1
    for walk in walks.values():
        walk.end()
        verdict.findings += walk.findings
    verdict.findings += [*_strays(walks), *_behind(kept, walks)]
    db.session.rollback()
    return verdict


#: As the database has them: a time or a detail that cannot be read must not end the walk.
AS_STORED = [
    AuditEntry.id,
    AuditEntry.hash,
    type_coerce(AuditEntry.at, Text).label("at"),
    cast(AuditEntry.detail, Text).label("detail"),
    *(getattr(AuditEntry, name) for name in HASHED if name not in {"at", "detail"}),
]
_PLACE = tuple_(AuditEntry.lane, AuditEntry.seq)
#: No place but a number: on SQLite anything may stand in a column.
_IS_A_PLACE = AuditEntry.seq.between(1, 2**31 - 1)
_IN_A_LANE = AuditEntry.lane.in_(select(AuditLane.id)) & _IS_A_PLACE


def _pieces() -> list[Callable[[], Sequence[Mapping[str, Any]]]]:
    """Each reads the rows that follow those read before, in the order of lanes and places."""
    count = db.session.scalar(select(func.count()).select_from(AuditEntry).where(_IN_A_LANE)) or 0
    last = (-1, 0)

    def read() -> Sequence[Mapping[str, Any]]:
        nonlocal last
        wanted = select(*AS_STORED).where(_IN_A_LANE, last < _PLACE).order_by(AuditEntry.lane, AuditEntry.seq)
        rows = [dict(row) for row in db.session.execute(wanted.limit(PIECE)).mappings()]
        if rows:
            last = rows[-1]["lane"], rows[-1]["seq"]
        return rows

    return [read] * -(-count // PIECE)


def links(rows: Collection[Mapping[str, Any]]) -> Iterator[Link]:
    """These rows, read as they are stored, with the learners tied to them."""
    tied: dict[int, list[int]] = defaultdict(list)
    ids = [row["id"] for row in rows]
    ties = select(AuditSubject.entry_id, AuditSubject.learner_id).where(AuditSubject.entry_id.in_(ids))
    for tie in db.session.execute(ties.order_by(AuditSubject.learner_id)):
        tied[tie.entry_id].append(tie.learner_id)
    for row in rows:
        yield Link({**row, "at": _instant(row["at"]), "detail": _detail(row["detail"])}, tied[row["id"]])


def _cleared() -> dict[int, dict[int, list[Cleared]]]:
    """Of which rows erasures say that they cleared their words, by lanes and places.

    Whoever forges such a word, or takes one out, changes a row that is walked over like any other; and has no proof.
    """
    found: dict[int, dict[int, list[Cleared]]] = defaultdict(lambda: defaultdict(list))
    erasures = select(cast(AuditEntry.detail, Text)).where(AuditEntry.action == Action.ERASE_LEARNER.value)
    for detail in map(_detail, db.session.scalars(erasures)):
        said = detail.get("reworded") if isinstance(detail, dict) else None
        for one in said if isinstance(said, list) else ():
            match one:
                case [int(lane), int(seq), str(written), str(proof)]:
                    found[lane][seq].append(Cleared(lane, seq, written, proof))
    return found


def _instant(stored: Any) -> datetime | None:
    try:
        at = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _detail(stored: str) -> object:
    try:
        return json.loads(stored)
    except ValueError:
        return stored


def _strays(walks: Mapping[int, Walk]) -> Iterator[Finding]:
    """Rows that stand in no lane. Those from before the chain are one finding while they wait to be sealed."""
    nowhere = or_(
        AuditEntry.lane.is_(None), AuditEntry.seq.is_(None), AuditEntry.lane.not_in(list(walks)), ~_IS_A_PLACE
    )
    first = db.session.scalar(select(func.min(AuditEntry.id)).where(AuditEntry.lane > 0))
    rows = db.session.execute(
        select(AuditEntry.id, AuditEntry.lane, AuditEntry.seq).where(nowhere).order_by(AuditEntry.id)
    ).all()
    old = [row.id for row in rows if row.lane is None and (first is None or row.id < first)] if 0 not in walks else []
    if old:
        yield Finding(
            Wrong.UNSEALED, None, None, f"{len(old)} rows from before the chain, up to this one, bear no hash", old[-1]
        )
    for row in rows[len(old) :]:
        yield Finding(Wrong.FOREIGN, row.lane, row.seq, "it stands in no lane that the desk has written", row.id)


def _behind(kept: Iterable[KeptHead], walks: Mapping[int, Walk]) -> Iterator[Finding]:
    """What an earlier run saw and is there no more: whole ends of lanes, and lanes."""
    for was in kept:
        now = walks[was.lane].head if was.lane in walks else Head(was.lane)
        if was.seq > now.seq:
            what = f"an earlier run saw the lane up to {was.seq}, now it ends at {now.seq}"
            yield Finding(Wrong.MISSING, was.lane, now.seq + 1, what, last=was.seq)
        elif was.hash != _hash_at(was, now):
            yield Finding(Wrong.LANE, was.lane, was.seq, "an earlier run saw another hash at this place")


def _hash_at(was: KeptHead, now: Head) -> str | None:
    """The hash at that place today; of what has been forgotten since only the newest is known."""
    if was.seq == now.anchor_seq:
        return now.anchor_hash
    if was.seq < now.anchor_seq:
        return was.hash
    return db.session.scalar(select(AuditEntry.hash).where(AuditEntry.lane == was.lane, AuditEntry.seq == was.seq))
