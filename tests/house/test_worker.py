"""`supportdesk worker`: what is due is done without anybody pressing a button, by one worker; another takes over."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from supportdesk import scheduler
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.lottery.redrawing import redraw
from supportdesk.classes.models import Run
from supportdesk.cli import supportdesk
from supportdesk.core import clock
from supportdesk.core.database import reading, transaction
from supportdesk.core.job_runs import JobRun, last_due
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.notices.models import Offer, OfferState
from supportdesk.scheduler import JOBS, Scheduled, do_what_is_due, due_now, work
from tests.classes.lottery.drawing import OPEN_FOR, enter_sixty, make_lottery
from tests.classes.making import enrol, make_run
from tests.factories import make_learner, make_reference

#: Seconds in which a worker has done what is due.
_SOON = 20
_OFTEN = timedelta(seconds=1)


def runs(app: Flask) -> dict[str, JobRun]:
    with app.app_context():
        found = {one.name: one for one in db.session.scalars(select(JobRun))}
        db.session.remove()
    return found


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _SOON
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., BaseProcess]]:
    """Starts workers, each a process of its own, and ends them."""
    monkeypatch.setattr(scheduler, "TRY_EVERY", 0.1)
    started: list[BaseProcess] = []

    def start(*jobs: Scheduled) -> BaseProcess:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        worker = multiprocessing.get_context("fork").Process(target=work, args=(app,), kwargs={"jobs": jobs})
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.terminate()
        worker.join(_SOON)
        worker.kill()


def test_an_offer_nobody_answers_is_handed_on_by_the_worker(app: Flask, start: Callable[..., BaseProcess]) -> None:
    with app.app_context():
        make_reference()
        run_id = make_run(capacity=1)
        first, *_others = [enrol(run_id, make_learner()) for _ in range(3)]
        with transaction():
            cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=clock.now())
        clock.set_now(clock.now() + timedelta(hours=8))
    worker = start(*JOBS)
    until(lambda: len([one for one in runs(app).values() if one.ended_at]) == len(JOBS))
    with app.app_context():
        states = db.session.scalars(select(Offer.state).order_by(Offer.id)).all()
    assert states == [OfferState.EXPIRED, OfferState.OPEN]
    assert runs(app)["offers handed on"].rows == 1
    worker.terminate()
    worker.join(_SOON)
    assert worker.exitcode == 0


def test_a_draw_of_sixty_is_held_by_the_worker_at_the_deadline_and_proves_itself(
    app: Flask, start: Callable[..., BaseProcess]
) -> None:
    with app.app_context():
        make_reference()
        run_id = make_lottery(capacity=20)
        enter_sixty(run_id)
        clock.set_now(clock.now() + OPEN_FOR)
    start(*(one for one in JOBS if one.name == "draws held"))
    until(lambda: bool(runs(app)) and runs(app)["draws held"].ended_at is not None)
    assert runs(app)["draws held"].rows == 1
    with app.app_context():
        run = db.session.get_one(Run, run_id)
        assert (run.taken, run.waiting) == (20, 49)
        assert redraw(run_id).same


def test_one_works_and_the_other_takes_over_when_it_is_killed(
    app: Flask, start: Callable[..., BaseProcess], tmp_path: Path
) -> None:
    def job(_now: datetime) -> int:
        with (tmp_path / "done").open("a") as file:
            file.write(f"{os.getpid()}\n")
        return os.getpid()

    def workers() -> list[int]:
        path = tmp_path / "done"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    first = start(Scheduled("test", job, _OFTEN))
    until(lambda: len(workers()) >= 1)
    second = start(Scheduled("test", job, _OFTEN))
    time.sleep(1.5)
    assert set(workers()) == {first.pid}
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: second.pid in workers())
    assert second.is_alive()


@pytest.mark.only_on("postgresql")
def test_who_lost_the_lock_with_the_server_waits_for_it_and_works_on(
    app: Flask, start: Callable[..., BaseProcess]
) -> None:
    def whose(what: str = "pid") -> int | None:
        held = f"SELECT {what} FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        with app.app_context(), reading() as connection:
            return connection.scalar(text(f"{held} WHERE locktype = 'advisory' AND datname = current_database()"))

    counted = itertools.count()
    worker = start(Scheduled("test", lambda _now: next(counted), _OFTEN))
    until(lambda: "test" in runs(app))
    first = whose()
    assert whose("pg_terminate_backend(pid)")
    until(lambda: whose() not in (None, first))
    done = runs(app)["test"].rows or 0
    until(lambda: (runs(app)["test"].rows or 0) > done)
    assert worker.is_alive()


def test_what_was_due_at_night_is_done_once_when_a_worker_starts(app: Flask, start: Callable[..., BaseProcess]) -> None:
    nightly = Scheduled("test", lambda _now: 5)
    worker = start(nightly)
    until(lambda: "test" in runs(app) and runs(app)["test"].rows == 5)
    worker.terminate()
    worker.join(_SOON)
    with app.app_context():
        assert clock.local(last_due()["test"]).hour == 2
        assert due_now(app, [nightly]) == []
        clock.set_now(clock.now() + timedelta(days=1))
        assert due_now(app, [nightly]) == [nightly]


def test_a_job_that_fails_is_noted_and_stops_no_other(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_now: datetime) -> int:
        with transaction():
            raise RuntimeError("no disk")

    with caplog.at_level(logging.ERROR):
        done = list(do_what_is_due(app, [Scheduled("one", fail, _OFTEN), Scheduled("other", lambda _now: 3, _OFTEN)]))
    assert done == [("one", None), ("other", 3)]
    assert (runs(app)["one"].rows, runs(app)["one"].error) == (None, "RuntimeError")
    assert "no disk" in caplog.text


@pytest.mark.only_on("sqlite")
def test_the_command_does_what_is_due_and_leaves_with_1_when_a_job_failed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTDESK_DATABASE_URL", database_url)
    monkeypatch.setenv("SUPPORTDESK_INSTANCE", str(tmp_path))

    def worker() -> tuple[int, list[str]]:
        done = CliRunner().invoke(supportdesk, ["worker", "--once"])
        return done.exit_code, done.output.splitlines()

    assert worker() == (0, [f"{one.name}: 0" for one in JOBS])
    assert worker() == (0, [f"{one.name}: 0" for one in JOBS if one.every]), "what is done at night is done"
    monkeypatch.setattr(scheduler, "do_what_is_due", lambda _app: iter([("offers handed on", None)]))
    code, told = worker()
    assert (code, told[0]) == (1, "offers handed on: failed")
