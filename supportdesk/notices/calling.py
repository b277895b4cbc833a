"""What the desk does with the call list: notes how a call went, takes that back, and drops what has begun meanwhile.

Called for the presses of its buttons alone (whoever looks at it changes nothing), and by the worker at night.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.notices.models import UNSETTLED, Notice, NoticeState
from supportdesk.notices.offers import OFFERED

_NOTICE = table_of(Notice)
#: What somebody said of a call, and may take back.
BY_HAND: Final = (NoticeState.DONE, NoticeState.NOT_NEEDED, NoticeState.NO_ANSWER)
#: What somebody else holds at this moment they are just settling: waiting for one another would lock both out.
_BEGUN: Final = (
    select(_NOTICE.c.id)
    .where(_NOTICE.c.state.in_(UNSETTLED), _NOTICE.c.tell_until <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_LAPSE: Final = (
    update(_NOTICE)
    .where(_NOTICE.c.id.in_(_BEGUN))
    .values(state=NoticeState.LAPSED, settled_at=_NOTICE.c.tell_until, settled_by=None)
)


class CallOutcome(StrEnum):
    """How a call went; a postcard that was posted has reached its learner."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    NOT_NEEDED = "not_needed"


_LEADS_TO: Final = {
    CallOutcome.REACHED: NoticeState.DONE,
    CallOutcome.NO_ANSWER: NoticeState.NO_ANSWER,
    CallOutcome.NOT_NEEDED: NoticeState.NOT_NEEDED,
}


class AlreadySettled(DeskError):
    """Somebody else told the learner meanwhile, or what was to be told was undone."""

    def __init__(self) -> None:
        super().__init__(_l("この連絡は、もうすんでいるか、必要なくなっています。"))


class AsksForAnswer(DeskError):
    """An offer is settled by what they answer, not by having been told."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("あきの案内です。返事をえらんでください。"))


class CannotBeTakenBack(DeskError):
    """What the notice tells is not true any more, or nobody has said anything of it."""

    def __init__(self) -> None:
        super().__init__(_l("この記録は、もう取り消せません。"))


def settle_call(notice_id: int, *, outcome: CallOutcome, actor: Actor, now: datetime) -> None:
    """Note how the call went; who did not answer stays on the list. What has begun meanwhile lapses.

    Raises NotFound, AlreadySettled and AsksForAnswer.
    """
    notice = _locked(notice_id)
    if notice.state not in UNSETTLED:
        raise AlreadySettled
    if notice.kind == OFFERED and outcome is not CallOutcome.NO_ANSWER:
        raise AsksForAnswer
    tried = outcome is not CallOutcome.NOT_NEEDED
    _put(
        notice_id,
        state=_LEADS_TO[outcome],
        attempts=notice.attempts + tried,
        settled_at=now,
        settled_by=actor.account_id,
    )
    audit.record(
        actor=actor,
        action=Action.SETTLE_CALL,
        subject=f"learner:{notice.learner_id}",
        now=now,
        detail={"notice": notice_id, "outcome": outcome.value},
    )
    lapse_notices(now=now)


def reopen_call(notice_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back what was noted last of a call: it is on the list as before. Raises NotFound, CannotBeTakenBack."""
    notice = _locked(notice_id)
    if notice.state not in BY_HAND or notice.withdrawn_at is not None:
        raise CannotBeTakenBack
    attempts = notice.attempts - (notice.state is not NoticeState.NOT_NEEDED)
    state = NoticeState.NO_ANSWER if attempts else NoticeState.WAITING
    _put(notice_id, state=state, attempts=attempts, settled_at=None, settled_by=None)
    audit.record(
        actor=actor,
        action=Action.REOPEN_CALL,
        subject=f"learner:{notice.learner_id}",
        now=now,
        detail={"notice": notice_id},
    )


def lapse_notices(*, now: datetime) -> int:
    """Whatever has begun need not be told any more: such notices lapsed when it began, untold. How many did."""
    return connection().execute(_LAPSE, {"now": now}).rowcount


def _locked(notice_id: int) -> Any:
    notice = connection().execute(select(_NOTICE).where(_NOTICE.c.id == notice_id).with_for_update()).one_or_none()
    if notice is None:
        raise NotFound
    return notice


def _put(notice_id: int, **values: object) -> None:
    connection().execute(update(_NOTICE).where(_NOTICE.c.id == notice_id).values(**values))
