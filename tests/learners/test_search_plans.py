"""However many learners there are, a search reads a part of an index: no plan walks through a table of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from bench.searching import KINDS
from supportdesk.demo.crowd import fill_register
from supportdesk.extensions import db
from supportdesk.learners.search import find_learners
from tests.factories import make_reference

pytestmark = pytest.mark.usefixtures("context")

#: The city's own few places are read whole.
OF_PEOPLE = {"learner", "learner_key", "learner_phone", "former_name", "name_variant"}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if statement.lstrip().startswith("SELECT") and not many:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def walked_through(statement: str, parameters: Any) -> set[str]:
    """The tables of people that the database would read from end to end."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
    with db.engine.connect() as connection:
        if not on_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # a small town's tables are quicker to read whole
        plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
    of_people = "|".join(OF_PEOPLE)
    if on_sqlite:
        return set(re.findall(rf"^SCAN ({of_people})\b", plan, re.MULTILINE))
    whole = rf"(?:Seq Scan|Index(?: Only)? Scan using \w+) on ({of_people})\b(?!.*\n\s+Index Cond)"
    return set(re.findall(whole, plan))


@pytest.fixture
def _town(context: None) -> None:
    make_reference()
    fill_register(1_500)


@pytest.mark.usefixtures("_town")
def test_every_kind_of_search_reads_ranges_of_indices() -> None:
    walked: dict[str, set[str]] = {}
    for kind, texts in KINDS.items():
        for typed in texts:
            with statements() as seen:
                find_learners(typed)
                db.session.rollback()
            assert seen
            for statement, parameters in seen:
                walked.setdefault(kind, set()).update(walked_through(statement, parameters))
    assert {kind: tables for kind, tables in walked.items() if tables} == {}


@pytest.mark.usefixtures("_town")
def test_a_walk_through_the_register_would_be_seen() -> None:
    assert walked_through("SELECT id FROM learner WHERE note = 'x'", ()) == {"learner"}
