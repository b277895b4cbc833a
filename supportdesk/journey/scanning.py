"""What scanning a pass means for whoever scans it. A pure decision over a few reads; the pass's page acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.classes.queries import MeetingRow, meetings_on
from supportdesk.core import clock
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission
from supportdesk.extensions import db
from supportdesk.learners.rooms import check_scope
from supportdesk.tutors.queries import match_with


class Meaning(NamedTuple):
    """What the scanner may do. At most one of: check in to today's `meetings`, log a session, open the record.

    All false or empty: the scanner is a stranger to this learner. `seated` are the runs in which they have a seat.
    """

    meetings: Sequence[MeetingRow] = ()
    seated: frozenset[int] = frozenset()
    logs_session: bool = False
    opens_record: bool = False


STRANGER = Meaning()


def meaning_for(actor: Actor, learner_id: int, now: datetime) -> Meaning:
    """What this pass means to somebody who is signed in.

    An instructor checks the learner in to those of their meetings today in which the learner has a seat, or to any of
    them as a walk-in when there is none; a matched tutor starts a session's log; whoever may see the learner opens the
    record.
    """
    if actor.may(Permission.TAKE_ATTENDANCE) and actor.account_id is not None:
        today = meetings_on(clock.local(now).date(), staff_id=actor.account_id)
        if today:
            seated = _seated(today, learner_id)
            return Meaning([one for one in today if one.run_id in seated] or today, seated)
    if _is_tutor_of(actor, learner_id):
        return Meaning(logs_session=True)
    return Meaning(opens_record=True) if _may_see(actor, learner_id) else STRANGER


def _seated(meetings: Sequence[MeetingRow], learner_id: int) -> frozenset[int]:
    """The runs of these meetings in which the learner has a seat."""
    return frozenset(
        db.session.scalars(
            select(Enrolment.run_id).where(
                Enrolment.learner_id == learner_id,
                Enrolment.state == EnrolmentState.SEATED,
                Enrolment.run_id.in_({meeting.run_id for meeting in meetings}),
            )
        )
    )


def _is_tutor_of(actor: Actor, learner_id: int) -> bool:
    if not actor.may(Permission.LOG_PEER_SESSION) or actor.account_id is None:
        return False
    try:
        match_with(actor.account_id, learner_id)
    except NotFound:
        return False
    return True


def _may_see(actor: Actor, learner_id: int) -> bool:
    if not actor.may(Permission.SEE_LEARNERS):
        return False
    try:
        check_scope(actor, learner_id)
    except NotFound:
        return False
    return True
