"""The waiting list of a run: a freed seat is held for the next in line, given to whoever accepts it, or goes on.

Called by whatever frees a seat, under the run's lock, and by the engine of offers (notices/offers.py) for answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.classes import wording
from supportdesk.classes.enrolment import BY_ID, free_seats_of, note, run_of, take_again
from supportdesk.classes.errors import NotWaiting, OnDuty, StillFull
from supportdesk.classes.locking import MEETING, LockedRun, count, lock_run
from supportdesk.classes.models import Enrolment, EnrolmentState, MeetingStaff
from supportdesk.core import clock
from supportdesk.core.activities import activity, row_of
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Learner, Status
from supportdesk.learners.standing import Standing, standing_of
from supportdesk.notices.deadlines import answer_until
from supportdesk.notices.offers import Line, LineWords, Vacancy, asked_of, end_offer, hold, new_vacancy
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy

KIND: Final = "enrolment"
_ENROLMENT = table_of(Enrolment)
_GONE = _ENROLMENT.alias("gone")
_LEARNER = table_of(Learner)
_ACCOUNT = table_of(Account)
_STAFF = table_of(MeetingStaff)
_NEXT = (
    select(_ENROLMENT.c.id, _ENROLMENT.c.learner_id, _ENROLMENT.c.code, _ENROLMENT.c.caller_phone)
    .join(_LEARNER, _LEARNER.c.id == _ENROLMENT.c.learner_id)
    .where(
        _ENROLMENT.c.run_id == bindparam("run_id"),
        _ENROLMENT.c.state == EnrolmentState.WAITING,
        _ENROLMENT.c.id.not_in(bindparam("asked", expanding=True)),
        _ENROLMENT.c.learner_id.not_in(select(_GONE.c.learner_id).where(_GONE.c.id == bindparam("given_up"))),
        _LEARNER.c.person_id.not_in(
            select(_ACCOUNT.c.person_id)
            .join(_STAFF, _STAFF.c.account_id == _ACCOUNT.c.id)
            .join(MEETING, MEETING.c.id == _STAFF.c.meeting_id)
            .where(MEETING.c.run_id == bindparam("run_id"))
        ),
        _LEARNER.c.status == Status.ACTIVE,
    )
    .order_by(_ENROLMENT.c.id)
    .limit(1)
)
_PUT = (
    update(_ENROLMENT)
    .where(_ENROLMENT.c.id == bindparam("wanted"))
    .values(state=bindparam("becomes"), seat=bindparam("has"))
)
_STRIKE = (
    update(_ENROLMENT)
    .where(_ENROLMENT.c.id == bindparam("wanted"))
    .values(
        state=EnrolmentState.CANCELLED,
        seat=None,
        cancelled_at=bindparam("at"),
        cancelled_by=bindparam("by"),
        given_up_late=bindparam("late"),
        had_seat=_ENROLMENT.c.state == EnrolmentState.SEATED,
    )
)


def hold_for_next(run: LockedRun, seat: int, vacancy: Vacancy, *, actor: Actor, now: datetime) -> int | None:
    """Hold a free seat for whoever waits longest of those who were not asked yet, and ask them: their enrolment.

    None when there is nobody, or the run has begun: then the seat is free for the next caller. A clash passes nobody
    over; they are told of it when they are asked. Who teaches there by now is not asked.
    """
    if not run.is_open(now):
        return None
    asked = asked_of(vacancy, KIND)
    wanted = {"run_id": run.id, "asked": asked, "given_up": row_of(vacancy.given_up, KIND)}
    enrolment = connection().execute(_NEXT, wanted).one_or_none()
    if enrolment is None:
        return None
    standing = standing_of(enrolment.learner_id, clock.local(now).date())
    clashes = bool(occupancy.who_is_in_the_way(run.claims_for(occupancy.person(standing.person_id))))
    _put(enrolment.id, EnrolmentState.OFFERED, seat)
    count(run.id, seats=1, in_line=-1)
    cancel_notices(activity(KIND, enrolment.id), now=now)  # "you are third in line" is not true any more
    deadline = answer_until(run.starts_at, now)
    hold(
        vacancy,
        row_id=enrolment.id,
        kind=KIND,
        standing=standing,
        text=wording.offered(run, enrolment.code, deadline, clashes=clashes),
        call_to=enrolment.caller_phone,
        deadline=deadline,
        actor=actor,
        now=now,
    )
    return int(enrolment.id)


def hold_free_seats(run: LockedRun, *, actor: Actor, now: datetime) -> set[int]:
    """Hold each free seat for one of those who wait, in their order: their enrolments."""
    if not run.waiting or not run.is_open(now):
        return set()
    free = free_seats_of(run.id)[: run.waiting]
    asked = [hold_for_next(run, seat, new_vacancy(), actor=actor, now=now) for seat in free]
    return {enrolment_id for enrolment_id in asked if enrolment_id is not None}


def recall_offers(run: LockedRun, *, actor: Actor, now: datetime) -> None:
    """What was offered is not to be had as it was said: whoever was asked waits again, at their place in the line."""
    offered = (_ENROLMENT.c.run_id == run.id) & (_ENROLMENT.c.state == EnrolmentState.OFFERED)
    for enrolment_id in connection().scalars(select(_ENROLMENT.c.id).where(offered)).all():
        end_offer(enrolment_id, KIND, left=False, actor=actor, now=now)
        _put(enrolment_id, EnrolmentState.WAITING, None)
        count(run.id, seats=-1, in_line=1)


def strike(enrolment_id: int, *, late: bool = False, actor: Actor, now: datetime) -> None:
    """The enrolment has neither seat nor place in line any more. `late`: a seat, given up shortly before the start."""
    connection().execute(_STRIKE, {"wanted": enrolment_id, "at": now, "by": actor.account_id, "late": late})


def give_free_seat(enrolment_id: int, *, actor: Actor, now: datetime) -> None:
    """Who waits although a seat is free, because they could not be reached or declined before, has it now.

    Raises NotFound, RunNotOpen, NotWaiting, StillFull, OnDuty.
    """
    run = lock_run(run_of(enrolment_id))
    run.demand_open(now)
    if connection().execute(BY_ID, {"wanted": enrolment_id}).one().state is not EnrolmentState.WAITING:
        raise NotWaiting
    free = free_seats_of(run.id)
    if not free:
        raise StillFull
    count(run.id, seats=1, in_line=-1)
    _seat(run, enrolment_id, free[0], actor=actor, now=now)


def _give(enrolment_id: int, /, *, actor: Actor, now: datetime) -> None:
    """The seat that was held is theirs. Raises RunNotOpen, OnDuty."""
    run = lock_run(run_of(enrolment_id))
    run.demand_open(now)
    seat = connection().execute(BY_ID, {"wanted": enrolment_id}).one().seat
    _seat(run, enrolment_id, seat, actor=actor, now=now)


def _seat(run: LockedRun, enrolment_id: int, seat: int, *, actor: Actor, now: datetime) -> None:
    enrolment = connection().execute(BY_ID, {"wanted": enrolment_id}).one()
    standing = standing_of(enrolment.learner_id, clock.local(now).date())
    _take_time(run, standing)
    _put(enrolment_id, EnrolmentState.SEATED, seat)
    subject = activity(KIND, enrolment_id)
    cancel_notices(subject, now=now)
    queue_notice(
        standing=standing,
        kind=wording.CONFIRMED,
        activity=subject,
        text=wording.confirmed(run, enrolment.code),
        told=True,
        call_to=enrolment.caller_phone,
        tell_until=run.starts_at,
        now=now,
    )
    note(Action.PROMOTE_ENROLMENT, enrolment.learner_id, enrolment_id, actor=actor, now=now)


def _take_time(run: LockedRun, standing: Standing) -> None:
    """Their time is theirs no more; what else they have then they were told of."""
    person = occupancy.person(standing.person_id)
    claims = run.claims_for(person)
    if occupancy.who_is_in_the_way(claims).get(person, set()) & set(run.activities):
        raise OnDuty
    take_again(claims)


def _go_on(enrolment_id: int, vacancy: Vacancy, /, *, leaves: bool, actor: Actor, now: datetime) -> None:
    """The seat that was held goes to the next; this one waits on, or leaves the line."""
    run = lock_run(run_of(enrolment_id))
    enrolment: Any = connection().execute(BY_ID, {"wanted": enrolment_id}).one()
    if leaves:
        strike(enrolment_id, actor=actor, now=now)
        cancel_notices(activity(KIND, enrolment_id), now=now)
        note(Action.CANCEL_ENROLMENT, enrolment.learner_id, enrolment_id, actor=actor, now=now)
    else:
        _put(enrolment_id, EnrolmentState.WAITING, None)
    count(run.id, seats=-1, in_line=0 if leaves else 1)
    hold_for_next(run, enrolment.seat, vacancy, actor=actor, now=now)


def _hold_still(enrolment_id: int, /) -> None:
    lock_run(run_of(enrolment_id))


def _put(enrolment_id: int, state: EnrolmentState, seat: int | None) -> None:
    connection().execute(_PUT, {"wanted": enrolment_id, "becomes": state, "has": seat})


WORDS: Final = LineWords(
    accept=_l("参加する"),
    held=_l("それまで席をとってあります。すぎると、次の方にまわります。"),
    leave=_l("キャンセル待ちからはずす"),
    leaving=_l("キャンセル待ちからはずれ、次の方にまわります。元にはもどせません。もう一度申し込むことはできます。"),
)
LINE: Final = Line(KIND, WORDS, hold_still=_hold_still, give=_give, go_on=_go_on)
