"""Every room answers for its own rows: no table may speak of a learner behind the register's back."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from supportdesk.core.database import Base
from supportdesk.learners.rooms import LearnerTable, tables_with_learners

pytestmark = pytest.mark.usefixtures("context")


def _places_with_a_learner() -> set[tuple[str, str]]:
    """(table, column) of every foreign key to a learner."""
    return {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "learner.id"
    }


def _place(answer: LearnerTable) -> tuple[str, str]:
    return answer.table.name, answer.column


def test_every_table_with_a_learner_has_a_room_that_answers_for_it() -> None:
    unanswered = _places_with_a_learner() - {_place(answer) for answer in tables_with_learners()}
    assert not unanswered, f"no room answers for {sorted(unanswered)}: answer_for_learners() in the room's plug_in"


def test_only_the_audit_trail_names_learners_without_pointing_at_them() -> None:
    """It lies below the register and outlives an erasure: a number then stands for nobody, and nothing is emptied."""
    loose = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("learner_id") and not column.foreign_keys
    }
    assert loose == {("audit_subject", "learner_id")}


def test_no_table_is_answered_for_twice_or_without_a_learner_in_it() -> None:
    places = [_place(answer) for answer in tables_with_learners()]
    assert sorted(places) == sorted(set(places))
    assert set(places) <= _places_with_a_learner()


def test_personal_columns_exist_and_can_be_emptied() -> None:
    wrong = [
        f"{answer.table.name}.{name}"
        for answer in tables_with_learners()
        for name in answer.personal
        if name not in answer.table.columns or (answer.erased == "kept" and not _can_be_emptied(answer.table, name))
    ]
    assert wrong == []


def _can_be_emptied(table: Table, name: str) -> bool:
    """A text becomes empty, anything else null."""
    column = table.columns[name]
    return bool(column.nullable) or column.type.python_type is str
