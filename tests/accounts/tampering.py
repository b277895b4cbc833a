"""A trail to be tampered with, by somebody who can write to the database and knows its tables."""

from __future__ import annotations

from sqlalchemy import text

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.chain import chain_key
from supportdesk.accounts.verifying import KeptHead, verify
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db

#: Rows of the trail that `write_trail` makes, all in one lane.
ROWS = 7


def write_trail(rows: int = ROWS) -> list[int]:
    """So many rows, each in a transaction of its own; every second one tells of learners besides. Their ids."""
    before = newest()
    for number in range(rows):
        with transaction():
            audit.record(
                actor=SYSTEM,
                action=Action.VIEW_LEARNER,
                subject=f"learner:{number + 1}",
                learners=[10, 11 + number] if number % 2 else [],
                now=clock.now(),
                detail={"数": number},
            )
    with db.engine.connect() as connection:
        found = connection.execute(
            text("SELECT id FROM audit_entry WHERE id > :before ORDER BY id"), {"before": before}
        )
        return list(found.scalars())


def newest() -> int:
    """The id of the newest row."""
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT coalesce(max(id), 0) FROM audit_entry")).scalar_one()


def tamper(*statements: str, **values: object) -> None:
    """Whatever SQL, past the desk."""
    db.session.rollback()
    with db.engine.connect() as connection:
        connection = connection.execution_options(write=True)
        for statement in statements:
            connection.execute(text(statement), values)
        connection.commit()


def found(*kept: KeptHead) -> list[tuple[str, int | None, int | None]]:
    """(what is wrong, the row's id, its place) of each finding."""
    return [(one.wrong.value, one.id, one.seq) for one in verify([chain_key()], kept).findings]
