"""What a learner, or nobody in particular, said after a meeting."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity

_TIED = text("learner_id IS NOT NULL")


class SheetWay(StrEnum):
    """How the answers came to us."""

    PHONE = "phone"
    PAPER = "paper"


class FeedbackSheet(Base):
    """The answers of one sheet; any question may be left out. `learner_id` is null on a sheet without a name."""

    __tablename__ = "feedback_sheet"
    __table_args__ = (
        CheckConstraint("understanding BETWEEN 1 AND 4", "understanding_range"),
        CheckConstraint("satisfaction BETWEEN 1 AND 4", "satisfaction_range"),
        Index("ix_feedback_sheet_meeting", "meeting_id", "way"),
        Index("uq_feedback_sheet_learner", "meeting_id", "learner_id", unique=True,
              sqlite_where=_TIED, postgresql_where=_TIED),
    )  # fmt: skip

    id: Mapped[identity]
    meeting_id: Mapped[int] = foreign_key("meeting.id", index=False)
    learner_id: Mapped[int | None] = foreign_key("learner.id")
    understanding: Mapped[int | None] = mapped_column(comment="1 not at all to 4 well")
    satisfaction: Mapped[int | None] = mapped_column(comment="1 not at all to 4 very")
    areas: Mapped[str] = mapped_column(default="", comment="what they want to learn next: fields of skills, by comma")
    wish: Mapped[str] = mapped_column(default="", comment="the same in their own words")
    way: Mapped[SheetWay]
    answered_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = foreign_key("account.id", index=False)
