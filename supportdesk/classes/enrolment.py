"""Giving seats: first come, first served; who finds none waits in the order of coming.

Called by the desk's pages, the class pages and the demo. Statements are written once, at import: this is the busiest
verb of the desk. A run's lock comes first, so that forty callers for ten seats are served one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes import wording
from supportdesk.classes.errors import AlreadyEnrolled, LearnerClash, OnDuty, SeatsAreDrawn
from supportdesk.classes.locking import LockedRun, count, lock_run
from supportdesk.classes.models import Enrolment, EnrolmentState, Seat
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.codes import new_code
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.standing import Standing, read_standing, standing_beside
from supportdesk.notices.operations import queue_notice
from supportdesk.places import occupancy

_ENROLMENT = table_of(Enrolment)
_SEAT = table_of(Seat)
_LIVE = _ENROLMENT.c.state != EnrolmentState.CANCELLED


@dataclass(frozen=True)
class Enrolled:
    """An enrolment with its seat, or with its place on the waiting list (counted from 1)."""

    enrolment_id: int
    code: str
    seat: int | None
    line: int | None


#: The learner's standing, their own live enrolment, and the lowest free seat: read under the run's lock.
_STATE = standing_beside(
    select(_ENROLMENT.c.id)
    .where(_ENROLMENT.c.run_id == bindparam("run_id"), _ENROLMENT.c.learner_id == bindparam("wanted"), _LIVE)
    .scalar_subquery()
    .label("enrolment_id"),
    select(func.min(_SEAT.c.number))
    .outerjoin(_ENROLMENT, (_ENROLMENT.c.run_id == _SEAT.c.run_id) & (_ENROLMENT.c.seat == _SEAT.c.number))
    .where(_SEAT.c.run_id == bindparam("run_id"), _ENROLMENT.c.id.is_(None))
    .scalar_subquery()
    .label("free_seat"),
)
#: A code that is in use already inserts no row.
_ENROL: Final = {
    name: dialect.insert(_ENROLMENT).on_conflict_do_nothing(index_elements=["code"]).returning(_ENROLMENT.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def enrol_learner(
    run_id: int,
    learner_id: int,
    *,
    caller: Caller = THE_LEARNER,
    clash_reason: str = "",
    told: bool = True,
    free_seat: int | None = None,
    actor: Actor,
    now: datetime,
) -> Enrolled:
    """Give the learner the lowest free seat, or the next place on the waiting list; their time is theirs no more.

    `told`: they hear it on the line or at the counter, so that nobody need tell them later. `free_seat`: which seat,
    of a caller who holds the run's lock. Raises NotFound, RunNotOpen, SeatsAreDrawn, AlreadyEnrolled, NotActive,
    OnDuty, and LearnerClash unless there is a `clash_reason`.
    """
    run = lock_run(run_id)
    run.demand_open(now)
    if run.to_draw:
        raise SeatsAreDrawn
    state: Any = connection().execute(_STATE, {"run_id": run_id, "wanted": learner_id}).one_or_none()
    standing = read_standing(state, clock.local(now).date())
    if state.enrolment_id is not None:
        raise AlreadyEnrolled(state.enrolment_id)
    standing.demand_active()
    seat = free_seat or state.free_seat
    _take_time(run, standing, seated=seat is not None, clash_reason=clash_reason)
    enrolment_id, code = insert_enrolment(
        {
            "run_id": run_id,
            "state": EnrolmentState.WAITING if seat is None else EnrolmentState.SEATED,
            "seat": seat,
            "caller_name": caller.name,
            "caller_relation": caller.relation,
            "caller_phone": caller.phone,
            "clash_reason": clash_reason,
            "enrolled_at": now,
            "enrolled_by": actor.account_id,
            **as_they_stand(standing),
        }
    )
    enrolled = Enrolled(enrolment_id, code, seat, run.waiting + 1 if seat is None else None)
    count(run_id, seats=seat is not None, in_line=seat is None)
    _tell(run, standing, enrolled, call_to=caller.phone, told=told, now=now)
    note(Action.ENROL_LEARNER, learner_id, enrolment_id, actor=actor, now=now)
    return enrolled


def as_they_stand(standing: Standing) -> dict[str, Any]:
    """What an enrolment writes down of its learner."""
    return {
        "learner_id": standing.learner_id,
        "residence": standing.residence,
        "age_band": standing.age_band,
        "channel": standing.channel,
    }


def insert_enrolment(values: dict[str, Any]) -> tuple[int, str]:
    """Write the row: its id, and the code that it was given."""
    while True:
        code = new_code("C")
        enrolment_id = connection().scalar(_ENROL[db.engine.dialect.name], {**values, "code": code})
        if enrolment_id is not None:
            return enrolment_id, code


def _take_time(run: LockedRun, standing: Standing, *, seated: bool, clash_reason: str) -> None:
    """Take the learner's time when they have a seat. Whoever waits is warned of a clash, but stays free."""
    person = occupancy.person(standing.person_id)
    claims = run.claims_for(person)
    try:
        if seated:
            occupancy.take_all(claims)
            return
        in_the_way = occupancy.who_is_in_the_way(claims)
    except occupancy.Occupied as refusal:
        in_the_way = cast(dict[str, set[str]], refusal.details["in_the_way"])
    if in_the_way.get(person, set()) & set(run.activities):
        raise OnDuty
    if in_the_way and not clash_reason:
        raise LearnerClash(in_the_way, occupancy.in_words(in_the_way))
    if seated:
        take_again(claims)


def take_again(claims: list[occupancy.Claim]) -> None:
    """Take somebody's time although they have something else then, which they know."""
    for claim in claims:
        for resource in claim.resources:
            occupancy.take_again(claim.activity, resource, claim.starts_at, claim.ends_at)


def _tell(run: LockedRun, standing: Standing, enrolled: Enrolled, *, call_to: str, told: bool, now: datetime) -> None:
    if enrolled.line is None:
        kind, text = wording.CONFIRMED, wording.confirmed(run, enrolled.code)
    else:
        kind, text = wording.WAITING, wording.waiting(run, enrolled.code, enrolled.line)
    queue_notice(
        standing=standing,
        kind=kind,
        activity=activity("enrolment", enrolled.enrolment_id),
        text=text,
        told=told,
        call_to=call_to,
        tell_until=run.starts_at,
        now=now,
    )


def note(action: Action, learner_id: int, enrolment_id: int, *, actor: Actor, now: datetime) -> None:
    """Enter into the audit trail what was done about an enrolment."""
    audit.record(
        actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"enrolment": enrolment_id}
    )


#: One enrolment; who asks holds the run's lock.
BY_ID: Final = select(
    _ENROLMENT.c.id,
    _ENROLMENT.c.run_id,
    _ENROLMENT.c.learner_id,
    _ENROLMENT.c.state,
    _ENROLMENT.c.seat,
    _ENROLMENT.c.code,
    _ENROLMENT.c.caller_name,
    _ENROLMENT.c.caller_relation,
    _ENROLMENT.c.caller_phone,
).where(_ENROLMENT.c.id == bindparam("wanted"))


def run_of(enrolment_id: int) -> int:
    """Which run an enrolment is for. Raises NotFound."""
    run_id = connection().scalar(select(_ENROLMENT.c.run_id).where(_ENROLMENT.c.id == enrolment_id))
    if run_id is None:
        raise NotFound
    return run_id


def free_seats_of(run_id: int) -> list[int]:
    """The numbers of the seats that nobody has, the lowest first."""
    taken = select(_ENROLMENT.c.seat).where(_ENROLMENT.c.run_id == run_id, _ENROLMENT.c.seat.is_not(None))
    free = select(_SEAT.c.number).where(_SEAT.c.run_id == run_id, _SEAT.c.number.not_in(taken))
    return list(connection().scalars(free.order_by(_SEAT.c.number)))
