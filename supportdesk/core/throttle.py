"""Slows down guessing: counts failures per bucket (an account name, a pass token) in the database, shared by all nodes.

A bucket is a hash, so that neither names nor tokens can be read from the table. No log-in is locked by its address: an
office or a class on one Wi-Fi shares one. A public form may count what one address sends, generously.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, case, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, insert_ignoring_conflict
from supportdesk.extensions import db

FREE_TRIES = 5
LOCK = timedelta(minutes=15)


class Throttle(Base):
    """Failures of one bucket since it was last clear."""

    __tablename__ = "throttle"

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_failure: Mapped[datetime]


def bucket_name(door: str, key: str) -> str:
    """The bucket for one key (an account name, a token) at one door."""
    return hashlib.sha256(f"{door}\0{key}".encode(errors="replace")).hexdigest()


def blocked_until(bucket: str, now: datetime, *, free: int = FREE_TRIES) -> datetime | None:
    """When the bucket opens again, or None while it is open: so many failures close it for 15 minutes."""
    row = db.session.execute(
        select(Throttle.failures, Throttle.last_failure).where(Throttle.bucket == bucket)
    ).one_or_none()
    if row is None or row.failures < free or row.last_failure + LOCK <= now:
        return None
    opens: datetime = row.last_failure + LOCK
    return opens


def wait_in_turn(bucket: str, now: datetime) -> None:
    """Wait for whoever tries the same bucket now, until their transaction ends; asked before `blocked_until`.

    Else as many as try at the same moment would all be let through before the first failure counts.
    """
    db.session.execute(
        insert_ignoring_conflict(Throttle.__table__), {"bucket": bucket, "failures": 0, "last_failure": now}
    )
    db.session.execute(select(Throttle.bucket).where(Throttle.bucket == bucket).with_for_update())


def count_failure(bucket: str, now: datetime) -> None:
    """Remember one failure; counting starts anew when the last one is older than the lock."""
    db.session.execute(
        insert_ignoring_conflict(Throttle.__table__), {"bucket": bucket, "failures": 0, "last_failure": now}
    )
    db.session.execute(
        update(Throttle)
        .where(Throttle.bucket == bucket)
        .values(failures=case((Throttle.last_failure <= now - LOCK, 1), else_=Throttle.failures + 1), last_failure=now)
    )


def clear(bucket: str) -> None:
    """Forget the failures after a success."""
    db.session.execute(delete(Throttle).where(Throttle.bucket == bucket))
