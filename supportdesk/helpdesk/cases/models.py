"""What an adviser writes of a consultation, and to whom they hand it over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import Device

#: The longest that a consultation is written down to have taken.
MOST_MINUTES: Final = 480


class CaseResult(StrEnum):
    SOLVED = "solved"
    PRACTISED = "practised"
    FOLLOW_UP = "follow_up"
    REFERRED = "referred"


class ReferredTo(StrEnum):
    CARRIER = "carrier"
    BANK = "bank"
    POLICE = "police"
    OFFICE = "office"


class Case(Base):
    """What a consultation was about and how it ended; open while the adviser still types."""

    __tablename__ = "consultation_case"
    __table_args__ = (
        CheckConstraint("closed_at IS NULL OR result IS NOT NULL", "closed_has_result"),
        CheckConstraint(
            "referred_to IS NULL OR (result IS NOT NULL AND result = 'referred')", "only_referred_has_where"
        ),
        CheckConstraint("closed_at IS NULL OR result <> 'referred' OR referred_to IS NOT NULL", "referred_has_where"),
        CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", "minutes_range"),
    )

    id: Mapped[identity]
    booking_id: Mapped[int] = foreign_key("booking.id", index=False, unique=True)
    learner_id: Mapped[int] = foreign_key("learner.id")
    adviser_id: Mapped[int] = foreign_key("account.id")
    asked: Mapped[str] = mapped_column(default="", comment="what the learner wanted to know")
    done: Mapped[str] = mapped_column(default="", comment="what was shown, tried and agreed")
    device: Mapped[Device | None] = mapped_column(comment="the phone that was on the table")
    os: Mapped[str] = mapped_column(default="", comment="its system with the version, as the adviser read it")
    result: Mapped[CaseResult | None]
    referred_to: Mapped[ReferredTo | None]
    referral: Mapped[str] = mapped_column(default="", comment="to whom exactly, in words")
    minutes: Mapped[int | None] = mapped_column(comment="how long it took; null while the clock counts")
    opened_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    levels: Mapped[dict[str, int]] = mapped_column(
        JSON, default=dict, comment="picked so far, by skill; evidence once closed"
    )
    scam_steps: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), comment="what was ticked of the checklist for suspected fraud"
    )
    saved_form: Mapped[str] = mapped_column(default="", comment="the form that saved last, by its one-time token")
    asides: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True),
        comment="what other forms typed meanwhile, by their tokens: kept until somebody has read it",
    )


class CaseArea(Base):
    """A field of skills that a case was about; there may be several."""

    __tablename__ = "case_area"

    case_id: Mapped[int] = foreign_key("consultation_case.id", index=False, primary_key=True)
    area_code: Mapped[str] = foreign_key("skill_area.code", primary_key=True)


_WAITS = text("taken_at IS NULL")


class CaseHandOver(Base):
    """A case handed to another adviser of the desk, with a word why; it stands on their day until they take it."""

    __tablename__ = "case_hand_over"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", "two_advisers"),
        Index("ix_case_hand_over_waits", "to_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[identity]
    case_id: Mapped[int] = foreign_key("consultation_case.id")
    learner_id: Mapped[int] = foreign_key("learner.id")
    from_id: Mapped[int] = foreign_key("account.id", index=False)
    to_id: Mapped[int] = foreign_key("account.id", index=False)
    why: Mapped[str]
    handed_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = foreign_key("account.id", index=False)
