"""Runs the migrations on the application's own database. Called by Flask-Migrate."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app

from supportdesk.core.database import Base, UtcDateTime
from supportdesk.extensions import db


def render_item(kind: str, item: object, _autogen_context: object) -> str | Literal[False]:
    """A migration names only what the library has: it must still run when our own types have moved."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """All in one transaction: a migration that fails leaves nothing behind."""
    assert current_app
    engine = db.engine
    with engine.connect().execution_options(write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.in_transaction():
            connection.commit()


run()
