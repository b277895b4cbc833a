"""The yardstick: the least Flask that shows a table, the schedule's page, and lets a log-in enrol somebody.

The driver's own connection, one a worker; no ORM, no audit, no cells, no notices, no translation. Served by gunicorn as
`bench.bare:create_app()`; the environment names its database and the folder of its page's template.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, abort, redirect, render_template
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf import FlaskForm
from jinja2 import FileSystemLoader
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response
from wtforms import IntegerField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

DATABASE = "SUPPORTDESK_DATABASE_URL"
#: The folder of the template that bench/same_page.py writes.
TEMPLATES = "SUPPORTDESK_INSTANCE"
JAPAN = timezone(timedelta(hours=9))

#: Its own tables, with nothing to join: what the page says stands in them word for word.
TABLES = (
    "CREATE TABLE account (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT)",
    """CREATE TABLE class (id INTEGER PRIMARY KEY, starts_at TEXT, ends_at TEXT, title TEXT, venue TEXT, nickname TEXT,
       district TEXT, phone TEXT, capacity INTEGER, taken INTEGER, listed INTEGER)""",
    "CREATE INDEX class_by_start ON class (listed, starts_at)",
    """CREATE TABLE enrolment (id INTEGER PRIMARY KEY {serial}, class_id INTEGER REFERENCES class, learner_id INTEGER,
       caller TEXT, account_id INTEGER, enrolled_at TEXT)""",
)
_ACCOUNT = "SELECT id, username FROM account WHERE id = ?"
_PASSWORD = "SELECT id, username, password FROM account WHERE username = ?"
_FIVE_COLUMNS = """SELECT starts_at, title, venue, capacity, taken FROM class WHERE listed = 1 AND starts_at > ?
                   ORDER BY starts_at LIMIT 50"""
_PAGE = """SELECT id, starts_at, ends_at, title, venue, nickname, district, phone, capacity - taken AS free
           FROM class WHERE listed = 1 AND starts_at > ? ORDER BY starts_at, id LIMIT 50"""
_SEAT = "UPDATE class SET taken = taken + 1 WHERE id = ? AND taken < capacity"
_ENROL = """INSERT INTO enrolment (class_id, learner_id, caller, account_id, enrolled_at) VALUES (?, ?, ?, ?, ?)
            RETURNING id"""


class User(UserMixin):
    """Who is logged in."""

    def __init__(self, account_id: int, username: str) -> None:
        self.id = account_id
        self.username = username


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])


class EnrolForm(FlaskForm):
    """Who is to have a seat."""

    learner = IntegerField(validators=[InputRequired()])
    caller = StringField(validators=[Length(max=100)])


class Database:
    """The driver's connection; statements are written with question marks."""

    def __init__(self, url: str) -> None:
        self._url = url
        if url.startswith("sqlite"):
            self.begin, self.serial, self._mark = "BEGIN IMMEDIATE", "AUTOINCREMENT", "?"
        else:
            self.begin, self.serial, self._mark = "BEGIN", "GENERATED ALWAYS AS IDENTITY", "%s"

    @cached_property
    def _connection(self) -> Any:
        """Opened by the worker that asks first: two of them cannot speak on one."""
        if not self._url.startswith("sqlite"):
            return psycopg.connect(self._url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        connection = sqlite3.connect(self._url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def execute(self, statement: str, *values: object) -> Any:
        """The driver's cursor."""
        return self._connection.execute(statement.replace("?", self._mark), values)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def create_app() -> Flask:
    """Called by gunicorn, before it forks off its workers."""
    app = Flask(__name__)
    app.secret_key = "a key for the bench, " * 3
    app.jinja_loader = FileSystemLoader([os.environ[TEMPLATES], Path(__file__).parent / "templates"])
    app.jinja_env.filters.update(day=_day, clock_time=_clock_time)
    database = Database(os.environ[DATABASE])
    _add_pages(app, database)
    _add_log_in(app, database)
    _add_enrolment(app, database)
    return app


def _day(day: str) -> str:
    """2026年（令和8年）12月3日（木）."""
    read = date.fromisoformat(day)
    weekday = "月火水木金土日"[read.weekday()]
    return f"{read.year}年（令和{read.year - 2018}年）{read.month}月{read.day}日（{weekday}）"


def _clock_time(moment: str) -> str:
    """9:00. Times are stored as a clock in Japan shows them."""
    return f"{int(moment[11:13])}{moment[13:16]}"


def _now() -> str:
    return datetime.now(JAPAN).isoformat(" ")


def _add_pages(app: Flask, database: Database) -> None:
    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/table")
    def table() -> str:
        return render_template("table.html", rows=database.execute(_FIVE_COLUMNS, _now()).fetchall())

    @app.get("/schedule")
    def schedule() -> str:
        rows = database.execute(_PAGE, _now()).fetchall()
        days = [(day, list(classes)) for day, classes in groupby(rows, lambda row: row[1][:10])]
        return render_template("page.html", days=days)


def _add_log_in(app: Flask, database: Database) -> None:
    manager = LoginManager(app)

    @manager.user_loader
    def load(account_id: str) -> User | None:
        row = database.execute(_ACCOUNT, int(account_id)).fetchone()
        return User(*row) if row else None

    @app.route("/login", methods=["GET", "POST"])
    def login() -> str | Response:
        form = LoginForm()
        if form.validate_on_submit():
            row = database.execute(_PASSWORD, form.username.data).fetchone()
            if row and check_password_hash(row[2], form.password.data or ""):
                login_user(User(row[0], row[1]))
                return redirect("/", 303)
        return render_template("form.html", form=form)


def _add_enrolment(app: Flask, database: Database) -> None:
    def enrol(class_id: int) -> str | Response:
        form = EnrolForm()
        if not form.validate_on_submit():
            return render_template("form.html", form=form)
        values = (form.learner.data, form.caller.data, current_user.id, _now())
        database.execute(database.begin)
        try:
            if database.execute(_SEAT, class_id).rowcount != 1:
                abort(409)
            enrolment_id = database.execute(_ENROL, class_id, *values).fetchone()[0]
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
        return redirect(f"/enrolments/{enrolment_id}", 303)

    view: Callable[..., Any] = login_required(enrol)
    app.add_url_rule("/classes/<int:class_id>/enrol", "enrol", view, methods=["GET", "POST"])
