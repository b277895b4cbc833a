"""Rows that speak of a learner, given to another: the piece that a merge, a split and their undoing share.

A row that its table allows only once for a learner (one mark at a meeting, one live pass) stays where it is when the
taker has such a row: nothing is thrown away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Index, Table, UniqueConstraint, insert, select, true, update

from supportdesk.core.database import connection
from supportdesk.learners.merging.models import HandedRow
from supportdesk.learners.rooms import LearnerTable, tables_with_learners

_AT_ONCE = 500


class Held(NamedTuple):
    """The rows of one table that speak of a learner: those that can change hands and those that have to stay."""

    answer: LearnerTable
    free: list[int]
    stay: list[int]


def movable() -> list[LearnerTable]:
    """The tables whose rows change hands, in the one order in which everybody locks them."""
    return sorted(
        (answer for answer in tables_with_learners() if answer.merged == "moved"),
        key=lambda answer: (answer.table.name, answer.column),
    )


def lock_rows(learner_ids: Collection[int]) -> None:
    """Wait for whoever is writing rows of these learners."""
    for answer in movable():
        column, key = answer.table.c[answer.column], _key(answer.table)
        connection().execute(select(key).where(column.in_(learner_ids)).order_by(key).with_for_update()).all()


def rows_of(giver_id: int, taker_id: int) -> list[Held]:
    """What the giver has, table by table. Two statements a table at most."""
    held = []
    for answer in movable():
        column, key = answer.table.c[answer.column], _key(answer.table)
        every = list(connection().scalars(select(key).where(column == giver_id).order_by(key)))
        stay = _only_once(answer, giver_id, taker_id) if every else set()
        held.append(Held(answer, [row for row in every if row not in stay], sorted(stay)))
    return held


def hanging_on(learner_id: int, activities: Collection[str]) -> set[tuple[str, int]]:
    """The learner's rows that tell of these activities: what was seen there, what was told about them."""
    found = set()
    for answer in movable():
        if "activity" in answer.table.columns:
            theirs = select(_key(answer.table)).where(
                answer.table.c[answer.column] == learner_id, answer.table.c.activity.in_(activities)
            )
            found |= {(answer.place, row_id) for row_id in connection().scalars(theirs)}
    return found


def give(hand_over_id: int, rows: Iterable[Held], taker_id: int) -> None:
    """Let the free rows speak of the taker, and remember which they were."""
    for held in rows:
        if held.free:
            _let_speak_of(held.answer, held.free, taker_id)
            name = held.answer.place
            kept = [{"hand_over_id": hand_over_id, "table_name": name, "row_id": row} for row in held.free]
            connection().execute(insert(HandedRow), kept)


def give_back(hand_over_id: int, giver_id: int, taker_id: int) -> None:
    """Let the rows speak of the giver again, as far as they are still there and still the taker's."""
    remembered = connection().execute(
        select(HandedRow.table_name, HandedRow.row_id).where(HandedRow.hand_over_id == hand_over_id)
    )
    ids: dict[str, list[int]] = {}
    for name, row_id in remembered:
        ids.setdefault(name, []).append(row_id)
    for answer in movable():
        column, key = answer.table.c[answer.column], _key(answer.table)
        for some in _pieces(ids.get(answer.place, [])):
            theirs = select(key).where(key.in_(some), column == taker_id)
            _let_speak_of(answer, list(connection().scalars(theirs)), giver_id)


def _let_speak_of(answer: LearnerTable, row_ids: list[int], learner_id: int) -> None:
    for some in _pieces(row_ids):
        changed = update(answer.table).where(_key(answer.table).in_(some)).values({answer.column: learner_id})
        connection().execute(changed)


def _only_once(answer: LearnerTable, giver_id: int, taker_id: int) -> set[int]:
    """The giver's rows of which the taker has the like where the table allows one."""
    table, stay = answer.table, set[int]()
    learner = table.c[answer.column]
    for columns, condition in _unique(answer):
        like = [table.c[name] for name in columns]
        rows = select(_key(table), *like).where(condition)
        theirs = {tuple(values) for _, *values in connection().execute(rows.where(learner == taker_id))}
        ours = connection().execute(rows.where(learner == giver_id))
        stay |= {row_id for row_id, *values in ours if tuple(values) in theirs}
    return stay


def _unique(answer: LearnerTable) -> Iterator[tuple[list[str], ColumnElement[bool]]]:
    """Of what the table allows one for each learner: the other columns, and of which rows that holds."""
    rules: list[tuple[UniqueConstraint | Index, ColumnElement[bool] | None]] = [
        *((key, None) for key in answer.table.constraints if isinstance(key, UniqueConstraint)),
        *((index, index.dialect_options["sqlite"]["where"]) for index in answer.table.indexes if index.unique),
    ]
    for rule, condition in rules:
        if answer.column in rule.columns:
            others = [column.name for column in rule.columns if column.name != answer.column]
            yield others, true() if condition is None else condition


def _key(table: Table) -> Column[int]:
    """The one number by which a row is remembered."""
    (key,) = table.primary_key.columns
    return key


def _pieces(row_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (row_ids[start : start + _AT_ONCE] for start in range(0, len(row_ids), _AT_ONCE))
