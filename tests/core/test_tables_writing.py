"""Lists open in Excel with a double click, and nothing in them runs as a formula."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from supportdesk.core.tables import read_table, write_csv, write_xlsx


def test_csv_is_what_excel_wants() -> None:
    instant = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    data = write_csv(
        ["氏名", "日"], [["髙橋,キヨ", date(2026, 11, 23)], ["a\nb", instant], [None, 3], [Decimal("1.50"), time(9, 5)]]
    )
    assert data == (
        b"\xef\xbb\xbf"
        + '氏名,日\r\n"髙橋,キヨ",2026-11-23\r\n"a\nb",2026-11-23 13:30\r\n,3\r\n1.50,09:05\r\n'.encode()
    )


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "　＝1",
        "\x01=1",
        "\x00=1",
        "＋1",
        "－1＋1",
        "＠x",
        "+81188881542",
        "--",
    ],
)
def test_a_formula_leaves_csv_as_text(typed: str) -> None:
    written = write_csv(["備考"], [[typed]]).decode("utf-8-sig")
    cell = list(csv.reader(StringIO(written, newline="")))[1][0]
    assert cell.startswith("'")


@pytest.mark.parametrize("typed", ["-3", "-1,200.5", "-5%", "-", "018-888-1542", "a=b", "'x", "3+4"])
def test_plain_text_and_numbers_leave_csv_unchanged(typed: str) -> None:
    assert read_table(write_csv(["備考"], [[typed]]))[1].cells == (typed,)


def test_numbers_below_nought_are_no_formulas() -> None:
    assert write_csv(["数"], [[-3], [-1e-7]]).decode("utf-8-sig") == "数\r\n-3\r\n-1e-07\r\n"


CELLS = st.text(st.characters(), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_no_cell_of_any_csv_would_run(table: list[list[str]]) -> None:
    written = write_csv(["a", "b", "c"], table).decode("utf-8-sig")
    records = list(csv.reader(StringIO(written, newline="")))
    assert [len(record) for record in records] == [3] * (len(table) + 1)
    for cell in (cell for record in records[1:] for cell in record):
        assert not cell.lstrip(" \u3000\xa0").startswith(("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def first_sheet(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_xlsx_keeps_types_and_never_makes_a_formula() -> None:
    instant = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    row = [
        "=1+1",
        "0188881542",
        date(2026, 11, 23),
        instant,
        3,
        -1.5,
        True,
        None,
        "a\nb",
        float("nan"),
        date(1868, 1, 1),
    ]
    data = write_xlsx([f"列{number}" for number in range(11)], [row], sheet="名簿")
    cells = first_sheet(data)[2]
    assert [cell.data_type for cell in cells] == ["s", "s", "d", "d", "n", "n", "b", "n", "s", "s", "s"]
    assert cells[0].number_format == "@"
    assert read_table(data)[1].cells == (
        "=1+1", "0188881542", "2026-11-23", "2026-11-23 13:30", "3", "-1.5", "TRUE", "", "a\nb", "nan", "1868-01-01",
    )  # fmt: skip


def test_xlsx_has_a_bold_frozen_heading_and_sensible_widths() -> None:
    sheet = first_sheet(write_xlsx(["氏名", "備考"], [["髙橋 キヨ", "長い" * 100]], sheet="名簿"))
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 11
    assert sheet.column_dimensions["B"].width == 50


@pytest.mark.parametrize(
    ("wish", "name"),
    [("11/23の名簿", "11 23の名簿"), ("", "Sheet1"), ("'x'", "x"), ("[:*?]", "Sheet1"), ("名" * 40, "名" * 31)],
)
def test_any_sheet_name_is_made_fit(wish: str, name: str) -> None:
    assert first_sheet(write_xlsx(["a"], [], sheet=wish)).title == name


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_text_survives_xlsx(table: list[list[str]]) -> None:
    table = [["見出し", *row, "_x0041_"] for row in table]
    rows = read_table(write_xlsx(["a"], table, sheet="s"))
    clean = [tuple(read_cell(cell) for cell in row) for row in table]
    assert [row.cells for row in rows[1:]] == clean


def read_cell(cell: str) -> str:
    kept = "".join(
        char
        for char in cell
        if char in "\t\n\r" or (char >= " " and char not in "\x7f\ufffe\uffff" and not "\ud800" <= char <= "\udfff")
    )
    return kept.replace("\r\n", "\n").replace("\r", "\n")


def test_a_list_written_is_read_back_the_same() -> None:
    table = [["1", "髙橋　キヨ", "1行目\n2行目"], ["2", "", "090-1976-3374"]]
    for data in (write_csv(["番号", "氏名", "備考"], table), write_xlsx(["番号", "氏名", "備考"], table, sheet="台帳")):
        rows = read_table(data)
        assert [row.number for row in rows] == [1, 2, 3]
        assert [list(row.cells) for row in rows[1:]] == table
