"""The audit trail: one row for everything done to or seen of a person. Operations of every room write here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry, AuditSubject
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor

_ENTRY = cast(Table, AuditEntry.__table__)
#: Nobody asks for the row's id, unless learners are to be tied to it.
_RECORD = insert(_ENTRY).inline()
_RECORD_ITS_ID = insert(_ENTRY).returning(_ENTRY.c.id)
_TIE = insert(cast(Table, AuditSubject.__table__))


def record(
    *,
    actor: Actor,
    action: Action,
    subject: str = "",
    learners: Iterable[int] = (),
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one row, in the transaction of what it tells.

    `action` is what was done or seen, `subject` a row's name (learner:12, meeting:5), `learners` whom it tells of
    besides: it is found under each of them. Without `learners` it is one statement, with them two. Never put a name, a
    number or free text about a learner into `detail`: rows outlive the learner's erasure.
    """
    entry = {
        "at": now,
        "account_id": actor.account_id,
        "action": action.value,
        "subject": subject,
        "detail": dict(detail or {}),
    }
    tied = sorted(set(learners))
    if not tied:
        connection().execute(_RECORD, entry)
        return
    entry_id = connection().execute(_RECORD_ITS_ID, entry).scalar_one()
    connection().execute(_TIE, [{"entry_id": entry_id, "learner_id": learner_id} for learner_id in tied])
