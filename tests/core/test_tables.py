"""Text tables of every make are read into the same rows, and rubbish is refused in words."""

from __future__ import annotations

import csv
import tracemalloc
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE
from supportdesk.core.tables import Row, TableError, read_table

LEDGER = '受付台帳,,\r\n番号,氏名,備考\r\n1,髙橋　キヨ,"1行目\r\n2行目"\r\n,,\r\n2,三浦 恵子,\r\n'
LEDGER_ROWS = [
    Row(1, ("受付台帳",)),
    Row(2, ("番号", "氏名", "備考")),
    Row(3, ("1", "髙橋　キヨ", "1行目\n2行目")),
    Row(5, ("2", "三浦 恵子")),
]


def message_for(data: bytes, filename: str = "", **limits: int) -> str:
    with pytest.raises(TableError) as refused:
        read_table(data, filename, **limits)
    return str(refused.value.message)


def rows_or_refusal(data: bytes) -> list[Row] | TableError:
    try:
        return read_table(data)
    except TableError as refused:
        return refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_one_ledger_in_every_make_gives_the_same_rows(encoding: str, delimiter: str, line_end: str) -> None:
    text = LEDGER.replace(",", delimiter).replace("\r\n", line_end)
    assert read_table(text.encode(encoding), "台帳.csv") == LEDGER_ROWS


def test_row_numbers_count_blank_lines_and_not_lines_inside_a_cell() -> None:
    rows = read_table('a,b\n\n　, \n"x\ny",1\nz,2'.encode())
    assert [(row.number, row.cell(0)) for row in rows] == [(1, "a"), (4, "x\ny"), (5, "z")]


def test_a_cell_beyond_the_row_is_empty() -> None:
    assert Row(1, ("a",)).cell(5) == ""


def test_commas_in_notes_do_not_hide_another_delimiter() -> None:
    rows = read_table("氏名;備考\n田中;電話, 郵便\n佐藤;a,b,c\n鈴木;なし\n".encode())
    assert rows[1].cells == ("田中", "電話, 郵便")


def test_semicolons_between_quotes_do_not_hide_the_comma() -> None:
    rows = read_table(b'"a",";","0"\n"b","",";"\n')
    assert [row.cells for row in rows] == [("a", ";", "0"), ("b", "", ";")]


def test_text_after_a_closing_quote_is_borne() -> None:
    assert read_table('氏名,備考\n田中,"あ"い\n'.encode())[1].cells == ("田中", "あい")


def test_one_column_is_a_table_too() -> None:
    assert [row.cells for row in read_table("氏名\n田中\n".encode())] == [("氏名",), ("田中",)]


def test_the_delimiter_told_in_the_first_line_is_obeyed_as_excel_does() -> None:
    assert read_table(b"sep=;\r\na,b;c\r\n") == [Row(1, ("a,b", "c"))]


def test_a_number_guarded_by_a_text_formula_is_its_text() -> None:
    assert read_table(b'="0188881542","=""090""",=1+1\n')[0].cells == ("0188881542", "090", "=1+1")


def test_a_stray_nul_free_control_character_is_dropped() -> None:
    assert read_table("氏名,備考\n田中\x07,あ\x1a\n".encode())[1].cells == ("田中", "あ")


def test_a_quote_inside_a_cell_is_no_quotation() -> None:
    assert read_table(b'a,b\n5" screen,"6"" screen"\n')[1].cells == ('5" screen', '6" screen')


@pytest.mark.parametrize("text", ['a,b\n1,2\n"c,d\ne,f\n', 'a,b\n1,2\nc,"d', 'a,b\n1,2\n"' + "x" * 200_000])
def test_a_quote_left_open_is_told_with_its_row(text: str) -> None:
    assert "3行目" in message_for(text.encode())


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="="), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=8)


@given(TABLES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_csv_is_read_as_a_spreadsheet_shows_it(table: list[list[str]], encoding: str) -> None:
    table = [["見出し", *row] for row in table]
    out = StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(table)
    rows = read_table(out.getvalue().encode(encoding))
    assert [row.number for row in rows] == list(range(1, len(table) + 1))
    for row, cells in zip(rows, table, strict=True):
        assert [row.cell(index) for index in range(len(cells))] == _as_read(cells)


def _as_read(cells: list[str]) -> list[str]:
    filled = max(index for index, cell in enumerate(cells) if cell.strip())
    return [cell if index <= filled else "" for index, cell in enumerate(cells)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "何も書かれていません"),
        (b"\n , \r\n\n", "何も書かれていません"),
        (b"\xef\xbb\xbf", "何も書かれていません"),
        (b"%PDF-1.7 abc", "表のファイルではありません"),
        (b"\x89PNG\r\n\x1a\n", "表のファイルではありません"),
        (b"\xff\xd8\xff\xe0abc", "表のファイルではありません"),
        (bytes(range(256)) * 10, "表のファイルではありません"),
        (bytes(range(1, 32)) * 10, "表のファイルではありません"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xlsx として保存し直してください"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "パスワード"),
        (b"<html><table><tr><td>1</td></tr></table>", ".xlsx として保存し直してください"),
        (b'<?xml version="1.0"?><Workbook/>', ".xlsx として保存し直してください"),
        (b"\xe6\xb0\x8f\xff\xff\xfe,\x81", "文字が読めません"),
        ("氏名,備考\n".encode("cp932") + b"\xff\xfd\n", "文字が読めません"),
        ("氏名,備考\n".encode("cp932") + b"\x80\n", "文字が読めません"),
        (b"\xef\xbb\xbf" + "氏名".encode("cp932"), "文字が読めません"),
        (b"\xff\xfeabc", "文字が読めません"),
        (b"PK\x03\x04 and nothing more", "こわれて"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    assert said in message_for(data)


def test_the_message_names_the_file() -> None:
    assert "写真.png" in message_for(b"\x89PNG\r\n\x1a\n", "写真.png")


def test_fifty_megabytes_are_refused_before_anything_is_decoded() -> None:
    junk = b"x," * (25 * 1024 * 1024)
    tracemalloc.start()
    try:
        said = message_for(junk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"{LARGEST_UPLOAD // MEGABYTE}MB" in said
    assert peak < 5 * 1024 * 1024


def test_too_many_rows_or_columns_are_refused_with_the_limit() -> None:
    assert len(read_table(b"1\n\n2\n3\n", max_rows=3)) == 3
    assert "3行" in message_for(b"1\n2\n3\n4\n", max_rows=3)
    assert "256列" in message_for(b"," * 256 + b"x")
    assert "行が多すぎます" in message_for(b"\n" * 1_100_000 + b"x")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"a,b\n"):
        outcome = rows_or_refusal(start + data)
        if isinstance(outcome, TableError):
            assert str(outcome.message)
        else:
            assert outcome
            assert all(row.cells and row.cells[-1].strip() for row in outcome)
