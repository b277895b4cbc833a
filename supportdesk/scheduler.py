"""The worker: what is done all day and at night without anybody pressing a button. Started by `supportdesk worker`.

A room adds a line to JOBS with a function of its `jobs.py`, which takes the time and answers how many rows it put in
order. Jobs are idempotent, with transactions of their own; APScheduler says when, `job_run` how it went. What was due
while no worker ran is done when one starts.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from types import FrameType
from typing import Final, NamedTuple

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy.exc import OperationalError

from supportdesk.accounts import jobs as accounts
from supportdesk.classes.applying import jobs as applying
from supportdesk.classes.lottery import jobs as lottery
from supportdesk.core import clock
from supportdesk.core import jobs as core
from supportdesk.core.job_runs import last_due, note_end, note_start
from supportdesk.core.sole import Sole, sole_worker
from supportdesk.extensions import db
from supportdesk.helpdesk.applying import jobs as consultations
from supportdesk.helpdesk.queue import jobs as lines
from supportdesk.helpdesk.waiting import jobs as waiting
from supportdesk.learners import jobs as learners
from supportdesk.notices import jobs as notices

_LOG = logging.getLogger(__name__)
#: Seconds between two tries to become the sole worker, and between two looks whether we still are.
TRY_EVERY: Final = 2.0


#: Takes the time, and answers how many rows it put in order.
Job = Callable[[datetime], int]


class Scheduled(NamedTuple):
    """A job and when it is due: every so many seconds, or once a night."""

    name: str
    job: Job
    every: timedelta | None = None

    @property
    def trigger(self) -> BaseTrigger:
        if self.every is None:
            return CronTrigger(hour=2, minute=10, timezone=clock.TOKYO)
        return IntervalTrigger(seconds=int(self.every.total_seconds()), timezone=clock.TOKYO)

    def was_due(self, now: datetime) -> datetime:
        """The last instant for which it was planned."""
        if self.every is not None:
            return now
        tonight = clock.local(now).replace(hour=2, minute=10, second=0, microsecond=0)
        return tonight if tonight <= now else tonight - timedelta(days=1)


JOBS: Final[Sequence[Scheduled]] = (
    Scheduled("offers handed on", notices.pass_on_offers, timedelta(seconds=30)),
    Scheduled("draws held", lottery.draw_due, timedelta(seconds=30)),
    Scheduled("new slots offered", waiting.offer, timedelta(seconds=30)),
    Scheduled("offers recalled", waiting.recall, timedelta(minutes=5)),
    Scheduled("slots let go", waiting.end_holds, timedelta(minutes=5)),
    Scheduled("accounts whose service is over", accounts.end_service),
    Scheduled("notices lapsed", notices.lapse),
    Scheduled("applications closed with their class", applying.close_over),
    Scheduled("applications closed with their consultation", consultations.close_over),
    Scheduled("numbers left over", lines.close_past),
    Scheduled("pairs that may be one person", learners.search_pairs),
    Scheduled("merges that stand", learners.forget_undone),
    Scheduled("what phones handed in long ago", learners.forget_handed_in),
    Scheduled("forms that were sent long ago", core.forget_forms),
)


def work(app: Flask, *, stop: threading.Event | None = None, jobs: Sequence[Scheduled] = JOBS) -> None:
    """Wait until no other worker is at work, then work until told to stop. Where the lock is lost, as it is when the
    database's server is started again, wait for it anew: another one may be at work.
    """
    stop = stop or _stop_on_signal()
    with app.app_context():
        lock = sole_worker()
    while _is_ours_at_last(app, lock, stop):
        _LOG.warning("the worker works")
        try:
            _keep(app, lock, stop, jobs)
        except OperationalError:  # before the first job was begun
            _LOG.exception("the worker could not begin")
            stop.wait(TRY_EVERY)


def _is_ours_at_last(app: Flask, lock: Sole, stop: threading.Event) -> bool:
    """Wait for the lock; False when told to stop meanwhile."""
    with app.app_context():
        while not stop.is_set():
            if lock.take():
                return True
            stop.wait(TRY_EVERY)
    return False


def _keep(app: Flask, lock: Sole, stop: threading.Event, jobs: Sequence[Scheduled]) -> None:
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},  # one after the other, as at night
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=clock.TOKYO,
    )
    for scheduled in jobs:
        scheduler.add_job(_run_due, scheduled.trigger, args=[app, scheduled], id=scheduled.name)
    for due in due_now(app, jobs):
        scheduler.add_job(_run_due, args=[app, due], id=f"{due.name}, at once")
    scheduler.start()
    try:
        while not stop.wait(TRY_EVERY):
            with app.app_context():
                if not lock.is_ours():
                    _LOG.warning("the worker lost its lock and waits for it")
                    return
    finally:
        scheduler.shutdown(wait=True)


def do_what_is_due(app: Flask, jobs: Sequence[Scheduled] = JOBS) -> Iterator[tuple[str, int | None]]:
    """Each job that is due, in their order: its name and how many rows it put in order, None when it failed."""
    for scheduled in due_now(app, jobs):
        yield scheduled.name, _run_due(app, scheduled)


def due_now(app: Flask, jobs: Sequence[Scheduled]) -> list[Scheduled]:
    """What is done all day, and what was due at night and not yet done."""
    with app.app_context():
        done, now = last_due(), clock.now()
    return [one for one in jobs if done.get(one.name, _NEVER) < one.was_due(now)]


_NEVER: Final = clock.at(clock.FIRST_DAY, datetime.min.time())


def _run_due(app: Flask, scheduled: Scheduled) -> int | None:
    """Run one job and note how it went. Why it failed is logged; the next run tries again."""
    with app.app_context():
        now = clock.now()
        note_start(scheduled.name, due_at=scheduled.was_due(now), now=now)
        try:
            rows = scheduled.job(now)
        except Exception as error:  # noqa: BLE001  # whatever it is, the other jobs are still to be run
            _LOG.exception("job: %s", scheduled.name)
            db.session.rollback()
            note_end(scheduled.name, rows=None, error=type(error).__name__, now=clock.now())
            return None
        note_end(scheduled.name, rows=rows, now=clock.now())
        return rows


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop
