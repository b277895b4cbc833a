"""Reads about numbers: rows of plain values, in the same number of statements however many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from supportdesk.accounts.models import Account
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.helpdesk.locking import BOOKING, DESK
from supportdesk.helpdesk.queue.line import NUMBER
from supportdesk.helpdesk.queue.models import AdviserCounter, NumberState, QueueDisplay

_ACCOUNT = table_of(Account)
_CASE = table_of(Case)
_DISPLAY = table_of(QueueDisplay)
_COUNTER = table_of(AdviserCounter)


class NumberRow(NamedTuple):
    """A number on a list. `by` is who called it; `booked_at` and `booked_with` are those of the booking that its holder
    came for.
    """

    id: int
    desk_id: int
    desk: str
    day: date
    number: int
    learner_id: int | None
    topic: str
    state: NumberState
    taken_at: datetime
    calls: int
    called_at: datetime | None
    called_by: int | None
    by: str | None
    counter: str
    begun_at: datetime | None
    area_code: str | None
    result: CaseResult | None
    minutes: int | None
    booking_id: int | None
    walk_in: bool | None
    starts_at: datetime | None
    adviser_id: int | None
    wish: str | None
    closed_at: datetime | None

    @property
    def booked_at(self) -> datetime | None:
        return self.starts_at if self.booking_id and not self.walk_in else None

    @property
    def booked_with(self) -> int | None:
        return self.adviser_id if self.booking_id and not self.walk_in else None

    @property
    def asks(self) -> str:
        """What they want, as far as they said."""
        return self.topic or self.wish or ""

    @property
    def over(self) -> bool:
        """Whether all that there is to be written of the consultation is written."""
        return self.state is NumberState.DONE or self.closed_at is not None


_ROWS: Final[Select[Any]] = (
    select(
        NUMBER.c.id,
        NUMBER.c.desk_id,
        DESK.c.name.label("desk"),
        NUMBER.c.day,
        NUMBER.c.number,
        NUMBER.c.learner_id,
        NUMBER.c.topic,
        NUMBER.c.state,
        NUMBER.c.taken_at,
        NUMBER.c.calls,
        NUMBER.c.called_at,
        NUMBER.c.called_by,
        _ACCOUNT.c.name.label("by"),
        NUMBER.c.counter,
        NUMBER.c.begun_at,
        NUMBER.c.area_code,
        NUMBER.c.result,
        NUMBER.c.minutes,
        NUMBER.c.booking_id,
        BOOKING.c.walk_in,
        BOOKING.c.starts_at,
        BOOKING.c.adviser_id,
        BOOKING.c.topic.label("wish"),
        _CASE.c.closed_at,
    )
    .join(DESK, DESK.c.id == NUMBER.c.desk_id)
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == NUMBER.c.called_by)
    .outerjoin(BOOKING, BOOKING.c.id == NUMBER.c.booking_id)
    .outerjoin(_CASE, _CASE.c.booking_id == BOOKING.c.id)
)


def numbers_of(desk_id: int, day: date, states: Collection[NumberState] = ()) -> list[NumberRow]:
    """The numbers of a desk's day, in order: one statement."""
    statement = _ROWS.where(NUMBER.c.desk_id == desk_id, NUMBER.c.day == day)
    if states:
        statement = statement.where(NUMBER.c.state.in_(states))
    return [NumberRow._make(row) for row in db.session.execute(statement.order_by(NUMBER.c.number))]


def number_row(number_id: int) -> NumberRow | None:
    """One number."""
    row = db.session.execute(_ROWS.where(NUMBER.c.id == number_id)).one_or_none()
    return NumberRow._make(row) if row else None


def counter_of(desk_id: int, account_id: int | None) -> str:
    """Where the adviser sits at the desk; empty when they have not said."""
    own = (_COUNTER.c.desk_id == desk_id, _COUNTER.c.account_id == account_id)
    return db.session.scalar(select(_COUNTER.c.name).where(*own)) or ""


class Shown(NamedTuple):
    """A number on the waiting room's screen."""

    number: int
    counter: str
    state: NumberState


class Display(NamedTuple):
    """What the waiting room sees: those who are called now, the last first, and some of those called before."""

    desk: str
    now: list[Shown]
    before: list[int]


#: As many as can be read from afar.
_CALLED_NOW, _CALLED_BEFORE = 4, 8
_SHOWN: Final = (NumberState.CALLED, NumberState.ABSENT, NumberState.BEGUN, NumberState.DONE)


def display_of(token: str, day: date) -> Display | None:
    """The screen of this token; None when there is none. Two statements."""
    desk = db.session.execute(
        select(DESK.c.id, DESK.c.name).join(_DISPLAY, _DISPLAY.c.desk_id == DESK.c.id).where(_DISPLAY.c.token == token)
    ).one_or_none()
    if desk is None:
        return None
    called = [
        Shown._make(row)
        for row in db.session.execute(
            select(NUMBER.c.number, NUMBER.c.counter, NUMBER.c.state)
            .where(NUMBER.c.desk_id == desk.id, NUMBER.c.day == day, NUMBER.c.state.in_(_SHOWN))
            .order_by(NUMBER.c.called_at.desc(), NUMBER.c.id.desc())
        )
    ]
    now = [one for one in called if one.state is NumberState.CALLED][:_CALLED_NOW]
    before = [one.number for one in called if one.state is not NumberState.CALLED][:_CALLED_BEFORE]
    return Display(desk.name, now, before)
