"""Each test has the migrated database for itself, and pages' statements are counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.once import FormReceipt
from supportdesk.extensions import db
from tests.clocks import NOW, Clock
from tests.databases import Databases
from tests.recording import Statements


def test_the_database_is_the_one_asked_for_and_migrated(database_url: str, pytestconfig: pytest.Config) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    assert engine.dialect.name == pytestconfig.getoption("database")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM form_receipt")).scalar_one() == 0
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_no_test_sees_what_another_wrote(turn: str, context: None) -> None:
    with transaction() as session:
        session.add(FormReceipt(token="same", sending="", location=turn, received_at=NOW))
    assert db.session.scalars(db.select(FormReceipt.location)).all() == [turn]


@pytest.mark.only_on("postgresql")
def test_a_wiped_copy_is_as_good_as_new(databases: Databases, tmp_path: Path) -> None:
    names = sorted(db.metadata.tables)

    def seen(url: str, *statements: str) -> list[int]:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
            made = connection.execute("INSERT INTO person (created_at) VALUES (now()) RETURNING id").fetchone()
            rows = [connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in names]
        return [row[0] for row in (made, *rows) if row]

    first = databases.copy()
    fresh = seen(first)
    databases.discard(first)
    wiped = databases.copy()
    assert (wiped, seen(wiped)) == (first, fresh)
    seen(wiped, "ALTER TABLE person ADD COLUMN mood text")
    databases.discard(wiped)
    another = databases.copy()
    assert another != first
    databases.discard(another)


def test_statements_are_counted_and_housekeeping_is_not(
    context: None, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with queries() as seen, transaction() as session:
        session.execute(text("SELECT 1"))
        session.add(FormReceipt(token="one", sending="", location="/", received_at=NOW))
    assert len(seen) == 2
    assert len(seen.writing()) == 1
    db.session.execute(text("SELECT 2"))
    assert len(seen) == 2


def test_the_clock_stands_until_it_is_moved(app: Flask, clock: Clock) -> None:
    assert desk_clock.now() == NOW
    assert (clock.advance(minutes=90) - NOW).total_seconds() == 5400
    assert desk_clock.local(desk_clock.now()).strftime("%H:%M") == "11:30"
