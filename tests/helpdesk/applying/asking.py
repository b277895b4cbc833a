"""Residents who apply for a consultation, for tests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.operations import apply
from supportdesk.helpdesk.applying.settling import say_who
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.caller import THE_LEARNER, Caller
from tests.helpdesk.making import at

HANA = Wish(kana="サトウ ハナ", phone="+81188001111")
TARO = Wish(kana="サトウ タロウ", phone="+81188001111")


def applied(
    desk_id: int,
    one: Wish = HANA,
    starts_at: datetime | None = None,
    *,
    question: str = "",
    caller: Caller = THE_LEARNER,
    own: Collection[str] = (),
) -> str:
    with transaction():
        return apply(desk_id, starts_at or at(10), one, question=question, caller=caller, own=own, now=clock.now())


def say(application_id: int, learner_id: int | None, *others: int) -> None:
    with transaction():
        say_who(application_id, learner_id, others=frozenset(others), actor=SYSTEM, now=clock.now())


def states() -> list[tuple[ApplicationState, HeldBecause | None]]:
    rows = db.session.scalars(select(ConsultationApplication).order_by(ConsultationApplication.id))
    return [(one.state, one.because) for one in rows]


def booked() -> list[tuple[int, datetime]]:
    """Whose the live bookings are, and when."""
    rows = db.session.scalars(select(Booking).where(Booking.state != BookingState.CANCELLED).order_by(Booking.id))
    return [(one.learner_id, one.starts_at) for one in rows]


def held() -> list[tuple[str, datetime]]:
    """Who keeps what."""
    return [(one.owner, one.starts_at) for one in db.session.scalars(select(SlotHold).order_by(SlotHold.id))]
