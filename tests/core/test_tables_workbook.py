"""Workbooks are read as a person sees them, and damaged or monstrous ones are refused in words."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from supportdesk.core.security import LARGEST_UPLOAD
from supportdesk.core.tables import Row, TableError, read_table


def workbook(fill: Callable[[Worksheet], object], *, hidden_first: bool = False) -> bytes:
    """A workbook as Excel would save it; `fill` writes its sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    if hidden_first:
        sheet["A1"] = "隠れたシート"
        sheet.sheet_state = "hidden"
        book.create_sheet("空のシート")
        sheet = book.create_sheet("台帳")
    fill(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one part replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def sheet_xml(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def small() -> bytes:
    return workbook(lambda sheet: sheet.append(["氏名"]))


def message_for(data: bytes, filename: str = "", **limits: int) -> str:
    with pytest.raises(TableError) as refused:
        read_table(data, filename, **limits)
    return str(refused.value.message)


def rows_or_refusal(data: bytes) -> list[Row] | TableError:
    try:
        return read_table(data)
    except TableError as refused:
        return refused


def test_a_workbook_gives_what_a_person_sees() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["氏名", "生年月日", "電話", "数", "時刻", "はい", "いつ", "大きな数"])
        sheet.append([])
        birth, moment = date(1936, 1, 19), datetime(2026, 11, 23, 13, 30)  # noqa: DTZ001 - Excel knows no zones
        sheet.append(["髙橋\nキヨ", birth, 188881542.0, 1.5, time(9, 5), True, moment, -123456789012.0])

    rows = read_table(workbook(fill), "台帳.csv")
    assert [row.number for row in rows] == [1, 3]
    assert rows[1].cells == (
        "髙橋\nキヨ", "1936-01-19", "188881542", "1.5", "09:05", "TRUE", "2026-11-23 13:30", "-123456789012",
    )  # fmt: skip


def test_the_first_visible_sheet_with_content_is_read() -> None:
    rows = read_table(workbook(lambda sheet: sheet.append(["氏名"]), hidden_first=True))
    assert rows == [Row(1, ("氏名",))]


def test_a_formula_never_calculated_is_read_as_its_text() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["氏名", '=HYPERLINK("http://127.0.0.1/","開く")', "後"])
        sheet.append([None, ArrayFormula("B2", "=SUM(A1:A2)")])

    rows = read_table(workbook(fill))
    assert rows == [Row(1, ("氏名", '=HYPERLINK("http://127.0.0.1/","開く")', "後")), Row(2, ("", "=SUM(A1:A2)"))]


def test_a_calculated_formula_is_read_as_its_value() -> None:
    data = with_part(
        workbook(lambda sheet: sheet.append([1])),
        "xl/worksheets/sheet1.xml",
        sheet_xml('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1&amp;""</f></c></row>'),
    )
    assert read_table(data) == [Row(1, ("2", '=A1&""'))]


def test_the_size_a_sheet_claims_is_not_believed() -> None:
    lying = sheet_xml('<row r="2"><c r="B2"><v>7</v></c></row>').replace(
        b"<sheetData>", b'<dimension ref="A1"/><sheetData>'
    )
    assert read_table(with_part(workbook(lambda sheet: None), "xl/worksheets/sheet1.xml", lying)) == [Row(2, ("", "7"))]


@pytest.mark.parametrize("far", ["1048577", "99999999999", "x", "1.5"])
def test_a_row_where_no_sheet_has_one_is_refused_at_once(far: str) -> None:
    data = with_part(
        workbook(lambda sheet: None),
        "xl/worksheets/sheet1.xml",
        sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{far}"><c><v>7</v></c></row>'),
    )
    assert message_for(data)


def test_a_sheet_that_is_too_wide_is_refused() -> None:
    assert "256列" in message_for(workbook(lambda sheet: sheet.cell(1, 257, "x")))


def test_an_empty_workbook_is_refused() -> None:
    assert "空" in message_for(workbook(lambda sheet: None))


def test_other_archives_are_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "Excelの表ではありません" in message_for(out.getvalue())
    assert "保存し直して" in message_for(with_part(out.getvalue(), "xl/workbook.bin", b"x"))
    assert "こわれて" in message_for(with_part(out.getvalue(), "xl/workbook.xml", b"<x"))


def test_a_locked_archive_is_refused() -> None:
    data = bytearray(workbook(lambda sheet: sheet.append(["氏名"])))
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        struct.pack_into("<H", data, position + 8, 1)
        position = data.find(b"PK\x01\x02", position + 4)
    assert "パスワード" in message_for(bytes(data))


@pytest.mark.parametrize(("part", "megabytes"), [("xl/worksheets/sheet1.xml", 250), ("xl/sharedStrings.xml", 60)])
def test_a_bomb_is_refused_before_it_is_unpacked(part: str, megabytes: int) -> None:
    bomb = with_part(workbook(lambda sheet: sheet.append(["氏名"])), part, bytes(megabytes * 1024 * 1024))
    assert len(bomb) < LARGEST_UPLOAD
    tracemalloc.start()
    try:
        said = message_for(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "大きすぎます" in said
    assert peak < 10 * 1024 * 1024


def test_entities_that_multiply_are_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY e0 "xxxxxxxxxx">{entities}]>'.encode()
    sheet = sheet_xml('<row r="1"><c r="A1" t="str"><v>&e11;</v></c></row>')
    assert "こわれて" in message_for(with_part(workbook(lambda s: None), "xl/worksheets/sheet1.xml", doctype + sheet))


def fill_small(sheet: Worksheet) -> None:
    for number in range(5):
        sheet.append(["氏名", "備考", number, "=1+1"])


DAMAGED = workbook(fill_small)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(DAMAGED) - 1), st.integers(0, 255)), min_size=1, max_size=5),
    st.integers(0, 200),
)
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(DAMAGED)
    for position, byte in changes:
        data[position] = byte
    outcome = rows_or_refusal(bytes(data[: len(data) - cut // 20]))
    assert str(outcome.message) if isinstance(outcome, TableError) else outcome


@pytest.mark.parametrize("cell", ["<c/>", "<c></c>", "<x/>"])
def test_a_small_file_with_a_row_of_millions_of_cells_is_refused_without_unpacking_it(cell: str) -> None:
    monster = with_part(small(), "xl/worksheets/sheet1.xml", sheet_xml(f"<row>{cell * 2_000_000}</row>"))
    assert len(monster) < 64 * 1024
    tracemalloc.start()
    try:
        assert "列が多すぎます" in message_for(monster)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def test_a_sheet_in_another_encoding_cannot_hide_its_cells() -> None:
    cells = sheet_xml("<row><c/></row>").decode().encode("utf-16")
    assert "こわれていて" in message_for(with_part(small(), "xl/worksheets/sheet1.xml", cells))


def test_a_row_as_wide_as_a_ledger_may_be_is_read_across_the_pieces_of_the_scan() -> None:
    row = "<row>" + "<c><f>1+1</f><v>2</v></c>" * 256 + "</row>"
    wide = with_part(small(), "xl/worksheets/sheet1.xml", sheet_xml(row * 200))
    assert [len(one.cells) for one in read_table(wide)] == [256] * 200
