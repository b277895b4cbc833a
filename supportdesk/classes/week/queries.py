"""The meetings of a week, laid out in rows and days. Three statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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


class Somebody(NamedTuple):
    """Who is on duty: two may have one name."""

    account_id: int
    kana: str
    name: str


class Entry(NamedTuple):
    """A meeting in the week, and who is on duty, by their reading. A group's own place is no venue."""

    meeting: MeetingRow
    on_duty: tuple[Somebody, ...]
    venue_id: int | None

    @property
    def staff(self) -> list[str]:
        """The names of those on duty."""
        return [one.name for one in self.on_duty]

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


class Row(NamedTuple):
    """What a row stands for: `order` is where it belongs, and tells apart what has one name."""

    order: tuple[int, int | str, int | str]
    title: str


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
    positions = {} if by is By.INSTRUCTOR else _positions()
    rows: dict[Row, list[list[Entry]]] = defaultdict(lambda: [[] for _day in range(DAYS)])
    for entry in entries:
        column = (clock.local(entry.meeting.starts_at).date() - monday).days
        for row in _rows(entry, by, positions):
            rows[row][column].append(entry)
    return [Line(row.title, rows[row]) for row in sorted(rows)]


def own_week(monday: date, account_id: int) -> list[list[Entry]]:
    """What one account is on duty for, day by day."""
    days: list[list[Entry]] = [[] for _day in range(DAYS)]
    for entry in _entries(monday, account_id=account_id):
        days[(clock.local(entry.meeting.starts_at).date() - monday).days].append(entry)
    return days


def _rows(entry: Entry, by: By, positions: Mapping[str, int]) -> Iterable[Row]:
    """In which rows a meeting stands: the city's venues in the order in which one picks them, then groups' places."""
    meeting = entry.meeting
    position = positions.get(meeting.district_code, 0)
    match by:
        case By.INSTRUCTOR:
            who = [Row((0, one.kana, one.account_id), one.name) for one in entry.on_duty]
            return who or [Row((1, "", 0), _("講師は未定"))]
        case By.DISTRICT:
            return [Row((0, position, meeting.district_code), meeting.district)]
        case _ if entry.venue_id is None:
            return [Row((1, position, meeting.venue), meeting.venue)]
        case _:
            return [Row((0, position, entry.venue_id), meeting.nickname or meeting.venue)]


def _entries(monday: date, *, district: str = "", account_id: int | None = None) -> list[Entry]:
    first, _midnight = clock.day_bounds(monday)
    _morning, end = clock.day_bounds(monday + timedelta(days=DAYS - 1))
    statement = MEETING_ROWS.add_columns(RUN.c.venue_id).where(
        MEETING.c.starts_at >= first, MEETING.c.starts_at < end, IS_ON
    )
    if district:
        statement = statement.where(RUN.c.district_code == district)
    if account_id is not None:
        statement = statement.where(on_duty(account_id))
    rows = db.session.execute(statement).all()
    staff: dict[int, list[Somebody]] = defaultdict(list)
    names = db.session.execute(
        select(MeetingStaff.meeting_id, Account.id, Account.kana, Account.name)
        .join(Account, Account.id == MeetingStaff.account_id)
        .where(MeetingStaff.meeting_id.in_([row.id for row in rows]))
        .order_by(Account.kana, Account.name)
    )
    for row in names:
        staff[row.meeting_id].append(Somebody(row.id, row.kana, row.name))
    return [Entry(MeetingRow(*row[:-1]), tuple(staff[row.id]), row.venue_id) for row in rows]


def _positions() -> dict[str, int]:
    return {row.code: row.position for row in db.session.execute(select(District.code, District.position))}
