"""What the audit trail says, for tests of what a page or an operation noted."""

from __future__ import annotations

from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry
from supportdesk.accounts.queries import learners_of
from supportdesk.extensions import db


def noted(*actions: Action) -> list[tuple[str, str, list[int]]]:
    """(action, subject, learners besides) of every entry of these actions, in order. In an application context."""
    rows = db.session.execute(
        select(AuditEntry.id, AuditEntry.action, AuditEntry.subject)
        .where(AuditEntry.action.in_([action.value for action in actions]))
        .order_by(AuditEntry.id)
    ).all()
    besides = learners_of(row.id for row in rows)
    return [(row.action, row.subject, besides.get(row.id, [])) for row in rows]
