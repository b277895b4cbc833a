"""Doors that may be knocked on twice: a form's one-time token is written with what the form made.

The second post of the same form finds the token and is sent where the first one went.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, insert_ignoring_conflict, transaction


class FormReceipt(Base):
    """A form that has been carried out, and where its sender was sent."""

    __tablename__ = "form_receipt"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)


_LOCATION = select(FormReceipt.location).where(FormReceipt.token == bindparam("wanted"))
_SETTLE = (
    update(FormReceipt)
    .where(FormReceipt.token == bindparam("wanted"))
    .values(location=bindparam("place"))
    .execution_options(synchronize_session=False)
)


def once(token: str, now: datetime, act: Callable[[], str]) -> str:
    """Carry out `act` in one transaction unless this token was seen before; return the address to go to.

    `act` makes the thing and returns the address of its page. On PostgreSQL a second sender waits here for the first.
    When `act` raises, nothing is kept, the token included: the form may be sent again.
    """
    with transaction() as session:
        claimed = session.execute(
            insert_ignoring_conflict(FormReceipt).returning(FormReceipt.token),
            {"token": token, "location": None, "received_at": now},
        ).first()
        if claimed is None:
            return session.execute(_LOCATION, {"wanted": token}).scalar_one() or "/"
        location = act()
        session.execute(_SETTLE, {"wanted": token, "place": location})
        return location
