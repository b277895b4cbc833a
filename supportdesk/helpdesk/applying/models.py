"""What a resident wrote who applied for a consultation, until reception knows who it is, and for a while after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.learners.applying.models import AppliedInPublic, WrittenDown, rules_of_applying


class ConsultationApplication(AppliedInPublic, WrittenDown, Base):
    """One application in public for one time at a desk. As long as it is held, so is the slot chosen for it."""

    __tablename__ = "consultation_application"
    __table_args__ = (
        Index("ix_consultation_application_state", "state", "applied_at"),
        Index("ix_consultation_application_sender", "sender", "applied_at"),
        Index("ix_consultation_application_phone", "phone", "kana_key"),
        Index(
            "ix_consultation_application_caller_phone",
            "caller_phone",
            sqlite_where=text("caller_phone <> ''"),
            postgresql_where=text("caller_phone <> ''"),
        ),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint("state <> 'placed' OR booking_id IS NOT NULL", "placed_has_booking"),
        *rules_of_applying(),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id", index=False)
    adviser_id: Mapped[int] = foreign_key("account.id", index=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    booking_id: Mapped[int | None] = foreign_key("booking.id", index=False, unique=True)
    question: Mapped[str] = mapped_column(default="", comment="what they want to ask")
    caller_name: Mapped[str] = mapped_column(default="", comment="who applied for them")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
