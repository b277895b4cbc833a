"""Peer tutors, matches and session logs."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.models import AgeBand


class Tutor(Base):
    """A volunteer (地域サポーター) appointed to teach neighbours; districts are those of the account."""

    __tablename__ = "tutor"

    account_id: Mapped[int] = foreign_key("account.id", index=False, primary_key=True)
    appointed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class TutorSkill(Base):
    """A skill that a tutor teaches."""

    __tablename__ = "tutor_skill"

    account_id: Mapped[int] = foreign_key("tutor.account_id", index=False, primary_key=True)
    skill_code: Mapped[str] = foreign_key("skill.code", primary_key=True)


_LIVE = text("ended_at IS NULL")


class Match(Base):
    """A learner entrusted to a tutor by the coordinator. The tutor sees this learner, and only while it lasts."""

    __tablename__ = "match"
    __table_args__ = (
        Index("uq_match_live", "tutor_id", "learner_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[identity]
    tutor_id: Mapped[int] = foreign_key("tutor.account_id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    wish: Mapped[str] = mapped_column(default="", comment="what the learner would like to practise")
    matched_at: Mapped[datetime]
    matched_by: Mapped[int | None] = foreign_key("account.id", index=False)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = foreign_key("account.id", index=False)


class PeerSession(Base):
    """One session between a tutor and a learner, as it was written down. `uuid` was made with the form: written once.

    What was written by mistake stays and is withdrawn; a correction is a row of its own that stands in its place
    (`corrects_id`).
    """

    __tablename__ = "peer_session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 600", "minutes_range"),
        CheckConstraint("venue_id IS NULL OR place = ''", "one_place"),
        CheckConstraint("tutor_minutes BETWEEN 0 AND minutes", "tutor_minutes_range"),
        Index("ix_peer_session_tutor", "tutor_id", "held_at"),
    )

    id: Mapped[identity]
    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    tutor_id: Mapped[int] = foreign_key("tutor.account_id", index=False)
    learner_id: Mapped[int] = foreign_key("learner.id")
    held_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    tutor_minutes: Mapped[int] = mapped_column(comment="what it adds to the tutor's time: an hour of a group, once")
    in_group: Mapped[bool] = mapped_column(default=False, comment="several learners were taught together")
    district_code: Mapped[str] = foreign_key("district.code", comment="where it counts: the place's district")
    venue_id: Mapped[int | None] = foreign_key("venue.id", index=False)
    place: Mapped[str] = mapped_column(default="", comment="in words, where it was no venue of ours")
    note: Mapped[str] = mapped_column(default="")
    logged_at: Mapped[datetime] = mapped_column(comment="first of all; a correction keeps it")
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = foreign_key("account.id", index=False)
    corrects_id: Mapped[int | None] = foreign_key("peer_session.id", index=False, unique=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = foreign_key("account.id", index=False)
    residence: Mapped[str]
    age_band: Mapped[AgeBand | None]


#: What is left when mistakes are taken away: the only sessions that lists, timelines and figures know.
STANDS: Final = PeerSession.__table__.c.withdrawn_at.is_(None)
