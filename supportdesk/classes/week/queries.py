"""The meetings of a week, laid out in rows and days. Three statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from supportdesk.accounts.models import Account
from supportdesk.classes.models import MeetingStaff, RunKind, RunState
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


class WeekMeeting(NamedTuple):
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

    @property
    def called_off(self) -> bool:
        """With its run, or alone."""
        return self.meeting.state is RunState.CANCELLED

    def column(self, monday: date) -> int:
        """On which day of the week it is."""
        return (clock.local(self.meeting.starts_at).date() - monday).days


class Day(NamedTuple):
    """A column. `holiday` is the public holiday's name, empty on other days."""

    day: date
    holiday: str

    @property
    def title(self) -> str:
        """11月30日（月）."""
        return short_day(self.day)


class Heading(NamedTuple):
    """What a row stands for: `order` is where it belongs, and tells apart what has one name."""

    order: tuple[int, int | str, int | str]
    title: str


class WeekRow(NamedTuple):
    """A row of the week: what happens on each of its days."""

    title: str
    days: list[list[WeekMeeting]]


def first_day(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[Day]:
    """Seven days with their holidays."""
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    return [Day(day, holiday_name(day) or "") for day in days]


def rows_of(monday: date, by: By, *, district: str = "") -> list[WeekRow]:
    """The week's meetings that are on: a row for each venue, instructor or district in which there are any."""
    positions = {} if by is By.INSTRUCTOR else _positions()
    rows: dict[Heading, list[list[WeekMeeting]]] = defaultdict(lambda: [[] for _day in range(DAYS)])
    for one in _meetings(monday, IS_ON, district=district):
        for heading in _headings(one, by, positions):
            rows[heading][one.column(monday)].append(one)
    return [WeekRow(heading.title, rows[heading]) for heading in sorted(rows)]


def own_week(monday: date, account_id: int) -> list[list[WeekMeeting]]:
    """What one account is on duty for, day by day; what was called off as well, so that nobody goes there."""
    days: list[list[WeekMeeting]] = [[] for _day in range(DAYS)]
    for one in _meetings(monday, on_duty(account_id)):
        days[one.column(monday)].append(one)
    return days


def _headings(one: WeekMeeting, by: By, positions: Mapping[str, int]) -> Iterable[Heading]:
    """In which rows a meeting stands: the city's venues in the order in which one picks them, then groups' places."""
    meeting = one.meeting
    position = positions.get(meeting.district_code, 0)
    match by:
        case By.INSTRUCTOR:
            names = [Heading((0, who.kana, who.account_id), who.name) for who in one.on_duty]
            return names or [Heading((1, "", 0), _("講師は未定"))]
        case By.DISTRICT:
            return [Heading((0, position, meeting.district_code), meeting.district)]
        case _ if one.venue_id is None:
            return [Heading((1, position, meeting.venue), meeting.venue)]
        case _:
            return [Heading((0, position, one.venue_id), meeting.nickname or meeting.venue)]


def _meetings(monday: date, *conditions: ColumnElement[bool], district: str = "") -> list[WeekMeeting]:
    first, _midnight = clock.day_bounds(monday)
    _morning, end = clock.day_bounds(monday + timedelta(days=DAYS - 1))
    statement = MEETING_ROWS.add_columns(RUN.c.venue_id).where(
        MEETING.c.starts_at >= first, MEETING.c.starts_at < end, *conditions
    )
    if district:
        statement = statement.where(RUN.c.district_code == district)
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
    return [WeekMeeting(MeetingRow(*row[:-1]), tuple(staff[row.id]), row.venue_id) for row in rows]


def _positions() -> dict[str, int]:
    return {row.code: row.position for row in db.session.execute(select(District.code, District.position))}
