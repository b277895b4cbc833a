"""Reads for the pages of this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Select, select, union_all

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AuditEntry, AuditSubject
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import Stretch, fetch_stretch
from supportdesk.extensions import db


@dataclass(frozen=True)
class AuditFilter:
    """Which rows of the audit trail are wanted; None is all."""

    account_id: int | None = None
    action: Action | None = None
    learner_id: int | None = None
    day: date | None = None


def audit_stretch(wanted: AuditFilter, before: int | None) -> Stretch[Any]:
    """The audit trail, newest first: rows of id, at, name and username of whoever did it, action, subject."""
    statement = select(
        AuditEntry.id, AuditEntry.at, Account.name, Account.username, AuditEntry.action, AuditEntry.subject
    ).outerjoin(Account, Account.id == AuditEntry.account_id)
    return fetch_stretch(_only(statement, wanted), AuditEntry.id, before)


def learners_of(entry_ids: Iterable[int]) -> dict[int, list[int]]:
    """The learners of whom each of these entries tells beside its subject."""
    rows = db.session.execute(
        select(AuditSubject.entry_id, AuditSubject.learner_id)
        .where(AuditSubject.entry_id.in_(list(entry_ids)))
        .order_by(AuditSubject.entry_id, AuditSubject.learner_id)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.entry_id, []).append(row.learner_id)
    return found


def looks_at(learner_ids: Collection[int]) -> list[Any]:
    """Everything done to or seen of these learners, oldest first: rows of at, name of whoever did it, action."""
    return list(
        db.session.execute(
            select(AuditEntry.at, Account.name, AuditEntry.action)
            .outerjoin(Account, Account.id == AuditEntry.account_id)
            .where(AuditEntry.id.in_(_about(*learner_ids)))
            .order_by(AuditEntry.id)
        )
    )


def account_choices() -> list[tuple[str, str]]:
    """(id, name and user name) of every account: those switched off have done things too."""
    rows = db.session.execute(select(Account.id, Account.name, Account.username).order_by(Account.username))
    return [(str(row.id), f"{row.name}（{row.username}）") for row in rows]


def account_named(username: str) -> int | None:
    """The id of the account in use with this user name."""
    return db.session.scalar(select(Account.id).where(Account.username == tidy(username), Account.active))


def _only(statement: Select[*tuple[Any, ...]], wanted: AuditFilter) -> Select[*tuple[Any, ...]]:
    if wanted.account_id is not None:
        statement = statement.where(AuditEntry.account_id == wanted.account_id)
    if wanted.action is not None:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.learner_id is not None:
        statement = statement.where(AuditEntry.id.in_(_about(wanted.learner_id)))
    if wanted.day is not None:
        begins, ends = clock.day_bounds(wanted.day)
        statement = statement.where(AuditEntry.at >= begins, AuditEntry.at < ends)
    return statement


def _about(*learner_ids: int) -> CompoundSelect[Any]:
    """The ids of the entries that tell of these learners: as their subject, or among others."""
    subjects = [activity("learner", learner_id) for learner_id in learner_ids]
    return union_all(
        select(AuditEntry.id).where(AuditEntry.subject.in_(subjects)),
        select(AuditSubject.entry_id).where(AuditSubject.learner_id.in_(learner_ids)),
    )
