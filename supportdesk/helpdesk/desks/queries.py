"""Reads for the administrator's pages: desks, their hours, and what is booked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.helpdesk.days_off import OFF
from supportdesk.helpdesk.desks.words import days_in_words
from supportdesk.helpdesk.locking import ADVISES, BOOKING, DESK, HOURS, ROOM
from supportdesk.helpdesk.models import BookingState
from supportdesk.places.choices import venue_in_words
from supportdesk.places.models import Venue

_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)


class DeskRow(NamedTuple):
    """A desk. `to_come` counts the bookings that are still to be held there."""

    id: int
    name: str
    venue_id: int
    venue: str
    nickname: str
    room_id: int | None
    room: str | None
    slot_minutes: int
    buffer_minutes: int
    on_holidays: bool
    to_bring: str
    active: bool
    to_come: int

    @property
    def place(self) -> str:
        """The venue, with what people call it, and the room."""
        return venue_in_words(self.venue, self.nickname, self.room)


class HoursRow(NamedTuple):
    """One adviser's hours at a desk. Monday is 0."""

    id: int
    desk_id: int
    weekday: int
    opens: time
    closes: time
    every: int
    month_weeks: str
    first_day: date | None
    last_day: date | None
    adviser: str
    adviser_active: bool

    @property
    def days(self) -> str:
        """On which days, in words: 毎週木曜日, 第1・第3木曜日, 12月3日（木）."""
        return days_in_words(self)


def desk_rows(now: datetime) -> list[DeskRow]:
    """All desks, those in use first."""
    return [DeskRow._make(row) for row in db.session.execute(_rows(now).order_by(DESK.c.active.desc(), DESK.c.name))]


def desk_row(desk_id: int, now: datetime) -> DeskRow:
    """One desk. Raises NotFound."""
    row = db.session.execute(_rows(now).where(DESK.c.id == desk_id)).one_or_none()
    if row is None:
        raise NotFound
    return DeskRow._make(row)


def _rows(now: datetime) -> Select[Any]:
    to_come = (
        select(func.count())
        .select_from(BOOKING)
        .where(BOOKING.c.desk_id == DESK.c.id, BOOKING.c.state == BookingState.BOOKED, BOOKING.c.starts_at > now)
        .correlate(DESK)
        .scalar_subquery()
    )
    return (
        select(
            DESK.c.id,
            DESK.c.name,
            DESK.c.venue_id,
            _VENUE.c.name,
            _VENUE.c.nickname,
            DESK.c.room_id,
            ROOM.c.name,
            DESK.c.slot_minutes,
            DESK.c.buffer_minutes,
            DESK.c.on_holidays,
            DESK.c.to_bring,
            DESK.c.active,
            to_come,
        )
        .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
        .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
    )


def hours_of(desk_ids: Sequence[int]) -> dict[int, list[HoursRow]]:
    """The hours of these desks, by desk, in the order of the week: one statement."""
    rows = db.session.execute(
        select(
            HOURS.c.id,
            HOURS.c.desk_id,
            HOURS.c.weekday,
            HOURS.c.opens,
            HOURS.c.closes,
            *(HOURS.c.every, HOURS.c.month_weeks, HOURS.c.first_day, HOURS.c.last_day),
            _ACCOUNT.c.name,
            _ACCOUNT.c.active,
        )
        .join(_ACCOUNT, _ACCOUNT.c.id == HOURS.c.adviser_id)
        .where(HOURS.c.desk_id.in_(desk_ids))
        .order_by(HOURS.c.weekday, HOURS.c.opens, _ACCOUNT.c.name, HOURS.c.id)
    )
    hours: dict[int, list[HoursRow]] = {}
    for row in rows:
        hours.setdefault(row.desk_id, []).append(HoursRow._make(row))
    return hours


def adviser_choices() -> list[tuple[int, str]]:
    """(account's id, name) of whoever can keep a desk."""
    rows = db.session.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.name).where(ADVISES).order_by(_ACCOUNT.c.kana, _ACCOUNT.c.name)
    )
    return [(row.id, row.name) for row in rows]


class TimeOffRow(NamedTuple):
    """A desk is shut or an adviser away. `who` is the name of either."""

    id: int
    who: str
    first_day: date
    last_day: date
    opens: time | None
    closes: time | None
    reason: str


def time_off_to_come(today: date) -> list[TimeOffRow]:
    """What is off from today on, the next first: one statement."""
    rows = db.session.execute(
        select(
            OFF.c.id,
            func.coalesce(DESK.c.name, _ACCOUNT.c.name),
            *(OFF.c.first_day, OFF.c.last_day, OFF.c.opens, OFF.c.closes, OFF.c.reason),
        )
        .outerjoin(DESK, DESK.c.id == OFF.c.desk_id)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.id == OFF.c.adviser_id)
        .where(OFF.c.last_day >= today)
        .order_by(OFF.c.first_day, OFF.c.id)
    )
    return [TimeOffRow._make(row) for row in rows]


def who_can_be_off() -> list[tuple[str, str]]:
    """("desk:3", its name) of each desk in use and ("adviser:7", theirs) of whoever keeps one: two statements."""
    desks = db.session.execute(select(DESK.c.id, DESK.c.name).where(DESK.c.active).order_by(DESK.c.name))
    advisers = db.session.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.name)
        .where(_ACCOUNT.c.active, _ACCOUNT.c.id.in_(select(HOURS.c.adviser_id)))
        .order_by(_ACCOUNT.c.kana, _ACCOUNT.c.name)
    )
    return [
        *((f"desk:{row.id}", row.name) for row in desks),
        *((f"adviser:{row.id}", _("相談員 %(name)s", name=row.name)) for row in advisers),
    ]
