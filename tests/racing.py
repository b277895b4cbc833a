"""Real processes that press the same button at the same moment, for tests of what only one of them can have."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from supportdesk.extensions import db

_START = 30
_FINISH = 120


def race(app: Flask, runners: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each in a process of its own, in an application context, all from one starting signal; their results.

    Where one raised, its result is the exception's traceback as text, which the test's assertion will show.
    """
    forked = multiprocessing.get_context("fork")
    start = forked.Barrier(len(runners))
    pipes = [forked.Pipe(duplex=False) for _ in runners]
    processes = [
        forked.Process(target=_run, args=(app, runner, start, sender))
        for runner, (_receiver, sender) in zip(runners, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    try:
        return [receiver.recv() if receiver.poll(_FINISH) else "no answer" for receiver, _sender in pipes]
    finally:
        for process in processes:
            process.join(_FINISH)
            process.kill()
            process.join()
        for receiver, sender in pipes:
            receiver.close()
            sender.close()


def _run(app: Flask, runner: Callable[[], Any], start: Any, sender: Any) -> None:
    with app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are the parent's
        start.wait(_START)
        try:
            result = runner()
        except Exception:  # noqa: BLE001  # whatever it is, the test is to show it
            result = traceback.format_exc()
        sender.send(result)
        db.session.remove()
        db.engine.dispose()
