"""Doors that may be knocked on twice: a form's one-time token is written with what the form made.

The second post of the same form finds the token and is sent where the first one went.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, cast

from sqlalchemy import String, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.core.database import Base, transaction
from supportdesk.extensions import db


class FormReceipt(Base):
    """A form that has been carried out, and where its sender was sent."""

    __tablename__ = "form_receipt"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)


# Written once, at import: every booking passes through here.
_RECEIPT = cast(Table, FormReceipt.__table__)
_CLAIM: Final = {
    name: dialect.insert(_RECEIPT).on_conflict_do_nothing().returning(_RECEIPT.c.token)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_LOCATION: Final = select(_RECEIPT.c.location).where(_RECEIPT.c.token == bindparam("wanted"))
_SETTLE: Final = update(_RECEIPT).where(_RECEIPT.c.token == bindparam("wanted")).values(location=bindparam("place"))


def once(token: str, now: datetime, act: Callable[[], str]) -> str:
    """Carry out `act` in one transaction unless this token was seen before; return the address to go to.

    `act` makes the thing and returns the address of its page. On PostgreSQL a second sender waits here for the first.
    When `act` raises, nothing is kept, the token included: the form may be sent again.
    """
    with transaction() as session:
        receipt = {"token": token, "location": None, "received_at": now}
        claimed = session.connection().execute(_CLAIM[db.engine.dialect.name], receipt).first()
        if claimed is None:
            return session.execute(_LOCATION, {"wanted": token}).scalar_one() or "/"
        location = act()
        session.connection().execute(_SETTLE, {"wanted": token, "place": location})
        return location
