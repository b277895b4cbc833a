"""Writers to SQLite stand in line: one writes, the others wait without looking, and nobody waits for themselves."""

from __future__ import annotations

import fcntl
import time
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import text

from supportdesk.core.database import transaction
from supportdesk.extensions import db
from tests.racing import race

pytestmark = pytest.mark.only_on("sqlite")


def _write_for(seconds: float) -> tuple[float, float]:
    """When this process began to write, and when it was about to commit."""
    with transaction():
        begun = time.monotonic()
        time.sleep(seconds)
        return begun, time.monotonic()


def test_one_writes_at_a_time_and_the_next_begins_at_once(app: Flask) -> None:
    turns = sorted(race(app, [lambda: _write_for(0.05)] * 4))
    for (_, before), (after, _) in pairwise(turns):
        assert 0 <= after - before < 0.04


def test_a_turn_is_over_when_its_transaction_failed(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError
        db.session.remove()
    assert all(isinstance(turn, tuple) for turn in race(app, [lambda: _write_for(0)] * 2))


def test_whoever_lost_a_connection_in_the_middle_stands_in_line_again(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect().execution_options(write=True) as lost:
            lost.execute(text("SELECT 1"))
            lost.invalidate()
        with transaction(), open(f"{db.engine.url.database}-turn", "w") as line, pytest.raises(BlockingIOError):
            fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        db.session.remove()


def test_nobody_waits_for_themselves(app: Flask) -> None:
    with app.app_context(), transaction():
        other = db.engine.connect().execution_options(write=True)
        with other, pytest.raises(RuntimeError, match="within another"):
            other.execute(text("SELECT 1"))
