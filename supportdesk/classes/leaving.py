"""The places in runs that a learner gives up when they leave us: which there are, and giving up all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.locking import lock_runs
from supportdesk.classes.lottery.entering import withdraw_entrant
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.making_up.operations import give_up_making_up
from supportdesk.classes.making_up.queries import arranged_for
from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.queries import ENROLMENT, MEETING, NOT_CALLED_OFF, RUN
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Status
from supportdesk.learners.rooms import Binding


def bindings(learner_id: int, _status: Status, now: datetime) -> Iterable[Binding]:
    """Seats and places in line of which a meeting is still to begin, draws still to come, and meetings at which they
    make up for others. Three statements.
    """
    draws = [
        Binding(_("教室「%(run)s」の抽選の申し込みを取り消します。", run=row.title), row.starts_at)
        for row in _entered(learner_id, now)
    ]
    make_ups = [
        Binding(_("教室「%(run)s」の補講をやめます。", run=one.title), one.starts_at)
        for one in arranged_for(learner_id, now)
    ]
    return [*(Binding(_in_words(row, now), row.next_at) for row in _held(learner_id, now)), *draws, *make_ups]


def release(learner_id: int, _status: Status, *, actor: Actor, now: datetime) -> None:
    """Cancel them, the runs in the order of their ids; whoever waits for a seat is asked."""
    make_ups = arranged_for(learner_id, now)
    lock_runs([row.run_id for row in (*_held(learner_id, now), *_entered(learner_id, now), *make_ups)])
    for row in _held(learner_id, now):
        cancel_enrolment(row.id, actor=actor, now=now)
    for row in _entered(learner_id, now):
        withdraw_entrant(row.id, actor=actor, now=now)
    for one in arranged_for(learner_id, now):
        give_up_making_up(learner_id, one.meeting_id, actor=actor, now=now)


def _entered(learner_id: int, now: datetime) -> Sequence[Any]:
    entrant = table_of(LotteryEntrant)
    return (
        connection()
        .execute(
            select(entrant.c.id, entrant.c.run_id, RUN.c.title, RUN.c.starts_at)
            .join(RUN, RUN.c.id == entrant.c.run_id)
            .where(
                entrant.c.learner_id == learner_id,
                entrant.c.withdrawn_at.is_(None),
                RUN.c.drawn_at.is_(None),
                RUN.c.starts_at > now,
            )
            .order_by(entrant.c.run_id)
        )
        .all()
    )


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
                NOT_CALLED_OFF,
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
