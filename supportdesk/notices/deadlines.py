"""Until when somebody may answer an offer: so that a call made today can still be answered in office hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from supportdesk.core import clock
from supportdesk.notices.office import OFFER_CLOSING_HOUR, OFFER_HOURS, OFFER_OPENING_HOUR
from supportdesk.places.calendar import holiday_name

_SATURDAY: Final = 5


def answer_until(starts_at: datetime, now: datetime) -> datetime:
    """The first time at which the office closes so many hours (a setting) after the offer.

    Where it begins before that, half of the time that is left, so that somebody else can still be asked; at night
    nobody can, so that what would end then is counted from when the telephone opens. Where it does not open any more
    before the start it ends when it closes, and what is offered after that is theirs to the last.
    """
    earliest = clock.local(now + timedelta(hours=OFFER_HOURS.get()))
    day = earliest.date() if earliest.time() <= _closing() else earliest.date() + timedelta(days=1)
    while not is_office_day(day) and clock.at(day, _closing()) < starts_at:
        day += timedelta(days=1)
    closes = clock.at(day, _closing())
    return closes if closes < starts_at else _before_it_begins(starts_at, now)


def _before_it_begins(starts_at: datetime, now: datetime) -> datetime:
    half = now + (starts_at - now) / 2
    local = clock.local(half)
    day = local.date()
    if is_office_day(day) and _opening() <= local.time() <= _closing():
        return half
    days = [day + timedelta(days=number) for number in range((clock.local(starts_at).date() - day).days + 1)]
    openings = (clock.at(one, _opening()) for one in days if is_office_day(one))
    opens = next((one for one in openings if half < one < starts_at), None)
    if opens is not None:
        return opens + (starts_at - opens) / 2
    today = clock.local(now).date()
    days = [day - timedelta(days=number) for number in range((day - today).days + 1)]
    closings = (clock.at(one, _closing()) for one in days if is_office_day(one))
    return next((one for one in closings if now < one < half), starts_at)


def _opening() -> time:
    return time(OFFER_OPENING_HOUR.get())


def _closing() -> time:
    return time(OFFER_CLOSING_HOUR.get())


def is_office_day(day: date) -> bool:
    """Whether somebody answers the telephone: on weekdays, but on public holidays and at the turn of the year.

    29 December to 3 January are days of rest of public offices (行政機関の休日に関する法律 第1条).
    """
    turn_of_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < _SATURDAY and holiday_name(day) is None and not turn_of_year
