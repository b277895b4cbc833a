"""Looks that are worth a question: many different people in an hour, people of one's own family name, the deceased.

Learners live in a room above: it tells here how they are called, in a SELECT that is joined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    distinct,
    extract,
    func,
    or_,
    select,
)

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.accounts.office import MANY_PEOPLE
from supportdesk.core import clock
from supportdesk.extensions import db

#: How many of a kind are shown, the newest; the rest is told as more.
SHOWN = 100
_HOUR = 3600
_LEARNER = "learner:"


class Mark(StrEnum):
    MANY_PEOPLE = "many_people"
    OWN_NAME = "own_name"
    DECEASED = "deceased"


MARKS = {
    Mark.MANY_PEOPLE: _l("1時間に多くの人を見た"),
    Mark.OWN_NAME: _l("自分と同じ名字の人を見た"),
    Mark.DECEASED: _l("亡くなった人を見た"),
}

#: A SELECT of every learner: id, name, kana, deceased.
People = Callable[[], Select[*tuple[Any, ...]]]


def know_people(app: Flask, people: People) -> None:
    """Called in its `plug_in` by the room that keeps the learners."""
    app.extensions["audit_people"] = people


@dataclass(frozen=True)
class Unusual:
    """Something worth a question. `learner_id`, or for many people how many and in the hour that begins at `first`."""

    mark: Mark
    account_id: int
    name: str
    times: int
    first: datetime
    last: datetime
    learner_id: int | None = None


def unusual(first_day: date, last_day: date, *, account_id: int | None = None) -> dict[Mark, list[Unusual]]:
    """Of each kind the newest that began on these days, of one account or of all: a query for each kind."""
    looked = [
        AuditEntry.account_id.is_not(None),
        AuditEntry.at >= clock.day_bounds(first_day)[0],
        AuditEntry.at < clock.day_bounds(last_day)[1],
        AuditEntry.subject.startswith(_LEARNER),
    ]
    if account_id is not None:
        looked.append(AuditEntry.account_id == account_id)
    return {
        Mark.MANY_PEOPLE: _many_people(looked),
        Mark.OWN_NAME: _people(looked, Mark.OWN_NAME),
        Mark.DECEASED: _people(looked, Mark.DECEASED),
    }


def _many_people(looked: list[ColumnElement[bool]]) -> list[Unusual]:
    hour = cast(extract("epoch", AuditEntry.at), Integer) // _HOUR
    people = func.count(distinct(AuditEntry.subject))
    rows = db.session.execute(
        select(AuditEntry.account_id, Account.name, hour.label("hour"), people.label("people"))
        .join(Account, Account.id == AuditEntry.account_id)
        .where(*looked)
        .group_by(AuditEntry.account_id, Account.name, hour)
        .having(people > MANY_PEOPLE.get())
        .order_by(hour.desc(), AuditEntry.account_id)
        .limit(SHOWN + 1)
    )
    found = []
    for row in rows:
        begins = datetime.fromtimestamp(row.hour * _HOUR, UTC)
        ends = begins + timedelta(seconds=_HOUR)
        found.append(Unusual(Mark.MANY_PEOPLE, row.account_id, row.name, row.people, begins, ends))
    return found


def _people(looked: list[ColumnElement[bool]], mark: Mark) -> list[Unusual]:
    """Who opened whom, where it bears this mark."""
    people = current_app.extensions["audit_people"]().subquery()
    learner = case((AuditEntry.subject.startswith(_LEARNER), cast(func.substr(AuditEntry.subject, 9), Integer)))
    statement = (
        select(
            AuditEntry.account_id,
            Account.name,
            people.c.id,
            func.count().label("times"),
            func.min(AuditEntry.at).label("first"),
            func.max(AuditEntry.at).label("last"),
        )
        .join(people, people.c.id == learner)
        .join(Account, Account.id == AuditEntry.account_id)
        .where(*looked)
        .group_by(AuditEntry.account_id, Account.name, people.c.id)
        .order_by(func.max(AuditEntry.at).desc(), people.c.id)
        .limit(SHOWN + 1)
    )
    statement = statement.where(people.c.deceased if mark is Mark.DECEASED else _same_family(people))
    return [
        Unusual(mark, row.account_id, row.name, row.times, row.first, row.last, row.id)
        for row in db.session.execute(statement)
    ]


def _same_family(people: Any) -> ColumnElement[bool]:
    """The written family name is the same; its reading, where a learner's kanji are not confirmed."""
    return or_(
        _begins_alike(Account.name, people.c.name),
        and_(people.c.name == "", _begins_alike(Account.kana, people.c.kana)),
    )


def _begins_alike(own: Any, other: Any) -> ColumnElement[bool]:
    """The two are the same up to the space behind the family name; where there is none, nobody knows what it is."""
    place = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    ends = place(own, " ")
    return and_(ends > 0, func.substr(other, 1, ends) == func.substr(own, 1, ends))
