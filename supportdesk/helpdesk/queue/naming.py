"""A name for a number that was given without one, or with the wrong one. For the pages of reception and advisers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor, Permission
from supportdesk.helpdesk.queue.calling import booking_for
from supportdesk.helpdesk.queue.errors import CalledByAnother, NamedMeanwhile, NotToday, StepGone
from supportdesk.helpdesk.queue.line import IN_LINE, change, lock_number, note
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.helpdesk.queue.taking import booked_here, demand_none
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.learners.standing import active_standing_of

_ACCOUNT: Final = table_of(Account)
_PERSON_OF: Final = select(_ACCOUNT.c.person_id).where(_ACCOUNT.c.id == bindparam("wanted"))


def name_number(
    number_id: int, learner_id: int, *, instead_of: int | None = None, actor: Actor, now: datetime
) -> int | None:
    """The number is this learner's, who comes for their booking here today, if they have one. Who sits at the counter
    without a name has a consultation of that adviser from then on: the booking's id. `instead_of`: whose number it was
    when it was looked at.

    Raises NotFound, NotToday, StepGone, NamedMeanwhile, CalledByAnother where a colleague of that adviser says
    so, AlreadyNumbered, OwnSlot and NotActive.
    """
    number, day = lock_number(number_id), clock.local(now).date()
    if not may_be_named(number, day):
        raise NotToday if number.day != day else StepGone(number.number, NUMBER_STATES[number.state])
    sits = number.state is NumberState.BEGUN
    if sits and actor.account_id != number.called_by and actor.may(Permission.HOLD_CONSULTATION):
        raise CalledByAnother(number.number, number.counter, number.called_at)
    if number.learner_id == learner_id:
        return None
    if number.learner_id != instead_of:
        raise NamedMeanwhile(number.number)
    demand_none(number.desk_id, day, learner_id)
    booking_id = booked_here(number.desk_id, day, learner_id)
    change(number.id, learner_id=learner_id, booking_id=booking_id)
    number = lock_number(number_id)
    begun = None
    if sits:
        begun = booking_for(
            number,
            adviser_id=number.called_by,
            person_id=connection().execute(_PERSON_OF, {"wanted": number.called_by}).scalar_one(),
            since=number.begun_at,
            actor=actor,
            now=now,
        )
        change(number.id, booking_id=begun)
    note(Action.GIVE_NUMBER, number, actor=actor, now=now)
    active_standing_of(learner_id, day)  # the learner's own row is locked last of all
    return begun


def may_be_named(number: Any, day: date) -> bool:
    """Whether it can still be said whose number it is: in the line, or at the counter without a name."""
    if number.day != day:
        return False
    return number.state in IN_LINE or (number.state is NumberState.BEGUN and number.learner_id is None)
