"""Somebody who came to a class and is not in the register: entered by a given name, completed by reception later."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, update

from supportdesk.accounts.models import Account
from supportdesk.core.japanese import is_kana
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.operations import register_learner
from supportdesk.learners.particulars import Particulars


class Provisional(NamedTuple):
    """A record that waits to be completed, with who entered it."""

    id: int
    name: str
    created_at: datetime
    by: str


def enter_provisionally(given: str, *, actor: Actor, now: datetime) -> int:
    """Enter somebody of whom no more is known than what they are called; their id. Raises BadParticulars."""
    called = Particulars(kana=given) if is_kana(given) else Particulars(name=given)
    learner = register_learner(called, actor=actor, now=now)
    learner.provisional = True
    return learner.id


def complete(learner_id: int) -> None:
    """Somebody has filled the record in: it waits no more."""
    db.session.execute(update(Learner).where(Learner.id == learner_id, Learner.provisional).values(provisional=False))


def provisional_page(number: int) -> Page[Provisional]:
    """The records that wait to be completed, the oldest first. Two statements."""
    statement = (
        select(Learner.id, Learner.name, Learner.kana, Learner.created_at, Account.name.label("by"))
        .outerjoin(Account, Account.id == Learner.created_by)
        .where(_waits())
        .order_by(Learner.id)
    )
    page = fetch_page(statement, number)
    rows = [Provisional(row.id, known_as(row.name, row.kana), row.created_at, row.by or "") for row in page.rows]
    return page.showing(rows)


def count_provisional() -> int:
    """How many wait."""
    return db.session.scalar(select(func.count()).select_from(Learner).where(_waits())) or 0


def _waits() -> ColumnElement[bool]:
    return and_(Learner.provisional, Learner.merged_into.is_(None), Learner.erased_at.is_(None))
