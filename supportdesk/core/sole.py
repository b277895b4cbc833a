"""There is one worker at a time, however many machines start one: the others wait, and take over when it dies."""

from __future__ import annotations

import fcntl
import os
from abc import abstractmethod
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from supportdesk.extensions import db

#: Any number that nobody else in the database uses.
_KEY: Final = 5_643_018
_ALIVE: Final = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
#: The server, too, finds out within seconds that the worker's machine is gone.
_SERVER_FINDS_OUT: Final = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"


class Sole(Protocol):
    """A lock that its holder's death opens."""

    @abstractmethod
    def take(self) -> bool:
        """Whether it is ours now."""

    @abstractmethod
    def is_ours(self) -> bool:
        """Whether it still is."""


class _OnFile:
    """Beside SQLite's file: the kernel opens it when the holder dies."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def is_ours(self) -> bool:
        return True


class _OnServer:
    """An advisory lock of PostgreSQL on a connection of its own: it is open when that connection ends."""

    def __init__(self, url: str) -> None:
        arguments = {**_ALIVE, "options": _SERVER_FINDS_OUT}
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, connect_args=arguments)
        self._connection: Connection | None = None

    def take(self) -> bool:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            return bool(self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}))
        except OperationalError:
            self._forget()
            return False

    def is_ours(self) -> bool:
        held = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND pid = pg_backend_pid()"
        )
        try:
            return self._connection is not None and bool(self._connection.scalar(held, {"key": _KEY}))
        except OperationalError:
            self._forget()
            return False

    def _forget(self) -> None:
        self._engine.dispose()
        self._connection = None


def sole_worker() -> Sole:
    """The lock of this application's database."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        return _OnFile(Path(f"{url.database}-worker"))
    return _OnServer(url.render_as_string(hide_password=False))
