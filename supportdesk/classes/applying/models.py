"""What residents wrote when they applied for a class, until reception knows who they are, and for a while after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.applying.models import AppliedInPublic, WrittenDown, rules_of_applying


class Application(AppliedInPublic, Base):
    """One application in public, of one person or of two who come together."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_state_applied", "state", "applied_at"),
        Index("ix_application_sender", "sender", "applied_at"),
        *rules_of_applying(),
    )

    id: Mapped[identity]
    run_id: Mapped[int] = foreign_key("run.id")
    differs_from: Mapped[int | None] = foreign_key("application.id", index=False)

    people: Mapped[list[Applicant]] = relationship(order_by="Applicant.position", lazy="raise_on_sql")


class Applicant(WrittenDown, Base):
    """A person in an application."""

    __tablename__ = "applicant"
    __table_args__ = (
        UniqueConstraint("application_id", "position"),
        CheckConstraint("position IN (1, 2)", "position_of_two"),
        Index("ix_applicant_phone", "phone", "kana_key"),
        Index(
            "ix_applicant_channel_differs",
            "application_id",
            sqlite_where=text("channel_differs"),
            postgresql_where=text("channel_differs"),
        ),
    )

    id: Mapped[identity]
    application_id: Mapped[int] = foreign_key("application.id", index=False)
    position: Mapped[int]
    applied_at: Mapped[datetime]
