"""Until when somebody may answer an offer: so that a call made today can still be answered in office hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from supportdesk.core import clock
from supportdesk.notices.office import OFFER_CLOSING_HOUR, OFFER_HOURS
from supportdesk.places.calendar import holiday_name

_SATURDAY: Final = 5


def answer_until(starts_at: datetime, now: datetime) -> datetime:
    """The first time at which the office closes so many hours (a setting) after the offer.

    Where it begins before that, half of the time that is left, so that somebody else can still be asked.
    """
    earliest = clock.local(now + timedelta(hours=OFFER_HOURS.get()))
    closing = time(OFFER_CLOSING_HOUR.get())
    day = earliest.date() if earliest.time() <= closing else earliest.date() + timedelta(days=1)
    while not is_office_day(day) and clock.at(day, closing) < starts_at:
        day += timedelta(days=1)
    closes = clock.at(day, closing)
    return closes if closes < starts_at else now + (starts_at - now) / 2


def is_office_day(day: date) -> bool:
    """Whether somebody answers the telephone: on weekdays, but on public holidays and at the turn of the year.

    29 December to 3 January are days of rest of public offices (行政機関の休日に関する法律 第1条).
    """
    turn_of_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < _SATURDAY and holiday_name(day) is None and not turn_of_year
