"""Whose turn it is to write to SQLite: the writers of all processes stand in line, and the next is woken at once.

SQLite lets one write at a time and has the others look again after 1, 2, 5, 10 … milliseconds. With two busy workers
the machine stood still for an eighth of the time, and whoever looked at the wrong moment waited longest. A lock on a
file beside the database is handed on by the kernel instead, and it is free again when its holder dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from typing import Final

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

_FILE: Final = "turn_file"
_PATH: Final = "turn_path"
#: Which thread of this process is writing to which database, and the file it holds.
_writers: dict[str, tuple[int, int]] = {}


def wait_for_turn(connection: Connection) -> None:
    """Until nobody else writes to this connection's database. The turn ends when the connection goes back to its pool.

    Raises RuntimeError when this very thread is writing already: it would wait for itself.
    """
    path = connection.engine.url.database
    if not path or path == ":memory:":
        return
    info = connection.connection.info
    if _FILE not in info:
        info[_FILE], info[_PATH] = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), path
    writer, held = _writers.get(path, (None, None))
    if writer == threading.get_ident():
        if held == info[_FILE]:  # one transaction after the other, as migrations are
            return
        raise RuntimeError("a writing transaction within another")
    fcntl.flock(info[_FILE], fcntl.LOCK_EX)
    _writers[path] = threading.get_ident(), info[_FILE]


@event.listens_for(Pool, "checkin")
def _end_turn(_dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    if _FILE in record.info:
        path, file = record.info[_PATH], record.info[_FILE]
        if _writers.get(path, (0, 0))[1] == file:
            del _writers[path]
        fcntl.flock(file, fcntl.LOCK_UN)


@event.listens_for(Pool, "close")
def _leave_the_line(dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    """A connection that is thrown away in the middle of a transaction never goes back to its pool."""
    _end_turn(dbapi_connection, record)
    if _FILE in record.info:
        os.close(record.info.pop(_FILE))
