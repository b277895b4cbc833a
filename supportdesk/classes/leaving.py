"""The places in runs that a learner gives up when they leave us: which there are, and giving up all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.locking import lock_runs
from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.queries import ENROLMENT, HELD, MEETING, RUN
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Status
from supportdesk.learners.rooms import Binding


def bindings(learner_id: int, _status: Status, now: datetime) -> Iterable[Binding]:
    """Seats and places in line of which a meeting is still to begin. One statement."""
    return [Binding(_in_words(row, now), row.next_at) for row in _held(learner_id, now)]


def release(learner_id: int, _status: Status, *, actor: Actor, now: datetime) -> None:
    """Cancel them, the runs in the order of their ids; whoever waits for a seat is asked."""
    lock_runs([row.run_id for row in _held(learner_id, now)])
    for row in _held(learner_id, now):
        cancel_enrolment(row.id, actor=actor, now=now)


def _held(learner_id: int, now: datetime) -> Sequence[Any]:
    return (
        connection()
        .execute(
            select(
                *(ENROLMENT.c.id, ENROLMENT.c.run_id, ENROLMENT.c.seat),
                *(RUN.c.title, RUN.c.waiting, RUN.c.starts_at, func.min(MEETING.c.starts_at).label("next_at")),
            )
            .join(RUN, RUN.c.id == ENROLMENT.c.run_id)
            .join(MEETING, MEETING.c.run_id == RUN.c.id)
            .where(
                ENROLMENT.c.learner_id == learner_id,
                ENROLMENT.c.state != EnrolmentState.CANCELLED,
                MEETING.c.starts_at > now,
                HELD,
            )
            .group_by(ENROLMENT.c.id, ENROLMENT.c.run_id, ENROLMENT.c.seat, RUN.c.title, RUN.c.waiting, RUN.c.starts_at)
            .order_by(ENROLMENT.c.run_id)
        )
        .all()
    )


def _in_words(row: Any, now: datetime) -> str:
    if row.seat is None:
        return _("教室「%(run)s」のキャンセル待ちを取り消します。", run=row.title)
    if row.waiting and row.starts_at > now:
        return _("教室「%(run)s」の席を取り消し、キャンセル待ちの次の方にまわします。", run=row.title)
    return _("教室「%(run)s」の席を取り消します。", run=row.title)
