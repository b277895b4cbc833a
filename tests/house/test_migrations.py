"""The migrations make the very tables that the models describe, and can be taken back."""

from __future__ import annotations

from datetime import time

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, delete, inspect, select, text

from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.stepping import end_request
from supportdesk.core import clock
from supportdesk.core.database import Base, is_a_models, transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places import occupancy
from supportdesk.places.models import OccupancyCell
from tests.classes.outreach.making import ask
from tests.clocks import TODAY
from tests.factories import make_learner, make_reference
from tests.notices.making import queue

pytestmark = pytest.mark.usefixtures("context")


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_a_models})
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
        with transaction() as session:  # what is held for requests, of which there are none before
            session.execute(delete(OccupancyCell).where(OccupancyCell.activity.startswith("outreach:")))
        before = held()
        flask_migrate.downgrade(revision="0001")
        kept = held()
        assert {name: before[name] for name in kept} == kept
        flask_migrate.upgrade()
        assert {name: count for name, count in held().items() if name in kept} == kept
        assert differences() == []


def test_what_tells_of_something_that_goes_is_not_mistaken_for_what_bears_its_number_later() -> None:
    make_reference()
    learner_id = make_learner()
    for kind in ("offer", "day_change", "lottery_entrant"):
        queue(learner_id, activity=f"{kind}:1")
    with transaction():
        occupancy.take("outreach:1", ["person:1"], clock.at(TODAY, time(10)), clock.at(TODAY, time(11)))
    flask_migrate.downgrade(revision="0014")
    flask_migrate.upgrade()
    db.session.rollback()
    assert dict(db.session.execute(select(Notice.activity, Notice.state)).all()) == {
        "former_offer:1": NoticeState.CANCELLED,
        "former_day_change:1": NoticeState.WAITING,
        "former_lottery_entrant:1": NoticeState.CANCELLED,
    }
    assert db.session.scalars(select(OccupancyCell.activity)).all() == []


def test_it_does_not_go_down_where_that_would_end_somebodys_request(caplog: pytest.LogCaptureFixture) -> None:
    make_reference()
    ask()
    other = ask(district_code="seibu")
    with pytest.raises(SystemExit):
        flask_migrate.downgrade(revision="0028")
    assert f"2 requests, such as 1 and {other}" in caplog.text
    assert differences() == []
    with transaction():
        end_request(
            other, OutreachState.WITHDRAWN, OutreachState.RECEIVED, reason="取り下げ", actor=SYSTEM, now=clock.now()
        )
    flask_migrate.downgrade(revision="0028")


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
