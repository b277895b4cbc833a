"""A case goes to another adviser of its desk: handed over with a word why, or taken because its writer is away.

The hand-over stands on the other's day until they take it; then the case is theirs. Nothing that was written changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import aliased

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.errors import NoColleague
from supportdesk.helpdesk.cases.models import Case, CaseHandOver
from supportdesk.helpdesk.cases.operations import note, opened_case
from supportdesk.helpdesk.locking import ADVISES, BOOKING, lock_booking
from supportdesk.helpdesk.models import Booking, BookingState, Desk, DeskHours
from supportdesk.helpdesk.queries import BOOKING_ROWS, BookingRow

_ACCOUNT = table_of(Account)


class Colleague(NamedTuple):
    """Another adviser who keeps hours at the desk."""

    account_id: int
    name: str


class HandedOver(NamedTuple):
    """A case that waits for somebody to take it."""

    booking_id: int
    learner_id: int
    starts_at: datetime
    desk: str
    by: str
    why: str
    handed_at: datetime


def colleagues(desk_id: int, *, but: int | None) -> list[Colleague]:
    """The advisers in use who keep hours at the desk, without oneself. One statement."""
    keeps = select(DeskHours.adviser_id).where(DeskHours.desk_id == desk_id)
    rows = db.session.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.name)
        .where(ADVISES, _ACCOUNT.c.id.in_(keeps), _ACCOUNT.c.id != (but or 0))
        .order_by(_ACCOUNT.c.name, _ACCOUNT.c.id)
    )
    return [Colleague._make(row) for row in rows]


def hand_over(booking_id: int, to_id: int, why: str, *, actor: Actor, now: datetime) -> None:
    """The other adviser finds the case on their day until they take it. An earlier hand-over that still waits is at an
    end: a case waits for one person.

    Raises NotFound, AlreadyCancelled, and NoColleague when they keep no hours at this desk.
    """
    booking = lock_booking(booking_id)
    if to_id not in {one.account_id for one in colleagues(booking.desk_id, but=actor.account_id)}:
        raise NoColleague
    case = opened_case(booking, actor=actor, now=now)
    _end_waiting(case.id, actor, now)
    db.session.execute(
        insert(CaseHandOver),
        {
            "case_id": case.id,
            "learner_id": booking.learner_id,
            "from_id": actor.account_id or case.adviser_id,
            "to_id": to_id,
            "why": why,
            "handed_at": now,
        },
    )
    note(Action.HAND_CASE_OVER, booking, actor=actor, now=now, to=to_id)


def take_over(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """The case is the actor's from now on. Raises NotFound and AlreadyCancelled."""
    booking = lock_booking(booking_id)
    case = opened_case(booking, actor=actor, now=now)
    case.adviser_id = actor.account_id or case.adviser_id
    db.session.flush()
    _end_waiting(case.id, actor, now)
    note(Action.TAKE_CASE_OVER, booking, actor=actor, now=now)


def _end_waiting(case_id: int, actor: Actor, now: datetime) -> None:
    db.session.execute(
        update(CaseHandOver)
        .where(CaseHandOver.case_id == case_id, CaseHandOver.taken_at.is_(None))
        .values(taken_at=now, taken_by=actor.account_id)
    )


def handed_to(account_id: int) -> list[HandedOver]:
    """The cases that wait for this adviser, the longest first. One statement."""
    rows = db.session.execute(_waiting().where(CaseHandOver.to_id == account_id))
    return [HandedOver._make(row) for row in rows]


def taken_on(day: date, account_id: int) -> list[BookingRow]:
    """The consultations of that day that were booked with somebody else and are this adviser's now. One statement."""
    first, last = clock.day_bounds(day)
    theirs = select(Case.booking_id).where(Case.adviser_id == account_id)
    rows = db.session.execute(
        BOOKING_ROWS.where(
            BOOKING.c.starts_at >= first,
            BOOKING.c.starts_at < last,
            BOOKING.c.adviser_id != account_id,
            BOOKING.c.state != BookingState.CANCELLED,
            BOOKING.c.id.in_(theirs),
        )
    )
    return [BookingRow._make(row) for row in rows]


def waiting_of(booking_id: int) -> Sequence[tuple[int, HandedOver]]:
    """To whom the case is handed over and who has not taken it yet, if anybody. One statement."""
    rows = db.session.execute(_waiting().add_columns(CaseHandOver.to_id).where(Booking.id == booking_id))
    return [(row[-1], HandedOver._make(row[:-1])) for row in rows]


def _waiting() -> Select[*tuple[object, ...]]:
    sender = aliased(Account)
    return (
        select(
            Booking.id,
            CaseHandOver.learner_id,
            Booking.starts_at,
            Desk.name.label("desk"),
            sender.name.label("by"),
            CaseHandOver.why,
            CaseHandOver.handed_at,
        )
        .join(Case, Case.id == CaseHandOver.case_id)
        .join(Booking, Booking.id == Case.booking_id)
        .join(Desk, Desk.id == Booking.desk_id)
        .join(sender, sender.id == CaseHandOver.from_id)
        .where(CaseHandOver.taken_at.is_(None))
        .order_by(CaseHandOver.handed_at, CaseHandOver.id)
    )
