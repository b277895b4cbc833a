"""Rows that nobody waits for are written before anybody could miss them, and at the end together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Insert, bindparam, event, func, insert, select

from supportdesk.accounts.models import Person
from supportdesk.core.database import connection, table_of, transaction, write_along
from supportdesk.extensions import db

pytestmark = pytest.mark.usefixtures("context")
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
_PERSON = table_of(Person)
_COUNT = select(func.count()).select_from(_PERSON)


def insert_as(name: str) -> Insert:
    return insert(_PERSON).values(created_at=bindparam(name)).inline()


def write(name: str = "born", statement: Insert | None = None) -> None:
    write_along(insert_as(name) if statement is None else statement, {name: NOON})


def people() -> int:
    return db.session.scalar(_COUNT) or 0


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_whoever_asks_next_finds_the_row() -> None:
    with transaction():
        write()
        assert connection().scalar(_COUNT) == 1
        write()
        assert people() == 2
    assert people() == 2


@pytest.mark.parametrize(("names", "ways"), [(["one", "two", "three"], 1), (["same", "same"], 2)])
def test_what_is_left_goes_together_where_its_values_can_be_told_apart(names: list[str], ways: int) -> None:
    with counted_statements() as sent, transaction():
        for name in names:
            write(name)
        assert not sent
    assert len(sent) == (ways if db.engine.dialect.name == "postgresql" else len(names))
    assert people() == len(names)


def test_a_savepoint_that_is_rolled_back_takes_its_own_rows_along_and_no_others() -> None:
    def give_up() -> None:
        with db.session.begin_nested():
            write("within")
            raise ZeroDivisionError

    with transaction():
        write("before")
        with pytest.raises(ZeroDivisionError):
            give_up()
        write("after")
    assert people() == 2


def test_what_raises_leaves_no_row_behind() -> None:
    def half_done() -> None:
        with transaction():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with transaction():
        pass
    assert people() == 0


def test_there_is_no_row_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="outside transaction"):
        write()
