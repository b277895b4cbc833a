"""The heading row of somebody else's table is found, and which column is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core.tables import Heading, Row, TableError, find_heading

KNOWN = {
    "name": ["氏名", "名前"],
    "kana": ["フリガナ", "カナ氏名", "氏名カナ"],
    "birth": ["生年月日"],
    "phone": ["電話番号", "電話"],
    "district": ["地区"],
    "channel": ["連絡方法"],
}


def heading_of(*cells: str) -> Heading:
    return find_heading([Row(1, cells)], KNOWN)


def test_the_heading_is_the_row_with_the_most_known_headings() -> None:
    rows = [
        Row(1, ("電話受付台帳", "地区")),
        Row(3, ("番号", "氏名", "フリガナ", "電話番号", "地区", "", "担当")),
        Row(4, ("1", "田中", "たなか", "電話", "地区")),
    ]
    heading = find_heading(rows, KNOWN)
    assert heading.row_number == 3
    assert heading.columns == {"name": [1], "kana": [2], "phone": [3], "district": [4]}
    assert heading.unknown == [(0, "番号"), (6, "担当")]


@pytest.mark.parametrize(
    "written",
    [
        "電話番号",
        "電話",
        "電 話 番 号",
        "電話番号（自宅）",
        "電話番号(携帯)",
        "電話\n番号",
        "電話番号\n（日中つながるもの）",
        "電話番号 携帯",
        "電話番号1",
        "電話②",
        "※電話番号",
        "【必須】電話番号",
        "電話番号※必須",
        "電話番号：",
        "6.電話番号",
        "電話（緊急時、 家族）",
    ],
)
def test_a_heading_is_known_with_its_notes(written: str) -> None:
    assert heading_of("氏名", written).columns == {"name": [0], "phone": [1]}


@pytest.mark.parametrize(
    "written",
    [
        "ふりがな",
        "ﾌﾘｶﾞﾅ",
        "フリガナ（全角）",
        "氏名（フリガナ）",
        "氏名(ｶﾅ氏名)",
        "氏名カナ",
        "氏名（カナ）",
        "カナ氏名",
    ],
)
def test_the_kana_column_is_told_from_the_name(written: str) -> None:
    assert heading_of("氏名", written, "地区").columns == {"name": [0], "kana": [1], "district": [2]}


@pytest.mark.parametrize(
    "written", ["緊急連絡先（氏名）", "地区担当者", "電話連絡の可否", "受付番号", "家族の電話番号"]
)
def test_another_thing_is_not_taken_for_a_known_one(written: str) -> None:
    heading = heading_of("氏名", "生年月日", written)
    assert heading.columns == {"name": [0], "birth": [1]}
    assert heading.unknown == [(2, written)]


def test_the_longest_known_beginning_wins() -> None:
    known = {"address": ["住所"], "building": ["住所 建物"]}
    heading = find_heading([Row(1, ("住所 任意", "住所 建物 任意"))], known)
    assert heading.columns == {"address": [0], "building": [1]}


def test_a_field_may_have_two_columns() -> None:
    assert heading_of("氏名", "電話番号（自宅）", "電話番号（携帯）").columns["phone"] == [1, 2]


def test_a_heading_repeated_on_the_next_page_is_recognised() -> None:
    heading = heading_of("氏名", "地区")
    assert heading.is_repeated_by(Row(51, ("氏名", "地区")))
    assert not heading.is_repeated_by(Row(52, ("田中", "北部")))


def test_a_table_without_heading_is_refused_naming_what_was_looked_for() -> None:
    for rows in ([], [Row(1, ("田中", "北部"))], [Row(1, ("氏名", "田中"))], [Row(n, ("x",)) for n in range(1, 40)]):
        with pytest.raises(TableError) as refused:
            find_heading(rows, KNOWN)
        assert "氏名、フリガナ、生年月日" in str(refused.value.message)


def test_a_heading_below_the_thirtieth_row_is_not_looked_for() -> None:
    above = [Row(number, ("あいさつ",)) for number in range(1, 31)]
    with pytest.raises(TableError):
        find_heading([*above, Row(31, ("氏名", "地区"))], KNOWN)
    assert find_heading([*above[1:], Row(31, ("氏名", "地区"))], KNOWN).row_number == 31


def test_a_required_heading_that_is_missing_is_named() -> None:
    rows = [Row(1, ("氏名", "電話"))]
    assert find_heading(rows, KNOWN, required=["name"]).columns == {"name": [0], "phone": [1]}
    with pytest.raises(TableError) as refused:
        find_heading(rows, KNOWN, required=["name", "birth", "district"])
    assert "生年月日、地区" in str(refused.value.message)


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_cells_can_be_looked_at(cells: list[str]) -> None:
    heading = find_heading([Row(1, ("氏名", "地区", *cells))], KNOWN)
    assert heading.columns["name"][0] == 0
    assert heading.columns["district"][0] == 1
