"""Putting what is to be told into the outbox, and taking back what is not true any more; for every room that books."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, case, insert, null, select, update

from supportdesk.core.database import connection, table_of, write_along
from supportdesk.learners.models import Channel, Status
from supportdesk.learners.standing import Standing
from supportdesk.notices.models import UNSETTLED, Fallback, Notice, NoticeState

_NOTICE = table_of(Notice)
#: By which of mail and LINE something leaves this house: by neither so far.
LEAVES: Final[frozenset[Channel]] = frozenset()
#: Nobody asks for its id.
_QUEUE: Final = insert(_NOTICE).inline()
_QUEUE_ALONG: Final = _QUEUE.values(
    {column: bindparam(f"notice_{column.name}") for column in _NOTICE.c if column is not _NOTICE.c.id}
)
_IS_UNSETTLED: Final = _NOTICE.c.state.in_(UNSETTLED)
_CANCEL: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.activity.in_(bindparam("about", expanding=True)), _NOTICE.c.withdrawn_at.is_(None))
    .values(
        withdrawn_at=bindparam("at"),
        state=case((_IS_UNSETTLED, NoticeState.CANCELLED), else_=_NOTICE.c.state),
        settled_at=case((_IS_UNSETTLED, bindparam("at")), else_=_NOTICE.c.settled_at),
    )
)


class ToTell(NamedTuple):
    """A notice that is to be written for a learner; `queue_notice` says what each part means."""

    standing: Standing
    kind: str
    activity: str
    text: str
    told: bool = False
    call_to: str = ""
    due_at: datetime | None = None
    tell_until: datetime | None = None
    tell_by: datetime | None = None
    asks: bool = False


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
    asks: bool = False,
    now: datetime,
) -> None:
    """Write one notice for a learner, in the transaction of what it tells. `told`: they know it already. Who is not
    active is told nothing any more.

    `tell_until`: when what it tells begins, and nobody need hear of it any more; None is never. `tell_by`: until when
    it helps most, if that is sooner, such as the time that a class was moved from. `asks`: an answer is waited for,
    which nobody gives to a postcard in time. A channel that cannot deliver falls to the call list and says why.
    """
    queue_notices(
        [ToTell(standing, kind, activity, text, told, call_to, due_at, tell_until, tell_by, asks)],
        now=now,
    )


def queue_notices(notices: Iterable[ToTell], *, now: datetime) -> None:
    """Write several notices as `queue_notice` writes one: one statement however many."""
    rows = [_row(one, now) for one in notices]
    if len(rows) == 1:
        write_along(_QUEUE_ALONG, {f"notice_{name}": value for name, value in rows[0].items()})
    elif rows:
        connection().execute(_QUEUE, rows)


def _row(one: ToTell, now: datetime) -> dict[str, Any]:
    channel, fallback = _deliverable(one.standing.channel, asks=one.asks)
    state = NoticeState.WAITING if one.standing.status is Status.ACTIVE else NoticeState.CANCELLED
    if one.told:
        state = NoticeState.TOLD
    return {
        "learner_id": one.standing.learner_id,
        "kind": one.kind,
        "activity": one.activity,
        "wanted_channel": one.standing.channel,
        "channel": channel,
        "fallback": fallback,
        "call_to": one.call_to,
        "text": one.text,
        "state": state,
        "attempts": 0,
        "created_at": now,
        "due_at": one.due_at or now,
        "tell_until": one.tell_until,
        "tell_by": one.tell_by,
        "withdrawn_at": None,
        "settled_at": None if state is NoticeState.WAITING else now,
        "settled_by": None,
    }


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


def _deliverable(wanted: Channel, *, asks: bool) -> tuple[Channel, Fallback | None]:
    if wanted in (Channel.MAIL, Channel.LINE) and wanted not in LEAVES:
        return Channel.PHONE, Fallback.NOT_SENT_YET
    if wanted is Channel.POST and asks:
        return Channel.PHONE, Fallback.TOO_LATE
    return wanted, None


def cancel_notices(about: str | Collection[str], *, of: Sequence[int] | None = None, now: datetime) -> None:
    """What was still to be told about the activity, or several (to these learners), is not told any more; what was told
    cannot come back to be told.
    """
    activities = [about] if isinstance(about, str) else list(about)
    if activities:
        cancel = _CANCEL if of is None else _CANCEL.where(_NOTICE.c.learner_id.in_(of))
        connection().execute(cancel, {"about": activities, "at": now})
