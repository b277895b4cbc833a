"""Real processes that press the same button at the same moment, for tests of what only one of them can have."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.extensions import db

_START = 30
_FINISH = 120


def race(app: Flask, runners: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each in a process of its own, in an application context, all from one starting signal; their results.

    Where one raised, its result is the exception's traceback as text, which the test's assertion will show.
    """
    (results,) = race_in_rounds(app, [runners])
    return results


def race_in_rounds(app: Flask, rounds: Sequence[Sequence[Callable[[], Any]]]) -> list[list[Any]]:
    """Race in one round after the other, the processes being the same; the results of each round."""
    forked = multiprocessing.get_context("fork")
    start = forked.Barrier(len(rounds[0]))
    pipes = [forked.Pipe(duplex=False) for _ in rounds[0]]
    processes = [
        forked.Process(target=_run, args=(app, runners, start, sender))
        for runners, (_receiver, sender) in zip(zip(*rounds, strict=True), pipes, strict=True)
    ]
    for process in processes:
        process.start()
    try:
        results = [
            receiver.recv() if receiver.poll(_FINISH) else ["no answer"] * len(rounds) for receiver, _sender in pipes
        ]
        return [list(of_a_round) for of_a_round in zip(*results, strict=True)]
    finally:
        for process in processes:
            process.join(_FINISH)
            process.kill()
            process.join()
        for receiver, sender in pipes:
            receiver.close()
            sender.close()


#: Seconds. The first holds its transaction open so long that the second comes upon it.
_HELD, _LATER = 1.0, 0.3


def meet(app: Flask, first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Begin the second while the first has done its work but not committed: "done", or what each was refused with."""
    return race(app, [_in_transaction(first, 0, _HELD), _in_transaction(second, _LATER, 0)])


def _in_transaction(act: Callable[[], Any], before: float, after: float) -> Callable[[], str]:
    def attempt() -> str:
        time.sleep(before)
        try:
            with transaction():
                act()
                time.sleep(after)
        except DeskError as refusal:
            return type(refusal).__name__
        return "done"

    return attempt


def _run(app: Flask, runners: Sequence[Callable[[], Any]], start: Any, sender: Any) -> None:
    with app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are the parent's
        results = []
        for runner in runners:
            start.wait(_START)
            try:
                results.append(runner())
            except Exception:  # noqa: BLE001  # whatever it is, the test is to show it
                results.append(traceback.format_exc())
        sender.send(results)
        db.session.remove()
        db.engine.dispose()
