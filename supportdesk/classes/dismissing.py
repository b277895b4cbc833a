"""A run that is called off: nobody has a place in it any more, and what it had taken is free. Called by planning and by
changes of a day, which tell everybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.line import KIND
from supportdesk.classes.locking import RUN, LockedRun
from supportdesk.classes.models import Enrolment, EnrolmentState, RunState
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.notices.offers import end_offer
from supportdesk.places import occupancy

_ENROLMENT = table_of(Enrolment)


class Dismissal(NamedTuple):
    """A place that somebody had until now; `seat` is its number, None for who waited."""

    enrolment_id: int
    learner_id: int
    state: EnrolmentState
    seat: int | None
    call_to: str

    @property
    def name(self) -> str:
        """The place, as notices name it."""
        return activity(KIND, self.enrolment_id)


def dismiss(run: LockedRun, *, actor: Actor, now: datetime) -> list[Dismissal]:
    """Call the run off: its rooms and people are free, and every place in it is cancelled; which places these were.

    Called under the run's lock. Those in its draw are dismissed by whoever holds draws (lottery/).
    """
    live = (_ENROLMENT.c.run_id == run.id) & (_ENROLMENT.c.state != EnrolmentState.CANCELLED)
    rows = connection().execute(
        select(
            *(_ENROLMENT.c.id, _ENROLMENT.c.learner_id, _ENROLMENT.c.state, _ENROLMENT.c.seat),
            _ENROLMENT.c.caller_phone,
        )
        .where(live)
        .order_by(_ENROLMENT.c.id)
    )
    places = [Dismissal._make(row) for row in rows]
    for place in places:
        if place.state is EnrolmentState.OFFERED:
            end_offer(place.enrolment_id, KIND, left=False, actor=actor, now=now)
    connection().execute(
        update(_ENROLMENT)
        .where(live)
        .values(state=EnrolmentState.CANCELLED, seat=None, cancelled_at=now, cancelled_by=actor.account_id)
    )
    connection().execute(
        update(RUN).where(RUN.c.id == run.id).values(state=RunState.CANCELLED, taken=0, waiting=0),
    )
    occupancy.release(run.activities)
    for place in places:
        audit.record(
            actor=actor,
            action=Action.CANCEL_ENROLMENT,
            subject=f"learner:{place.learner_id}",
            now=now,
            detail={"enrolment": place.enrolment_id},
        )
    return places
