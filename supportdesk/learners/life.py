"""A learner's life with us: active, paused, moved, deceased, left. One verb frees all that binds them.

Called by the status page. What binds somebody and how it is undone the rooms above answer (rooms.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.admission import cut_off_phones, phones_of
from supportdesk.learners.models import FOR_GOOD, Learner, Status, StatusChange, StatusReason
from supportdesk.learners.passes import live_pass, revoke_pass
from supportdesk.learners.rooms import Binding, bindings_of, release_learner

_LEARNER = table_of(Learner)
_CHANGE = table_of(StatusChange)


class SameStatus(DeskError):
    """They are that already."""

    def __init__(self) -> None:
        super().__init__(_l("もうその状態になっています。"), field="status")


class BoundMeanwhile(DeskError):
    """Something was booked for the learner in the very moment."""

    def __init__(self) -> None:
        super().__init__(
            _l("この画面を開いたあとで、新しい予約が入りました。内容をたしかめて、もう一度押してください。")
        )


def change_status(learner_id: int, status: Status, reason: StatusReason, *, actor: Actor, now: datetime) -> None:
    """From now on the learner is that. Unless it is active, all that bound them is released in the same transaction:
    seats and slots ahead, matches, what was still to be told, and for good their card and phones.

    Back to active gives nothing back. Raises NotFound, SameStatus, BoundMeanwhile.
    """
    live = select(_LEARNER.c.status).where(_LEARNER.c.id == learner_id, _LEARNER.c.erased_at.is_(None))
    held = connection().scalar(live)
    if held is None:
        raise NotFound
    if held is status:
        raise SameStatus
    if status is not Status.ACTIVE:
        release_learner(learner_id, status, actor=actor, now=now)
    _become(learner_id, status, now)
    if status is not Status.ACTIVE and bindings_of(learner_id, status, now):
        raise BoundMeanwhile
    connection().execute(
        insert(_CHANGE),
        {
            "learner_id": learner_id,
            "status": status,
            "reason": reason,
            "began_at": now,
            "changed_by": actor.account_id,
        },
    )
    audit.record(
        actor=actor,
        action=Action.CHANGE_STATUS,
        subject=f"learner:{learner_id}",
        now=now,
        detail={"status": status.value, "reason": reason.value},
    )


def _become(learner_id: int, status: Status, now: datetime) -> None:
    """The row's lock comes last of all: it waits for whoever books something for an active learner at this moment."""
    held = connection().scalar(select(_LEARNER.c.status).where(_LEARNER.c.id == learner_id).with_for_update())
    if held is status:
        raise SameStatus
    connection().execute(update(_LEARNER).where(_LEARNER.c.id == learner_id).values(status=status, status_since=now))


def cards_and_phones(learner_id: int, status: Status, _now: datetime) -> Iterable[Binding]:
    """The learner's card and their phones, for whoever will not come back. Two statements."""
    if status not in FOR_GOOD:
        return
    if live_pass(learner_id) is not None:
        yield Binding(_("受講者カードを使えなくします。"))
    phones = phones_of(learner_id)
    if phones:
        yield Binding(_("登録したスマホ%(number)s台を使えなくします。", number=phones))


def end_cards_and_phones(learner_id: int, status: Status, *, actor: Actor, now: datetime) -> None:
    """They end for whoever will not come back."""
    if status not in FOR_GOOD:
        return
    if live_pass(learner_id) is not None:
        revoke_pass(learner_id, actor=actor, now=now)
    if phones_of(learner_id):
        cut_off_phones(learner_id, actor=actor, now=now)


def status_history(learner_id: int) -> list[Any]:
    """Newest first: rows of status, reason, began_at, by (a name)."""
    return list(
        db.session.execute(
            select(_CHANGE.c.status, _CHANGE.c.reason, _CHANGE.c.began_at, Account.name.label("by"))
            .outerjoin(Account, Account.id == _CHANGE.c.changed_by)
            .where(_CHANGE.c.learner_id == learner_id)
            .order_by(_CHANGE.c.began_at.desc(), _CHANGE.c.id.desc())
        )
    )
