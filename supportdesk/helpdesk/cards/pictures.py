"""The pictures of a card: mostly of a screen, painted anew (`core/pictures.py`), kept in the database with the card."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select

from supportdesk.core.codes import new_token
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.core.pictures import ReadyPicture
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.errors import TooManyCardPictures
from supportdesk.helpdesk.cards.models import AnswerCard, CardPicture, CardVerb
from supportdesk.helpdesk.cards.operations import lock_card, note_change

PICTURE: Final = table_of(CardPicture)
MOST_PICTURES: Final = 6
MOST_MEGABYTES: Final = 10


class PictureRow(NamedTuple):
    """A picture as pages speak of it."""

    name: str
    caption: str
    width: int
    height: int


def add_picture(card_id: int, ready: ReadyPicture, caption: str, *, actor: Actor, now: datetime) -> str:
    """Keep a picture behind the others of its card; its name. Raises NotFound, TooManyCardPictures."""
    lock_card(card_id)
    kept = db.session.scalar(select(func.count()).select_from(PICTURE).where(PICTURE.c.card_id == card_id))
    if (kept or 0) >= MOST_PICTURES:
        raise TooManyCardPictures(MOST_PICTURES)
    name = new_token()
    db.session.add(
        CardPicture(
            card_id=card_id,
            name=name,
            caption=caption,
            width=ready.width,
            height=ready.height,
            picture=ready.picture,
        )
    )
    note_change(card_id, CardVerb.CHANGED, actor=actor, now=now)
    return name


def drop_picture(card_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    """A picture is gone for good. Raises NotFound."""
    lock_card(card_id)
    gone = db.session.execute(
        delete(PICTURE).where(PICTURE.c.card_id == card_id, PICTURE.c.name == name).returning(PICTURE.c.id)
    )
    if gone.first() is None:
        raise NotFound
    note_change(card_id, CardVerb.CHANGED, actor=actor, now=now)


def pictures_of(card_id: int) -> list[PictureRow]:
    """In the order in which they were added, without their bytes."""
    rows = db.session.execute(
        select(PICTURE.c.name, PICTURE.c.caption, PICTURE.c.width, PICTURE.c.height)
        .where(PICTURE.c.card_id == card_id)
        .order_by(PICTURE.c.id)
    )
    return [PictureRow._make(row) for row in rows]


def bytes_of(name: str, *, public: bool) -> bytes:
    """The JPEG itself; with `public` only of a card that residents read. Raises NotFound."""
    wanted = select(PICTURE.c.picture).where(PICTURE.c.name == name)
    if public:
        wanted = wanted.join(AnswerCard, AnswerCard.id == PICTURE.c.card_id).where(
            AnswerCard.public, AnswerCard.retired_at.is_(None)
        )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound
    return bytes(found)
