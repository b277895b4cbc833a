"""People who wait for a desk, for tests, put in line as the desk does it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.waiting.models import SlotWish, WishState
from supportdesk.helpdesk.waiting.operations import Place, wait_for_slot
from supportdesk.notices.models import Offer, OfferState
from supportdesk.notices.offers import Answer, answer_offer
from supportdesk.notices.queries import calls_due

#: How a wish stands, for `line()`.
WAITS, ASKED, BOOKED, LEFT = WishState.WAITING, WishState.OFFERED, WishState.BOOKED, WishState.LEFT


def wait(learner_id: int, desk_id: int | None = None, *, district: str | None = None, **more: Any) -> int:
    """The learner waits for the desk, or for any; the wish's id."""
    with transaction():
        return wait_for_slot(learner_id, Place(desk_id, district), actor=SYSTEM, now=clock.now(), **more)


def free(booking_id: int) -> None:
    """Somebody cancels: the slot is free."""
    with transaction():
        cancel_booking(booking_id, actor=SYSTEM, now=clock.now())


def answer(given: Answer, offer_id: int | None = None) -> None:
    """To the offer that is open."""
    with transaction():
        answer_offer(offer_id or open_offer(), given, actor=SYSTEM, now=clock.now())


def open_offer() -> int:
    """The one offer that waits for an answer."""
    return db.session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN)).one()


def line() -> list[WishState]:
    """How everybody stands, in the order of coming."""
    db.session.rollback()
    return list(db.session.scalars(select(SlotWish.state).order_by(SlotWish.id)))


def offers() -> list[tuple[int, OfferState]]:
    """Whom a slot was offered, and what came of it."""
    db.session.rollback()
    rows = db.session.execute(select(Offer.learner_id, Offer.state).order_by(Offer.id))
    return [(row.learner_id, row.state) for row in rows]


def asked_now() -> list[tuple[int, str]]:
    """Whom the call list asks, and until when."""
    rows = [row for row in calls_due(clock.now(), SYSTEM) if row.offer_id]
    return [(row.learner_id, f"{clock.local(row.tell_by):%d %H:%M}") for row in rows if row.tell_by]
