"""Finding the heading row of somebody else's table and which column is which. Called by the imports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from supportdesk.core.japanese import search_key
from supportdesk.core.tables.row import Row, TableError

_SEARCHED_ROWS = 30
_LEAST_FOUND = 2
_LONGEST = 200

_BRACKET = re.compile(r"[(\[【〔〈《「『<]([^()\[\]【】〔〕〈〉《》「」『』<>]*)[)\]】〕〉》」』>]")
_LEADING_MARK = re.compile(r"^(?:[※*●○◎■□★☆]|必須|\d{1,2}[.)]|\s)+")
_NOTE_START = re.compile(r"[\s(\[【〔〈《「『<※*:]|\d+$|必須|任意")


@dataclass(frozen=True)
class Heading:
    """Where the heading row stands, the columns (from 0) of each field found, and the headings nobody knows."""

    row_number: int
    columns: dict[str, list[int]]
    unknown: list[tuple[int, str]]
    cells: tuple[str, ...] = ()

    def is_repeated_by(self, row: Row) -> bool:
        """Whether a later row is the heading once more, as at the top of each printed page."""
        return bool(self.cells) and row.cells == self.cells


def find_heading(rows: Sequence[Row], known: Mapping[str, Collection[str]], required: Collection[str] = ()) -> Heading:
    """The row among the first thirty with the most known headings, the upper one of equals.

    `known` gives for each field the headings it goes by; they are compared by their search keys. Notes after a heading
    (in brackets, on a second line, a closing number) are passed over, except when the note itself names another field:
    「氏名（フリガナ）」 is the kana. Raises TableError when fewer than two fields or not all `required` ones are found.
    """
    fields = {search_key(label): field for field, labels in known.items() for label in labels}
    best: tuple[Row, list[str | None]] | None = None
    best_count = 0
    for row in rows[:_SEARCHED_ROWS]:
        matched = [_field_of(cell, fields) for cell in row.cells]
        count = len(set(matched) - {None})
        if count > best_count:
            best, best_count = (row, matched), count
    if best is None or best_count < min(_LEAST_FOUND, len(known)):
        raise TableError(_l("見出しの行が見つかりません。さがした見出し：%(names)s", names=_names(known, known)))
    heading = _heading(*best)
    missing = [field for field in required if field not in heading.columns]
    if missing:
        raise TableError(_l("必要な見出しがありません：%(names)s", names=_names(known, missing)))
    return heading


def _heading(row: Row, matched: list[str | None]) -> Heading:
    columns: dict[str, list[int]] = {}
    unknown: list[tuple[int, str]] = []
    for index, (cell, field) in enumerate(zip(row.cells, matched, strict=True)):
        if field is not None:
            columns.setdefault(field, []).append(index)
        elif cell.strip():
            unknown.append((index, cell))
    return Heading(row.number, columns, unknown, row.cells)


def _names(known: Mapping[str, Collection[str]], fields: Collection[str]) -> str:
    """The first heading of each field, as it would stand in the table."""
    return "、".join(next(iter(known.get(field, ())), field) for field in fields)


def _field_of(cell: str, fields: Mapping[str, str]) -> str | None:
    """The field a heading names: as a whole, else by its longest known beginning before a note."""
    written = unicodedata.normalize("NFKC", cell[:_LONGEST]).strip()
    for wording in _wordings(written):
        field = fields.get(search_key(wording))
        if field is None:
            continue
        return field if wording == written else _field_in_note(written, fields) or field
    return None


def _wordings(written: str) -> Iterator[str]:
    """The heading itself, without brackets, and its beginnings up to where a note may start, longest first."""
    yield written
    bare = _LEADING_MARK.sub("", _BRACKET.sub(" ", written).strip())
    yield bare
    for start in sorted({match.start() for match in _NOTE_START.finditer(bare)}, reverse=True):
        yield bare[:start]


def _field_in_note(written: str, fields: Mapping[str, str]) -> str | None:
    notes = (match[1] for match in _BRACKET.finditer(written))
    return next((fields[key] for key in map(search_key, notes) if key in fields), None)
