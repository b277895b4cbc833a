"""Giving an adviser's slot to a learner, freeing it, changing it for another. For the desk, the pages and the demo.

The desk's lock comes first, so that twenty callers for one slot are served one after the other; the unique index on an
adviser's live slots is the net below.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.asking import ask
from supportdesk.helpdesk.cases.models import Case
from supportdesk.helpdesk.errors import (
    AlreadyBegun,
    AlreadyCancelled,
    SameSlot,
)
from supportdesk.helpdesk.fairness import demand_fair
from supportdesk.helpdesk.giving import Booked, give
from supportdesk.helpdesk.holds.operations import pass_hold
from supportdesk.helpdesk.locking import BOOKING, LockedSlot, lock_booking, lock_desks, lock_slot
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.office import MOST_OPEN
from supportdesk.helpdesk.phones import has_phone, take_phone
from supportdesk.helpdesk.rooms import leave_room
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.line import hold_for_next, lock_line
from supportdesk.helpdesk.waiting.operations import begin_booking, end_waiting, note_booking
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.standing import Standing, standing_alone, standing_of
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy


def book_consultation(
    desk_id: int,
    adviser_id: int,
    starts_at: datetime,
    learner_id: int,
    *,
    topic: str = "",
    caller: Caller = THE_LEARNER,
    clash_reason: str = "",
    told: bool = True,
    owner: str = "",
    waited: bool = False,
    applied: bool = False,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Give the learner the adviser's slot that begins at that time; the time of both is theirs no more.

    `told`: they hear it on the line or at the counter, so that nobody need tell them later. `owner`: for whom the slot
    may have been kept; their hold of it ends. `waited`: it is theirs by turn, even where it is set aside.
    `applied`: it is what came of an application for this slot. Raises NotFound, SlotPast, DeskShut, NoSuchSlot,
    NotActive, SlotKept, SlotTaken, AlreadyBooked, OwnSlot, TooManyBooked, SlotSetAside, AskedMeanwhile, and
    LearnerClash unless there is a `clash_reason`.
    """
    wanted = Wanted(desk_id, adviser_id, starts_at)
    slot, standing, have, wishes = ask(wanted, learner_id, now)
    demand_fair(slot, have, waited=waited, now=now)
    ended = end_waiting(wishes, wanted, actor=actor, now=now)
    if ended:
        slot = lock_slot(*wanted, now)  # what was kept for them may be this very slot
    pass_hold(slot, owner=owner, now=now)
    standing.demand_active()
    booked = give(
        slot,
        standing,
        topic=topic,
        caller=caller,
        clash_reason=clash_reason,
        most=MOST_OPEN.get(),
        actor=actor,
        now=now,
    )
    note_booking(ended, booked.booking_id, applied=applied)
    text = wording.confirmed(slot.desk, slot.place, slot.starts_at, booked.code)
    _tell("booking_confirmed", text, slot, standing, booked, told=told, call_to=caller.phone, now=now)
    _note(Action.BOOK_CONSULTATION, learner_id, booked.booking_id, actor=actor, now=now)
    return booked


_OF_WHOM = select(BOOKING.c.desk_id, BOOKING.c.learner_id).where(BOOKING.c.id == bindparam("wanted"))
_CANCEL = (
    update(BOOKING)
    .where(BOOKING.c.id == bindparam("wanted"))
    .values(state=BookingState.CANCELLED, cancelled_at=bindparam("at"), cancelled_by=bindparam("by"))
)
_TAKE_CASE_ALONG = update(Case).where(Case.booking_id == bindparam("old")).values(booking_id=bindparam("new"))
_TAKE_APPLICATION_ALONG = (
    update(ConsultationApplication)
    .where(ConsultationApplication.booking_id == bindparam("old"))
    .values(
        booking_id=bindparam("new"),
        desk_id=bindparam("at_desk"),
        adviser_id=bindparam("with_adviser"),
        starts_at=bindparam("from_then"),
        ends_at=bindparam("until_then"),
    )
)


def cancel_booking(booking_id: int, *, told: bool = True, actor: Actor, now: datetime) -> None:
    """Free the adviser's and the learner's time, before it begins; what was still to be told of it is told no more.

    `told`: the learner knows; else they are told. Raises NotFound, AlreadyCancelled and AlreadyBegun.
    """
    lock_desks([_desk_and_learner(booking_id)[0]])
    booking = lock_booking(booking_id)
    lock_line()
    standing = standing_of(booking.learner_id, clock.local(now).date())
    _free(booking, actor=actor, now=now)
    _leave_room(booking)
    _hand_on(booking, actor=actor, now=now)
    if not told:
        queue_notice(
            standing=standing,
            kind="booking_cancelled",
            activity=activity("booking", booking_id),
            text=wording.cancelled(booking.desk, booking.nickname or booking.venue, booking.starts_at),
            call_to=booking.caller_phone,
            tell_until=booking.starts_at,
            now=now,
        )
    _note(Action.CANCEL_BOOKING, booking.learner_id, booking_id, actor=actor, now=now)


def _desk_and_learner(booking_id: int) -> tuple[int, int]:
    """The desk and the learner of a booking. Raises NotFound."""
    row = connection().execute(_OF_WHOM, {"wanted": booking_id}).one_or_none()
    if row is None:
        raise NotFound
    return row.desk_id, row.learner_id


def _free(booking: Any, *, actor: Actor, now: datetime) -> None:
    if booking.state is BookingState.CANCELLED:
        raise AlreadyCancelled
    if booking.state is not BookingState.BOOKED or booking.starts_at <= now:
        raise AlreadyBegun
    name = activity("booking", booking.id)
    connection().execute(_CANCEL, {"wanted": booking.id, "at": now, "by": actor.account_id})
    occupancy.release(name)
    cancel_notices(name, now=now)


def _leave_room(booking: Any) -> None:
    if booking.room_id is not None:
        leave_room(booking.desk_id, booking.starts_at, booking.ends_at)


def _hand_on(booking: Any, *, actor: Actor, now: datetime) -> None:
    """What the booking had is offered to the next who waits and whom it fits."""
    hold_for_next(Wanted(booking.desk_id, booking.adviser_id, booking.starts_at), actor=actor, now=now)


def move_booking(
    booking_id: int,
    desk_id: int,
    adviser_id: int,
    starts_at: datetime,
    *,
    clash_reason: str = "",
    told: bool = True,
    owner: str = "",
    actor: Actor,
    now: datetime,
) -> Booked:
    """Change the slot for another, for the same caller and wish: both or neither. Notes made already go along, and if a
    loan phone was kept, one is at the new time.

    Raises what `cancel_booking` and `book_consultation` raise, SameSlot and NoFreePhone.
    """
    from_desk, learner_id = _desk_and_learner(booking_id)
    wishes = begin_booking(learner_id, from_desk, desk_id)
    lock_desks([from_desk, desk_id])
    booking = lock_booking(booking_id)
    if (booking.adviser_id, booking.starts_at) == (adviser_id, starts_at):
        raise SameSlot
    slot = lock_slot(desk_id, adviser_id, starts_at, now)
    ended = end_waiting(wishes, Wanted(desk_id, adviser_id, starts_at), actor=actor, now=now)
    if ended:
        slot = lock_slot(desk_id, adviser_id, starts_at, now)
    pass_hold(slot, owner=owner, now=now)
    lock_line()
    standing = standing_alone(booking.learner_id, clock.local(now).date())
    had_phone = has_phone(booking_id)
    _free(booking, actor=actor, now=now)
    caller = Caller(booking.caller_name, booking.caller_relation, booking.caller_phone)
    booked = give(slot, standing, topic=booking.topic, caller=caller, clash_reason=clash_reason, actor=actor, now=now)
    if had_phone:
        take_phone(activity("booking", booked.booking_id), slot.starts_at, slot.ends_at)
    connection().execute(_TAKE_CASE_ALONG, {"old": booking_id, "new": booked.booking_id})
    applied = connection().execute(
        _TAKE_APPLICATION_ALONG,
        {
            "old": booking_id,
            "new": booked.booking_id,
            "at_desk": slot.desk_id,
            "with_adviser": slot.adviser_id,
            "from_then": slot.starts_at,
            "until_then": slot.ends_at,
        },
    )
    note_booking(ended, booked.booking_id, applied=applied.rowcount > 0)
    _leave_room(booking)
    _hand_on(booking, actor=actor, now=now)
    text = wording.moved(slot.desk, slot.place, slot.starts_at, booked.code)
    _tell("booking_moved", text, slot, standing, booked, told=told, call_to=caller.phone, now=now)
    for action, row_id in ((Action.CANCEL_BOOKING, booking_id), (Action.BOOK_CONSULTATION, booked.booking_id)):
        _note(action, booking.learner_id, row_id, actor=actor, now=now)
    return booked


def _tell(
    kind: str,
    text: str,
    slot: LockedSlot,
    standing: Standing,
    booked: Booked,
    *,
    told: bool,
    call_to: str,
    now: datetime,
) -> None:
    """What became of the slot; until the consultation begins."""
    queue_notice(
        standing=standing,
        kind=kind,
        activity=activity("booking", booked.booking_id),
        text=text,
        told=told,
        call_to=call_to,
        tell_until=slot.starts_at,
        now=now,
    )


def _note(action: Action, learner_id: int, booking_id: int, *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"booking": booking_id})
