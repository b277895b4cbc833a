"""Reads for the administrator's pages: desks, their hours, and what is booked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import not_over
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.helpdesk.locking import BOOKING, DESK, HOURS
from supportdesk.helpdesk.models import BookingState
from supportdesk.places.choices import venue_in_words
from supportdesk.places.models import District, Venue

_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)


class DeskRow(NamedTuple):
    """A desk. `to_come` counts the bookings that are still to be held there."""

    id: int
    name: str
    venue_id: int
    venue: str
    nickname: str
    slot_minutes: int
    to_bring: str
    active: bool
    to_come: int

    @property
    def place(self) -> str:
        """The venue, with what people call it."""
        return venue_in_words(self.venue, self.nickname)


class HoursRow(NamedTuple):
    """One adviser's weekly hours at a desk. Monday is 0."""

    id: int
    desk_id: int
    weekday: int
    opens: time
    closes: time
    adviser: str
    adviser_active: bool


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
    return select(
        DESK.c.id,
        DESK.c.name,
        DESK.c.venue_id,
        _VENUE.c.name,
        _VENUE.c.nickname,
        DESK.c.slot_minutes,
        DESK.c.to_bring,
        DESK.c.active,
        to_come,
    ).join(_VENUE, _VENUE.c.id == DESK.c.venue_id)


def hours_of(desk_ids: Sequence[int]) -> dict[int, list[HoursRow]]:
    """The hours of these desks, by desk, in the order of the week: one statement."""
    rows = db.session.execute(
        select(
            HOURS.c.id,
            HOURS.c.desk_id,
            HOURS.c.weekday,
            HOURS.c.opens,
            HOURS.c.closes,
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


def venue_choices() -> list[tuple[int, str]]:
    """(id, name) of every venue, by district."""
    rows = db.session.execute(
        select(Venue.id, Venue.name, Venue.nickname)
        .join(District, District.code == Venue.district_code)
        .order_by(District.position, Venue.id)
    )
    return [(row.id, venue_in_words(row.name, row.nickname)) for row in rows]


def adviser_choices() -> list[tuple[int, str]]:
    """(account's id, name) of whoever can keep a desk."""
    advises = select(AccountRole.account_id).where(AccountRole.role == Role.ADVISER, not_over(AccountRole))
    rows = db.session.execute(
        select(Account.id, Account.name)
        .where(Account.active, Account.id.in_(advises))
        .order_by(Account.kana, Account.name)
    )
    return [(row.id, row.name) for row in rows]
