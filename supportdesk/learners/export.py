"""Everything the desk holds about one learner, from every room's tables: for the learner who asks to see it."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Table, select

from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.rooms import LearnerTable, tables_with_learners

#: What opens a door stays inside, even when its owner asks.
_SECRETS = frozenset({"token", "token_hash"})


def export_learner(learner_id: int) -> dict[str, Any]:
    """The learner's row, and under each table's name its rows about them, as JSON can write them. Raises NotFound.

    One statement for each place where a table names a learner.
    """
    own = _rows(LearnerTable(_table_of_learners(), column="id"), learner_id)
    if not own:
        raise NotFound
    tables: dict[str, list[dict[str, Any]]] = {}
    for answer in tables_with_learners():
        tables.setdefault(answer.table.name, []).extend(_rows(answer, learner_id))
    return {"learner": own[0], "tables": dict(sorted(tables.items()))}


def _table_of_learners() -> Table:
    table = Learner.__table__
    assert isinstance(table, Table)
    return table


def _rows(answer: LearnerTable, learner_id: int) -> list[dict[str, Any]]:
    columns = [column for column in answer.table.columns if column.name not in _SECRETS]
    statement = (
        select(*columns).where(answer.table.c[answer.column] == learner_id).order_by(*answer.table.primary_key.columns)
    )
    return [
        {name: _plain(value) for name, value in row.items()} for row in db.session.execute(statement).mappings().all()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
