"""`/healthz`: the process answers. `/readyz`: its database is there and its migrations are all in."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from supportdesk.core.permissions import public
from supportdesk.extensions import db

blueprint = Blueprint("health", __name__)


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@public
def alive() -> tuple[dict[str, str], int]:
    """The process answers."""
    return {"status": "ok"}, 200


@blueprint.get("/readyz")
@public
def ready() -> tuple[dict[str, str], int]:
    """200 when the database answers and stands at the newest migration, else 503 with the reason."""
    try:
        behind = migrations_missing()
    except SQLAlchemyError:
        return {"status": "no database"}, 503
    return ({"status": "migrations missing"}, 503) if behind else ({"status": "ok"}, 200)


def migrations_missing() -> bool:
    """Whether the database is not at the newest migration."""
    heads = set(ScriptDirectory(current_app.extensions["migrate"].directory).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) != heads
