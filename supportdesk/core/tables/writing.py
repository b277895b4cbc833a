"""Writing lists for Excel: CSV and XLSX that open with a double click and never run what somebody typed.

Called for the figures of peer sessions and the refused rows of a ledger. Cells may be text, numbers, days, instants
(shown in Japanese time), yes/no or None.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from supportdesk.core.clock import local
from supportdesk.core.tables.row import storable

# Excel and its like take such a cell for a formula; in Japanese settings the full-width signs too.
_FORMULA_START = "=+-@＝＋－＠\t\r\n"
_PLAIN_NEGATIVE = re.compile(r"-(?:\d[\d,]*(?:\.\d+)?%?)?", re.ASCII)


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM and CRLF, as Excel wants it. A cell that Excel would run gets an apostrophe before it.

    Left alone are a dash by itself and negative numbers ("-3", "-1,200.5"). A "+" always gets the apostrophe: numbers
    need none, and "+81188881542" would be shown as 8.12E+10.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_csv_text(cell) for cell in headings])
    writer.writerows([_csv_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_text(value: object) -> str:
    plain = _plain(value)
    if not isinstance(plain, str):
        return "" if plain is None else str(plain)
    text = storable(plain)
    return f"'{text}" if _would_run(text) else text


def _would_run(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula; blanks before the sign do not stop all of them."""
    bare = text.lstrip(" \u3000\xa0")
    return bare.startswith(tuple(_FORMULA_START)) and not _PLAIN_NEGATIVE.fullmatch(bare)


def _plain(value: object) -> str | int | float | bool | Decimal | None:
    """The value as something both formats can hold."""
    match value:
        case None | bool() | int() | float() | Decimal():
            return value
        case datetime():
            return (local(value) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
    return str(value)


# --- XLSX --------------------------------------------------------------------------------

_SHEET_NAME_BAD = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SHEET_NAME_LONGEST = 31
_CELL_LONGEST = 32_767
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as A
_MEASURED_ROWS = 200
_NARROWEST, _WIDEST = 8, 50
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str) -> bytes:
    """One sheet: a bold heading that stays in view, columns as wide as their text; text is never a formula."""
    table = [list(row) for row in rows]
    book = Workbook(write_only=True)
    book.properties.creator = None
    page = book.create_sheet(_sheet_name(sheet))
    page.freeze_panes = "A2"
    for index, width in enumerate(_column_widths([list(headings), *islice(table, _MEASURED_ROWS)]), start=1):
        page.column_dimensions[get_column_letter(index)].width = width
    page.append([_xlsx_cell(page, heading, bold=True) for heading in headings])
    for row in table:
        page.append([_xlsx_cell(page, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(page: WriteOnlyWorksheet, value: object, *, bold: bool = False) -> object:
    """Days and numbers stay what they are, so that Excel can reckon with them; everything else is text."""
    if isinstance(value, datetime):
        return _dated(page, (local(value) if value.tzinfo else value).replace(tzinfo=None), "yyyy-mm-dd hh:mm")
    if isinstance(value, date):
        return _dated(page, value, "yyyy-mm-dd") if value.year >= 1900 else value.isoformat()
    plain = _plain(value)
    if not isinstance(plain, str) and plain == plain and plain not in (float("inf"), float("-inf")):
        return plain
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", storable(str(plain)))[:_CELL_LONGEST]
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"  # openpyxl would make "=…" a formula
    if bold:
        cell.font = _BOLD
    if "\n" in text:
        cell.alignment = _WRAPPED
    if _would_run(text):
        cell.number_format = "@"  # still text after somebody edits the cell
    return cell


def _dated(page: WriteOnlyWorksheet, value: date, shown_as: str) -> object:
    cell = WriteOnlyCell(page)
    cell.value = value
    cell.number_format = shown_as
    return cell


def _sheet_name(wish: str) -> str:
    """Excel refuses some characters, more than 31 of any, and an apostrophe at either end."""
    return _SHEET_NAME_BAD.sub(" ", storable(wish)).strip(" '")[:_SHEET_NAME_LONGEST].strip(" '") or "Sheet1"


def _column_widths(table: list[list[object]]) -> list[int]:
    widest = [0] * max((len(row) for row in table), default=0)
    for row in table:
        for index, value in enumerate(row):
            widest[index] = max(widest[index], *map(_display_width, str(_plain(value) or "").split("\n")))
    return [min(max(width + 2, _NARROWEST), _WIDEST) for width in widest]


def _display_width(line: str) -> int:
    """In half-width columns: a kanji takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "FWA" else 1 for char in line[:_WIDEST])
