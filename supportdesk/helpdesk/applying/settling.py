"""What reception does with an application for a consultation: says who it is, moves or books it, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select, update

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.applying.free import any_desk
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.placing import (
    KIND,
    keep_slot,
    let_go,
    locked_application,
    note,
    owner_of,
    place,
    try_to_place,
)
from supportdesk.helpdesk.errors import SameSlot
from supportdesk.helpdesk.holds.operations import end_hold
from supportdesk.helpdesk.locking import lock_desks
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.line import hold_for_next
from supportdesk.learners.applying.doors import settle
from supportdesk.learners.applying.errors import AlreadySaid, AlreadySettled, NotKnownYet
from supportdesk.learners.applying.matching import tie
from supportdesk.learners.applying.models import ApplicationState, RefusedBecause
from supportdesk.learners.locking import lock_register
from supportdesk.learners.standing import standing_of
from supportdesk.notices.operations import queue_notice

#: Why somebody who is known hears of it: they do not know, and it is meant for them.
_TOLD_WHY: Final = frozenset({RefusedBecause.NO_CONTACT, RefusedBecause.NOT_SERVED, RefusedBecause.OVER})


class Said(NamedTuple):
    """How the application stands now that it is known who it is; why it could not be booked, if it was tried."""

    state: ApplicationState
    refusal: DeskError | None = None


def say_who(
    application_id: int,
    learner_id: int | None,
    *,
    others: frozenset[int] = frozenset(),
    actor: Actor,
    now: datetime,
) -> Said:
    """It is this learner, or with None somebody new, who is entered now; then it is booked.

    `others`: learners whom the clerk saw and said to be other people. Raises NotFound, AlreadySettled, AlreadySaid,
    BadParticulars, and ProbablyKnown where somebody is much like a new one and was not seen.
    """
    if learner_id is None:
        lock_register()  # before any row, as whoever merges does
    application = _held(application_id, learner_id)
    if application.learner_id is not None:
        raise AlreadySaid
    tie(
        application,
        learner_id,
        application=application.id,
        kind=KIND,
        asked=False,
        others=others,
        actor=actor,
        now=now,
    )
    refusal = try_to_place(application, actor=actor, now=now)
    return Said(application.state, refusal)


def place_application(application_id: int, *, clash_reason: str = "", actor: Actor, now: datetime) -> None:
    """Book it, or put them in line. Raises NotFound, AlreadySettled, NotKnownYet, and why the desk refuses."""
    application = _held(application_id)
    if application.learner_id is None:
        raise NotKnownYet
    place(application, clash_reason=clash_reason, actor=actor, now=now)


def move_application(
    application_id: int, desk_id: int, adviser_id: int, starts_at: datetime, *, actor: Actor, now: datetime
) -> None:
    """Keep another slot for them, or one instead of a place in the line, as they said on the telephone; the one before
    is somebody else's to have.

    Raises NotFound, AlreadySettled, MovedMeanwhile, SameSlot, and what `hold_slot` raises.
    """
    application = _held(application_id, None, desk_id)
    before = application.slot
    wanted = Wanted(desk_id, adviser_id, starts_at)
    if wanted == before:
        raise SameSlot
    keep_slot(application, wanted, now=now)
    db.session.flush()
    if before is not None:
        hold_for_next(before, actor=actor, now=now)
    note(Action.MOVE_APPLICATION, application, actor=actor, now=now)


def refuse_application(application_id: int, reason: RefusedBecause, *, actor: Actor, now: datetime) -> None:
    """It comes to nothing, for this reason, and the slot is free. Whoever is known hears of it in their own way, where
    there is something to hear. Raises NotFound, AlreadySettled.
    """
    application = _held(application_id)
    application.refused_because = reason
    settle(application, ApplicationState.REFUSED, actor=actor, now=now)
    let_go(application, actor=actor, now=now)
    if application.learner_id is not None and reason in _TOLD_WHY:
        desk = any_desk(application.desk_id)
        queue_notice(
            standing=standing_of(application.learner_id, clock.local(now).date()),
            kind="application_refused",
            activity=activity(KIND, application_id),
            text=wording.application_refused(desk.name, desk.nickname or desk.venue, application.starts_at),
            call_to=application.caller_phone or application.phone,
            tell_until=application.starts_at,
            now=now,
        )
    note(Action.REFUSE_APPLICATION, application, actor=actor, now=now)


def waiting_of(learner_id: int) -> Sequence[ConsultationApplication]:
    """What is held for a learner and not booked yet. One statement."""
    return db.session.scalars(
        select(ConsultationApplication)
        .where(ConsultationApplication.learner_id == learner_id, ConsultationApplication.state == ApplicationState.HELD)
        .order_by(ConsultationApplication.id)
    ).all()


def give_up(application: ConsultationApplication, *, actor: Actor, now: datetime) -> None:
    """Whoever it is about leaves us. Under its desk's lock."""
    settle(application, ApplicationState.WITHDRAWN, actor=actor, now=now)
    let_go(application, actor=actor, now=now)


def close_applications(*, now: datetime) -> int:
    """Nobody asks any more about applications for times that have begun; how many those were."""
    over = (ConsultationApplication.state == ApplicationState.HELD) & (ConsultationApplication.starts_at <= now)
    lock_desks(db.session.scalars(select(ConsultationApplication.desk_id).where(over)))
    closed = db.session.execute(
        update(ConsultationApplication)
        .where(over)
        .values(state=ApplicationState.REFUSED, refused_because=RefusedBecause.OVER, settled_at=now)
        .returning(ConsultationApplication.id, ConsultationApplication.learner_id),
        execution_options={"synchronize_session": False},
    ).all()
    for application in sorted(closed):
        end_hold(owner_of(application))
        note(Action.REFUSE_APPLICATION, application, actor=SYSTEM, now=now)
    return len(closed)


def _held(application_id: int, learner_id: int | None = None, *desk_ids: int) -> ConsultationApplication:
    """The application, behind the lock of its desk and of these, if reception is still to settle it."""
    application = locked_application(application_id, learner_id, *desk_ids)
    if application.state is not ApplicationState.HELD:
        raise AlreadySettled
    return application
