"""What the demo's city lends, and a day on which one of its venues is shut."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.permissions import Role
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.places.models import EquipmentKind, Venue
from supportdesk.places.upkeep import add_closure, save_equipment

_LENT = (
    *((EquipmentKind.LOAN_PHONE, f"貸出スマホ {number}号") for number in range(1, 6)),
    (EquipmentKind.PROJECTOR, "プロジェクター A"),
)


def play(cast: Cast, now: datetime) -> None:
    """Registered by the administrator before the first class was planned."""
    before, admin = now - timedelta(weeks=5), cast.of(Role.ADMIN)[0]
    venues = list(db.session.scalars(select(Venue.id).order_by(Venue.id)))
    for kind, name in _LENT:
        save_equipment(None, kind=kind, name=name, venue_id=venues[0], actor=admin, now=before)
    shut = clock.local(now).date() + timedelta(weeks=3)
    add_closure(
        venues[-1], first_day=shut, last_day=shut, reason="館内清掃のため", although=False, actor=admin, now=before
    )
