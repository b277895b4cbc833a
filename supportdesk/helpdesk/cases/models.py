"""What an adviser writes of a consultation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class CaseResult(StrEnum):
    SOLVED = "solved"
    FOLLOW_UP = "follow_up"
    REFERRED = "referred"


class Case(Base):
    """What a consultation was about and how it ended; open while the adviser still types."""

    __tablename__ = "consultation_case"
    __table_args__ = (CheckConstraint("closed_at IS NULL OR result IS NOT NULL", "closed_has_result"),)

    id: Mapped[identity]
    booking_id: Mapped[int] = foreign_key("booking.id", index=False, unique=True)
    learner_id: Mapped[int] = foreign_key("learner.id")
    adviser_id: Mapped[int] = foreign_key("account.id")
    topic: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str | None] = foreign_key("skill_area.code")
    note: Mapped[str] = mapped_column(default="")
    result: Mapped[CaseResult | None]
    opened_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    levels: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, comment="picked so far, by skill; evidence once closed"
    )
    saved_form: Mapped[str] = mapped_column(default="", comment="the form that saved last, by its one-time token")
    asides: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True),
        comment="what other forms typed meanwhile, by their tokens: kept until somebody has read it",
    )
