"""The runs that were planned at once belong to one series."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class Series(Base):
    """A term's runs of one course, as they were planned together. Each run goes its own way afterwards."""

    __tablename__ = "series"

    id: Mapped[identity]
    title: Mapped[str] = mapped_column(comment="the course's, as it was that day")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = foreign_key("account.id", index=False)
