"""Reads about bookings: rows of plain values, in the same number of statements however many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.cases.models import Case
from supportdesk.helpdesk.descriptions import at_own_desk
from supportdesk.helpdesk.locking import BOOKING, DESK, ROOM, TO_COME
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.phones import PHONE_LENT
from supportdesk.learners.models import Learner
from supportdesk.places import occupancy
from supportdesk.places.choices import place_in_short, venue_in_words
from supportdesk.places.models import Venue

_ACCOUNT = table_of(Account)
_VENUE = table_of(Venue)


class BookingRow(NamedTuple):
    """A booking on a list. `to_bring` and the place are the desk's; `loan_phone` is the name of one that is kept."""

    id: int
    code: str
    learner_id: int
    desk_id: int
    desk: str
    adviser_id: int
    adviser: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    nickname: str
    address: str
    venue_phone: str
    state: BookingState
    topic: str
    to_bring: str
    caller_name: str
    caller_relation: str
    caller_phone: str
    booked_at: datetime
    walk_in: bool
    loan_phone: str
    room: str | None

    @property
    def place(self) -> str:
        """The venue, with what people call it, and the room."""
        return venue_in_words(self.venue, self.nickname, self.room)

    @property
    def short_place(self) -> str:
        """The same as it is said on the line."""
        return place_in_short(self.venue, self.nickname, self.room)


BOOKING_ROWS: Select[Any] = (
    select(
        BOOKING.c.id,
        BOOKING.c.code,
        BOOKING.c.learner_id,
        BOOKING.c.desk_id,
        DESK.c.name.label("desk"),
        BOOKING.c.adviser_id,
        _ACCOUNT.c.name.label("adviser"),
        BOOKING.c.starts_at,
        BOOKING.c.ends_at,
        _VENUE.c.name.label("venue"),
        _VENUE.c.nickname,
        _VENUE.c.address,
        _VENUE.c.phone.label("venue_phone"),
        BOOKING.c.state,
        BOOKING.c.topic,
        DESK.c.to_bring,
        BOOKING.c.caller_name,
        BOOKING.c.caller_relation,
        BOOKING.c.caller_phone,
        BOOKING.c.booked_at,
        BOOKING.c.walk_in,
        PHONE_LENT,
        ROOM.c.name.label("room"),
    )
    .join(DESK, DESK.c.id == BOOKING.c.desk_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == BOOKING.c.adviser_id)
    .join(_VENUE, _VENUE.c.id == DESK.c.venue_id)
    .outerjoin(ROOM, ROOM.c.id == DESK.c.room_id)
)
_LIVE = BOOKING.c.state != BookingState.CANCELLED


def bookings_on(day: date, *, desk_id: int | None = None) -> list[BookingRow]:
    """The day's bookings in order, of all desks or of one, without those that were cancelled."""
    return bookings_between(day, day, desk_id=desk_id)


def bookings_between(
    first: date, last: date, *, desk_id: int | None = None, district_code: str | None = None
) -> list[BookingRow]:
    """The bookings of slots of these days in order, without those that were cancelled: one statement."""
    statement = BOOKING_ROWS.where(
        _LIVE,
        ~BOOKING.c.walk_in,
        BOOKING.c.starts_at >= clock.day_bounds(first)[0],
        BOOKING.c.starts_at < clock.day_bounds(last)[1],
    )
    if desk_id is not None:
        statement = statement.where(BOOKING.c.desk_id == desk_id)
    if district_code:
        statement = statement.where(_VENUE.c.district_code == district_code)
    rows = db.session.execute(statement.order_by(BOOKING.c.starts_at, BOOKING.c.desk_id, BOOKING.c.id))
    return [BookingRow._make(row) for row in rows]


class LastAdviser(NamedTuple):
    """With whom a learner spoke last, or is to speak next."""

    id: int
    name: str


def last_adviser(learner_id: int) -> LastAdviser | None:
    """The adviser of the learner's latest consultation, held or to be held. One statement."""
    row = db.session.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.name)
        .join(BOOKING, BOOKING.c.adviser_id == _ACCOUNT.c.id)
        .where(BOOKING.c.learner_id == learner_id, BOOKING.c.state.in_((BookingState.HELD, BookingState.BOOKED)))
        .order_by(BOOKING.c.starts_at.desc(), BOOKING.c.id.desc())
        .limit(1)
    ).one_or_none()
    return LastAdviser._make(row) if row else None


def bookings_ahead(learner_id: int, now: datetime) -> list[BookingRow]:
    """The learner's consultations that are still to be held, the next first. One statement."""
    statement = BOOKING_ROWS.where(BOOKING.c.learner_id == learner_id, TO_COME)
    rows = db.session.execute(statement.order_by(BOOKING.c.starts_at, BOOKING.c.id), {"now": now})
    return [BookingRow._make(row) for row in rows]


def booking_by_code(code: str) -> BookingRow | None:
    """The booking of a code, or of the receipt of an application, as it is stored (`core.codes.tidy_code`)."""
    applied = select(ConsultationApplication.booking_id).where(ConsultationApplication.receipt == code)
    wanted = or_(BOOKING.c.code == code, BOOKING.c.id.in_(applied))
    row = db.session.execute(BOOKING_ROWS.where(wanted)).one_or_none()
    return BookingRow._make(row) if row else None


def booking_row(booking_id: int) -> BookingRow | None:
    """One booking."""
    row = db.session.execute(BOOKING_ROWS.where(BOOKING.c.id == booking_id)).one_or_none()
    return BookingRow._make(row) if row else None


def may_hold(actor: Actor, booking: BookingRow) -> bool:
    """Whether the actor holds this consultation: its adviser, or one who keeps hours at the same desk."""
    if actor.account_id is None or not actor.may(Permission.HOLD_CONSULTATION):
        return False
    own = select(BOOKING.c.id).where(BOOKING.c.id == booking.id, at_own_desk(actor.account_id))
    return db.session.scalar(own) is not None


def clash_in_words(learner_id: int, starts_at: datetime, ends_at: datetime) -> str:
    """What else the learner has then: for the warning before anything is pressed. Empty for nothing."""
    person_id = db.session.scalars(select(Learner.person_id).where(Learner.id == learner_id)).one()
    return occupancy.in_words(occupancy.who_has([occupancy.person(person_id)], starts_at, ends_at))


def closed_cases(booking_ids: Iterable[int]) -> set[int]:
    """Those of the bookings whose case is closed."""
    return set(
        db.session.scalars(
            select(Case.booking_id).where(Case.booking_id.in_(list(booking_ids)), Case.closed_at.is_not(None))
        )
    )
