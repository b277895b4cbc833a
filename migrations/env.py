"""Runs the migrations on the application's own database. Called by Flask-Migrate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from supportdesk.core.database import Base, UtcDateTime, is_a_models
from supportdesk.extensions import db


def render_item(kind: str, item: object, _autogen_context: object) -> str | Literal[False]:
    """A migration names only what the library has: it must still run when our own types have moved."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by making its table anew, and the old one cannot go while rows point at it.

    Foreign keys are asked for again before anything is committed.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")  # not by the connection, which would begin: then it changes nothing
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _refuse_loose_ends(connection: Connection) -> None:
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if connection.dialect.name == "sqlite" else []
    if loose:
        raise RuntimeError(f"rows point nowhere after the migration: {loose[:10]}")


def run() -> None:
    """All in one transaction: a migration that fails leaves nothing behind."""
    assert current_app
    engine = db.engine
    with engine.connect().execution_options(write=True) as connection, _tables_may_be_made_anew(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            include_name=is_a_models,
            transactional_ddl=True,  # SQLite's too: Alembic would commit each migration by itself
        )
        with context.begin_transaction():
            context.run_migrations()
            _refuse_loose_ends(connection)
        if connection.in_transaction():
            connection.commit()


run()
