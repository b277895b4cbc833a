"""Databases for tests: made once for a whole run, then copied for each test that asks for one.

Called by tests/conftest.py alone. A test gets, in milliseconds, a database nobody else has, made by the product's own
migrations.
"""

from __future__ import annotations

import fcntl
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Build = Callable[[str], None]
"""Takes the address of an empty database and fills it."""
#: The kind of database most tests want: its tables, and nothing in them.
MIGRATED = "migrated"


class Databases(Protocol):
    """Where fresh copies come from."""

    def copy(self, of: str = MIGRATED) -> str:
        """Make a database of this kind for one test and return its address. The first copy waits for its template."""

    def discard(self, url: str) -> None:
        """The test is over."""

    def close(self) -> None:
        """The run is over."""


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SqliteDatabases:
    """Copies of one file. An address is given again once its test is over: the application made for it serves on."""

    def __init__(self, own: Path, shared: Path, builds: Mapping[str, Build]) -> None:
        self._paths = (own / f"desk_{number}.sqlite3" for number in itertools.count(1))
        self._free: list[Path] = []
        self._shared, self._builds = shared, builds

    def copy(self, of: str = MIGRATED) -> str:
        path = self._free.pop() if self._free else next(self._paths)
        shutil.copyfile(self._template(of), path)
        return f"sqlite:///{path}"

    def _template(self, of: str) -> Path:
        template = self._shared / f"{of}.sqlite3"
        if not template.exists():
            begun = None if of == MIGRATED else self._template(MIGRATED)
            with alone(self._shared / "template.lock"):
                if not template.exists():
                    unfinished = self._shared / "unfinished.sqlite3"
                    unfinished.unlink(missing_ok=True)
                    if begun:
                        shutil.copyfile(begun, unfinished)
                    self._builds[of](f"sqlite:///{unfinished}")
                    unfinished.rename(template)
        return template

    def discard(self, url: str) -> None:
        path = Path(make_url(url).database or "")
        for suffix in ("", "-wal", "-shm", "-turn"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        self._free.append(path)

    def close(self) -> None:
        """Nothing is kept open."""


class PostgresDatabases:
    """Copies of one template database on the run's server. Each takes half a second, so it is wiped and used again."""

    def __init__(self, server: str, run: str, worker: str, shared: Path, builds: Mapping[str, Build]) -> None:
        self._server, self._run = server, run
        self._names = (f"{prefix(run)}{worker}_{number}" for number in itertools.count(1))
        self._wiped: list[str] = []
        self._wipers: dict[str, _Wiper] = {}
        self._shared, self._builds = shared, builds
        with _administering(self._address(self._template(MIGRATED))) as connection:
            self._made_of = _tables(connection)

    def copy(self, of: str = MIGRATED) -> str:
        if of == MIGRATED and self._wiped:
            return self._wiped.pop()
        name, template = next(self._names), self._template(of)
        with _administering(self._server) as connection:
            connection.execute(_named("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template))
        return self._address(name)

    def _template(self, of: str) -> str:
        template, unfinished = f"{prefix(self._run)}{of}", f"{prefix(self._run)}unfinished"
        begun = "template0" if of == MIGRATED else self._template(MIGRATED)
        with alone(self._shared / "template.lock"), _administering(self._server) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
            if not known:
                connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished))
                connection.execute(_named("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", unfinished, begun))
                self._builds[of](self._address(unfinished))
                connection.execute(_named("ALTER DATABASE {} RENAME TO {}", unfinished, template))
        return template

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def discard(self, url: str) -> None:
        if self._wiper(url).wipe():
            self._wiped.append(url)
            return
        self._wipers.pop(url).close()
        with _administering(self._server) as connection:
            connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", make_url(url).database or ""))

    def close(self) -> None:
        for wiper in self._wipers.values():
            wiper.close()

    def _wiper(self, url: str) -> _Wiper:
        if url not in self._wipers:
            self._wipers[url] = _Wiper(url, self._made_of)
        return self._wipers[url]


class _Wiper:
    """A connection to one copy that stays open, for between the tests: to connect anew takes longer than to wipe."""

    def __init__(self, url: str, made_of: object) -> None:
        self._connection, self._made_of = _administering(url), made_of
        names = self._connection.execute(_NAMES).fetchall()
        # One question for all of them: which have rows, which numbers were given.
        filled = "SELECT 'DELETE FROM ' || quote_ident({name}) WHERE EXISTS (SELECT FROM {table})"
        used = "SELECT format('SELECT setval(%L, 1, false)', {name}) FROM {table} WHERE is_called"
        parts = [
            sql.SQL(filled if kind == "r" else used).format(name=sql.Literal(name), table=sql.Identifier(name))
            for name, kind in names
        ]
        self._what_to_undo = sql.SQL(" UNION ALL ").join(parts)

    def wipe(self) -> bool:
        """Cut off whoever is left, empty what has rows and let every number begin at 1 again. False when the tables
        are no longer those of the template. (TRUNCATE would write a new file for each index.)
        """
        self._connection.execute(_CUT_OFF)
        if _tables(self._connection) != self._made_of:
            return False
        undo = [statement for (statement,) in self._connection.execute(self._what_to_undo, prepare=True).fetchall()]
        if undo:
            self._connection.execute("; ".join(["SET session_replication_role = replica", *undo]))
            (swept,) = self._connection.execute(_SWEEP).fetchone() or (None,)
            if swept:
                self._connection.execute(swept)
        return True

    def close(self) -> None:
        self._connection.close()


_NAMES = """
    SELECT relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
"""
#: Nobody else does it while the tests run; a table of one page is not worth it. Rows stand in it in the order in which
#: they were written, as they do in a new one.
_SWEEP = """
    SELECT 'VACUUM (SKIP_DATABASE_STATS, PARALLEL 0) ' || string_agg(quote_ident(relname), ', ') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND pg_relation_size(oid) > current_setting('block_size')::int
"""
_CUT_OFF = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def _tables(connection: psycopg.Connection[tuple[Any, ...]]) -> object:
    """Tells a database whose tables a test made anew or changed from a copy of the template."""
    query = """
        SELECT array_agg((oid, relnatts, relkind) ORDER BY oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
    """
    return connection.execute(query).fetchone()


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
