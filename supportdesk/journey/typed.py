"""What a clerk typed into the desk's one box: a code, a day, words of a class, a name, the digits of a phone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from supportdesk.core.codes import ALPHABET, tidy_code
from supportdesk.core.japanese import tidy
from supportdesk.core.wareki import DateError, parse_date

LONGEST: Final = 100
_BOOKING_CODE: Final = re.compile(f"[CB][{ALPHABET}]{{6}}")
_DAYS_AHEAD: Final[Mapping[str, int]] = {
    "今日": 0, "きょう": 0, "本日": 0,
    "明日": 1, "あした": 1, "あす": 1,
    "明後日": 2, "あさって": 2,
}  # fmt: skip
_WEEKDAY: Final = re.compile("([月火水木金土日])曜日?")
_MONTH_AND_DAY: Final = re.compile(r"([0-9]{1,2})(?:/|月)([0-9]{1,2})日?")


class Typed(NamedTuple):
    """`words` is what is left beside the day; `code` is a booking's code when the whole is one."""

    text: str
    day: date | None
    words: str
    code: str


def read_typed(written: str, today: date) -> Typed:
    """Take apart what was typed. Days are those to come: 木曜 is the next Thursday, today included."""
    text = tidy(written).replace("\n", " ")[:LONGEST]
    code = tidy_code(text)
    if _BOOKING_CODE.fullmatch(code):
        return Typed(text, None, "", code)
    day, words = None, []
    for word in text.split():
        found = _day(unicodedata.normalize("NFKC", word), today) if day is None else None
        if found is None:
            words.append(word)
        day = day or found
    return Typed(text, day, " ".join(words), "")


def _day(word: str, today: date) -> date | None:
    if word in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[word])
    if weekday := _WEEKDAY.fullmatch(word):
        return today + timedelta(days=("月火水木金土日".index(weekday[1]) - today.weekday()) % 7)
    if month_and_day := _MONTH_AND_DAY.fullmatch(word):
        return _next(int(month_and_day[1]), int(month_and_day[2]), today)
    return _whole_date(word) if re.search("[年./-]", word) else None


def _next(month: int, day: int, today: date) -> date | None:
    """The next such day: of this year, of the next, or for 2月29日 of the leap year to come."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _whole_date(word: str) -> date | None:
    try:
        return parse_date(word)
    except DateError:
        return None
