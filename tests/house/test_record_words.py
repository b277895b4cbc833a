"""Whoever asks what is held of them reads it in words: no table, column or choice without a name."""

from __future__ import annotations

import pytest
from sqlalchemy import Enum, Table

from supportdesk.learners.export import LEARNER, told_columns
from supportdesk.learners.rooms import ageing_records, mentions, tables_with_learners, words_of_tables

pytestmark = pytest.mark.usefixtures("context")


def tables() -> list[Table]:
    return [LEARNER, *{answer.table.name: answer.table for answer in tables_with_learners()}.values()]


def test_every_column_that_speaks_of_a_learner_has_a_name_in_words() -> None:
    words = words_of_tables()
    nameless = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in told_columns(table)
        if table.name not in words or words[table.name].label(column.name) is None
    ]
    assert nameless == [], "add them to the room's record_words.py"


def test_what_ages_or_is_erased_is_named_column_by_column() -> None:
    words = words_of_tables()
    emptied = {(one.table.name, name) for one in ageing_records() for name in one.emptied}
    emptied |= {(one.table.name, name) for one in mentions() for name in one.emptied}
    assert [f"{table}.{name}" for table, name in sorted(emptied) if words[table].label(name) is None] == []


def test_every_choice_has_a_name_in_words() -> None:
    words = words_of_tables()
    nameless = [
        f"{table.name}.{column.name}: {member}"
        for table in tables()
        for column in told_columns(table)
        if isinstance(column.type, Enum) and column.type.enum_class is not None
        for member in column.type.enum_class
        if member not in words[table.name].choice(column.name)
    ]
    assert nameless == [], "add them to the room's record_words.py"


def test_nothing_is_named_that_does_not_exist() -> None:
    by_name = {table.name: table for table in [*tables(), *(one.table for one in ageing_records())]}
    unknown = [
        f"{name}.{column}"
        for name, words in words_of_tables().items()
        for column in {**words.columns, **words.choices}
        if name not in by_name or column not in by_name[name].columns
    ]
    assert unknown == []
