"""The second yardstick for an enrolment: the same bare view as most would write it, with Flask-SQLAlchemy, as the desk
is built on. Its tables are those of bench/bare.py. Served by gunicorn as `bench.usual:create_app()`.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from flask import Flask, abort, redirect, render_template
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import ForeignKey, event, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response

from bench.bare import DATABASE, JAPAN, EnrolForm, LoginForm


class Base(DeclarativeBase):
    """The parent of the tables."""


db = SQLAlchemy(model_class=Base)


class Account(Base, UserMixin):
    """Who is logged in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    password: Mapped[str]


class Class(Base):
    """A class with seats."""

    __tablename__ = "class"

    id: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    taken: Mapped[int]


class Enrolment(Base):
    """A seat given."""

    __tablename__ = "enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("class.id"))
    learner_id: Mapped[int]
    caller: Mapped[str]
    account_id: Mapped[int]
    enrolled_at: Mapped[str]


def create_app() -> Flask:
    """Called by gunicorn, before it forks off its workers."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="a key for the bench, " * 3, SQLALCHEMY_DATABASE_URI=os.environ[DATABASE])
    db.init_app(app)
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.user_loader(lambda account_id: db.session.get(Account, int(account_id)))
    with app.app_context():
        event.listen(db.engine, "connect", _wait_as_the_desk_waits)
    _add_pages(app)
    return app


def _wait_as_the_desk_waits(connection: Any, _record: object) -> None:
    """SQLite's files are written as safely, and waited for as long, as the desk's."""
    if type(connection).__module__.startswith("sqlite3"):
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")


def _add_pages(app: Flask) -> None:
    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.route("/login", methods=["GET", "POST"])
    def login() -> str | Response:
        form = LoginForm()
        if form.validate_on_submit():
            account = db.session.scalar(select(Account).where(Account.username == form.username.data))
            if account and check_password_hash(account.password, form.password.data or ""):
                login_user(account)
                return redirect("/", 303)
        return render_template("form.html", form=form)

    @app.route("/classes/<int:class_id>/enrol", methods=["GET", "POST"])
    @login_required
    def enrol(class_id: int) -> str | Response:
        form = EnrolForm()
        if not form.validate_on_submit():
            return render_template("form.html", form=form)
        seat = update(Class).where(Class.id == class_id, Class.taken < Class.capacity).values(taken=Class.taken + 1)
        account_id = current_user.id
        if db.session.execute(seat).rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
            abort(409)
        enrolment = Enrolment(
            class_id=class_id,
            learner_id=form.learner.data,
            caller=form.caller.data,
            account_id=account_id,
            enrolled_at=datetime.now(JAPAN).isoformat(" "),
        )
        db.session.add(enrolment)
        db.session.flush()
        address = f"/enrolments/{enrolment.id}"
        db.session.commit()
        return redirect(address, 303)
