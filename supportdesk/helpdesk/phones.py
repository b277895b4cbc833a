"""A loan phone for a consultation: taken in the occupancy cells, as the adviser is, and noted nowhere else.

Called by the desk's pages, and by what changes a slot for another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, bindparam, cast, func, literal, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.errors import AlreadyBegun, AlreadyCancelled, NoFreePhone
from supportdesk.helpdesk.locking import BOOKING, lock_booking
from supportdesk.helpdesk.models import BookingState
from supportdesk.places import occupancy
from supportdesk.places.models import Equipment, OccupancyCell
from supportdesk.places.phones import free_phones

_CELL = table_of(OccupancyCell)
_EQUIPMENT = table_of(Equipment)
_IS_TAKEN: Final = _CELL.c.resource == literal("equipment:").concat(cast(_EQUIPMENT.c.id, Text))
_LENT: Final = select(_EQUIPMENT.c.id).join(_CELL, _IS_TAKEN).where(_CELL.c.activity == bindparam("booking")).distinct()
#: Column: what the phone is called that is kept for a row of BOOKING; empty for none.
PHONE_LENT: Final = func.coalesce(
    select(func.min(_EQUIPMENT.c.name))
    .join(_CELL, _IS_TAKEN)
    .where(_CELL.c.activity == literal("booking:").concat(cast(BOOKING.c.id, Text)))
    .scalar_subquery(),
    "",
).label("loan_phone")


def lend_phone(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """Keep a loan phone for the consultation, unless it has one. Raises NotFound, AlreadyCancelled, AlreadyBegun when
    it is over, and NoFreePhone.
    """
    booking = _to_come(booking_id, now)
    if has_phone(booking_id):
        return
    take_phone(activity("booking", booking_id), booking.starts_at, booking.ends_at)
    _note(Action.LEND_PHONE, booking, actor=actor, now=now)


def take_phone(name: str, starts_at: datetime, ends_at: datetime) -> None:
    """Whichever is free at that time. Raises NoFreePhone."""
    (free,) = free_phones([(starts_at, ends_at)])
    for phone in free:
        try:
            occupancy.take(name, [occupancy.equipment(phone)], starts_at, ends_at)
        except occupancy.Occupied:
            continue  # somebody was quicker by a moment
        return
    raise NoFreePhone


def take_phone_back(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """The consultation needs none after all. Raises NotFound, AlreadyCancelled and AlreadyBegun when it is over."""
    booking = _to_come(booking_id, now)
    name = activity("booking", booking_id)
    lent = connection().scalars(_LENT, {"booking": name}).all()
    if lent:
        occupancy.release(name, map(occupancy.equipment, lent))
        _note(Action.TAKE_PHONE_BACK, booking, actor=actor, now=now)


def has_phone(booking_id: int) -> bool:
    """Whether one is kept for the consultation."""
    return connection().execute(_LENT, {"booking": activity("booking", booking_id)}).first() is not None


def _to_come(booking_id: int, now: datetime) -> Any:
    booking = lock_booking(booking_id)
    if booking.state is BookingState.CANCELLED:
        raise AlreadyCancelled
    if booking.state is not BookingState.BOOKED or booking.ends_at <= now:
        raise AlreadyBegun
    return booking


def _note(action: Action, booking: Any, *, actor: Actor, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject=f"learner:{booking.learner_id}", now=now, detail={"booking": booking.id}
    )
