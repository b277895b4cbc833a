"""Giving numbers out at the counter: to a learner, to somebody without a name, to whoever comes for their booking.

Under the desk's lock: two clerks at once give two numbers. Called by reception's pages and the demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.errors import NotWaiting
from supportdesk.helpdesk.locking import BOOKING, lock_booking, lock_desks
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queue.errors import AlreadyNumbered, NotToday, QueueClosed
from supportdesk.helpdesk.queue.line import IN_LINE, NUMBER, lock_desk
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.learners.standing import active_standing_of, standing_of


@dataclass(frozen=True)
class Given:
    """A number that was given out."""

    number_id: int
    number: int


_NOT_SERVED: Final = (NumberState.LEFT, NumberState.UNSERVED)
_OF_THE_DAY: Final = (NUMBER.c.desk_id == bindparam("desk_id"), NUMBER.c.day == bindparam("day"))
_LAST: Final = select(func.coalesce(func.max(NUMBER.c.number), 0)).where(*_OF_THE_DAY)
_LIVE_NUMBER: Final = select(NUMBER.c.id, NUMBER.c.number).where(
    *_OF_THE_DAY, NUMBER.c.learner_id == bindparam("learner_id"), NUMBER.c.state.in_(IN_LINE)
)
_SITS: Final = select(NUMBER.c.id, NUMBER.c.number).where(
    NUMBER.c.booking_id == bindparam("booking_id"), NUMBER.c.state == NumberState.BEGUN
)
#: The next of the learner's bookings here today for which nobody has come yet.
_BOOKED: Final = (
    select(BOOKING.c.id)
    .where(
        BOOKING.c.learner_id == bindparam("learner_id"),
        BOOKING.c.desk_id == bindparam("desk_id"),
        BOOKING.c.state == BookingState.BOOKED,
        BOOKING.c.starts_at >= bindparam("first"),
        BOOKING.c.starts_at < bindparam("end"),
        ~BOOKING.c.walk_in,
        ~exists().where(NUMBER.c.booking_id == BOOKING.c.id, NUMBER.c.state.not_in(_NOT_SERVED)),
    )
    .order_by(BOOKING.c.starts_at)
    .limit(1)
)
_DESK_OF: Final = select(BOOKING.c.desk_id).where(BOOKING.c.id == bindparam("wanted"))
_GIVE: Final = insert(NUMBER).returning(NUMBER.c.id)


def give_number(desk_id: int, *, learner_id: int | None = None, topic: str = "", actor: Actor, now: datetime) -> Given:
    """The next number of the desk's day. A learner who has a booking here today comes for that.

    Raises NotFound, QueueClosed, NotActive, and AlreadyNumbered when the learner waits here already.
    """
    desk, day = lock_desk(desk_id), clock.local(now).date()
    booking_id = None
    if learner_id is not None:
        demand_none(desk_id, day, learner_id)
        booking_id = booked_here(desk_id, day, learner_id)
    given = _give(desk, day, learner_id, booking_id, topic, actor=actor, now=now)
    if learner_id is not None:  # the learner's own row is locked last of all
        active_standing_of(learner_id, day)
    return given


def check_in(booking_id: int, *, actor: Actor, now: datetime) -> Given:
    """A number for the learner who comes for this booking, who is called by it.

    Raises NotFound, QueueClosed, NotToday, NotWaiting when it is cancelled or held, and AlreadyNumbered.
    """
    desk = lock_desk(connection().scalar(_DESK_OF, {"wanted": booking_id}) or 0)
    booking, day = lock_booking(booking_id), clock.local(now).date()
    if booking.state is not BookingState.BOOKED or booking.walk_in:
        raise NotWaiting
    if clock.local(booking.starts_at).date() != day:
        raise NotToday
    demand_none(desk.id, day, booking.learner_id)
    sits = connection().execute(_SITS, {"booking_id": booking_id}).first()
    if sits is not None:
        raise AlreadyNumbered(sits.id, sits.number)
    given = _give(desk, day, booking.learner_id, booking.id, "", actor=actor, now=now)
    standing_of(booking.learner_id, day)
    return given


def close_line(desk_id: int, day: date, *, actor: Actor, now: datetime) -> int:
    """Nobody is called any more that day: those who still wait are told so at the counter; how many those were.

    Raises NotFound.
    """
    lock_desk(desk_id)
    closed = _close(NUMBER.c.desk_id == desk_id, NUMBER.c.day == day, now=now)
    audit.record(actor=actor, action=Action.CLOSE_LINE, subject=activity("desk", desk_id), now=now)
    return closed


def close_past_lines(*, now: datetime) -> int:
    """The same for every desk and day that is over and that nobody closed; how many numbers were left over."""
    over = (NUMBER.c.day < clock.local(now).date(), NUMBER.c.state.in_(IN_LINE))
    lock_desks(connection().scalars(select(NUMBER.c.desk_id).where(*over).distinct()))
    return _close(*over, now=now)


def _close(*which: ColumnElement[bool], now: datetime) -> int:
    left_over = update(NUMBER).where(*which, NUMBER.c.state.in_(IN_LINE))
    closed = left_over.values(state=NumberState.UNSERVED, ended_at=now, counter="", called_by=None)
    return connection().execute(closed).rowcount


def demand_none(desk_id: int, day: date, learner_id: int) -> None:
    """The learner waits not here yet. Raises AlreadyNumbered."""
    wanted = {"desk_id": desk_id, "day": day, "learner_id": learner_id}
    has = connection().execute(_LIVE_NUMBER, wanted).first()
    if has is not None:
        raise AlreadyNumbered(has.id, has.number)


def booked_here(desk_id: int, day: date, learner_id: int) -> int | None:
    """The booking for which the learner comes, if they have one at the desk that day."""
    first, end = clock.day_bounds(day)
    return connection().scalar(_BOOKED, {"learner_id": learner_id, "desk_id": desk_id, "first": first, "end": end})


def _give(
    desk: Any,
    day: date,
    learner_id: int | None,
    booking_id: int | None,
    topic: str,
    *,
    actor: Actor,
    now: datetime,
) -> Given:
    if not desk.active:
        raise QueueClosed
    number = (connection().scalar(_LAST, {"desk_id": desk.id, "day": day}) or 0) + 1
    values = {
        "desk_id": desk.id,
        "day": day,
        "number": number,
        "learner_id": learner_id,
        "booking_id": booking_id,
        "topic": topic,
        "state": NumberState.WAITING,
        "taken_at": now,
        "taken_by": actor.account_id,
        "calls": 0,
        "counter": "",
    }
    number_id: int = connection().execute(_GIVE, values).scalar_one()
    subject = activity("learner", learner_id) if learner_id else activity("queue_number", number_id)
    audit.record(actor=actor, action=Action.GIVE_NUMBER, subject=subject, now=now, detail={"number": number_id})
    return Given(number_id, number)
