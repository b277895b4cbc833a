"""Japanese dates: reading what paper and people write (和暦 or western), and writing dates for screen and print.

Called by the form fields, the imports and, thousands of times a page, by the lists; so the writing is plain f-strings.
Days are calendar days in Japan; nothing here reads the clock.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

OLDEST_YEARS = 125  # nobody older is alive: a birth date further back is a slip of the pen


class DateError(ValueError):
    """What was written is no day. `reason`: unreadable, impossible, future or too_old; `message` is for people."""

    def __init__(self, reason: str, message: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class Era(NamedTuple):
    """An era with its first and last day. Until 昭和 the day of change belongs to both, as in the registers."""

    letter: str
    name: str
    short: str
    roman: str
    first: date
    last: date


# 改元の詔書・元号法の政令. 明治 is counted from the first day of the Gregorian calendar (明治6年1月1日): earlier days
# are lunar, and writing them as Gregorian would be a guess.
ERAS = (
    Era("R", "令和", "令", "Reiwa", date(2019, 5, 1), date.max),
    Era("H", "平成", "平", "Heisei", date(1989, 1, 8), date(2019, 4, 30)),
    Era("S", "昭和", "昭", "Showa", date(1926, 12, 25), date(1989, 1, 7)),
    Era("T", "大正", "大", "Taisho", date(1912, 7, 30), date(1926, 12, 25)),
    Era("M", "明治", "明", "Meiji", date(1873, 1, 1), date(1912, 7, 30)),
)
_MEIJI_OFFSET = 1867
_ERA_OF = {word.upper(): era for era in ERAS for word in (era.letter, era.name, era.short)}


def _offset(era: Era) -> int:
    """What to add to a year of the era to get the western year."""
    return _MEIJI_OFFSET if era.letter == "M" else era.first.year - 1


# --- reading --------------------------------------------------------------------------------

_ERA_WORDS = "|".join(sorted(_ERA_OF, key=len, reverse=True))
_YEAR = rf"(?:(?P<era>{_ERA_WORDS})[.\s]*|西暦\s*)?(?P<year>\d{{1,4}}|元)"
_BETWEEN = r"(?:\s*[./,\-]\s*|\s+)"
_SPELT = re.compile(
    rf"{_YEAR}(?:\s*年\s*|{_BETWEEN})(?P<month>\d{{1,2}})(?:\s*月\s*|{_BETWEEN})(?P<day>\d{{1,2}})(?:\s*日)?", re.ASCII
)
_WESTERN_RUN = re.compile(r"(?P<era>)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
_ERA_RUN = re.compile(rf"(?P<era>{_ERA_WORDS})(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
_YEAR_ALONE = re.compile(rf"{_YEAR}\s*年?(?:\s*(?:生まれ|生れ|生))?", re.ASCII)

_WEEKDAY_NOTE = re.compile(r"\s*\([月火水木金土日](?:曜日?)?\)")
_BORN = re.compile(r"\s*(?:生まれ|生れ|生)$")
_CLOCK_TIME = re.compile(r"(?:\s+|T(?=\d))\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?$", re.ASCII)
_OTHER_YEAR = re.compile(r"(?<=年)\s*\(([^()]{2,12})\)|\(([^()]{2,12})\)\s*(?=年)")
_DASHES = re.compile(r"[‐‑‒–—―−ー─・、。]")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+")
_LONGEST = 60


def parse_date(text: str, *, today: date | None = None) -> date:
    """The day that was written, in 和暦 or western order year, month, day; never guessed.

    With `today`, a later day or one more than 125 years before is refused too. Raises DateError.
    """
    written = _normalised(text)
    other_year = _OTHER_YEAR.search(written)
    found = _match_day(_OTHER_YEAR.sub("", written))
    if found is None:
        raise _unreadable(written)
    year = _western_year(found["era"], found["year"])
    if other_year and _year_of(next(filter(None, other_year.groups()))) != year:
        raise DateError("impossible", _l("和暦と西暦の年が合いません。どちらかをなおしてください。"))
    day = _day_of(year, int(found["month"]), int(found["day"]))
    if found["era"]:
        _check_era(_ERA_OF[found["era"]], day)
    if today is not None:
        _check_lifetime(day, today)
    return day


def parse_year(text: str, *, today: date | None = None) -> int:
    """The western year of a year alone ("昭和11年", "S11", "1936"), for papers that give no more. Raises DateError."""
    written = _normalised(text)
    year = _year_of(written)
    if today is not None:
        _check_lifetime(date(year, 12, 31) if year < today.year else date(year, 1, 1), today)
    return year


def _normalised(text: str) -> str:
    """Half width, era letters in capitals, one kind of dash, plain digits; weekday, time of day and 生 taken off."""
    wide = unicodedata.normalize("NFKC", text[:_LONGEST]).upper().strip()
    bare = _WEEKDAY_NOTE.sub("", _CLOCK_TIME.sub("", wide))
    plain = _KANJI_NUMBER.sub(_kanji_number, _DASHES.sub(lambda dash: "." if dash.group() in "・、。" else "-", bare))
    return _BORN.sub("", plain).strip()


def _kanji_number(match: re.Match[str]) -> str:
    """十一 → 11, 二十 → 20, 一九三六 → 1936; anything else stays as written and will not be read."""
    digits = {kanji: str(value) for value, kanji in enumerate("〇一二三四五六七八九")}
    word = match.group()
    if "十" not in word:
        return "".join(digits[kanji] for kanji in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return word
    return f"{digits.get(tens, '1')}{digits.get(ones, '0')}"


def _match_day(written: str) -> re.Match[str] | None:
    return _SPELT.fullmatch(written) or _WESTERN_RUN.fullmatch(written) or _ERA_RUN.fullmatch(written)


def _year_of(written: str) -> int:
    found = _YEAR_ALONE.fullmatch(written)
    if found is None:
        raise _unreadable(written)
    return _western_year(found["era"], found["year"])


def _western_year(era_word: str | None, number: str) -> int:
    if not era_word:
        if len(number) != 4:
            raise DateError("unreadable", _l("年は元号（昭和など）か、西暦4けたで書いてください。"))
        if number == "0000":
            raise DateError("impossible", _l("この年はありません。"))
        return int(number)
    era = _ERA_OF[era_word]
    count = 1 if number == "元" else int(number)
    year = _offset(era) + count
    if era.letter == "M" and 1 <= count < 6:
        raise DateError("too_old", _l("明治6年より前の日付は使えません。"))
    if count < 1 or year > era.last.year:
        raise _outside(era)
    return year


def _day_of(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(
            "impossible",
            _l("%(month)s月%(day)s日という日はありません。", month=month, day=day)
            if (month, day) != (2, 29)
            else _l("%(year)s年に2月29日はありません。", year=year),
        ) from None


def _check_era(era: Era, day: date) -> None:
    if not era.first <= day <= era.last:
        raise _outside(era)


def _check_lifetime(day: date, today: date) -> None:
    if day > today:
        raise DateError("future", _l("まだ来ていない日付です。年をたしかめてください。"))
    if (day.year + OLDEST_YEARS, day.month, day.day) < (today.year, today.month, today.day):
        raise DateError("too_old", _l("%(years)s年より前の日付です。年をたしかめてください。", years=OLDEST_YEARS))


def _outside(era: Era) -> DateError:
    if era.last == date.max:
        return DateError("impossible", _l("令和は元年5月1日からです。年をたしかめてください。"))
    year, month, day = era.last.year - _offset(era), era.last.month, era.last.day
    first = "元年" if era.letter != "M" else "6年"
    return DateError(
        "impossible",
        _l(
            "%(era)sは%(first)s%(from_month)s月%(from_day)s日から%(year)s年%(month)s月%(day)s日までです。年をたしかめてください。",
            era=era.name, first=first, from_month=era.first.month, from_day=era.first.day,
            year=year, month=month, day=day,
        ),
    )  # fmt: skip


def _unreadable(written: str) -> DateError:
    if not written:
        return DateError("unreadable", _l("日付を書いてください。"))
    return DateError("unreadable", _l("日付が読めません。「昭和11年1月19日」か「1936-01-19」のように書いてください。"))


# --- writing --------------------------------------------------------------------------------

_WEEKDAYS = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _era_at(day: date) -> Era | None:
    for era in ERAS:
        if day >= era.first:
            return era
    return None


def era_year(day: date, language: str = "ja") -> str:
    """令和8年 (元年 for the first), Reiwa 8 in English; the western year for days before the Gregorian calendar."""
    era = _era_at(day)
    if era is None:
        return str(day.year) if language == "en" else f"{day.year}年"
    count = day.year - _offset(era)
    if language == "en":
        return f"{era.roman} {count}"
    return f"{era.name}{count}年" if count > 1 else f"{era.name}元年"


def format_date(day: date, language: str = "ja") -> str:
    """2026年（令和8年）11月23日（月）, or Mon 23 November 2026."""
    if language == "en":
        return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年（{era_year(day)}）{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def format_short(day: date, language: str = "ja") -> str:
    """11月23日（月）, or Mon 23 Nov: for lists whose year is plain."""
    if language == "en":
        return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1][:3]}"
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def format_wareki(day: date, language: str = "ja") -> str:
    """令和8年11月23日（月）, for paper; in English the western date followed by the era."""
    if language == "en":
        return f"{format_date(day, 'en')} ({era_year(day, 'en')})"
    return f"{era_year(day)}{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def format_birth(day: date, language: str = "ja") -> str:
    """昭和8年（1933年）10月19日, or 19 October 1933 (Showa 8): the era first, as people say their birthday."""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year} ({era_year(day, 'en')})"
    return f"{era_year(day)}（{day.year}年）{day.month}月{day.day}日"


def format_time(local_time: datetime | time) -> str:
    """13:30, 9:05. The caller has already turned the instant into a time in Japan."""
    return f"{local_time.hour}:{local_time.minute:02}"


# --- reckoning --------------------------------------------------------------------------------

_BANDS = ((90, "90over"), (80, "80s"), (70, "70s"), (60, "60s"))


def fiscal_year(day: date) -> int:
    """年度: the year whose 1 April began the twelve months the day lies in."""
    return day.year if day.month >= 4 else day.year - 1


def age_on(birth: date, day: date) -> int:
    """Years of age in everyday reckoning: one more on each birthday, for 29 February on 1 March in common years.

    The law on reckoning age (年齢計算ニ関スル法律) adds the year at the end of the day before; figures here follow
    everyday use, as statistics by age do. Negative when the birth lies after the day.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_band(age: int) -> str:
    """The band a figure is reported under: under60, 60s, 70s, 80s or 90over."""
    return next((band for least, band in _BANDS if age >= least), "under60")
