"""How a database means to carry out what is asked of it: for tests of what may not be looked through as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, event, insert, text

from supportdesk.accounts.models import Person
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.learners.models import Learner

_MANY = 5000
_FIRST = 1_000_000


def fill_the_register() -> None:
    """So many learners that PostgreSQL, which looks through small tables whatever their indices, uses an index."""
    ids, now = range(_FIRST, _FIRST + _MANY), clock.now()
    with transaction() as session:
        session.execute(insert(Person), [{"id": one, "created_at": now} for one in ids])
        common = {"kana": "テスト", "created_at": now, "updated_at": now}
        session.execute(insert(Learner), [{"id": one, "person_id": one, **common} for one in ids])
        session.execute(text("ANALYZE"))


def looked_through(read: Callable[[], object]) -> set[str]:
    """The tables that the statements of `read` go through from the first row to the last."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    explain = _on_sqlite if db.engine.dialect.name == "sqlite" else _on_postgresql
    with db.engine.connect() as connection:
        return {table for statement, given in asked for table in explain(connection, statement, given)}


def _on_sqlite(connection: Any, statement: str, given: Any) -> Iterator[str]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given):
        verb, name, *_how = str(row.detail).split()
        if verb == "SCAN":
            yield name


def _on_postgresql(connection: Any, statement: str, given: Any) -> Iterator[str]:
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()
    waiting = [plan["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", ())
        if "Relation Name" in node and not {"Index Cond", "Recheck Cond"} & node.keys():
            yield node["Relation Name"]
