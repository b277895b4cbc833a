"""The desk as it is served: gunicorn with two workers on a port of its own, for tests that speak HTTP.

Called by tests/browser/conftest.py and by the tests in which many callers press at once.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.served import CLOCK_FILE

ROOT = Path(__file__).resolve().parent.parent


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment with these SUPPORTDESK_ settings and no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUPPORTDESK_")}
    return {**kept, **{f"SUPPORTDESK_{name}": value for name, value in settings.items()}}


class Site:
    """A running server."""

    def __init__(self, settings: Mapping[str, str], folder: Path, application: str, workers: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.settings = dict(settings)
        self._log = folder / "gunicorn.log"
        self._command = [
            *(sys.executable, "-m", "gunicorn", "--config", "python:supportdesk.serving", "--threads", "1"),
            *("--workers", str(workers), "--bind", f"fd://{self._listener.fileno()}"),
            *("--log-level", "info", "--timeout", "60", application),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return when the first page can be fetched."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=clean_environment(BASE_URL=self.url, **self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[self._listener.fileno()],
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and its workers at once: to take itself apart costs each of them a second, and nobody is answered."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """Stop for good and give the address back."""
        self.stop()
        self._listener.close()

    def move_clock(self, instant: datetime) -> None:
        """Go on at another time of day, where the application is that of tests.served."""
        clock = Path(self.settings["INSTANCE"], CLOCK_FILE)
        clock.with_suffix(".new").write_text(instant.isoformat())
        clock.with_suffix(".new").rename(clock)

    def log(self) -> str:
        """What the server wrote, for the message of a failing test."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def serving(
    settings: Mapping[str, str], folder: Path, *, application: str = "supportdesk:create_app()", workers: int = 2
) -> Iterator[Site]:
    """A server with these settings (names without SUPPORTDESK_) for as long as the block lasts."""
    site = Site(settings, folder, application, workers)
    try:
        site.start()
        yield site
    finally:
        site.close()
