"""Notices for tests, queued as the rooms above do it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.standing import standing_of
from supportdesk.notices.calling import CallOutcome, settle_call
from supportdesk.notices.models import Notice
from supportdesk.notices.operations import queue_notice


def queue(
    learner_id: int,
    activity: str = "unknown:1",
    text: str = "中止になりました。",
    *,
    told: bool = False,
    call_to: str = "",
    due_at: datetime | None = None,
    tell_until: datetime | None = None,
) -> int:
    """Queue a notice; its id."""
    with transaction():
        queue_notice(
            standing=standing_of(learner_id, clock.today()),
            kind="run_cancelled",
            activity=activity,
            text=text,
            told=told,
            call_to=call_to,
            due_at=due_at,
            tell_until=tell_until,
            now=clock.now(),
        )
        return db.session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1)).one()


def settle(notice_id: int, outcome: CallOutcome = CallOutcome.REACHED, actor: Actor = SYSTEM) -> None:
    with transaction():
        settle_call(notice_id, outcome=outcome, actor=actor, now=clock.now())


def notice(notice_id: int) -> Notice:
    """The row as it is stored now."""
    db.session.expire_all()
    return db.session.get_one(Notice, notice_id)
