"""What a resident wrote who applied for a consultation, until reception knows who it is, and for a while after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.models import HalfDay
from supportdesk.learners.applying.models import AppliedInPublic, WrittenDown, rules_of_applying
from supportdesk.learners.caller import Caller


class ConsultationApplication(AppliedInPublic, WrittenDown, Base):
    """One application in public: for one time at a desk, and as long as it is held, the slot chosen for it is kept; or,
    without a time, for a place in the line of those who wait there or `anywhere`.
    """

    __tablename__ = "consultation_application"
    __table_args__ = (
        Index("ix_consultation_application_state", "state", "starts_at"),
        Index("ix_consultation_application_sender", "sender", "applied_at"),
        Index("ix_consultation_application_phone", "phone", "kana_key"),
        Index(
            "ix_consultation_application_caller_phone",
            "caller_phone",
            sqlite_where=text("caller_phone <> ''"),
            postgresql_where=text("caller_phone <> ''"),
        ),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
        CheckConstraint(
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (adviser_id IS NULL)", "slot_whole"
        ),
        CheckConstraint("state <> 'placed' OR booking_id IS NOT NULL OR wish_id IS NOT NULL", "placed_has_place"),
        *rules_of_applying(),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id", index=False)
    adviser_id: Mapped[int | None] = foreign_key("account.id", index=False)
    starts_at: Mapped[datetime | None] = mapped_column(comment="null: for whatever falls free")
    ends_at: Mapped[datetime | None]
    anywhere: Mapped[bool] = mapped_column(default=False, comment="any desk will do for whoever waits")
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list, comment="Monday is 0; none: whichever")
    half_day: Mapped[HalfDay] = mapped_column(default=HalfDay.ANY)
    wish_id: Mapped[int | None] = foreign_key("slot_wish.id", index=False, unique=True)
    booking_id: Mapped[int | None] = foreign_key("booking.id", index=False, unique=True)
    question: Mapped[str] = mapped_column(default="", comment="what they want to ask")
    caller_name: Mapped[str] = mapped_column(default="", comment="who applied for them")
    caller_relation: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")

    @property
    def slot(self) -> Wanted | None:
        """What is kept for them; None where they wait for whatever falls free."""
        if self.starts_at is None or self.adviser_id is None:
            return None
        return Wanted(self.desk_id, self.adviser_id, self.starts_at)

    @property
    def caller(self) -> Caller:
        """Who is called back."""
        return Caller(self.caller_name, self.caller_relation, self.caller_phone or self.phone)
