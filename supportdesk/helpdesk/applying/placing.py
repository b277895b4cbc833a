"""Making a booking of an application, or a place in the line; holding the slot until that can be, letting it go; and
noting what was done.

Under the desk's lock. Called by the residents' door and by reception's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.errors import MovedMeanwhile
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.holds.operations import hold_slot
from supportdesk.helpdesk.locking import lock_desks
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting import keeping
from supportdesk.helpdesk.waiting.operations import Place, begin_booking, wait_for_slot
from supportdesk.learners.applying.doors import settle
from supportdesk.learners.applying.models import ApplicationState, HeldBecause

#: What an application is called on the audit trail, beside the id.
KIND: Final = "consultation_application"


def note(action: Action, application: Any, *, actor: Actor, now: datetime) -> None:
    """In the audit trail: under the application, and whoever it is about where that is known."""
    known = [application.learner_id] if application.learner_id else []
    audit.record(actor=actor, action=action, subject=activity(KIND, application.id), learners=known, now=now)


def lock_for(learner_id: int | None, *desk_ids: int) -> None:
    """Wait for the desks, and where it is known who is to be booked, for all that a booking of theirs waits for."""
    if learner_id is not None:
        begin_booking(learner_id, *desk_ids)
    lock_desks(desk_ids)


def owner_of(application: Any) -> str:
    """As whose the slot is kept."""
    return activity("apply", application.id)


def place(
    application: ConsultationApplication, *, clash_reason: str = "", told: bool = True, actor: Actor, now: datetime
) -> None:
    """Book what they applied for, or put them in line. They have read that it is theirs, so that nobody need tell them.
    Raises why the desk refuses.
    """
    assert application.learner_id is not None, "only who is known is booked"
    if application.slot is None:
        application.wish_id = wait_for_slot(
            application.learner_id,
            Place(None if application.anywhere else application.desk_id),
            weekdays=application.weekdays,
            half_day=application.half_day,
            topic=application.question,
            device=application.device,
            caller=application.caller,
            told=told,
            actor=actor,
            now=now,
        )
    else:
        booked = book_consultation(
            *application.slot,
            application.learner_id,
            topic=application.question,
            caller=application.caller,
            clash_reason=clash_reason,
            told=told,
            owner=owner_of(application),
            applied=True,
            actor=actor,
            now=now,
        )
        application.booking_id = booked.booking_id
    settle(application, ApplicationState.PLACED, actor=actor, now=now)


def try_to_place(application: ConsultationApplication, *, actor: Actor, now: datetime) -> DeskError | None:
    """Whatever the desk would have asked of somebody on the telephone, reception asks: it is held for them, and what
    that is is returned.
    """
    try:
        with db.session.begin_nested():
            place(application, actor=actor, now=now)
    except DeskError as refusal:
        application.state, application.because = ApplicationState.HELD, HeldBecause.NO_PLACE
        application.booking_id = application.wish_id = application.settled_at = application.settled_by = None
        db.session.flush()
        return refusal
    return None


def keep_slot(application: ConsultationApplication, wanted: Wanted, *, now: datetime) -> None:
    """Nobody else can have this slot until reception has decided; another that was kept for them is kept no more.

    Raises what `hold_slot` raises.
    """
    slot = hold_slot(*wanted, owner=owner_of(application), until=None, now=now)
    application.desk_id, application.adviser_id = slot.desk_id, slot.adviser_id
    application.starts_at, application.ends_at = slot.starts_at, slot.ends_at


def let_go(application: ConsultationApplication, *, actor: Actor, now: datetime) -> None:
    """The slot is somebody else's to have, unless it has begun."""
    keeping.let_go(owner_of(application), actor=actor, now=now)


def locked_application(application_id: int, learner_id: int | None = None, *desk_ids: int) -> ConsultationApplication:
    """The application, behind the lock of its desk and of these, and of those where something is held for whoever it is
    about, or is said to be. Raises NotFound, and MovedMeanwhile when it has gone to another desk since.
    """
    row = db.session.execute(
        select(ConsultationApplication.desk_id, ConsultationApplication.learner_id).where(
            ConsultationApplication.id == application_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    lock_for(learner_id or row.learner_id, row.desk_id, *desk_ids)
    application = db.session.scalars(
        select(ConsultationApplication)
        .where(ConsultationApplication.id == application_id)
        .execution_options(populate_existing=True)
    ).one()
    if application.desk_id != row.desk_id:
        raise MovedMeanwhile
    return application
