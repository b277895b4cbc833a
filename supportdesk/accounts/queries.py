"""Reads for the pages of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db


@dataclass(frozen=True)
class AuditFilter:
    """Which rows of the audit trail are wanted; None is all."""

    account_id: int | None = None
    action: str | None = None
    learner_id: int | None = None
    day: date | None = None


def audit_page(wanted: AuditFilter, number: int) -> Page[Any]:
    """The audit trail, newest first: rows of at, name and username of whoever did it, action, subject."""
    statement = (
        select(AuditEntry.at, Account.name, Account.username, AuditEntry.action, AuditEntry.subject)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .order_by(AuditEntry.id.desc())
    )
    return fetch_page(_only(statement, wanted), number)


def account_choices() -> list[tuple[str, str]]:
    """(id, name and user name) of every account: those switched off have done things too."""
    rows = db.session.execute(select(Account.id, Account.name, Account.username).order_by(Account.username))
    return [(str(row.id), f"{row.name}（{row.username}）") for row in rows]


def _only(statement: Select[*tuple[Any, ...]], wanted: AuditFilter) -> Select[*tuple[Any, ...]]:
    if wanted.account_id is not None:
        statement = statement.where(AuditEntry.account_id == wanted.account_id)
    if wanted.action is not None:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.learner_id is not None:
        statement = statement.where(AuditEntry.subject == f"learner:{wanted.learner_id}")
    if wanted.day is not None:
        begins, ends = clock.day_bounds(wanted.day)
        statement = statement.where(AuditEntry.at >= begins, AuditEntry.at < ends)
    return statement
