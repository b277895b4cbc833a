"""Who wants to be in the draw of a run, alone or with one other, and the draw itself, as it can be drawn again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity

_LIVE = text("withdrawn_at IS NULL")


class LotteryEntry(Base):
    """One ticket: of one person, or of two who have seats together or not at all. What it weighed and where it came is
    written at the draw and never changes.
    """

    __tablename__ = "lottery_entry"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        UniqueConstraint("run_id", "place"),
        CheckConstraint("number >= 1", "number_positive"),
        CheckConstraint(
            "(place IS NULL) = (weight IS NULL) AND (place IS NULL) = (losses IS NULL)"
            " AND (place IS NULL) = (newcomer IS NULL) AND (place IS NULL) = (seated IS NULL)",
            "drawn_whole",
        ),
    )

    id: Mapped[identity]
    run_id: Mapped[int] = foreign_key("run.id", index=False)
    number: Mapped[int] = mapped_column(comment="in the draw's list, which is public: 1, 2, 3 as they came")
    losses: Mapped[int | None] = mapped_column(comment="draws lost before, as of the draw")
    newcomer: Mapped[bool | None] = mapped_column(comment="had never come to a class, as of the draw")
    weight: Mapped[int | None]
    place: Mapped[int | None] = mapped_column(comment="in drawn order, from 1")
    seated: Mapped[bool | None] = mapped_column(comment="the draw gave it its seats")


class LotteryEntrant(Base):
    """A learner in an entry. Whoever withdraws stays written down; the other of a pair goes on alone."""

    __tablename__ = "lottery_entrant"
    __table_args__ = (
        Index("uq_lottery_entrant_live", "run_id", "learner_id", unique=True, sqlite_where=_LIVE,
              postgresql_where=_LIVE),
        Index("ix_lottery_entrant_caller_phone", "caller_phone", sqlite_where=text("caller_phone <> ''"),
              postgresql_where=text("caller_phone <> ''")),
        CheckConstraint("position IN (1, 2)", "position_of_two"),
    )  # fmt: skip

    id: Mapped[identity]
    entry_id: Mapped[int] = foreign_key("lottery_entry.id")
    run_id: Mapped[int] = foreign_key("run.id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    position: Mapped[int] = mapped_column(comment="1 or 2 of those who come together")
    caller_name: Mapped[str] = mapped_column(default="", comment="who called, when it was not the learner")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = foreign_key("account.id", index=False)
    enrolment_id: Mapped[int | None] = foreign_key("enrolment.id", comment="what the draw made of it")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = foreign_key("account.id", index=False)


class Draw(Base):
    """The one draw of a run. No name is in it: numbers alone, so that anybody may draw again what was drawn."""

    __tablename__ = "draw"

    run_id: Mapped[int] = foreign_key("run.id", index=False, primary_key=True)
    seed: Mapped[str]
    entries: Mapped[str] = mapped_column(comment="the list that was drawn from, as lottery/rule.py writes it")
    entries_hash: Mapped[str] = mapped_column(comment="SHA-256 of the list")
    result: Mapped[str] = mapped_column(comment="place, number and whether it has seats, line by line")
    rule_version: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[int | None] = foreign_key("account.id", index=False, comment="null: the worker, at the deadline")
