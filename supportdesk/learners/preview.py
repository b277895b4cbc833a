"""An import's plan as a table to look at: every row with what would become of it. Called by the import's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from supportdesk.learners.importing import ImportPlan

#: More rows than anybody reads. Rejected ones further on are shown as well: they need somebody to act.
MOST_ROWS = 1000

Fate = Literal["new", "duplicate", "rejected"]


@dataclass(frozen=True)
class PreviewRow:
    """One row of the ledger: what would become of it, and what there is to say of it as (column, reason)."""

    number: int
    fate: Fate
    name: str
    kana: str
    remarks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Preview:
    """The rows to show in the ledger's order, and how many more there are."""

    rows: list[PreviewRow]
    left_out: int


def preview_rows(plan: ImportPlan) -> Preview:
    """All rows of the plan in the ledger's order, cut off at MOST_ROWS; of the rest only the rejected are kept."""
    remarks: dict[int, tuple[tuple[str, str], ...]] = {}
    for problem in plan.warnings:
        remarks[problem.row] = (*remarks.get(problem.row, ()), (problem.column, str(problem.reason)))
    for refused in plan.rejected:
        remarks[refused.row] = ((refused.column, str(refused.reason)),)
    fates: dict[int, Fate] = {
        **{number: "new" for number, _person in plan.new},
        **dict.fromkeys(plan.duplicates, "duplicate"),
        **{refused.row: "rejected" for refused in plan.rejected},
    }
    rows = [
        PreviewRow(number, fate, *plan.written[number], remarks.get(number, ()))
        for number, fate in sorted(fates.items())
    ]
    shown = rows[:MOST_ROWS] + [row for row in rows[MOST_ROWS:] if row.fate == "rejected"][:MOST_ROWS]
    return Preview(shown, len(rows) - len(shown))
