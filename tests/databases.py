"""Databases for tests: migrated once for a whole run, then copied for each test that asks for one.

Called by tests/conftest.py alone. A test gets, in milliseconds, a database nobody else has, made by the product's own
migrations.
"""

from __future__ import annotations

import fcntl
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Build = Callable[[str], None]
"""Takes the address of an empty database and fills it."""


class Databases(Protocol):
    """Where fresh copies come from."""

    def copy(self, folder: Path) -> str:
        """Make a database for one test and return its address. `folder` is the test's own."""

    def discard(self, url: str) -> None:
        """The test is over."""


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SqliteDatabases:
    """Copies of one file in the run's own folder."""

    def __init__(self, shared: Path, build: Build) -> None:
        self._template = shared / "template.sqlite3"
        with _alone(shared / "template.lock"):
            if not self._template.exists():
                unfinished = shared / "unfinished.sqlite3"
                unfinished.unlink(missing_ok=True)
                build(f"sqlite:///{unfinished}")
                unfinished.rename(self._template)

    def copy(self, folder: Path) -> str:
        path = folder / "desk.sqlite3"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def discard(self, url: str) -> None:
        """The file goes with the test's folder."""


class PostgresDatabases:
    """Copies of one template database on the run's server."""

    def __init__(self, server: str, run: str, worker: str, shared: Path, build: Build) -> None:
        self._server = server
        self._template = f"{prefix(run)}template"
        self._names = (f"{prefix(run)}{worker}_{number}" for number in itertools.count(1))
        with _alone(shared / "template.lock"), _administering(server) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._template]).fetchone()
            if not known:
                unfinished = f"{prefix(run)}unfinished"
                connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished))
                connection.execute(_named("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", unfinished))
                build(self._address(unfinished))
                connection.execute(_named("ALTER DATABASE {} RENAME TO {}", unfinished, self._template))

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def copy(self, folder: Path) -> str:
        name = next(self._names)
        with _administering(self._server) as connection:
            connection.execute(_named("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self._template))
        return self._address(name)

    def discard(self, url: str) -> None:
        with _administering(self._server) as connection:
            connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", make_url(url).database or ""))


def prefix(run: str) -> str:
    """How the names of all databases of one run begin."""
    return f"desk_{run[:12]}_"


def drop_all(server: str, run: str) -> None:
    """Leave nothing of a run behind on a server that outlives it."""
    with _administering(server) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix(run)])
        for (name,) in names.fetchall():
            connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _administering(server: str) -> psycopg.Connection[tuple[Any, ...]]:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
