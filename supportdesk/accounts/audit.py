"""The audit trail: one row for everything done to or seen of a person. Operations of every room write here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from supportdesk.accounts.models import AuditEntry
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor

#: Nobody asks for the row's id.
_RECORD = insert(AuditEntry.__table__).inline()  # type: ignore[arg-type]  # a declarative class's table is a Table


def record(
    *, actor: Actor, action: str, subject: str = "", now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Write one row, in the transaction of what it tells.

    `action` is a verb and its object (view_learner), `subject` a row's name (learner:12). Never put a name, a number or
    free text about a learner into `detail`: rows outlive the learner's erasure.
    """
    connection().execute(
        _RECORD,
        {
            "at": now,
            "account_id": actor.account_id,
            "action": action,
            "subject": subject,
            "detail": dict(detail or {}),
        },
    )
