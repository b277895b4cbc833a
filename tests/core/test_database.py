"""Writing happens inside transaction() and nowhere else; times keep their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from supportdesk.accounts.models import Person
from supportdesk.core import clock, database
from supportdesk.core.database import transaction
from supportdesk.extensions import db

pytestmark = pytest.mark.usefixtures("context")
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def people() -> int:
    return len(db.session.scalars(select(Person.id)).all())


def test_a_write_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside transaction"):
        db.session.execute(insert(Person), {"created_at": NOON})
    db.session.rollback()
    assert people() == 0


def test_a_transaction_after_a_read_commits() -> None:
    assert people() == 0
    with transaction() as session:
        session.add(Person(created_at=NOON))
    db.session.rollback()
    assert people() == 1


def test_what_raises_leaves_nothing_behind() -> None:
    def half_done() -> None:
        with transaction() as session:
            session.add(Person(created_at=NOON))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert people() == 0


def test_no_transaction_begins_within_another() -> None:
    with transaction() as session:
        session.add(Person(created_at=NOON))
        with pytest.raises(RuntimeError, match="within another"), transaction():
            pass
    assert people() == 1


def test_an_instant_comes_back_as_it_was_in_utc() -> None:
    in_tokyo = NOON.astimezone(clock.TOKYO) + timedelta(microseconds=1)
    with transaction() as session:
        session.add(Person(created_at=in_tokyo))
    db.session.expunge_all()
    kept = db.session.scalars(select(Person.created_at)).one()
    assert kept == in_tokyo
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="zone"), transaction() as session:
        session.execute(insert(Person), {"created_at": NOON.replace(tzinfo=None)})


def test_foreign_keys_are_enforced(app: Flask) -> None:
    from sqlalchemy.exc import IntegrityError

    from supportdesk.places.models import AccountDistrict

    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(AccountDistrict), {"account_id": 1, "district_code": "nowhere"})


@pytest.mark.only_on("postgresql")  # SQLite has no server that could be started again
def test_a_connection_that_the_server_dropped_meanwhile_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    db.engine.dispose()  # so that there is this one connection
    backend = db.session.scalar(select(func.pg_backend_pid()))
    db.session.remove()
    monkeypatch.setattr(database, "TRUSTED_FOR", 0)
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as administering:
        administering.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert people() == 0
    assert db.session.scalar(select(func.pg_backend_pid())) != backend


def test_reading_outside_the_session_leaves_the_connection_as_it_was() -> None:
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Person)) == 0
    with transaction() as session:
        session.add(Person(created_at=NOON))
        session.flush()
        session.rollback()
    assert people() == 0


@pytest.mark.usefixtures("context")
def test_what_fails_is_told_without_those_it_was_about() -> None:
    with pytest.raises(DBAPIError) as failed, transaction() as session:
        session.execute(
            text("INSERT INTO nowhere VALUES (:name, :phone)"), {"name": "佐藤 静", "phone": "018-888-1542"}
        )
    assert "nowhere" in str(failed.value)
    assert "佐藤" not in str(failed.value)
    assert "1542" not in str(failed.value)
