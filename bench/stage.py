"""The desk and the bare application on one kind of database, filled with the same classes and served side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import alembic.command
import psycopg
from flask import Flask
from sqlalchemy import make_url, select
from werkzeug.security import generate_password_hash

from bench.bare import TABLES, Database
from bench.filling import PASSWORD, USERNAME, fill, open_desks
from bench.same_page import same, write_template
from supportdesk import create_app
from supportdesk.classes import schedule
from supportdesk.classes.models import Run
from supportdesk.classes.words import EDITIONS
from supportdesk.config import Settings
from supportdesk.core import clock
from supportdesk.extensions import db
from supportdesk.helpdesk.slots import Wanted
from tests.callers import HttpCaller
from tests.servers import Site, serving

_CLASS = f"INSERT INTO class VALUES ({', '.join('?' * 11)})"
SECRET = "a key for the bench, " * 3


@dataclass(frozen=True)
class Stage:
    """All of them, at work. `runs` are those with free seats that no list shows, `slots` the help desk's."""

    desk: Site
    bare: Site
    usual: Site
    app: Flask
    runs: list[int]
    slots: list[Wanted]
    learners: int


@contextmanager
def set_up(url: str, bare_url: str, folder: Path, *, learners: int, runs: int) -> Iterator[Stage]:
    """Fill two empty databases and serve them; two workers each."""
    settings = {
        "DATABASE_URL": url,
        "INSTANCE": str(folder / "instance"),
        "SECRET_KEY": SECRET,
        "SECOND_FACTOR": "offered",
    }
    app = create_app(Settings.from_environment({f"SUPPORTDESK_{name}": text for name, text in settings.items()}))
    with app.app_context():
        alembic.command.upgrade(app.extensions["migrate"].migrate.get_config(), "heads")
        open_runs = fill(learners, runs)
        slots = open_desks(learners, clock.now())
        page = app.test_client().get("/schedule").get_data(as_text=True)
        _fill_bare(bare_url)
        db.session.remove()
        db.engine.dispose()
    for one in (url, bare_url):
        _look_after(one)
    templates = folder / "bare"
    write_template(page, templates)
    (templates / "usual").mkdir()
    bare_settings = {"DATABASE_URL": bare_url, "INSTANCE": str(templates)}
    with (
        serving(settings, folder) as desk,
        serving(bare_settings, templates, application="bench.bare:create_app()") as bare,
        serving(bare_settings, templates / "usual", application="bench.usual:create_app()") as usual,
    ):
        if not same(HttpCaller(desk.url).get("/schedule").body, HttpCaller(bare.url).get("/schedule").body):
            raise RuntimeError("the bare page is not the desk's page: mend bench/templates/classes.html")
        yield Stage(desk, bare, usual, app, open_runs, slots, learners)
        with app.app_context():
            db.engine.dispose()


@contextmanager
def empty_databases(server: str | None, folder: Path) -> Iterator[list[str]]:
    """The addresses of three empty databases, for the desk, the bare applications and a small town: on that PostgreSQL
    server, or SQLite files in the folder.
    """
    uses = ("desk", "bare", "small")
    if server is None:
        yield [f"sqlite:///{folder / use}.sqlite3" for use in uses]
        return
    names = [f"desk_bench_{os.getpid()}_{use}" for use in uses]
    plain = make_url(server).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as administering:
        for name in names:
            administering.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield [
                plain.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
                for name in names
            ]
        finally:
            for name in names:
                administering.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _look_after(url: str) -> None:
    """What PostgreSQL does by itself within a minute or so of such work; until then its plans are guesses.

    Without it each of the schedule's classes costs a look through all meetings: twice the time of the whole statement.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _fill_bare(url: str) -> None:
    """The same classes and log-in in the bare application's own tables, the words of its page ready in them."""
    database = Database(url)
    for statement in TABLES:
        database.execute(statement.format(serial=database.serial))
    database.execute("INSERT INTO account VALUES (1, ?, ?)", USERNAME, generate_password_hash(PASSWORD))
    listed = schedule.read_runs(schedule.listed_runs(now=clock.now()))
    database.execute(database.begin)
    for row in listed:
        times = (_as_shown(row.starts_at), _as_shown(row.ends_at))
        words = (row.title, row.venue, row.nickname, row.district, str(EDITIONS[row.edition]))
        database.execute(_CLASS, row.id, *times, *words, row.capacity, row.taken, 1)
    for run in db.session.scalars(select(Run).where(Run.id.not_in([row.id for row in listed]))):
        times = (_as_shown(run.starts_at), _as_shown(run.ends_at))
        database.execute(_CLASS, run.id, *times, run.title, "", "", "", "", 3 * run.capacity, 0, 0)
    database.execute("COMMIT")
    database.close()


def _as_shown(instant: datetime) -> str:
    return f"{clock.local(instant):%Y-%m-%d %H:%M}"
