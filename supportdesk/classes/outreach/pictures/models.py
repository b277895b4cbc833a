"""A picture of a lecture, in the database as everything else: it comes and goes with its row, on every node at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, foreign_key, identity


class OutreachPicture(Base):
    """A picture as it is kept: upright JPEG without any metadata. Its bytes are read where they are shown alone."""

    __tablename__ = "outreach_picture"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", "has_size"),)

    id: Mapped[identity]
    request_id: Mapped[int] = foreign_key("outreach_request.id")
    name: Mapped[str] = mapped_column(unique=True, comment="random, in its address")
    caption: Mapped[str] = mapped_column(default="")
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(comment="those who can be seen had agreed by then")
    added_by: Mapped[int | None] = foreign_key("account.id", index=False)
    thumbnail: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    picture: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
