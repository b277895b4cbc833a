"""Reading a file that somebody handed in, whatever it turns out to be. Called by the imports through `read_table`.

The content decides, never the name: names lie. Memory is bounded before anything is unpacked or decoded.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from flask_babel import lazy_gettext as _l

from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE
from supportdesk.core.tables.row import Row, TableError, gather_rows, storable
from supportdesk.core.tables.workbook import read_workbook

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of an .xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|table|meta|head)", re.IGNORECASE)
_NO_CP932 = re.compile("[\x80\xa0\uf8f0-\uf8f3]")  # what Python makes of the bytes that stand for nothing in CP932
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_table(data: bytes, filename: str = "", *, max_rows: int = 100_000) -> list[Row]:
    """The rows of a CSV (comma, tab or semicolon; UTF-8, UTF-16 with BOM, else CP932) or XLSX file that say something.

    Of a workbook, the first visible sheet with content. Raises TableError for everything else.
    """
    if len(data) > LARGEST_UPLOAD:
        raise TableError(_l("ファイルが大きすぎます。%(limit)sMBまでです。", limit=LARGEST_UPLOAD // MEGABYTE))
    if not data.strip():
        raise _empty()
    if data.startswith(_ZIP):
        return read_workbook(data, max_rows)
    if data.startswith(_OLE):
        raise _old_or_locked(data)
    if data.startswith(_OTHER_FILES):
        raise _no_table(filename)
    rows = _read_text(_decode(data, filename), max_rows)
    if not rows:
        raise _empty()
    return rows


def _empty() -> TableError:
    return TableError(_l("ファイルに何も書かれていません。"))


def _old_or_locked(data: bytes) -> TableError:
    if _ENCRYPTED in data:
        return TableError(_l("パスワードがかかっています。Excelでパスワードを外して保存し直してください。"))
    return TableError(_l("古い形式のExcelファイルです。Excelで .xlsx として保存し直してください。"))


def _no_table(filename: str) -> TableError:
    name = storable(filename)[:100]
    if name:
        return TableError(
            _l("「%(name)s」は表のファイルではありません。CSVか .xlsx のファイルを選んでください。", name=name)
        )
    return TableError(_l("表のファイルではありません。CSVか .xlsx のファイルを選んでください。"))


# --- text --------------------------------------------------------------------------------


def _decode(data: bytes, filename: str) -> str:
    """The text of the file; a few stray control characters are borne, a binary file is not."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        raise _no_table(filename)
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "cp932")
    text = next((text for encoding in encodings if (text := _decoded(data, encoding)) is not None), None)
    if text is None:
        raise TableError(_l("文字が読めません。ExcelでCSV（UTF-8）か .xlsx として保存し直してください。"))
    sample = text[:100_000]
    if len(_CONTROL.findall(sample)) > max(3, len(sample) // 200):
        raise _no_table(filename)
    if _MARKUP.match(text):
        raise TableError(_l("中身がWebページの形です。Excelで開いて .xlsx として保存し直してください。"))
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    """The text, or None when the bytes are not in that encoding."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if encoding == "cp932" and _NO_CP932.search(text) else text


# --- CSV --------------------------------------------------------------------------------

_DELIMITERS = ",\t;"  # in order of preference
_SNIFFED_RECORDS = 50
_SEP_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)  # Excel obeys and hides such a first line
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # ="0188": how other systems keep Excel from eating a leading 0
_END = "\ue000end of table"


def _read_text(text: str, max_rows: int) -> list[Row]:
    told = _SEP_LINE.match(text)
    body = text[told.end() :] if told else text
    delimiter = told[1] if told else _sniff_delimiter(body)
    return gather_rows(_records(body, delimiter), max_rows)


def _sniff_delimiter(text: str) -> str:
    """The delimiter that makes columns, with quotes closed where a cell ends, of one width in the most records.

    So neither a comma in a note nor a semicolon between quotes makes a column. A table of one column has no delimiter.
    """
    return max(_DELIMITERS, key=lambda delimiter: _fitness(text, delimiter))


def _fitness(text: str, delimiter: str) -> tuple[bool, bool, int, int]:
    widths: list[int] = []
    quotes_close = True
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if any(record):
                widths.append(len(record))
            if len(widths) >= _SNIFFED_RECORDS:
                break
    except csv.Error:
        quotes_close = False
    count, width = max(((widths.count(width), width) for width in set(widths) - {1}), default=(0, 0))
    return count > 0, quotes_close, count, width


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Each record's cells. The mark fed after the last line shows whether a quote was left open."""
    lines = StringIO(text if text.endswith(("\n", "\r")) else text + "\n", newline="")
    count = 0
    try:
        for record in csv.reader(chain(lines, [_END]), delimiter=delimiter):
            if record == [_END]:
                return
            count += 1
            if record and record[-1].endswith(_END):
                break
            yield [_csv_cell(cell) for cell in record]
    except csv.Error:
        count += 1
    raise TableError(_l('%(number)s行目の「"」が閉じていません。ファイルをたしかめてください。', number=count))


def _csv_cell(cell: str) -> str:
    guarded = _TEXT_FORMULA.fullmatch(cell)
    return storable(guarded[1] if guarded else cell)
