"""The pictures of a lecture: which there are, and the bytes of one. The views ask first who may see the request."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.pictures import LONGEST_SMALL, fitted
from supportdesk.extensions import db

PICTURE: Final = table_of(OutreachPicture)
#: Which bytes are shown, by the word in their address.
SIZES: Final = {"large": PICTURE.c.picture, "small": PICTURE.c.thumbnail}


class PictureRow(NamedTuple):
    """A picture as pages speak of it."""

    name: str
    caption: str
    width: int
    height: int
    added_at: datetime
    added_by: str | None

    @property
    def small(self) -> tuple[int, int]:
        """The size of its thumbnail."""
        return fitted(self.width, self.height, LONGEST_SMALL)


def pictures_of(request_id: int) -> list[PictureRow]:
    """In the order in which they were added: one statement, without their bytes."""
    rows = db.session.execute(
        select(
            PICTURE.c.name,
            PICTURE.c.caption,
            PICTURE.c.width,
            PICTURE.c.height,
            PICTURE.c.added_at,
            Account.name,
        )
        .outerjoin(Account, Account.id == PICTURE.c.added_by)
        .where(PICTURE.c.request_id == request_id)
        .order_by(PICTURE.c.id)
    )
    return [PictureRow._make(row) for row in rows]


def picture_among(request_id: int, name: str) -> tuple[int, PictureRow]:
    """One of them and its number among them, from one on. Raises NotFound."""
    for number, row in enumerate(pictures_of(request_id), 1):
        if row.name == name:
            return number, row
    raise NotFound


def bytes_of(request_id: int, name: str, size: str) -> bytes:
    """The JPEG itself. Raises NotFound."""
    if size not in SIZES:
        raise NotFound
    found = db.session.scalar(select(SIZES[size]).where(PICTURE.c.request_id == request_id, PICTURE.c.name == name))
    if found is None:
        raise NotFound
    return bytes(found)


def count_of(request_id: int) -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(PICTURE).where(PICTURE.c.request_id == request_id)) or 0
