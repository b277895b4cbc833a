"""What a table is once read: rows of text that remember where they stood. Used by the modules beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

SHEET_ROWS = 1_048_576  # what Excel itself can hold: no row stands lower
MAX_COLUMNS = 256

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class TableError(ValueError):
    """The file cannot be read as a table. `message` says what it is and what to do."""

    def __init__(self, message: object) -> None:
        super().__init__("not a readable table")
        self.message = message


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it (from 1), and its cells without the empty ones at the end."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """The cell of a column counted from 0, empty where the row is shorter."""
        return self.cells[index] if index < len(self.cells) else ""


def storable(text: str) -> str:
    """Line breaks as \\n, without the characters that a database or Excel cannot hold (NUL, lone surrogates)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSTORABLE.sub("", text)


def gather_rows(records: Iterator[Sequence[str]], max_rows: int) -> list[Row]:
    """Number the records from 1 and keep those that say something; stops as soon as there are too many."""
    rows: list[Row] = []
    for number, cells in enumerate(records, start=1):
        filled = len(cells)
        while filled and not cells[filled - 1].strip():
            filled -= 1
        if number > SHEET_ROWS or (filled and len(rows) >= max_rows):
            raise TableError(_l("行が多すぎます。%(limit)s行までのファイルに分けてください。", limit=f"{max_rows:,}"))
        if filled > MAX_COLUMNS:
            raise TableError(_l("列が多すぎます。%(limit)s列までのファイルにしてください。", limit=MAX_COLUMNS))
        if filled:
            rows.append(Row(number, tuple(cells[:filled])))
    return rows
