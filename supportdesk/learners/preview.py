"""An import's plan as something to look at: its rows by what would become of them. Called by the import's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _

from supportdesk.learners.importing import ImportPlan
from supportdesk.learners.ledger import Problem

#: More rows of one kind than anybody reads. All are counted, and all rejected ones are in the file to take away.
MOST_ROWS = 1000


class PreviewRow(NamedTuple):
    """One row of the ledger, and what there is to say of it."""

    number: int
    name: str
    kana: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The rows of one fate, in the ledger's order, and how many there are of them beyond those."""

    rows: Sequence[PreviewRow]
    left_out: int


@dataclass(frozen=True)
class Preview:
    """What needs somebody to act stands apart: the rejected, and of the new those of whom something is doubtful."""

    rejected: Group
    doubtful: Group
    plain: Group
    duplicates: Group


def preview_of(plan: ImportPlan) -> Preview:
    """The plan's rows by their fate."""
    remarks = _remarks(plan)
    new = [row for row, _person in plan.new]
    groups = (
        [problem.row for problem in plan.rejected],
        [row for row in new if row in remarks],
        [row for row in new if row not in remarks],
        plan.duplicates,
    )
    return Preview(*(_group(plan, rows, remarks) for rows in groups))


def refused_table(plan: ImportPlan) -> tuple[list[str], list[list[str]]]:
    """The rejected rows as they stand in the ledger, under its headings, with the reasons in a last column."""
    width = max(len(cells) for cells in (plan.headings, *plan.refused.values()))
    remarks = _remarks(plan)
    rows = [[*_filled(cells, width), "／".join(remarks[number])] for number, cells in plan.refused.items()]
    return [*_filled(plan.headings, width), _("受け付けない理由")], rows


def _remarks(plan: ImportPlan) -> dict[int, tuple[str, ...]]:
    remarks: dict[int, tuple[str, ...]] = {
        row: (_("%(row)s行目と同じ人", row=earlier),) for row, earlier in plan.repeats.items()
    }
    for problem in (*plan.warnings, *plan.rejected, *plan.further):
        remarks[problem.row] = (*remarks.get(problem.row, ()), _in_words(problem))
    return remarks


def _in_words(problem: Problem) -> str:
    return _("%(column)s：%(reason)s", column=problem.column, reason=problem.reason)


def _group(plan: ImportPlan, numbers: Sequence[int], remarks: dict[int, tuple[str, ...]]) -> Group:
    rows = [PreviewRow(number, *plan.written[number], remarks.get(number, ())) for number in numbers[:MOST_ROWS]]
    return Group(rows, len(numbers) - len(rows))


def _filled(cells: Iterable[str], width: int) -> list[str]:
    given = list(cells)
    return given + [""] * (width - len(given))
