"""Skills, evidence and the levels derived from it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand, Device


class SkillArea(Base):
    """A field of skills, such as A スマホの基本操作."""

    __tablename__ = "skill_area"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]


class Skill(Base):
    """One thing a person can do with a phone, such as B5 QRコードを読み取る."""

    __tablename__ = "skill"

    code: Mapped[str] = mapped_column(primary_key=True)
    area_code: Mapped[str] = foreign_key("skill_area.code")
    name: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]


class EvidenceSource(StrEnum):
    CLASS = "class"
    LECTURE = "lecture"
    CONSULTATION = "consultation"
    PEER_SESSION = "peer_session"
    SELF_CHECK = "self_check"


class SkillEvidence(Base):
    """Somebody saw (or says) what level a learner has in a skill. Append-only; ordered by when it was observed."""

    __tablename__ = "skill_evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 3", "level_range"),
        Index("ix_skill_evidence_learner_skill", "learner_id", "skill_code", "observed_at"),
    )

    id: Mapped[identity]
    learner_id: Mapped[int] = foreign_key("learner.id", index=False)
    skill_code: Mapped[str] = foreign_key("skill.code")
    level: Mapped[int]
    source: Mapped[EvidenceSource]
    activity: Mapped[str] = mapped_column(index=True, comment="where it was seen, such as meeting:5")
    observer_id: Mapped[int | None] = foreign_key("account.id", index=False)
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    bulk: Mapped[bool] = mapped_column(default=False, comment="confirmed for everybody at once")
    device: Mapped[Device | None]
    residence: Mapped[str] = mapped_column(comment="district code, outside or unknown, as it was that day")
    age_band: Mapped[AgeBand | None] = mapped_column(comment="as it was that day")


class EvidenceWithdrawal(Base):
    """Evidence that was written by mistake: it stays, and no level follows from it. Append-only, as evidence is."""

    __tablename__ = "evidence_withdrawal"

    evidence_id: Mapped[int] = foreign_key("skill_evidence.id", index=False, primary_key=True)
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = foreign_key("account.id", index=False)


class SkillLevel(Base):
    """The current level, derived from evidence and rebuilt from it at will.

    `level` is the newest observation by somebody else; `self_level` the newest self-check. Level 3 seen by a tutor or
    claimed by the learner waits for staff and counts as 2 until then.
    """

    __tablename__ = "skill_level"
    __table_args__ = (
        CheckConstraint("level IS NULL OR level BETWEEN 0 AND 3", "level_range"),
        CheckConstraint("self_level IS NULL OR self_level BETWEEN 0 AND 3", "self_level_range"),
        ForeignKeyConstraint(["evidence_id"], ["skill_evidence.id"]),
        ForeignKeyConstraint(["self_evidence_id"], ["skill_evidence.id"]),
    )

    learner_id: Mapped[int] = foreign_key("learner.id", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)
    level: Mapped[int | None]
    evidence_id: Mapped[int | None]
    self_level: Mapped[int | None]
    self_evidence_id: Mapped[int | None]
    awaits_staff: Mapped[bool] = mapped_column(
        default=False, comment="staff are asked to confirm what a tutor saw or the learner says"
    )
