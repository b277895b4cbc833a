"""One box for everything: what was meant is told from how it is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.journey.typed import Typed, read_typed

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("written", "day", "words"),
    [
        ("たかは", None, "たかは"),
        ("高橋　花子", None, "高橋 花子"),
        ("8642", None, "8642"),
        ("018-888-5643", None, "018-888-5643"),
        ("いーぱる 今日", date(2026, 11, 24), "いーぱる"),
        ("あした", date(2026, 11, 25), ""),
        ("きょうこ", None, "きょうこ"),
        ("木曜 カメラ", date(2026, 11, 26), "カメラ"),
        ("火曜日", date(2026, 11, 24), ""),
        ("12/3", date(2026, 12, 3), ""),
        ("１２月３日　北部", date(2026, 12, 3), "北部"),
        ("1/8", date(2027, 1, 8), ""),
        ("2/29", date(2028, 2, 29), ""),
        ("11/23", date(2026, 11, 23), ""),
        ("9/25", date(2026, 9, 25), ""),
        ("9/24", date(2027, 9, 24), ""),
        ("昨日", date(2026, 11, 23), ""),
        ("来週の木曜 いーぱる", date(2026, 12, 3), "いーぱる"),
        ("今週の月曜日", date(2026, 11, 23), ""),
        ("再来週火曜", date(2026, 12, 8), ""),
        ("令和8年12月3日", date(2026, 12, 3), ""),
        ("2026-12-03", date(2026, 12, 3), ""),
        ("昭和70年1月1日", None, "昭和70年1月1日"),
        ("9999年12月31日", None, "9999年12月31日"),
        ("0001-01-01", None, "0001-01-01"),
        ("", None, ""),
    ],
)
def test_a_day_is_taken_out_and_the_words_stay(written: str, day: date | None, words: str) -> None:
    typed = read_typed(written, TODAY)
    assert (typed.day, typed.words, typed.code, typed.no_such_day, typed.birthday) == (day, words, "", "", False)


@pytest.mark.parametrize("written", ["昭和23年5月3日", "たなか S23.5.3", "1948-05-03"])
def test_a_day_long_gone_is_a_birthday(written: str) -> None:
    typed = read_typed(written, TODAY)
    assert (typed.day, typed.words, typed.birthday) == (None, written, True)


@pytest.mark.parametrize("written", ["11/31", "2/30", "13/1", "０/１", "2月30日"])
def test_a_day_that_no_year_has_is_named(written: str) -> None:
    typed = read_typed(f"いーぱる {written}", TODAY)
    assert (typed.day, typed.no_such_day) == (None, typed.text.split()[1])
    assert read_typed(f"{written} 12/3", TODAY).no_such_day == "", "another word says which day"


@pytest.mark.parametrize("written", ["CHJKMNP", "c hjk-mnp", "ＣＨＪＫＭＮＰ", "b347-9cf"])
def test_a_bookings_code_is_known_however_it_is_typed(written: str) -> None:
    assert read_typed(written, TODAY).code in ("CHJKMNP", "B3479CF")


@given(st.text(max_size=200))
def test_whatever_is_typed_can_be_read(written: str) -> None:
    assert isinstance(read_typed(written, TODAY), Typed)
