"""The walk along one lane of the audit trail: which of its rows are not what was written there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from supportdesk.accounts.chain import Cleared, Head, reworded, row_hash

#: So many rows that do not fit are looked at for their true places; beyond, each is called altered.
_PUZZLE = 40


class Wrong(StrEnum):
    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    FOREIGN = "foreign"
    UNSEALED = "unsealed"
    LANE = "lane"


@dataclass(frozen=True)
class Finding:
    """What is wrong with a row (`id`), with the rows from `seq` to `last` of a lane, or with the lane itself."""

    wrong: Wrong
    lane: int | None
    seq: int | None
    what: str
    id: int | None = None
    last: int | None = None


class Link(NamedTuple):
    """A row as it stands in the database, and the learners tied to it, sorted."""

    row: Mapping[str, Any]
    learners: Sequence[int]


class _Misfit(NamedTuple):
    """A row that does not follow what stands before it: one of these hashes."""

    link: Link
    before: Collection[str]


class Walk:
    """Takes the rows of a lane in the order of their places. `sealed`: the lane's own row is what the desk wrote;
    `cleared`: what erasures say of rows whose words they cleared, by places.
    """

    def __init__(
        self, head: Head, keys: Sequence[bytes], *, sealed: bool, cleared: Mapping[int, Sequence[Cleared]]
    ) -> None:
        self.head, self._keys, self._sealed, self._cleared = head, keys, sealed, cleared
        self.findings: list[Finding] = []
        self._next = head.anchor_seq + 1
        #: What the hash of the row before may have been: as it stands there, and as it would have to be. None: unknown.
        self._before: Collection[str] | None = {head.anchor_hash}
        self._misfits: list[_Misfit] = []
        self._highest_id = 0
        self._last_hash = head.anchor_hash

    def step(self, link: Link) -> None:
        """The row that stands next in the lane."""
        row = link.row
        if not self.head.anchor_seq < row["seq"] <= self.head.seq:
            self._find(Wrong.FOREIGN, row, "the lane was never written at this place")
            return
        if row["seq"] > self._next:
            self._miss(row["seq"] - 1, f"the row that follows, {row['id']}, cannot be proved without them")
            self._before = None
        before, self._before = self._before, {row["hash"]}
        if before is not None and not self._fits(link, before):
            self._misfits.append(_Misfit(link, before))
            written = [one.written for one in self._cleared.get(row["seq"], ())]
            self._before = {row["hash"], *self._hashes(link, before), *written}
        elif row["id"] < self._highest_id:
            self._find(Wrong.REORDERED, row, f"its id is lower than {self._highest_id}, which stands before it")
        else:
            self._highest_id = row["id"]
        self._last_hash, self._next = row["hash"], row["seq"] + 1

    def end(self) -> None:
        """No more rows: say what the whole lane tells of them."""
        if not self._sealed:
            self.findings.append(Finding(Wrong.LANE, self.head.lane, self.head.seq, "the lane's own row was altered"))
        if self._next <= self.head.seq:
            self._miss(self.head.seq, "the lane's own row knows them")
        elif self._sealed and self._last_hash != self.head.hash and not self._misfits:
            self.findings.append(
                Finding(Wrong.LANE, self.head.lane, self.head.seq, "its newest row is not the one it ended with")
            )
        self._name_misfits()
        self.findings.sort(key=lambda one: one.seq or 0)

    def _name_misfits(self) -> None:
        """A misfit stood elsewhere, or is intact and follows one that did, or was altered."""
        puzzle = self._misfits if len(self._misfits) <= _PUZZLE else []
        moved = {one.link.row["hash"] for one in puzzle}
        places = {one.link.row["seq"]: {*one.before, *moved} for one in puzzle}
        for link, _before in self._misfits:
            true_place = next(self._true_places(link, places), None)
            if true_place is None:
                unproved = link.row["seq"] in self._cleared
                more = "; an erasure cleared its words, and what it says beside them is not proved" if unproved else ""
                self._find(Wrong.ALTERED, link.row, f"its hash does not fit what it says{more}")
            elif true_place != link.row["seq"]:
                self._find(Wrong.REORDERED, link.row, f"it was written at {true_place}")

    def _true_places(self, link: Link, places: Mapping[int, Collection[str]]) -> Iterator[int]:
        for place, before in places.items():
            if self._fits(Link({**link.row, "seq": place}, link.learners), before):
                yield place

    def _fits(self, link: Link, before: Collection[str]) -> bool:
        hashes = list(self._hashes(link, before))
        if link.row["hash"] in hashes:
            return True
        proofs = [one.proof for one in self._cleared.get(link.row["seq"], ())]
        return any(reworded(key, link.row["hash"], now) in proofs for now in hashes for key in self._keys if proofs)

    def _hashes(self, link: Link, before: Collection[str]) -> Iterator[str]:
        return (row_hash(key, previous, link.row, link.learners) for previous in before for key in self._keys)

    def _find(self, wrong: Wrong, row: Mapping[str, Any], what: str) -> None:
        self.findings.append(Finding(wrong, self.head.lane, row["seq"], what, row["id"]))

    def _miss(self, last: int, what: str) -> None:
        self.findings.append(Finding(Wrong.MISSING, self.head.lane, self._next, what, last=last))
