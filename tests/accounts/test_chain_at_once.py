"""Many processes write to the audit trail at the same moment: its lanes stay whole, and nobody waits in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text

from supportdesk.accounts import audit, lanes
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditLane
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.accounts.tampering import found, write_trail
from tests.racing import race

WRITERS, EACH = 8, 15


def _write(account: int) -> int:
    for number in range(EACH):
        with transaction() as session:
            # what every writer locks besides, in its own order: the trail's lock comes after all of it
            for district in (1, 2) if (account + number) % 2 else (1,):
                session.execute(text(f"UPDATE shared SET n = n + 1 WHERE id = {district}"))
            audit.record(actor=SYSTEM, action=Action.VIEW_LEARNER, subject=f"learner:{account}", now=clock.now())
            audit.record(actor=SYSTEM, action=Action.LIST_LEARNERS, learners=[account, number + 1], now=clock.now())
    return EACH


def _shared_rows() -> None:
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(text("CREATE TABLE shared (id INTEGER PRIMARY KEY, n INTEGER)"))
        connection.execute(text("INSERT INTO shared VALUES (1, 0), (2, 0)"))
        connection.commit()


def _lanes() -> int:
    return len(db.session.scalars(select(AuditLane.id)).all())


@pytest.mark.parametrize("count_of_lanes", [1, 2, lanes.LANES])
def test_lanes_written_by_many_processes_are_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch, count_of_lanes: int
) -> None:
    monkeypatch.setattr(lanes, "LANES", count_of_lanes)
    with app.app_context():
        _shared_rows()
        write_trail(1)  # the head that every process inherits
        db.session.remove()
    assert race(app, [_writer(number) for number in range(WRITERS)]) == [EACH] * WRITERS
    with app.app_context():
        assert found() == []
        written = db.session.execute(text("SELECT count(*), max(seq) FROM audit_entry")).one()
        assert written[0] == 1 + 2 * EACH * WRITERS
        assert 1 <= _lanes() <= count_of_lanes


def _writer(number: int) -> Callable[[], int]:
    return lambda: _write(number + 1)


def test_threads_of_one_process_write_to_lanes_of_their_own_or_in_turn(app: Flask) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with app.app_context():
                write = threading.current_thread().name
                for _number in range(10):
                    with transaction():
                        audit.record(actor=SYSTEM, action=Action.LOG_IN, subject=write, now=clock.now())
                db.session.remove()
        except BaseException as error:  # noqa: BLE001  # shown by the assertion
            failed.append(error)

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with app.app_context():
        assert found() == []
        assert db.session.scalar(text("SELECT count(*) FROM audit_entry")) == 40


def test_a_thread_that_lost_its_lane_takes_another_and_keeps_it(app: Flask) -> None:
    """Whoever writes to a lane alone sends two statements; one that others moved is read again once, not each time."""
    with app.app_context():
        write_trail(1)
        own = app.extensions["audit_lane"]
        own.head = own.head._replace(hash="of before another wrote")
        write_trail(1)
        assert own.head.hash != "of before another wrote"
        kept = own.head.lane
        write_trail(3)
        assert own.head.lane == kept
        assert found() == []
