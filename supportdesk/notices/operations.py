"""Putting what is to be told into the outbox, and taking back what is not true any more; for every room that books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, insert, null, select, update

from supportdesk.core.database import connection, table_of
from supportdesk.learners.models import Channel, Status
from supportdesk.learners.standing import Standing
from supportdesk.notices.models import UNSETTLED, Fallback, Notice, NoticeState

_NOTICE = table_of(Notice)
_QUEUE: Final = insert(_NOTICE).inline()  # nobody asks for its id
_IS_UNSETTLED: Final = _NOTICE.c.state.in_(UNSETTLED)
_CANCEL: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.activity == bindparam("about"), _NOTICE.c.withdrawn_at.is_(None))
    .values(
        withdrawn_at=bindparam("at"),
        state=case((_IS_UNSETTLED, NoticeState.CANCELLED), else_=_NOTICE.c.state),
        settled_at=case((_IS_UNSETTLED, bindparam("at")), else_=_NOTICE.c.settled_at),
    )
)


def queue_notice(
    *,
    standing: Standing,
    kind: str,
    activity: str,
    text: str,
    told: bool = False,
    call_to: str = "",
    due_at: datetime | None = None,
    tell_until: datetime | None = None,
    tell_by: datetime | None = None,
    now: datetime,
) -> None:
    """Write one notice for a learner, in the transaction of what it tells. `told`: they know it already. Who is not
    active is told nothing any more.

    `tell_until`: when what it tells begins, and nobody need hear of it any more; None is never. `tell_by`: until when
    it helps most, if that is sooner, such as the time that a class was moved from. A channel that cannot deliver yet
    falls to the call list and says why.
    """
    channel, fallback = _deliverable(standing.channel)
    state = NoticeState.WAITING if standing.status is Status.ACTIVE else NoticeState.CANCELLED
    if told:
        state = NoticeState.TOLD
    connection().execute(
        _QUEUE,
        {
            "learner_id": standing.learner_id,
            "kind": kind,
            "activity": activity,
            "wanted_channel": standing.channel,
            "channel": channel,
            "fallback": fallback,
            "call_to": call_to,
            "text": text,
            "state": state,
            "created_at": now,
            "due_at": due_at or now,
            "tell_until": tell_until,
            "tell_by": tell_by,
            "settled_at": None if state is NoticeState.WAITING else now,
        },
    )


def give_back_notices(activities: Sequence[str], *, withdrawn_at: datetime) -> None:
    """What was withdrawn at that very instant is true again, and still to be told if it was."""
    untold = (_NOTICE.c.state == NoticeState.CANCELLED) & (_NOTICE.c.settled_at == withdrawn_at)
    before = case((_NOTICE.c.attempts > 0, NoticeState.NO_ANSWER), else_=NoticeState.WAITING)
    connection().execute(
        update(_NOTICE)
        .where(_NOTICE.c.activity.in_(activities), _NOTICE.c.withdrawn_at == withdrawn_at)
        .values(
            withdrawn_at=None,
            state=case((untold, before), else_=_NOTICE.c.state),
            settled_at=case((untold, null()), else_=_NOTICE.c.settled_at),
        )
    )


def any_left(activity: str, *, hold: bool = False) -> bool:
    """Whether somebody was told of the activity, or it was tried. `hold`: nobody notes a call about it until the
    transaction ends.
    """
    about = select(_NOTICE.c.state).where(_NOTICE.c.activity == activity)
    states = set(connection().scalars(about.with_for_update() if hold else about))
    return bool(states - {NoticeState.WAITING, NoticeState.CANCELLED})


def _deliverable(wanted: Channel) -> tuple[Channel, Fallback | None]:
    if wanted in (Channel.MAIL, Channel.LINE):
        return Channel.PHONE, Fallback.NOT_SENT_YET
    return wanted, None


def cancel_notices(activity: str, *, of: Sequence[int] | None = None, now: datetime) -> None:
    """What was still to be told about the activity (to these learners) is not told any more; what was told cannot come
    back to be told.
    """
    cancel = _CANCEL if of is None else _CANCEL.where(_NOTICE.c.learner_id.in_(of))
    connection().execute(cancel, {"about": activity, "at": now})
