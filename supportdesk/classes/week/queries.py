"""The meetings of a week, laid out in rows and days. Three statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.models import MeetingStaff, RunKind
from supportdesk.classes.queries import IS_ON, MEETING, MEETING_ROWS, RUN, MeetingRow, on_duty
from supportdesk.core import clock
from supportdesk.core.moments import short_day
from supportdesk.extensions import db
from supportdesk.places.calendar import holiday_name
from supportdesk.places.models import District

DAYS: Final = 7


class By(StrEnum):
    """What stands in a row of the week."""

    VENUE = "venue"
    INSTRUCTOR = "instructor"
    DISTRICT = "district"


class Entry(NamedTuple):
    """A meeting in the week; `staff` are the names of those on duty."""

    meeting: MeetingRow
    staff: tuple[str, ...]

    @property
    def is_lecture(self) -> bool:
        """Held at a group's own place, mostly."""
        return self.meeting.kind is RunKind.LECTURE


class Day(NamedTuple):
    """A column. `holiday` is the public holiday's name, empty on other days."""

    day: date
    holiday: str

    @property
    def title(self) -> str:
        """11月30日（月）."""
        return short_day(self.day)


class Line(NamedTuple):
    """A row of the week: what happens on each of its days."""

    title: str
    days: list[list[Entry]]


def first_day(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[Day]:
    """Seven days with their holidays."""
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    return [Day(day, holiday_name(day) or "") for day in days]


def lines_of(monday: date, by: By, *, district: str = "") -> list[Line]:
    """The week's meetings that are on: a row for each venue, instructor or district in which there are any."""
    entries = _entries(monday, district=district)
    order = _districts() if by is By.DISTRICT else {}
    rows: dict[str, list[list[Entry]]] = defaultdict(lambda: [[] for _day in range(DAYS)])
    for entry in entries:
        column = (clock.local(entry.meeting.starts_at).date() - monday).days
        for title in _titles(entry, by):
            rows[title][column].append(entry)
    return [Line(title, rows[title]) for title in sorted(rows, key=lambda title: (order.get(title, 0), title))]


def own_week(monday: date, account_id: int) -> list[list[Entry]]:
    """What one account is on duty for, day by day."""
    days: list[list[Entry]] = [[] for _day in range(DAYS)]
    for entry in _entries(monday, account_id=account_id):
        days[(clock.local(entry.meeting.starts_at).date() - monday).days].append(entry)
    return days


def _titles(entry: Entry, by: By) -> Iterable[str]:
    meeting = entry.meeting
    match by:
        case By.INSTRUCTOR:
            return entry.staff or [_("講師は未定")]
        case By.DISTRICT:
            return [meeting.district]
        case _:
            return [meeting.nickname or meeting.venue]


def _entries(monday: date, *, district: str = "", account_id: int | None = None) -> list[Entry]:
    first, _midnight = clock.day_bounds(monday)
    _morning, end = clock.day_bounds(monday + timedelta(days=DAYS - 1))
    statement = MEETING_ROWS.where(MEETING.c.starts_at >= first, MEETING.c.starts_at < end, IS_ON)
    if district:
        statement = statement.where(RUN.c.district_code == district)
    if account_id is not None:
        statement = statement.where(on_duty(account_id))
    rows = [MeetingRow._make(row) for row in db.session.execute(statement)]
    staff: dict[int, list[str]] = defaultdict(list)
    names = db.session.execute(
        select(MeetingStaff.meeting_id, Account.name)
        .join(Account, Account.id == MeetingStaff.account_id)
        .where(MeetingStaff.meeting_id.in_([row.id for row in rows]))
        .order_by(Account.kana, Account.name)
    )
    for meeting_id, name in names:
        staff[meeting_id].append(name)
    return [Entry(row, tuple(staff[row.id])) for row in rows]


def _districts() -> dict[str, int]:
    rows = db.session.execute(select(District.name, District.position))
    return {row.name: row.position for row in rows}
