"""Dates are read as written, in 和暦 or western, never guessed; and written the way each paper wants them."""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supportdesk.core.wareki import (
    ERAS,
    DateError,
    age_band,
    age_on,
    era_year,
    fiscal_year,
    format_birth,
    format_date,
    format_short,
    format_time,
    format_wareki,
    parse_date,
    parse_year,
)

TODAY = date(2026, 11, 23)
GREGORIAN_DAYS = st.dates(min_value=date(1873, 1, 1), max_value=date(2199, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("S8.10.19", date(1933, 10, 19)),
        ("s8.10.19", date(1933, 10, 19)),
        ("Ｓ８．１０．１９", date(1933, 10, 19)),
        ("S.8.10.19", date(1933, 10, 19)),
        ("S 8-10-19", date(1933, 10, 19)),
        ("昭１４.８.１４", date(1939, 8, 14)),
        ("昭和11年1月19日", date(1936, 1, 19)),
        (" 昭和 11 年 1 月 19 日 ", date(1936, 1, 19)),
        ("㍼11年1月19日生", date(1936, 1, 19)),
        ("昭和11年1月19日生まれ", date(1936, 1, 19)),
        ("昭和十一年一月十九日", date(1936, 1, 19)),
        ("昭和二十年八月三十一日", date(1945, 8, 31)),
        ("S11/09/23", date(1936, 9, 23)),
        ("S081019", date(1933, 10, 19)),
        ("1936/9/23", date(1936, 9, 23)),
        ("1940-10-04", date(1940, 10, 4)),
        ("1940年10月4日", date(1940, 10, 4)),
        ("西暦1940年10月4日", date(1940, 10, 4)),
        ("一九四〇年十月四日", date(1940, 10, 4)),
        ("1940.10.4", date(1940, 10, 4)),
        ("1940‐10－04", date(1940, 10, 4)),
        ("19400101", date(1940, 1, 1)),
        ("1936/9/23 0:00:00", date(1936, 9, 23)),
        ("1936-09-23T00:00:00", date(1936, 9, 23)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("㋿元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("M6.1.1", date(1873, 1, 1)),
        ("2000-02-29", date(2000, 2, 29)),
        ("2026年（令和8年）11月23日（月）", date(2026, 11, 23)),
        ("昭和8年（1933年）10月19日", date(1933, 10, 19)),
        ("1933(昭和8)年10月19日", date(1933, 10, 19)),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, day: date) -> None:
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "unreadable"),
        ("　", "unreadable"),
        ("不明", "unreadable"),
        ("12345", "unreadable"),
        ("S81019", "unreadable"),
        ("3081019", "unreadable"),
        ("14.8.14", "unreadable"),
        ("36/9/23", "unreadable"),
        ("9/23/1936", "unreadable"),
        ("昭和11年", "unreadable"),
        ("昭和11年1月", "unreadable"),
        ("昭和11年1月19日ごろ", "unreadable"),
        ("慶応3年1月1日", "unreadable"),
        ("昭和三十十年一月一日", "unreadable"),
        ("1936-09-23\x00", "unreadable"),
        ("9" * 5000, "unreadable"),
        ("昭和8年（へび年）10月19日", "unreadable"),
        ("昭和22年2月30日", "impossible"),
        ("1900-02-29", "impossible"),
        ("1940-13-01", "impossible"),
        ("1940-00-10", "impossible"),
        ("0000-01-01", "impossible"),
        ("昭和70年1月5日", "impossible"),
        ("S70.1.5", "impossible"),
        ("昭和64年1月8日", "impossible"),
        ("昭和元年12月24日", "impossible"),
        ("昭和0年1月1日", "impossible"),
        ("昭和1936年1月1日", "impossible"),
        ("平成元年1月7日", "impossible"),
        ("平成31年5月1日", "impossible"),
        ("平成33年1月1日", "impossible"),
        ("令和元年4月30日", "impossible"),
        ("令和9999年1月1日", "impossible"),
        ("大正15年12月26日", "impossible"),
        ("大正元年7月29日", "impossible"),
        ("明治45年7月31日", "impossible"),
        ("昭和8年（1934年）10月19日", "impossible"),
        ("明治5年1月1日", "too_old"),
        ("2051/4/1", "future"),
        ("2026-11-24", "future"),
        ("1901-11-22", "too_old"),
        ("M30.1.1", "too_old"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason_in_japanese(written: str, reason: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_date(written, today=TODAY)
    assert refused.value.reason == reason
    assert str(refused.value.message).endswith("。")
    assert "%" not in str(refused.value.message)


def test_today_and_the_oldest_day_are_taken() -> None:
    assert parse_date("2026-11-23", today=TODAY) == TODAY
    assert parse_date("1901-11-23", today=TODAY) == date(1901, 11, 23)
    assert parse_date("2028-02-29", today=date(2028, 2, 29)) == date(2028, 2, 29)


def test_without_today_any_day_is_taken() -> None:
    assert parse_date("2051/4/1") == date(2051, 4, 1)
    assert parse_date("1800/4/1") == date(1800, 4, 1)


def test_a_huge_text_is_refused_in_no_time() -> None:
    start = stopwatch.perf_counter()
    with pytest.raises(DateError):
        parse_date("㍼" * 10_000_000)
    assert stopwatch.perf_counter() - start < 0.5


def test_the_message_says_how_long_the_era_was() -> None:
    with pytest.raises(DateError) as refused:
        parse_date("昭和70年1月5日")
    assert "64年1月7日まで" in str(refused.value.message)


@given(GREGORIAN_DAYS)
@example(date(1989, 1, 7))
@example(date(2019, 5, 1))
@example(date(1912, 7, 30))
def test_what_is_written_is_read_back(day: date) -> None:
    for write in (format_date, format_wareki, format_birth):
        assert parse_date(write(day)) == day
    assert parse_date(day.isoformat()) == parse_date(day.strftime("%Y%m%d")) == day


@given(st.text(max_size=40) | st.text(alphabet="昭和平成令元年月日SHRTM0123456789./-() 十一二", max_size=16))
def test_any_text_is_read_or_refused(text: str) -> None:
    outcome = day_or_refusal(text)
    if isinstance(outcome, DateError):
        assert outcome.reason in {"unreadable", "impossible", "future", "too_old"}
    else:
        assert date(1901, 11, 23) <= outcome <= TODAY


def day_or_refusal(text: str) -> date | DateError:
    try:
        return parse_date(text, today=TODAY)
    except DateError as refused:
        return refused


@pytest.mark.parametrize(
    ("written", "year"),
    [("昭和11年", 1936), ("S11", 1936), ("1936", 1936), ("昭和64", 1989), ("平成元年生", 1989), ("2026年", 2026)],
)
def test_a_year_alone_is_read(written: str, year: int) -> None:
    assert parse_year(written, today=TODAY) == year


@pytest.mark.parametrize(
    ("written", "reason"),
    [("36", "unreadable"), ("", "unreadable"), ("昭和70年", "impossible"), ("2027", "future"), ("1900", "too_old")],
)
def test_a_year_that_cannot_be_is_refused(written: str, reason: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_year(written, today=TODAY)
    assert refused.value.reason == reason


def test_eras_follow_each_other_without_a_gap() -> None:
    for newer, older in pairwise(ERAS):
        assert (newer.first - older.last).days in (0, 1)


@pytest.mark.parametrize(
    ("day", "year", "english"),
    [
        (date(2026, 11, 23), "令和8年", "Reiwa 8"),
        (date(2019, 5, 1), "令和元年", "Reiwa 1"),
        (date(2019, 4, 30), "平成31年", "Heisei 31"),
        (date(1989, 1, 7), "昭和64年", "Showa 64"),
        (date(1926, 12, 25), "昭和元年", "Showa 1"),
        (date(1912, 7, 29), "明治45年", "Meiji 45"),
        (date(1873, 1, 1), "明治6年", "Meiji 6"),
        (date(1850, 1, 1), "1850年", "1850"),
    ],
)
def test_era_years(day: date, year: str, english: str) -> None:
    assert (era_year(day), era_year(day, "en")) == (year, english)


def test_days_are_written_for_screen_and_paper() -> None:
    birth = date(1933, 10, 19)
    assert format_date(TODAY) == "2026年（令和8年）11月23日（月）"
    assert format_short(TODAY) == "11月23日（月）"
    assert format_wareki(TODAY) == "令和8年11月23日（月）"
    assert format_birth(birth) == "昭和8年（1933年）10月19日"
    assert format_date(TODAY, "en") == "Mon 23 November 2026"
    assert format_short(TODAY, "en") == "Mon 23 Nov"
    assert format_wareki(TODAY, "en") == "Mon 23 November 2026 (Reiwa 8)"
    assert format_birth(birth, "en") == "19 October 1933 (Showa 8)"


def test_times_are_written_on_a_24_hour_clock() -> None:
    assert format_time(datetime(2026, 11, 23, 13, 30)) == "13:30"  # noqa: DTZ001 - already a wall-clock time
    assert format_time(time(9, 5)) == "9:05"


def test_a_thousand_dates_are_written_in_a_few_milliseconds() -> None:
    """A list page writes thousands; Babel's 17 µs each would be seen. The limit leaves room for a busy machine."""
    fastest = min(_seconds_for_a_thousand() for _ in range(5))
    assert fastest < 0.01


def _seconds_for_a_thousand() -> float:
    start = stopwatch.perf_counter()
    for _ in range(1000):
        format_date(TODAY)
    return stopwatch.perf_counter() - start


def test_the_fiscal_year_starts_on_the_first_of_april() -> None:
    assert fiscal_year(date(2026, 3, 31)) == 2025
    assert fiscal_year(date(2026, 4, 1)) == 2026


def test_age_rises_on_the_birthday() -> None:
    birth = date(1936, 11, 23)
    assert age_on(birth, date(2026, 11, 22)) == 89
    assert age_on(birth, date(2026, 11, 23)) == 90
    assert age_on(date(1936, 2, 29), date(2026, 2, 28)) == 89
    assert age_on(date(1936, 2, 29), date(2026, 3, 1)) == 90


def test_age_bands_meet_without_overlap() -> None:
    bands = [age_band(age) for age in (0, 59, 60, 69, 70, 79, 80, 89, 90, 110)]
    assert bands == ["under60", "under60", "60s", "60s", "70s", "70s", "80s", "80s", "90over", "90over"]
