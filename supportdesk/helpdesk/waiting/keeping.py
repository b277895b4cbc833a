"""Slots that are kept for somebody, by one who talks or until it is known who they are: when nobody is booked there
after all, the next who waits is asked.

Called by the desk's pages, by applications and by the worker.
"""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.holds.operations import end_hold, hold_while_talking, talking
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.line import hold_for_next


def keep_while_talking(wanted: Wanted, *, actor: Actor, now: datetime) -> datetime:
    """Keep the slot for the office's few minutes, in place of what the account kept before; until when.

    Raises NotFound, SlotPast, DeskShut, NoSuchSlot, SlotTaken, SlotKept.
    """
    before = end_hold(talking(actor), for_desk=wanted.desk_id)
    until = hold_while_talking(*wanted, actor=actor, now=now)
    if before != wanted:
        _hand_on(before, actor=actor, now=now)
    return until


def let_go(owner: str, *, over_at: datetime | None = None, actor: Actor, now: datetime) -> bool:
    """End what the owner keeps, or only if it is `over_at` that time: whether there was anything to end."""
    freed = end_hold(owner, over_at=over_at)
    _hand_on(freed, actor=actor, now=now)
    return freed is not None


def _hand_on(freed: Wanted | None, *, actor: Actor, now: datetime) -> None:
    if freed is not None:
        hold_for_next(freed, actor=actor, now=now)
