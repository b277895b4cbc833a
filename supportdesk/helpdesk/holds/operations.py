"""Keeping a slot for somebody and letting it go. Called by the desk's pages, by offers and by applications.

Under the desk's lock, like all that gives a slot. A hold that ran out is in nobody's way, and goes when it is met.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, insert, or_, select

from supportdesk.core.activities import activity
from supportdesk.core.database import connection, reading, table_of
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.errors import SlotKept, SlotTaken
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.locking import LockedSlot, lock_desks, lock_slot
from supportdesk.helpdesk.office import HOLD_MINUTES
from supportdesk.helpdesk.slots import Wanted
from supportdesk.places import occupancy

HOLD: Final = table_of(SlotHold)
_END_OF_SLOT: Final = delete(HOLD).where(
    HOLD.c.adviser_id == bindparam("adviser_id"), HOLD.c.starts_at == bindparam("starts_at")
)
_END_OF_OWNER: Final = (
    delete(HOLD)
    .where(HOLD.c.owner == bindparam("wanted"))
    .returning(HOLD.c.desk_id, HOLD.c.adviser_id, HOLD.c.starts_at)
)
_IS_OVER: Final = or_(
    HOLD.c.until <= bindparam("now"), HOLD.c.until.is_not(None) & (HOLD.c.starts_at <= bindparam("now"))
)
_END_WHEN_OVER: Final = _END_OF_OWNER.where(_IS_OVER)
_OVER: Final = select(HOLD.c.owner).where(_IS_OVER).order_by(HOLD.c.id)
_DESK_OF: Final = select(HOLD.c.desk_id).where(HOLD.c.owner == bindparam("wanted"))


def talking(actor: Actor) -> str:
    """The owner of what an account keeps while it talks with somebody."""
    return activity("talk", actor.account_id or 0)


def hold_while_talking(desk_id: int, adviser_id: int, starts_at: datetime, *, actor: Actor, now: datetime) -> datetime:
    """Keep the slot for the office's few minutes, in place of what the account kept before; until when.

    Raises what `hold_slot` raises.
    """
    until = now + timedelta(minutes=HOLD_MINUTES.get())
    hold_slot(desk_id, adviser_id, starts_at, owner=talking(actor), until=until, now=now)
    return until


def hold_slot(
    desk_id: int, adviser_id: int, starts_at: datetime, *, owner: str, until: datetime | None, now: datetime
) -> LockedSlot:
    """Keep a free slot for its owner, who keeps no other one any more: the slot.

    Raises NotFound, SlotPast, DeskShut, NoSuchSlot, SlotTaken, SlotKept.
    """
    slot = lock_slot(desk_id, adviser_id, starts_at, now)
    connection().execute(_END_OF_OWNER, {"wanted": owner}).all()
    pass_hold(slot, owner=owner, now=now)
    adviser = occupancy.person(slot.person_id)
    in_the_way = occupancy.who_has([adviser], slot.starts_at, slot.ends_at)
    if in_the_way:
        raise SlotTaken(in_the_way, occupancy.in_words(in_the_way))
    values = {
        "desk_id": desk_id,
        "adviser_id": adviser_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "owner": owner,
        "until": until,
    }
    connection().execute(insert(HOLD), values)
    return slot


def pass_hold(slot: LockedSlot, *, owner: str, now: datetime) -> None:
    """Make way for the owner: their own hold of the slot, and one that ran out, end here. Raises SlotKept."""
    kept = slot.kept
    if kept is None:
        return
    if kept.owner != owner and (kept.until is None or kept.until > now):
        raise SlotKept(kept.until)
    connection().execute(_END_OF_SLOT, {"adviser_id": slot.adviser_id, "starts_at": slot.starts_at})


def end_hold(owner: str, *, over_at: datetime | None = None, for_desk: int | None = None) -> Wanted | None:
    """Let go what the owner keeps: that slot; None where it is nothing. `over_at`: only if it ran out by then, or its
    slot has begun. `for_desk`: of which a slot is kept in its place.

    The desks stay locked until the transaction ends.
    """
    desk_id = connection().scalar(_DESK_OF, {"wanted": owner})
    if desk_id is None:
        return None
    lock_desks([desk_id, for_desk or desk_id])
    statement = _END_OF_OWNER if over_at is None else _END_WHEN_OVER
    row = connection().execute(statement, {"wanted": owner, "now": over_at}).one_or_none()
    return Wanted._make(row) if row else None


def owners_over(now: datetime) -> list[str]:
    """Whose holds ran out, or are of slots that have begun."""
    with reading() as read:
        return list(read.scalars(_OVER, {"now": now}))
