"""Giving up a place in a run, and moving to another. Called by the desk's pages and by whoever lets a learner go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from supportdesk.accounts.actions import Action
from supportdesk.classes import wording
from supportdesk.classes.day_changes.telling import withdraw_change
from supportdesk.classes.enrolment import BY_ID, Enrolled, enrol_learner, note, run_of
from supportdesk.classes.errors import AlreadyBegun, AlreadyCancelled, NoSeatThere, SameRun
from supportdesk.classes.line import KIND, hold_for_next, strike
from supportdesk.classes.locking import LockedRun, count, lock_run, lock_runs
from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.rules import can_be_left, is_late
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.learners.caller import Caller
from supportdesk.learners.standing import Standing, standing_of
from supportdesk.notices.offers import end_offer, new_vacancy
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy


def cancel_enrolment(
    enrolment_id: int, *, told: bool = True, moves: bool = False, actor: Actor, now: datetime
) -> int | None:
    """Free the seat and hold it for the next in line, who is asked; before the run starts, never after.

    Returns the enrolment that is asked, if one is. `told`: the learner knows that they leave; else they are told.
    `moves`: they have a place in another run instead, so that it does not count as given up late. In a
    run of several meetings a learner may leave in the middle: their time from then on is free, the meetings before
    stay as they were, and the seat is nobody's. What was still to be told about the enrolment is not told any more.
    Raises NotFound, AlreadyCancelled, and AlreadyBegun once no meeting is still to come: what was is a fact.
    """
    run = lock_run(run_of(enrolment_id))
    enrolment = connection().execute(BY_ID, {"wanted": enrolment_id}).one()
    if enrolment.state is EnrolmentState.CANCELLED:
        raise AlreadyCancelled
    if not can_be_left((claim.starts_at for claim in run.claims), now):
        raise AlreadyBegun
    standing = standing_of(enrolment.learner_id, clock.local(now).date())
    vacancy = end_offer(enrolment_id, KIND, left=True, actor=actor, now=now) or new_vacancy(
        activity(KIND, enrolment_id)
    )
    late = enrolment.state is EnrolmentState.SEATED and not moves and is_late(run.starts_at, now)
    strike(enrolment_id, late=late, actor=actor, now=now)
    withdraw_change([run.id], [enrolment.learner_id], now=now)
    _tell_of_cancelling(run, standing, enrolment, told=told, now=now)
    note(Action.CANCEL_ENROLMENT, enrolment.learner_id, enrolment_id, actor=actor, now=now)
    if enrolment.seat is None:
        count(run.id, in_line=-1)
        return None
    count(run.id, seats=-1)
    asked = hold_for_next(run, enrolment.seat, vacancy, actor=actor, now=now) if run.waiting else None
    if enrolment.state is EnrolmentState.SEATED:  # before they accept, an offered seat takes nobody's time
        occupancy.release(run.to_come(now), [occupancy.person(standing.person_id)])
    return asked


def _tell_of_cancelling(run: LockedRun, standing: Standing, enrolment: Any, *, told: bool, now: datetime) -> None:
    """What was still to be told is told no more; that the place is given up, where the learner does not know."""
    subject = activity("enrolment", enrolment.id)
    cancel_notices(subject, now=now)
    if not told:
        queue_notice(
            standing=standing,
            kind=wording.CANCELLED,
            activity=subject,
            text=wording.cancelled(run),
            call_to=enrolment.caller_phone,
            tell_until=min(claim.starts_at for claim in run.claims if claim.starts_at > now),
            now=now,
        )


def move_enrolment(
    enrolment_id: int,
    run_id: int,
    *,
    clash_reason: str = "",
    told: bool = True,
    actor: Actor,
    now: datetime,
) -> Enrolled:
    """Cancel the enrolment and enrol the learner in another run, for the same caller: both or neither.

    Whoever has a seat moves to a seat. Raises what `cancel_enrolment` and `enrol_learner` raise, SameRun, NoSeatThere.
    """
    from_run = run_of(enrolment_id)
    if from_run == run_id:
        raise SameRun
    lock_runs([from_run, run_id])
    had_seat = connection().execute(BY_ID, {"wanted": enrolment_id}).one().state is EnrolmentState.SEATED
    cancel_enrolment(enrolment_id, moves=True, actor=actor, now=now)
    enrolment = connection().execute(BY_ID, {"wanted": enrolment_id}).one()
    moved = enrol_learner(
        run_id,
        enrolment.learner_id,
        caller=Caller(enrolment.caller_name, enrolment.caller_relation, enrolment.caller_phone),
        clash_reason=clash_reason,
        told=told,
        actor=actor,
        now=now,
    )
    if had_seat and moved.seat is None:
        raise NoSeatThere
    return moved
