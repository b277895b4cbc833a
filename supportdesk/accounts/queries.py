"""Reads for the pages of this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union_all

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
    since: date | None = None
    until: date | None = None


#: What a page or a file shows of each row.
_ROW = select(
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.account_id,
    Account.name,
    Account.username,
    AuditEntry.action,
    AuditEntry.subject,
    AuditEntry.surface,
    AuditEntry.address,
    AuditEntry.reason,
).outerjoin(Account, Account.id == AuditEntry.account_id)


def audit_stretch(wanted: AuditFilter, before: int | None) -> Stretch[Any]:
    """The audit trail, newest first."""
    return fetch_stretch(_only(_ROW, wanted), AuditEntry.id, before)


def audit_rows(wanted: AuditFilter) -> Sequence[Any]:
    """The same, all of it, oldest first."""
    return db.session.execute(_only(_ROW, wanted).order_by(AuditEntry.id)).all()


def who_looked(wanted: AuditFilter) -> Sequence[Any]:
    """Each account of these rows, the latest first: how often it did something, when first and when last."""
    counted = _count(Account.id.label("account_id"), Account.name, Account.username)
    return db.session.execute(_only(counted.outerjoin(Account, Account.id == AuditEntry.account_id), wanted)).all()


def what_was_done(wanted: AuditFilter) -> Sequence[Any]:
    """Each action of these rows, the latest first: how often, when first and when last."""
    return db.session.execute(_only(_count(AuditEntry.action), wanted)).all()


def _count(*columns: Any) -> Select[*tuple[Any, ...]]:
    last = func.max(AuditEntry.at)
    return (
        select(*columns, func.count().label("times"), func.min(AuditEntry.at).label("first"), last.label("last"))
        .select_from(AuditEntry)
        .group_by(*columns)
        .order_by(last.desc(), func.count())
    )


def who_is(account_id: int) -> Any | None:
    """An account's id, name and user name."""
    wanted = select(Account.id, Account.name, Account.username).where(Account.id == account_id)
    return db.session.execute(wanted).one_or_none()


def learners_of(entry_ids: Iterable[int]) -> dict[int, list[int]]:
    """The learners of whom each of these entries tells beside its subject."""
    return _ties(AuditSubject.entry_id.in_(list(entry_ids)))


def learners_of_all(wanted: AuditFilter) -> dict[int, list[int]]:
    """The same of all the entries wanted, however many."""
    return _ties(AuditSubject.entry_id.in_(_only(select(AuditEntry.id), wanted)))


def _ties(condition: ColumnElement[bool]) -> dict[int, list[int]]:
    ties = select(AuditSubject.entry_id, AuditSubject.learner_id).where(condition)
    found: dict[int, list[int]] = {}
    for row in db.session.execute(ties.order_by(AuditSubject.entry_id, AuditSubject.learner_id)):
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
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= clock.day_bounds(wanted.since)[0])
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < clock.day_bounds(wanted.until)[1])
    return statement


def _about(*learner_ids: int) -> CompoundSelect[Any]:
    """The ids of the entries that tell of these learners: as their subject, or among others."""
    subjects = [activity("learner", learner_id) for learner_id in learner_ids]
    return union_all(
        select(AuditEntry.id).where(AuditEntry.subject.in_(subjects)),
        select(AuditSubject.entry_id).where(AuditSubject.learner_id.in_(learner_ids)),
    )
