"""How each job of the worker went last: one row a job, written when it starts and when it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, connection, reading, table_of, transaction
from supportdesk.extensions import db


class JobRun(Base):
    """A job's last run. Without `ended_at` it is at work, or its worker died in the middle."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(comment="for when it was planned")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    rows: Mapped[int | None] = mapped_column(comment="how many rows it put in order; null: it failed, or is at work")
    error: Mapped[str] = mapped_column(default="", comment="the kind of error; the log says more")


_RUN = table_of(JobRun)
_START: Final = {name: dialect.insert(_RUN) for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))}


def note_start(name: str, *, due_at: datetime, now: datetime) -> None:
    """The job begins; what its run before left is forgotten."""
    values: dict[str, Any] = {"due_at": due_at, "started_at": now, "ended_at": None, "rows": None, "error": ""}
    with transaction():
        insert = _START[db.engine.dialect.name].values(name=name, **values)
        connection().execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


def note_end(name: str, *, rows: int | None, error: str = "", now: datetime) -> None:
    """The job is done, or failed with such an error."""
    with transaction():
        connection().execute(update(_RUN).where(_RUN.c.name == name).values(ended_at=now, rows=rows, error=error))


def last_due() -> dict[str, datetime]:
    """For when each job was planned whose last run came to its end, and did not fail."""
    done = select(_RUN.c.name, _RUN.c.due_at).where(_RUN.c.rows.is_not(None))
    with reading() as read:
        return {row.name: row.due_at for row in read.execute(done)}
