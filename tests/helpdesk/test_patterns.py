"""Hours are kept every week, every second one or in some weeks of the month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportdesk.helpdesk.patterns import first_meeting, is_kept, week_of_month

#: A Thursday, the first of its month.
FIRST = date(2026, 12, 3)
WEEK = timedelta(weeks=1)


class Kept(NamedTuple):
    weekday: int = 3
    every: int = 1
    month_weeks: str = ""
    first_day: date | None = None
    last_day: date | None = None


def weeks(pattern: Kept) -> list[int]:
    return [number for number in range(6) if is_kept(pattern, FIRST + number * WEEK)]


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (Kept(), [0, 1, 2, 3, 4, 5]),
        (Kept(every=2, first_day=FIRST), [0, 2, 4]),
        (Kept(every=2, first_day=FIRST - timedelta(days=2)), [0, 2, 4]),  # the same week, from its Tuesday on
        (Kept(every=2, first_day=FIRST + WEEK), [1, 3, 5]),
        (Kept(month_weeks="13"), [0, 2, 5]),
        (Kept(month_weeks="5"), [4]),
        (Kept(first_day=FIRST + WEEK, last_day=FIRST + 2 * WEEK), [1, 2]),
        (Kept(first_day=FIRST, last_day=FIRST), [0]),
        (Kept(weekday=2), []),
    ],
)
def test_the_weeks_that_are_kept(pattern: Kept, kept: list[int]) -> None:
    assert weeks(pattern) == kept


def test_weeks_of_a_month_are_counted_as_on_posters() -> None:
    assert [week_of_month(FIRST + number * WEEK) for number in range(6)] == [1, 2, 3, 4, 5, 1]


def test_two_that_never_meet_leave_one_another_alone() -> None:
    assert first_meeting(Kept(month_weeks="13"), Kept(month_weeks="24"), FIRST) is None
    assert first_meeting(Kept(every=2, first_day=FIRST), Kept(every=2, first_day=FIRST + WEEK), FIRST) is None
    assert first_meeting(Kept(every=2, first_day=FIRST), Kept(month_weeks="2"), FIRST) == date(2027, 1, 14)
    assert first_meeting(Kept(last_day=FIRST), Kept(first_day=FIRST + WEEK), FIRST) is None


pattern_of = st.builds(
    Kept,
    weekday=st.just(3),
    every=st.sampled_from([1, 2]),
    month_weeks=st.sampled_from(["", "1", "13", "24", "5"]),
    first_day=st.dates(date(2026, 11, 1), date(2027, 3, 1)),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(pattern_of, pattern_of)
def test_where_they_meet_both_are_kept_and_on_no_day_before(one: Kept, other: Kept) -> None:
    met = first_meeting(one, other, FIRST)
    both = (
        day for day in (FIRST + number * WEEK for number in range(100)) if is_kept(one, day) and is_kept(other, day)
    )
    assert met == next(both, None)
