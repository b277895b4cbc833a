"""Days and times in the reader's words, for pages and for what operations answer; `wareki` writes them.

The reader is known by the language alone: nothing here asks who they are or what they opened.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from supportdesk.core import clock, wareki

#: Monday is 0.
WEEKDAYS: Final = {
    0: _l("月曜日"),
    1: _l("火曜日"),
    2: _l("水曜日"),
    3: _l("木曜日"),
    4: _l("金曜日"),
    5: _l("土曜日"),
    6: _l("日曜日"),
}


def day(moment: date | datetime) -> str:
    """2026年（令和8年）11月24日（火）: a day, or the day of an instant in Japan."""
    return wareki.format_date(_day_of(moment), str(get_locale()))


def short_day(moment: date | datetime) -> str:
    """11月24日（火）."""
    return wareki.format_short(_day_of(moment), str(get_locale()))


def birth(born: date) -> str:
    """昭和8年（1933年）10月19日: a birth date, without the weekday that nobody remembers."""
    return wareki.format_birth(born, str(get_locale()))


def day_of_era(moment: date | datetime) -> str:
    """令和8年11月24日（火）, for paper."""
    return wareki.format_wareki(_day_of(moment), str(get_locale()))


def clock_time(moment: datetime) -> str:
    """10:00, on a clock in Japan."""
    return wareki.format_time(clock.local(moment))


def span(starts_at: datetime, ends_at: datetime) -> str:
    """11月24日（火）10:00〜11:00."""
    return f"{short_day(starts_at)} {clock_time(starts_at)}〜{clock_time(ends_at)}"


def _day_of(moment: date | datetime) -> date:
    return clock.local(moment).date() if isinstance(moment, datetime) else moment
