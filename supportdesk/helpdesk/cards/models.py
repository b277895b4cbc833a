"""An answer card, the skills and videos that go with it, and who changed it. It never says for whom it was written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import BESIDE_THE_MODELS, Base, foreign_key, identity

BESIDE_THE_MODELS.add("answer_card_index")  # index.py


class CardDevice(StrEnum):
    """Which phones a card speaks of. NONE: it is not about a phone."""

    BOTH = "both"
    IPHONE = "iphone"
    ANDROID = "android"
    NONE = "none"


class AnswerCard(Base):
    """One question and the steps that answer it, one a line. Its code is never used again."""

    __tablename__ = "answer_card"
    __table_args__ = (
        CheckConstraint("question <> '' AND steps <> ''", "answers_a_question"),
        CheckConstraint("successor_id IS NULL OR retired_at IS NOT NULL", "successor_of_retired"),
        Index("ix_answer_card_area", "area_code", "question"),
    )

    id: Mapped[identity]
    code: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    also_asked: Mapped[str] = mapped_column(default="", comment="how else people put it: found by it, never shown")
    steps: Mapped[str] = mapped_column(comment="one step a line")
    device: Mapped[CardDevice]
    area_code: Mapped[str] = foreign_key("skill_area.code", index=False)
    public: Mapped[bool] = mapped_column(comment="residents read it too")
    checked_at: Mapped[datetime | None] = mapped_column(comment="null: nobody of the office has read it yet")
    checked_by: Mapped[int | None] = foreign_key("account.id", index=False)
    review_on: Mapped[date] = mapped_column(index=True, comment="from this day on it is outdated")
    version: Mapped[int] = mapped_column(default=1, comment="counts changes: of two, none overwrites the other")
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = foreign_key("answer_card.id")


class CardSkill(Base):
    """A skill that a card helps with."""

    __tablename__ = "answer_card_skill"

    card_id: Mapped[int] = foreign_key("answer_card.id", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)


class CardVideo(Base):
    """A video that shows what a card says."""

    __tablename__ = "answer_card_video"

    card_id: Mapped[int] = foreign_key("answer_card.id", index=False, primary_key=True)
    video_id: Mapped[int] = foreign_key("video.id", primary_key=True)
    position: Mapped[int]


class CardPicture(Base):
    """A picture of a card: an upright JPEG without any metadata. Its bytes are read where they are shown alone."""

    __tablename__ = "answer_card_picture"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", "has_size"),)

    id: Mapped[identity]
    card_id: Mapped[int] = foreign_key("answer_card.id")
    name: Mapped[str] = mapped_column(unique=True, comment="random, in its address")
    caption: Mapped[str] = mapped_column(comment="what it shows, also for those who cannot see it")
    width: Mapped[int]
    height: Mapped[int]
    picture: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)


class CardVerb(StrEnum):
    WRITTEN = "written"
    CHANGED = "changed"
    CHECKED = "checked"
    RETIRED = "retired"
    SHOWN_AGAIN = "shown_again"


class CardChange(Base):
    """Who did what to a card, and when."""

    __tablename__ = "answer_card_change"

    id: Mapped[identity]
    card_id: Mapped[int] = foreign_key("answer_card.id")
    verb: Mapped[CardVerb]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = foreign_key("account.id", index=False)
