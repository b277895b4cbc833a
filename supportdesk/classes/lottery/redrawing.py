"""Drawing again what was drawn, from the stored seed and list alone, and comparing it with what came of it.

Called by `supportdesk redraw` and by the page of the draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from supportdesk.classes.lottery import rule
from supportdesk.classes.lottery.models import Draw, LotteryEntry
from supportdesk.classes.lottery.rule import BadList, Placed
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db


@dataclass(frozen=True)
class Redrawn:
    """A draw held again: in what it differs from what is stored, in words for a terminal; nothing: it is the same."""

    run_id: int
    seed: str
    entries_hash: str
    placed: list[Placed]
    people: dict[int, int]
    differences: list[str]

    @property
    def same(self) -> bool:
        """Whether what is stored is what the rule draws."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """All of it, for a machine."""
        return {
            "run": self.run_id,
            "same": self.same,
            "seed": self.seed,
            "entries_hash": self.entries_hash,
            "differences": self.differences,
            "places": [
                {
                    "place": one.place,
                    "number": one.number,
                    "people": self.people.get(one.number),
                    "seated": one.seated,
                }
                for one in self.placed
            ],
        }

    def lines(self) -> Iterator[str]:
        """The same for a terminal."""
        yield f"run {self.run_id}: {len(self.placed)} entries, seed {self.seed}"
        yield f"list SHA-256 {self.entries_hash}"
        for one in self.placed:
            yield f"{one.place:4}  number {one.number:4}  {'seated' if one.seated else 'waiting'}"
        yield from self.differences
        yield "same as drawn" if self.same else "NOT the same as drawn"


def redraw(run_id: int) -> Redrawn:
    """Draw again. Raises NotFound for a run that was never drawn."""
    draw = db.session.get(Draw, run_id)
    if draw is None:
        raise NotFound
    found: list[str] = []
    if rule.hash_of(draw.entries) != draw.entries_hash:
        found.append("the stored list does not have the stored hash")
    try:
        tickets, seats, _weighing = rule.read(draw.entries)
    except BadList as error:
        return Redrawn(run_id, draw.seed, draw.entries_hash, [], {}, [*found, str(error)])
    placed = rule.draw(draw.seed, tickets, seats)
    if rule.result_of(placed) != draw.result:
        found.append("the stored outcome is not what seed and list draw")
    weights = {one.number: one.weight for one in tickets}
    wanted = {(one.number, one.place, one.seated, weights[one.number]) for one in placed}
    if wanted != _entries(run_id):
        found.append("the entries are not placed as they were drawn")
    people = {one.number: one.people for one in tickets}
    return Redrawn(run_id, draw.seed, draw.entries_hash, placed, people, found)


def _entries(run_id: int) -> set[tuple[Any, ...]]:
    rows = db.session.execute(
        select(LotteryEntry.number, LotteryEntry.place, LotteryEntry.seated, LotteryEntry.weight).where(
            LotteryEntry.run_id == run_id, LotteryEntry.place.is_not(None)
        )
    )
    return {tuple(row) for row in rows}
