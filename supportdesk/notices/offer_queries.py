"""Reads about offers, for the rooms whose lines they go down and for the call list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, cast, literal, select

from supportdesk.core.activities import Description, describe
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.extensions import db
from supportdesk.notices.models import Offer, OfferState
from supportdesk.notices.offers import LineWords, line_of_kind

OFFER: Final = table_of(Offer)


def open_offer_of(kind: str, row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Joins to a place in line the offer that waits for its answer."""
    place = literal(f"{kind}:", Text) + cast(row_id, Text)
    return and_(OFFER.c.place_in_line == place, OFFER.c.state == OfferState.OPEN)


def asked_by(offer_id: int) -> int:
    """The learner who is asked. Raises NotFound."""
    learner_id = db.session.scalar(select(OFFER.c.learner_id).where(OFFER.c.id == offer_id))
    if learner_id is None:
        raise NotFound
    return learner_id


def words_of(offer_ids: Iterable[int]) -> dict[int, LineWords]:
    """How each offer is spoken of: one statement."""
    rows = db.session.execute(select(OFFER.c.id, OFFER.c.place_in_line).where(OFFER.c.id.in_(list(offer_ids))))
    return {row.id: line_of_kind(row.place_in_line.partition(":")[0]).words for row in rows}


def describe_offers(ids: Iterable[int]) -> Mapping[int, Description]:
    """What is offered: that which the place in line is for."""
    rows = db.session.execute(select(OFFER.c.id, OFFER.c.place_in_line).where(OFFER.c.id.in_(list(ids)))).all()
    known = describe({row.place_in_line for row in rows})
    return {row.id: known[row.place_in_line] for row in rows if row.place_in_line in known}
