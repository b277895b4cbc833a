"""The migrations make the very tables that the models describe, and can be taken back."""

from __future__ import annotations

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, text

from supportdesk.core.database import Base
from supportdesk.extensions import db

pytestmark = pytest.mark.usefixtures("context")


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_newest_migration_equals_the_models() -> None:
    assert differences() == []


def test_it_holds_the_same_rules() -> None:
    inspector = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        rules = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {one["name"] for one in inspector.get_check_constraints(table.name)} == rules, table.name


def test_down_to_nothing_and_up_again() -> None:
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    flask_migrate.upgrade()
    assert differences() == []


def test_what_the_tables_hold_survives_the_way_down_to_the_first_migration_and_up(demo: Flask) -> None:
    def held() -> dict[str, int]:
        with db.engine.connect() as connection:
            return {
                name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
                for name in inspect(connection).get_table_names()
            }

    with demo.app_context():
        before = held()
        flask_migrate.downgrade(revision="0001")
        kept = held()
        assert {name: before[name] for name in kept} == kept
        flask_migrate.upgrade()
        assert {name: count for name, count in held().items() if name in kept} == kept
        assert differences() == []


def test_search_keys_are_compared_byte_by_byte() -> None:
    if db.engine.dialect.name == "sqlite":
        plan = "EXPLAIN QUERY PLAN SELECT learner_id FROM learner_key WHERE key >= 'a' AND key < 'b'"
        with db.engine.connect() as connection:
            assert "key>? AND key<?" in str(connection.execute(text(plan)).all())
        return
    query = (
        "SELECT collation_name FROM information_schema.columns WHERE table_name = 'learner_key' AND column_name = 'key'"
    )
    with db.engine.connect() as connection:
        assert connection.execute(text(query)).scalar_one() == "C"
