"""The numbers of a desk's day, the counter that each adviser sits at, and the waiting room's screen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.helpdesk.cases.models import MOST_MINUTES, CaseResult


class NumberState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    ABSENT = "absent"  # called, and nobody came
    BEGUN = "begun"  # at the counter; what became of a learner's stands in their case
    DONE = "done"  # of somebody without a name: what came of it stands here
    LEFT = "left"  # gave up waiting
    UNSERVED = "unserved"  # left over when the desk closed


class QueueNumber(Base):
    """A number of one desk and day: of a learner, or of somebody who gives no name."""

    __tablename__ = "queue_number"
    __table_args__ = (
        UniqueConstraint("desk_id", "day", "number"),
        CheckConstraint("number > 0", "number_positive"),
        CheckConstraint("state NOT IN ('called', 'absent') OR called_at IS NOT NULL", "called_has_time"),
        CheckConstraint("(state IN ('begun', 'done')) = (begun_at IS NOT NULL)", "begun_has_time"),
        CheckConstraint("(state = 'done') = (result IS NOT NULL AND minutes IS NOT NULL)", "done_has_result"),
        CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", "minutes_range"),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id", index=False)
    day: Mapped[date]
    number: Mapped[int]
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    booking_id: Mapped[int | None] = foreign_key(
        "booking.id", comment="what they came for, or the walk-in that it became"
    )
    topic: Mapped[str] = mapped_column(default="")
    state: Mapped[NumberState]
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = foreign_key("account.id", index=False)
    calls: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]
    called_by: Mapped[int | None] = foreign_key("account.id", index=False)
    counter: Mapped[str] = mapped_column(default="", comment="where to, at the last call")
    begun_at: Mapped[datetime | None]
    area_code: Mapped[str | None] = foreign_key("skill_area.code", index=False)
    result: Mapped[CaseResult | None]
    minutes: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class AdviserCounter(Base):
    """Where an adviser sits at a desk: kept until they sit elsewhere."""

    __tablename__ = "adviser_counter"

    desk_id: Mapped[int] = foreign_key("desk.id", index=False, primary_key=True)
    account_id: Mapped[int] = foreign_key("account.id", primary_key=True)
    name: Mapped[str]


class QueueDisplay(Base):
    """The waiting room's screen of a desk: whoever knows the token sees numbers and counters, and nothing else."""

    __tablename__ = "queue_display"

    desk_id: Mapped[int] = foreign_key("desk.id", index=False, primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    renewed_at: Mapped[datetime]
    renewed_by: Mapped[int | None] = foreign_key("account.id", index=False)
