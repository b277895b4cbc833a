"""A slot that nobody else can book for a while. It takes no time of anybody's yet; the booking does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class SlotHold(Base):
    """One slot, kept by one owner: a slot has one hold, and an owner keeps one slot."""

    __tablename__ = "slot_hold"
    __table_args__ = (
        UniqueConstraint("adviser_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", "times_in_order"),
    )

    id: Mapped[identity]
    desk_id: Mapped[int] = foreign_key("desk.id", index=False)
    adviser_id: Mapped[int] = foreign_key("account.id", index=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(unique=True, comment="talk:ACCOUNT, or the activity that the slot waits for")
    until: Mapped[datetime | None] = mapped_column(index=True, comment="empty: until its owner ends it")
