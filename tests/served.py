"""The desk with a clock in the test's hand: it moves without a new start.

Served by gunicorn as `tests.served:create_app()`; the hand is Site.move_clock of tests/servers.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache

import supportdesk
from supportdesk.core import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask

#: In the instance folder: the time it is, once somebody moved the clock.
CLOCK_FILE = "clock"


def create_app() -> Flask:
    """Called by gunicorn. What a template is compiled to is kept for the next server."""
    app = supportdesk.create_app()
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()
    path, answer = app.config["SETTINGS"].instance / CLOCK_FILE, app.wsgi_app

    def at_that_time(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if path.exists():
            clock.set_now(datetime.fromisoformat(path.read_text()))
        return answer(environ, start_response)

    app.wsgi_app = at_that_time  # type: ignore[method-assign]  # as Flask's documentation wraps an application
    return app
