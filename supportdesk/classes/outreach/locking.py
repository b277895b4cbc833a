"""A request's row, locked: every step begins here, and moves the request on.

The order of locks is the request, then its run with its meetings, then the venue, then occupancy cells.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.outreach.errors import StepTaken
from supportdesk.classes.outreach.models import OutreachRequest, OutreachState, OutreachStep
from supportdesk.classes.outreach.steps import ENDED, due_on
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db

KIND = "outreach"
_LOCK = (
    select(OutreachRequest)
    .options(selectinload(OutreachRequest.choices), selectinload(OutreachRequest.instructors))
    .with_for_update(key_share=True, of=OutreachRequest)
    .execution_options(populate_existing=True)
)


def lock_request(request_id: int, states: Collection[OutreachState]) -> OutreachRequest:
    """Wait for the request and keep it until the transaction ends. Raises NotFound, and StepTaken where its state is
    none of these: somebody went on meanwhile.
    """
    found = db.session.scalars(_LOCK.where(OutreachRequest.id == request_id)).one_or_none()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise StepTaken
    return found


def held_activity(request_id: int) -> str:
    """What an instructor's time is taken for: all of it while the day is only held, then the way there and back."""
    return activity(KIND, request_id)


def move_on(request: OutreachRequest, after: OutreachState, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Note the step, and by when the next one is due."""
    held_on = clock.local(request.starts_at).date() if request.starts_at else None
    note_step(request.id, request.state, after, reason=reason, actor=actor, now=now)
    request.state = after
    request.due_on = due_on(after, clock.local(now).date(), held_on)
    request.ended_at = now if after in ENDED else None


def note_step(
    request_id: int,
    before: OutreachState | None,
    after: OutreachState,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Who took which step, in the request's own history and in the audit trail."""
    db.session.add(
        OutreachStep(
            request_id=request_id, before=before, after=after, taken_at=now, taken_by=actor.account_id, reason=reason
        )
    )
    audit.record(
        actor=actor,
        action=Action.STEP_OUTREACH if before else Action.TAKE_OUTREACH,
        subject=held_activity(request_id),
        now=now,
        detail={"state": after.value},
    )
