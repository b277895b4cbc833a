"""What changed hands between two records, so that it can be given back; and pairs that may be one person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class HandOverKind(StrEnum):
    MERGE = "merge"
    SPLIT = "split"


class HandOver(Base):
    """Rows of one learner given to another: all of them (a merge), or some (a split)."""

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint("giver_id <> taker_id", "two_learners"),
        Index("ix_hand_over_done", "done_at", "id"),
        Index("uq_hand_over_merge", "giver_id", unique=True,
              sqlite_where=text("kind = 'merge' AND undone_at IS NULL"),
              postgresql_where=text("kind = 'merge' AND undone_at IS NULL")),
    )  # fmt: skip

    id: Mapped[identity]
    kind: Mapped[HandOverKind]
    giver_id: Mapped[int] = foreign_key("learner.id")
    taker_id: Mapped[int] = foreign_key("learner.id")
    done_at: Mapped[datetime]
    done_by: Mapped[int | None] = foreign_key("account.id", index=False)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = foreign_key("account.id", index=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="the taker's particulars, until the undo ends")
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="what was chosen in their place")
    activities: Mapped[list[str]] = mapped_column(JSON, default=list, comment="whose cells changed hands")


class HandedRow(Base):
    """One row that changed hands."""

    __tablename__ = "handed_row"

    hand_over_id: Mapped[int] = foreign_key("hand_over.id", index=False, primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class LikelyPair(Base):
    """Two learners who may be one, found by the nightly search or told by somebody; a clerk decides."""

    __tablename__ = "likely_pair"
    __table_args__ = (
        CheckConstraint("one_id < other_id", "in_order"),
        Index("ix_likely_pair_other", "other_id"),
        Index("ix_likely_pair_open", "likeness", "one_id", sqlite_where=text("decided_at IS NULL"),
              postgresql_where=text("decided_at IS NULL")),
    )  # fmt: skip

    one_id: Mapped[int] = foreign_key("learner.id", index=False, primary_key=True)
    other_id: Mapped[int] = foreign_key("learner.id", index=False, primary_key=True)
    likeness: Mapped[int] = mapped_column(comment="learners/duplicates.py")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(comment="said to be two people, or merged")
    decided_by: Mapped[int | None] = foreign_key("account.id", index=False)
