"""The adviser's verbs: calling, once more, nobody came, back; beginning, and what came of it for those without a name.

Every verb waits for the desk's lock, so that two advisers who press at once never call one number. Called by the
day's page and the demo.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.codes import new_code
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.helpdesk.errors import OwnSlot
from supportdesk.helpdesk.locking import BOOKING, lock_booking
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queue import queries
from supportdesk.helpdesk.queue.errors import (
    CalledByAnother,
    CaseWritten,
    NobodyWaits,
    NoCounter,
    NotToday,
    StepGone,
    StillCalled,
)
from supportdesk.helpdesk.queue.line import IN_LINE, change, lock_desk, lock_number, note
from supportdesk.helpdesk.queue.models import AdviserCounter, NumberState
from supportdesk.helpdesk.queue.order import next_for
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.learners.standing import standing_of

_COUNTER: Final = table_of(AdviserCounter)
_CASE: Final = table_of(Case)
#: A code that is in use already inserts no row.
_WALK_IN: Final = {
    name: dialect.insert(BOOKING).on_conflict_do_nothing().returning(BOOKING.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def choose_counter(desk_id: int, name: str, *, actor: Actor) -> None:
    """The adviser sits there from now on. Raises NotFound."""
    lock_desk(desk_id)
    own = {"desk_id": desk_id, "account_id": actor.account_id}
    connection().execute(
        delete(_COUNTER).where(_COUNTER.c.desk_id == desk_id, _COUNTER.c.account_id == actor.account_id)
    )
    connection().execute(insert(_COUNTER).values(**own, name=name))


def call_next(desk_id: int, *, actor: Actor, now: datetime) -> int:
    """Call the next of the line to the actor's counter; the number's id.

    Raises NotFound, NoCounter, StillCalled while somebody is on the way to them, and NobodyWaits.
    """
    desk, day = lock_desk(desk_id), clock.local(now).date()
    counter = _counter(desk.id, actor)
    line = queries.numbers_of(desk.id, day, (NumberState.WAITING, NumberState.CALLED))
    for one in line:
        if one.state is NumberState.CALLED and one.called_by == actor.account_id:
            raise StillCalled(one.number)
    waiting = [one for one in line if one.state is NumberState.WAITING]
    found = next_for(waiting, actor.account_id, now)
    if found is None:
        raise NobodyWaits
    _call(found, counter, actor=actor, now=now)
    return found.id


def call_number(number_id: int, *, actor: Actor, now: datetime) -> None:
    """Call this one, before their turn or once more.

    Raises NotFound, NotToday, NoCounter, CalledByAnother and StepGone.
    """
    number = lock_number(number_id)
    _demand_today(number, now)
    counter = _counter(number.desk_id, actor)
    if number.state is NumberState.CALLED and number.called_by != actor.account_id:
        raise CalledByAnother(number.number, number.counter, number.called_at)
    if number.state not in IN_LINE:
        raise _gone(number)
    _call(number, counter, actor=actor, now=now)


def mark_absent(number_id: int, *, actor: Actor, now: datetime) -> None:
    """Called, and nobody came. They may come back. Raises NotFound, StepGone."""
    _step(number_id, (NumberState.CALLED,), NumberState.ABSENT, actor=actor, now=now)


def bring_back(number_id: int, *, actor: Actor, now: datetime) -> None:
    """They are here again, and stand where their number stands. Raises NotFound, NotToday, StepGone."""
    gone = (NumberState.ABSENT, NumberState.LEFT, NumberState.UNSERVED)
    _step(number_id, gone, NumberState.WAITING, actor=actor, now=now)


def leave_line(number_id: int, *, actor: Actor, now: datetime) -> None:
    """They wait no longer. Raises NotFound, StepGone."""
    _step(number_id, IN_LINE, NumberState.LEFT, actor=actor, now=now)


def begin(number_id: int, *, actor: Actor, now: datetime) -> int | None:
    """They sit at the counter. A learner's consultation has a booking then, whose id this is: the one they came for, or
    a walk-in of this moment, which takes nobody's slot. None for somebody without a name.

    Raises NotFound, CalledByAnother, StepGone, and OwnSlot when the learner is the adviser.
    """
    number = lock_number(number_id)
    if number.state is not NumberState.CALLED:
        raise _gone(number)
    if number.called_by != actor.account_id:
        raise CalledByAnother(number.number, number.counter, number.called_at)
    booking_id = None
    if number.learner_id:
        booking_id = booking_for(
            number, adviser_id=number.called_by, person_id=actor.person_id, since=now, actor=actor, now=now
        )
    change(number.id, state=NumberState.BEGUN, begun_at=now, booking_id=booking_id)
    note(Action.BEGIN_NUMBER, number, actor=actor, now=now, booking=booking_id)
    return booking_id


def note_result(
    number_id: int, *, area_code: str | None, result: CaseResult, minutes: int, actor: Actor, now: datetime
) -> None:
    """What came of a consultation without a name, for the figures; corrected by writing it anew.

    Raises NotFound, and StepGone unless somebody without a name sits or sat at the counter.
    """
    number = lock_number(number_id)
    if number.booking_id is not None or number.state not in (NumberState.BEGUN, NumberState.DONE):
        raise _gone(number)
    ended = number.ended_at or now
    change(number.id, state=NumberState.DONE, area_code=area_code, result=result, minutes=minutes, ended_at=ended)
    note(Action.NOTE_RESULT, number, actor=actor, now=now)


def undo(number_id: int, *, actor: Actor, now: datetime) -> None:
    """Take the last press back: called becomes waiting, not there and begun become called, gone becomes waiting.

    Raises NotFound, NotToday, StepGone, and CaseWritten when the consultation has something written of it.
    """
    number = lock_number(number_id)
    _demand_today(number, now)
    if number.state in (NumberState.LEFT, NumberState.UNSERVED):
        change(number.id, state=NumberState.WAITING, ended_at=None)
    elif number.state is NumberState.CALLED:
        change(number.id, state=NumberState.WAITING, called_at=None, called_by=None, counter="", calls=0)
    elif number.state is NumberState.ABSENT:
        change(number.id, state=NumberState.CALLED)
    elif number.state is NumberState.BEGUN:
        kept = _give_back(number, actor=actor, now=now) if number.booking_id else None
        change(number.id, state=NumberState.CALLED, begun_at=None, booking_id=kept)
    else:
        raise _gone(number)
    note(Action.UNDO_NUMBER, number, actor=actor, now=now, state=number.state.value)


def _call(number: Any, counter: str, *, actor: Actor, now: datetime) -> None:
    change(
        number.id,
        state=NumberState.CALLED,
        called_at=now,
        called_by=actor.account_id,
        counter=counter,
        calls=number.calls + 1,
    )
    note(Action.CALL_NUMBER, number, actor=actor, now=now)


def _step(number_id: int, before: Collection[NumberState], after: NumberState, *, actor: Actor, now: datetime) -> None:
    number = lock_number(number_id)
    if number.state not in before:
        raise _gone(number)
    if after is NumberState.WAITING:
        _demand_today(number, now)
    change(number.id, state=after, ended_at=now if after is NumberState.LEFT else None)
    note(Action.STEP_NUMBER, number, actor=actor, now=now, state=after.value)


def _counter(desk_id: int, actor: Actor) -> str:
    name = queries.counter_of(desk_id, actor.account_id)
    if not name:
        raise NoCounter
    return name


def _demand_today(number: Any, now: datetime) -> None:
    if number.day != clock.local(now).date():
        raise NotToday


def _gone(number: Any) -> StepGone:
    return StepGone(number.number, NUMBER_STATES[number.state])


def booking_for(
    number: Any, *, adviser_id: int, person_id: int | None, since: datetime, actor: Actor, now: datetime
) -> int:
    """The booking that the learner came for, or a walk-in with the adviser (who is that person) since then.

    Raises OwnSlot.
    """
    if number.booking_id is not None:
        booking = lock_booking(number.booking_id)
        if booking.state is BookingState.BOOKED:
            return int(booking.id)
    desk = lock_desk(number.desk_id)
    standing = standing_of(number.learner_id, clock.local(now).date())
    if standing.person_id == person_id:
        raise OwnSlot
    values = {
        "desk_id": desk.id,
        "adviser_id": adviser_id,
        "learner_id": number.learner_id,
        "starts_at": since,
        "ends_at": since + timedelta(minutes=desk.slot_minutes),
        "state": BookingState.BOOKED,
        "walk_in": True,
        "topic": number.topic,
        "caller_name": "",
        "caller_relation": "",
        "caller_phone": "",
        "clash_reason": "",
        "residence": standing.residence,
        "age_band": standing.age_band,
        "channel": standing.channel,
        "booked_at": now,
        "booked_by": actor.account_id,
    }
    while True:
        statement = _WALK_IN[db.engine.dialect.name]
        booking_id: int | None = connection().scalar(statement, {**values, "code": new_code("B")})
        if booking_id is not None:
            return booking_id


def _give_back(number: Any, *, actor: Actor, now: datetime) -> int | None:
    """The booking that the number keeps: a walk-in that was begun by mistake is cancelled."""
    booking = lock_booking(number.booking_id)
    written = connection().scalar(select(_CASE.c.id).where(_CASE.c.booking_id == booking.id))
    if booking.state is not BookingState.BOOKED or (booking.walk_in and written is not None):
        raise CaseWritten
    if not booking.walk_in:
        return int(booking.id)
    connection().execute(
        update(BOOKING)
        .where(BOOKING.c.id == booking.id)
        .values(state=BookingState.CANCELLED, cancelled_at=now, cancelled_by=actor.account_id)
    )
    return None
