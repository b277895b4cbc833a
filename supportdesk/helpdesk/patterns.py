"""On which days hours are kept: every week, every second one, or in some weeks of the month; from a day, until a day.

Pure functions. Hours of one day alone are a pattern that begins and ends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Protocol

#: Weeks between two days that are kept.
EVERY_WEEK: Final = 1
EVERY_SECOND_WEEK: Final = 2
#: Two patterns that do not meet in so many days never will: an alternation and the weeks of a month meet in a year.
_FAR_ENOUGH: Final = timedelta(days=2 * 366)


class Pattern(Protocol):
    """What decides the days. Monday is 0; `month_weeks` is "13" for the first and third week, "" for all of them."""

    @property
    def weekday(self) -> int: ...
    @property
    def every(self) -> int: ...
    @property
    def month_weeks(self) -> str: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...


def is_kept(pattern: Pattern, day: date) -> bool:
    """Whether the hours are kept that day. Every second week is counted from the week of the first day."""
    if day.weekday() != pattern.weekday:
        return False
    if (pattern.first_day and day < pattern.first_day) or (pattern.last_day and day > pattern.last_day):
        return False
    if pattern.month_weeks and str(week_of_month(day)) not in pattern.month_weeks:
        return False
    return pattern.every == EVERY_WEEK or _weeks_since(pattern.first_day, day) % pattern.every == 0


def week_of_month(day: date) -> int:
    """The first Thursday of a month is in its week 1, as on posters: 第1木曜日."""
    return (day.day - 1) // 7 + 1


def first_meeting(one: Pattern, other: Pattern, today: date) -> date | None:
    """The first day from today on which both are kept, None when there is none."""
    if one.weekday != other.weekday:
        return None
    begin = max(day for day in (today, one.first_day, other.first_day) if day)
    return next((day for day in _weekly(one.weekday, begin) if is_kept(one, day) and is_kept(other, day)), None)


def _weekly(weekday: int, begin: date) -> Iterator[date]:
    day = begin + timedelta(days=(weekday - begin.weekday()) % 7)
    end = begin + _FAR_ENOUGH
    while day <= end:
        yield day
        day += timedelta(weeks=1)


def _weeks_since(first: date | None, day: date) -> int:
    monday = (first or day) - timedelta(days=(first or day).weekday())
    return (day - monday).days // 7
