"""Reads for the pages of this room."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core.paging import Page, fetch_page


def audit_page(number: int) -> Page[Any]:
    """The audit trail, newest first: rows of at, username, action, subject."""
    return fetch_page(
        select(AuditEntry.at, Account.username, AuditEntry.action, AuditEntry.subject)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .order_by(AuditEntry.id.desc()),
        number,
    )
