"""What was still to be told to a learner that leaves us: nobody calls or writes any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Status
from supportdesk.learners.rooms import Binding
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState

_NOTICE = table_of(Notice)


def bindings(learner_id: int, _status: Status, _now: datetime) -> Iterable[Binding]:
    """How many calls and cards are waiting. One statement."""
    waiting = connection().scalar(select(func.count()).where(*_waiting(learner_id))) or 0
    return (
        [Binding(_("まだ伝えていない連絡%(number)s件を、連絡リストからはずします。", number=waiting))]
        if waiting
        else []
    )


def release(learner_id: int, _status: Status, *, actor: Actor, now: datetime) -> None:
    """They are told no more, and cannot be taken back to be told."""
    connection().execute(
        update(_NOTICE)
        .where(*_waiting(learner_id))
        .values(
            state=NoticeState.CANCELLED,
            withdrawn_at=func.coalesce(_NOTICE.c.withdrawn_at, now),
            settled_at=now,
            settled_by=actor.account_id,
        )
    )


def _waiting(learner_id: int) -> tuple[ColumnElement[bool], ...]:
    return _NOTICE.c.learner_id == learner_id, _NOTICE.c.state.in_(UNSETTLED)
