"""What has been kept for as long as it may be: first shown, then erased, through what the rooms answer.

Called once a year by the administrator's page or by `supportdesk retention`. Figures stay: texts go, and whoever has
been gone for years becomes nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.ageing import Ageing
from supportdesk.learners.export import LEARNER
from supportdesk.learners.models import Learner, Status
from supportdesk.learners.office import GONE_YEARS
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rights.mentions import empty_value
from supportdesk.learners.rooms import ageing_records, words_of_tables

_GONE = (Status.MOVED, Status.DECEASED, Status.LEFT)


class Aged(NamedTuple):
    """One kind of record past its time: how many rows, of how many people, and which columns are emptied (none: the
    rows are deleted).
    """

    title: str
    years: int
    rows: int
    people: int
    columns: Sequence[str]


class Plan(NamedTuple):
    """What would be erased as of an instant: kinds of record, and the learners who become nobody."""

    records: Sequence[Aged]
    gone_years: int
    gone: Sequence[int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.gone and not any(one.rows for one in self.records)


def plan_retention(as_of: datetime) -> Plan:
    """What is past its time then. Writes nothing; a statement for each kind of record."""
    return Plan([_counted(one, as_of) for one in ageing_records()], GONE_YEARS.get(), _gone(as_of))


def erase_aged(as_of: datetime, *, actor: Actor, now: datetime) -> int:
    """Erase exactly what `plan_retention` shows of that instant; returns how many rows and people that was."""
    erased = 0
    for one in ageing_records():
        rows = _erase(one, as_of)
        if rows:
            audit.record(actor=actor, action=Action.ERASE_AGED, now=now, detail={"table": one.table.name, "rows": rows})
        erased += rows
    for learner_id in _gone(as_of):
        erase_learner(learner_id, actor=actor, now=now)
        erased += 1
    return erased


def lines_of(plan: Plan) -> Iterator[str]:
    """The plan for a terminal."""
    for one in plan.records:
        yield f"{one.title} ({one.years}): {one.rows} / {one.people}"
    who = _("利用を終えた方")
    yield f"{who} ({plan.gone_years}): {len(plan.gone)}"


def _counted(one: Ageing, as_of: datetime) -> Aged:
    learner = one.table.c[one.column]
    found = select(func.count(), func.count(learner.distinct())).select_from(one.table).where(_is_aged(one, as_of))
    rows, people = db.session.execute(found).one()
    words = words_of_tables()[one.table.name]
    return Aged(str(one.title), one.years(), rows, people, [str(words.label(name)) for name in one.emptied])


def _erase(one: Ageing, as_of: datetime) -> int:
    aged = _is_aged(one, as_of)
    if not one.emptied:
        return connection().execute(delete(one.table).where(aged)).rowcount
    empty = {name: empty_value(one.table.c[name]) for name in one.emptied}
    return connection().execute(update(one.table).where(aged).values(empty)).rowcount


def _is_aged(one: Ageing, as_of: datetime) -> ColumnElement[bool]:
    old = one.table.c[one.since] < years_before(as_of, one.years())
    return and_(old, or_(*(_says_something(one.table.c[name]) for name in one.emptied))) if one.emptied else old


def _says_something(column: Any) -> ColumnElement[bool]:
    return column.is_not(None) if column.nullable else column != ""


def _gone(as_of: datetime) -> list[int]:
    """Those who moved, died or left so long ago."""
    return list(
        db.session.scalars(
            select(Learner.id)
            .where(
                LEARNER.c.status.in_(_GONE),
                LEARNER.c.status_since < years_before(as_of, GONE_YEARS.get()),
                LEARNER.c.merged_into.is_(None),
                LEARNER.c.erased_at.is_(None),
            )
            .order_by(Learner.id)
        )
    )


def years_before(moment: datetime, years: int) -> datetime:
    """The beginning of the day so many years ago; of 29 February, 28 February."""
    day = clock.local(moment).date()
    try:
        earlier = day.replace(year=day.year - years)
    except ValueError:
        earlier = day.replace(year=day.year - years, day=28)
    return clock.day_bounds(earlier)[0]
