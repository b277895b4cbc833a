"""Taking in what phones hand in, and settling what could not be recorded. Nothing that arrives is ever thrown away; the
receipt of what was recorded, which speaks of nobody, goes in time.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.database import connection, insert_ignoring_conflict, table_of
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.dropbox.keys import Sender
from supportdesk.learners.dropbox.kinds import Unreadable, Written, kinds
from supportdesk.learners.dropbox.models import Entry, EntryState
from supportdesk.learners.dropbox.queries import entry_to_settle
from supportdesk.learners.models import Learner
from supportdesk.learners.office import RECEIPT_DAYS

_ENTRY = table_of(Entry)


class SenderChanged(DeskError):
    """The key's account has another password, or is closed: somebody looks at what it hands in."""

    def __init__(self) -> None:
        super().__init__(_l("送った人のパスワードが変わったか、アカウントが止まっています。"))


class AlreadySettled(DeskError):
    """Somebody else has decided about it."""

    def __init__(self) -> None:
        super().__init__(_l("ほかの人が、もう決めています。"))


class Sent(NamedTuple):
    """One entry as a phone sends it."""

    uuid: str
    kind: str
    observed_at: datetime
    content: Any


def take_in(sent: Sent, sender: Sender, *, now: datetime) -> bool:
    """Keep it, once: False when it was here before. It is recorded where it belongs, or held with the reason.

    Only that: whoever hands in learns nothing of what became of it.
    """
    account_id, observed_at = sender.actor.account_id, min(sent.observed_at, now)
    new = {
        "uuid": sent.uuid,
        "kind": sent.kind,
        "account_id": account_id,
        "activity": "",
        "payload": json.dumps(sent.content),
        "observed_at": observed_at,
        "received_at": now,
        "state": EntryState.HELD,
        "reason": "",
    }
    claim = insert_ignoring_conflict(_ENTRY).returning(_ENTRY.c.id)
    entry_id = connection().execute(claim, new).scalar()
    if entry_id is None:
        return False
    written = None
    try:
        written = read(sent.kind, sent.content, observed_at)
        if not sender.trusted:
            raise SenderChanged
        with db.session.begin_nested():
            kinds()[sent.kind].record(written, actor=sender.actor, now=now, insisted=False)
    except DeskError as error:
        _hold(entry_id, written, error, sender.actor, now)
    else:
        _settle(entry_id, EntryState.RECORDED, account_id, now)
    return True


def read(kind: str, content: Any, observed_at: datetime) -> Written:
    """What the phone wrote. A record that was merged meanwhile stands for the other's. Raises Unreadable."""
    if kind not in kinds() or not isinstance(content, dict):
        raise Unreadable
    learner_id, activity = kinds()[kind].read(content)
    row = db.session.execute(select(Learner.id, Learner.merged_into).where(Learner.id == learner_id)).one_or_none()
    if row is None:
        raise Unreadable
    return Written(row.merged_into or row.id, activity, observed_at, content)


def record_held(entry_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody looked at it: it is recorded in their name. Raises NotFound, AlreadySettled, and why it cannot be."""
    entry = _held_entry(entry_id, actor)
    written = read(entry.kind, json.loads(entry.payload or "null"), entry.observed_at)
    if entry.learner_id is not None:
        written = written._replace(learner_id=entry.learner_id)
    kinds()[entry.kind].record(written, actor=actor, now=now, insisted=True)
    _settle(entry_id, EntryState.RECORDED, actor.account_id, now)
    _note(entry, "recorded", actor, now)


def dismiss_held(entry_id: int, *, actor: Actor, now: datetime) -> None:
    """It is not to be recorded. It stays as it was handed in. Raises NotFound, AlreadySettled."""
    entry = _held_entry(entry_id, actor)
    _settle(entry_id, EntryState.DISMISSED, actor.account_id, now)
    _note(entry, "dismissed", actor, now)


def forget_receipts(now: datetime) -> int:
    """Forget what was recorded so long ago that no phone sends it again. What was held, and dismissed, stays."""
    old = (_ENTRY.c.state == EntryState.RECORDED, _ENTRY.c.settled_at < now - timedelta(days=RECEIPT_DAYS.get()))
    return connection().execute(delete(_ENTRY).where(*old)).rowcount


def _held_entry(entry_id: int, actor: Actor) -> Entry:
    """Read without a lock: whoever merges two records waits for runs first, and for these rows after them."""
    entry = entry_to_settle(entry_id, actor)
    if entry is None:
        raise NotFound
    if entry.state is not EntryState.HELD:
        raise AlreadySettled
    return entry


def _hold(entry_id: int, written: Written | None, error: DeskError, actor: Actor, now: datetime) -> None:
    about = {"learner_id": written.learner_id, "activity": written.activity} if written else {}
    held = update(_ENTRY).where(_ENTRY.c.id == entry_id)
    connection().execute(held.values(reason=type(error).__name__, **about))
    audit.record(
        actor=actor,
        action=Action.HOLD_ENTRY,
        subject=written.activity if written else "",
        learners=[written.learner_id] if written else (),
        now=now,
        detail={"entry": entry_id, "reason": type(error).__name__},
    )


def _settle(entry_id: int, state: EntryState, account_id: int | None, now: datetime) -> None:
    spoken = {"payload": "", "learner_id": None} if state is EntryState.RECORDED else {}
    settled = update(_ENTRY).where(_ENTRY.c.id == entry_id, _ENTRY.c.state == EntryState.HELD)
    done = settled.values(state=state, settled_at=now, settled_by=account_id, **spoken)
    if connection().execute(done).rowcount == 0:
        raise AlreadySettled


def _note(entry: Entry, outcome: str, actor: Actor, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=Action.SETTLE_ENTRY,
        subject=entry.activity,
        learners=[entry.learner_id] if entry.learner_id else (),
        now=now,
        detail={"entry": entry.id, "outcome": outcome},
    )
