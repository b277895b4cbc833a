"""Reading an XLSX workbook with bounded memory, every cell as the text a person sees. Called by `read_table`."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice, zip_longest
from typing import cast

import openpyxl
from flask_babel import lazy_gettext as _l
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from supportdesk.core.tables.row import MAX_COLUMNS, SHEET_ROWS, Row, TableError, gather_rows, storable

# Unpacked sizes. A real register of 100,000 rows and 20 columns has a sheet of about 80 MB, read as a stream, and some
# 10 MB of strings, which are held.
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_HELD = 40 * 1024 * 1024
_MAX_PARTS = 2_000
_SHEETS = "xl/worksheets/"
_SCAN_BYTES = 1024 * 1024
#: openpyxl holds a whole row, and whatever stands between rows: Excel's 16,384 columns of eight tags each, no more.
_MAX_TAGS_HELD = 16_384 * 8
_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row[\s>]")
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[^\0]")
_FORMULAS = (b"<f>", b"<f ", b":f>", b":f ")
#: Longer than the tags looked for: what a piece of the file may end in the middle of.
_TAG = 64


def read_workbook(data: bytes, max_rows: int) -> list[Row]:
    """The rows of the first visible sheet with content. Raises TableError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # openpyxl on drop-down lists, styles and odd dates it passes over
            formulas = _inspect(data)
            rows = _first_filled_sheet(data, max_rows, formulas)
    except TableError:
        raise
    except (
        Exception
    ) as broken:  # openpyxl meets a damaged part with whatever it trips over: KeyError, ParseError, zlib.error …
        raise _broken() from broken
    if not rows:
        raise TableError(_l("Excelファイルの表が空です。"))
    return rows


def _broken() -> TableError:
    return TableError(_l("Excelファイルがこわれていて読めません。Excelで開いて保存し直してください。"))


def _inspect(data: bytes) -> bool:
    """Refuse what is no workbook or would unpack to more than memory should hold; tell whether it has formulas."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.bin" in names:
            raise TableError(_l("この形式は読めません。Excelで .xlsx として保存し直してください。"))
        if "xl/workbook.xml" not in names:
            raise TableError(_l("Excelの表ではありません。CSVか .xlsx のファイルを選んでください。"))
        if any(part.flag_bits & 1 for part in parts):
            raise TableError(_l("パスワードがかかっています。Excelでパスワードを外して保存し直してください。"))
        held = sum(part.file_size for part in parts if part.filename.startswith("xl/") and not _is_sheet(part))
        unpacked = sum(part.file_size for part in parts)
        media = sum(part.file_size for part in parts if part.filename.startswith("xl/media/"))
        if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or held - media > _MAX_HELD:
            raise TableError(_l("Excelファイルの中身が大きすぎます。いらないシートを消すか、分けてください。"))
        formulas = [_has_formula(archive, part) for part in parts if _is_sheet(part)]  # each is looked into
        return any(formulas)


def _is_sheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith(_SHEETS) and part.filename.endswith(".xml")


def _has_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Look for <f> without parsing, so that the second, slower reading is done only where it can matter.

    Refuses on the way a row that no Excel has written: a small file may unpack to one of millions of cells.
    """
    found, tags, rest = False, 0, b""
    with archive.open(part) as source:
        while chunk := source.read(_SCAN_BYTES):
            if not rest and not tags and not _XML.match(chunk):
                raise _broken()  # in UTF-16, say, in which nothing would be found here
            window = rest + chunk
            end = window.rfind(b"<", -_TAG)
            window, rest = (window, b"") if end < 0 else (window[:end], window[end:])
            for number, row in enumerate(_ROW.split(window)):
                tags = row.count(b"<") + (0 if number else tags)
                if tags > _MAX_TAGS_HELD:
                    raise TableError(_l("列が多すぎます。%(limit)s列までのファイルにしてください。", limit=MAX_COLUMNS))
            found = found or any(formula in window for formula in _FORMULAS)
    return found


def _first_filled_sheet(data: bytes, max_rows: int, formulas: bool) -> list[Row]:
    """Values come from a first reading; a formula that was never calculated has none, so its text from a second."""
    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    sources = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=False) if formulas else None
    try:
        for position, sheet in enumerate(book.worksheets):
            if not sheet._worksheet_path.startswith(_SHEETS):  # type: ignore[attr-defined]  # not in the stubs
                raise _broken()  # one that was not looked into
            if sheet.sheet_state != "visible":
                continue
            formula_rows = _values(sources.worksheets[position]) if sources else iter(())
            rows = gather_rows(_records(_values(sheet), formula_rows), max_rows)
            if rows:
                return rows
        return []
    finally:
        book.close()
        if sources:
            sources.close()


def _values(sheet: ReadOnlyWorksheet) -> Iterator[Sequence[object]]:
    """The sheet's rows from the first on, gaps included; the size the file claims is not believed."""
    whole = cast(Worksheet, sheet)  # the stubs know iter_rows only there
    return whole.iter_rows(min_row=1, max_row=SHEET_ROWS + 1, min_col=1, max_col=MAX_COLUMNS + 1, values_only=True)


def _records(values: Iterator[Sequence[object]], formulas: Iterator[Sequence[object]]) -> Iterator[list[str]]:
    for cells, sources in zip_longest(values, formulas, fillvalue=()):
        if not sources and cells.count(None) == len(cells):  # a million blank rows are passed over quickly
            yield []
            continue
        width = max(_filled(cells), _filled(sources))
        pairs = islice(zip_longest(cells, sources), width)
        yield [_text(source if value is None else value) for value, source in pairs]


def _filled(cells: Sequence[object]) -> int:
    """How many cells there are up to the last that holds something."""
    count = len(cells)
    while count and cells[count - 1] is None:
        count -= 1
    return count


def _text(value: object) -> str:
    """The cell as text: whole numbers without .0, days as 2026-11-23, a formula without value as it was typed."""
    match value:
        case None:
            return ""
        case str():
            return storable(unescape(value))
        case ArrayFormula():
            return storable(value.text or "")
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("seconds" if value.second else "minutes")
    return storable(str(value))


def _moment(value: datetime) -> str:
    if value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")
