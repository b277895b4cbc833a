"""Everything the desk holds about one learner, from every room's tables: for the learner who asks to see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Table, or_, select

from supportdesk.accounts.queries import looks_at
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.rooms import tables_with_learners

#: What opens a door stays inside, even when its owner asks; and so does which place of somebody else a seat came from.
_SECRETS = frozenset({"token", "token_hash", "vacancy", "given_up"})
LEARNER = table_of(Learner)


class HeldRows(NamedTuple):
    """What one table says of a learner."""

    table: Table
    rows: Sequence[dict[str, Any]]


def export_learner(learner_id: int) -> dict[str, Any]:
    """The learner's row, under each table's name its rows about them, and who looked at them, as JSON can write it.

    Records that were merged into this one are part of it. Raises NotFound. One statement a table.
    """
    own, *others = held_of(learner_id)
    return {
        "learner": _as_json(own.rows[-1]),
        "merged_records": [_as_json(row) for row in own.rows[:-1]],
        "tables": {held.table.name: [_as_json(row) for row in held.rows] for held in others},
        "seen_by": [
            {"at": row.at.isoformat(), "by": row.name, "action": row.action} for row in looks_at(records_of(learner_id))
        ],
    }


def held_of(learner_id: int) -> list[HeldRows]:
    """The learner's own rows (the one that stands last), then those of every table, by name. Raises NotFound."""
    ids = records_of(learner_id)
    own = list(_rows(LEARNER, ["id"], ids))
    own.sort(key=lambda row: bool(row["id"] == learner_id))
    columns: dict[str, list[str]] = {}
    tables: dict[str, Table] = {}
    for answer in tables_with_learners():
        tables[answer.table.name] = answer.table
        columns.setdefault(answer.table.name, []).append(answer.column)
    del tables[LEARNER.name]  # whoever was merged is among the learner's own rows
    return [
        HeldRows(LEARNER, own),
        *(HeldRows(tables[name], list(_rows(tables[name], columns[name], ids))) for name in sorted(tables)),
    ]


def records_of(learner_id: int) -> list[int]:
    """The ids under which the learner is held: their own, and those of records merged into it. Raises NotFound."""
    wanted = select(Learner.id).where(or_(Learner.id == learner_id, Learner.merged_into == learner_id))
    ids = list(db.session.scalars(wanted.order_by(Learner.id)))
    if learner_id not in ids:
        raise NotFound
    return ids


def told_columns(table: Table) -> list[Column[Any]]:
    """The columns that may be shown."""
    return [column for column in table.columns if column.name not in _SECRETS]


def _rows(table: Table, columns: Sequence[str], ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    speaks_of = or_(*(table.c[name].in_(ids) for name in columns))
    statement = select(*told_columns(table)).where(speaks_of).order_by(*table.primary_key.columns)
    for row in db.session.execute(statement).mappings():
        yield {str(name): value for name, value in row.items()}


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.value if isinstance(value, Enum) else value
