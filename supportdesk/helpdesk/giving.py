"""Writing a booking under its desk's lock: the row, and the time of its adviser, its learner and the desk's room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import bindparam, func, literal, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from supportdesk.core.activities import activity
from supportdesk.core.codes import new_code
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.errors import AlreadyBooked, LearnerClash, OwnSlot, SlotTaken, TooManyBooked
from supportdesk.helpdesk.locking import BOOKING, LockedSlot
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.rooms import room_claims
from supportdesk.learners.caller import Caller
from supportdesk.learners.standing import Standing
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim


@dataclass(frozen=True)
class Booked:
    """A consultation that was booked, and the code that stands on its slip."""

    booking_id: int
    code: str


_OTHER: Final = BOOKING.alias("other")
#: How many the learner of the new row had to come already. SQLite lets one transaction write anyway, and has counted.
_OPEN_BEFORE: Final = (
    select(func.count())
    .select_from(_OTHER)
    .where(
        _OTHER.c.learner_id == literal_column("booking.learner_id"),
        _OTHER.c.state == BookingState.BOOKED,
        _OTHER.c.ends_at > literal_column("booking.booked_at"),
        ~_OTHER.c.walk_in,
    )
    .scalar_subquery()
)
#: A slot that is taken, or a code in use already, inserts no row.
_BOOK: Final = {
    "sqlite": sqlite.insert(BOOKING).on_conflict_do_nothing().returning(BOOKING.c.id, literal(0)),
    "postgresql": postgresql.insert(BOOKING).on_conflict_do_nothing().returning(BOOKING.c.id, _OPEN_BEFORE),
}
_WHO_HAS_IT: Final = select(BOOKING.c.id, BOOKING.c.learner_id).where(
    BOOKING.c.adviser_id == bindparam("adviser_id"),
    BOOKING.c.starts_at == bindparam("starts_at"),
    BOOKING.c.state != BookingState.CANCELLED,
)


def give(
    slot: LockedSlot,
    standing: Standing,
    *,
    topic: str,
    caller: Caller,
    clash_reason: str,
    most: int | None = None,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Write the booking and take the time of all whom it needs. `most`: so many to come one may have; a move adds none.

    Raises OwnSlot, SlotTaken, AlreadyBooked, TooManyBooked, and LearnerClash unless there is a `clash_reason`.
    """
    if standing.person_id == slot.person_id:
        raise OwnSlot
    booked = _insert(
        slot,
        {
            "desk_id": slot.desk_id,
            "adviser_id": slot.adviser_id,
            "learner_id": standing.learner_id,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "state": BookingState.BOOKED,
            "topic": topic,
            "caller_name": caller.name,
            "caller_relation": caller.relation,
            "caller_phone": caller.phone,
            "clash_reason": clash_reason,
            "residence": standing.residence,
            "age_band": standing.age_band,
            "channel": standing.channel,
            "booked_at": now,
            "booked_by": actor.account_id,
        },
        most,
    )
    _take_time(slot, standing, activity("booking", booked.booking_id), clash_reason=clash_reason)
    return booked


def _insert(slot: LockedSlot, values: dict[str, Any], most: int | None) -> Booked:
    """Write the booking. Raises SlotTaken or AlreadyBooked when somebody has the slot, and TooManyBooked when another
    desk has booked for the learner at this very moment.
    """
    while True:
        code = new_code("B")
        row = connection().execute(_BOOK[db.engine.dialect.name], {**values, "code": code}).one_or_none()
        if row is not None:
            booking_id, before = row
            if most is not None and before >= most:
                raise TooManyBooked(most)
            return Booked(booking_id, code)
        whose = {"adviser_id": slot.adviser_id, "starts_at": slot.starts_at}
        holder = connection().execute(_WHO_HAS_IT, whose).one_or_none()
        if holder is None:
            continue  # the code was in use
        if holder.learner_id == values["learner_id"]:
            raise AlreadyBooked(holder.id)
        raise _taken({occupancy.person(slot.person_id): {activity("booking", holder.id)}})


def _take_time(slot: LockedSlot, standing: Standing, name: str, *, clash_reason: str) -> None:
    """Take the adviser and the desk's room, without exception, and the learner, twice over when reception gave a
    reason.
    """
    adviser, learner = occupancy.person(slot.person_id), occupancy.person(standing.person_id)
    fixed = [
        Claim(name, (adviser,), slot.starts_at, slot.ends_at),
        *room_claims(slot.desk_id, slot.room_id, slot.room_lacks),
    ]
    theirs = Claim(name, (learner,), slot.starts_at, slot.ends_at)
    in_the_way: dict[str, set[str]] = {}
    if clash_reason:  # asked first: what was taken once in vain keeps others waiting, out of the order of all
        in_the_way = occupancy.who_has([learner], slot.starts_at, slot.ends_at)
    try:
        if not in_the_way:
            occupancy.take_all([*fixed, theirs])
            return
    except occupancy.Occupied as refusal:
        in_the_way = cast(dict[str, set[str]], refusal.details["in_the_way"])
    if taken := {resource: by for resource, by in in_the_way.items() if resource != learner}:
        raise _taken(taken)
    if not clash_reason:
        raise LearnerClash(in_the_way, occupancy.in_words(in_the_way))
    _take_fixed(one for one in fixed if one.resources < theirs.resources)
    occupancy.take_again(name, learner, slot.starts_at, slot.ends_at)
    _take_fixed(one for one in fixed if one.resources > theirs.resources)


def _take_fixed(claims: Iterable[Claim]) -> None:
    """Raises SlotTaken."""
    try:
        occupancy.take_all(claims)
    except occupancy.Occupied as refusal:
        raise _taken(cast(dict[str, set[str]], refusal.details["in_the_way"])) from refusal


def _taken(in_the_way: dict[str, set[str]]) -> SlotTaken:
    return SlotTaken(in_the_way, occupancy.in_words(in_the_way))
