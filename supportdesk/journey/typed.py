"""What a clerk typed into the desk's one box: a code, a day, words of a class, a name, the digits of a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from supportdesk.core import clock
from supportdesk.core.codes import ALPHABET, tidy_code
from supportdesk.core.japanese import half_width, tidy
from supportdesk.core.wareki import DateError, parse_date

LONGEST: Final = 100
_BOOKING_CODE: Final = re.compile(f"[CBS][{ALPHABET}]{{6}}")
_DAYS_AHEAD: Final[Mapping[str, int]] = {
    "一昨日": -2, "おととい": -2,
    "昨日": -1, "きのう": -1,
    "今日": 0, "きょう": 0, "本日": 0,
    "明日": 1, "あした": 1, "あす": 1,
    "明後日": 2, "あさって": 2,
}  # fmt: skip
_WEEKS_AHEAD: Final[Mapping[str, int]] = {"今週": 0, "来週": 1, "再来週": 2}
_WEEKDAY: Final = re.compile("(?:(今週|来週|再来週)の?)?([月火水木金土日])曜日?")
_MONTH_AND_DAY: Final = re.compile(r"([0-9]{1,2})(?:/|月)([0-9]{1,2})日?")
#: A caller who names a month and a day speaks of one so lately gone, or of the next.
_LATELY: Final = timedelta(days=60)
#: Nobody asks for a class that was held before.
_ON_RECORD: Final = timedelta(days=10 * 365)


class Typed(NamedTuple):
    """`words` is what is left beside the day; `code` is a booking's code, or a receipt, when the whole is one.

    `no_such_day` is what was written like a month and a day that no year has, such as 11/31.
    """

    text: str
    day: date | None
    words: str
    code: str
    no_such_day: str = ""
    #: A day so long gone that only somebody's birthday can be meant.
    birthday: bool = False


def read_typed(written: str, today: date) -> Typed:
    """Take apart what was typed. 木曜 is the next Thursday, today included; in 来週の木曜 weeks begin on Monday."""
    text = tidy(written).replace("\n", " ")[:LONGEST]
    code = tidy_code(text)
    if _BOOKING_CODE.fullmatch(code):
        return Typed(text, None, "", code)
    day, words, wrong = None, [], ""
    for word in text.split():
        plain = half_width(word)
        found = _day(plain, today) if day is None else None
        if found is None:
            words.append(word)
            wrong = wrong or (word if _MONTH_AND_DAY.fullmatch(plain) else "")
        day = day or found
    if day and day < today - _ON_RECORD:
        return Typed(text, None, text, "", birthday=True)
    return Typed(text, day, " ".join(words), "", "" if day else wrong)


def _day(word: str, today: date) -> date | None:
    if word in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[word])
    if weekday := _WEEKDAY.fullmatch(word):
        return _weekday(weekday[1], "月火水木金土日".index(weekday[2]), today)
    if month_and_day := _MONTH_AND_DAY.fullmatch(word):
        return _nearest(int(month_and_day[1]), int(month_and_day[2]), today)
    return _whole_date(word) if re.search("[年./-]", word) else None


def _weekday(week: str | None, weekday: int, today: date) -> date:
    if week is None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return today + timedelta(weeks=_WEEKS_AHEAD[week], days=weekday - today.weekday())


def _nearest(month: int, day: int, today: date) -> date | None:
    """Such a day lately gone, or the next one: for 2月29日 that of the leap year to come."""
    for year in range(today.year - 1, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today - _LATELY:
            return found
    return None


def _whole_date(word: str) -> date | None:
    try:
        day = parse_date(word)
    except DateError:
        return None
    return day if clock.reckons_with(day) else None
