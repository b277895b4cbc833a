"""The room in which a desk sits: the desk's own in each quarter hour in which somebody is booked there.

The cells are taken for the desk, not for a booking, since its advisers sit in one room. They are changed under the
desk's lock alone. Called by whatever gives and frees slots, and where a desk is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from supportdesk.core.activities import activity
from supportdesk.core.database import connection
from supportdesk.helpdesk.locking import BOOKING, TO_COME
from supportdesk.helpdesk.models import BookingState
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim

_STILL_THERE: Final = select(BOOKING.c.starts_at, BOOKING.c.ends_at).where(
    BOOKING.c.desk_id == bindparam("desk_id"),
    BOOKING.c.state != BookingState.CANCELLED,
    ~BOOKING.c.walk_in,
    BOOKING.c.starts_at < bindparam("until"),
    BOOKING.c.ends_at > bindparam("since"),
)
_TO_COME: Final = select(BOOKING.c.starts_at, BOOKING.c.ends_at).where(
    BOOKING.c.desk_id == bindparam("desk_id"), TO_COME
)


def leave_room(desk_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """The desk needs its room no more at that time, but for the quarter hours in which somebody else is booked."""
    asked = {"desk_id": desk_id, "since": starts_at, "until": ends_at}
    needed = {cell for row in connection().execute(_STILL_THERE, asked) for cell in occupancy.cells_of(*row)}
    occupancy.leave(activity("desk", desk_id), set(occupancy.cells_of(starts_at, ends_at)) - needed)


def change_room(desk_id: int, old: int | None, new: int | None, *, now: datetime) -> None:
    """Whoever is still to come is received in the new room. Raises Occupied when somebody has it at such a time."""
    if new is not None:
        to_come = connection().execute(_TO_COME, {"desk_id": desk_id, "now": now})
        needed = {cell for row in to_come for cell in occupancy.cells_of(*row)}
        occupancy.take_all(room_claims(desk_id, new, needed))
    if old is not None:
        occupancy.release(activity("desk", desk_id), [occupancy.room(old)])


def room_claims(desk_id: int, room_id: int | None, cells: Collection[int]) -> list[Claim]:
    """The desk's wish for its room in these quarter hours; none where it has no room of its own."""
    if room_id is None:
        return []
    name, room = activity("desk", desk_id), occupancy.room(room_id)
    return [Claim(name, (room,), *occupancy.times_of(cell)) for cell in sorted(cells)]
