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
        ("2/30", None, "2/30"),
        ("13/1", None, "13/1"),
        ("令和8年12月3日", date(2026, 12, 3), ""),
        ("2026-12-03", date(2026, 12, 3), ""),
        ("昭和70年1月1日", None, "昭和70年1月1日"),
        ("", None, ""),
    ],
)
def test_a_day_is_taken_out_and_the_words_stay(written: str, day: date | None, words: str) -> None:
    assert read_typed(written, TODAY)[1:] == (day, words, "")


@pytest.mark.parametrize("written", ["CHJKMNP", "c hjk-mnp", "ＣＨＪＫＭＮＰ", "b347-9cf"])
def test_a_bookings_code_is_known_however_it_is_typed(written: str) -> None:
    assert read_typed(written, TODAY).code in ("CHJKMNP", "B3479CF")


@given(st.text(max_size=200))
def test_whatever_is_typed_can_be_read(written: str) -> None:
    assert isinstance(read_typed(written, TODAY), Typed)
