"""What happens to a slot that somebody had and has no more."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.line import hold_for_next


def slot_freed(
    desk_id: int,
    adviser_id: int,
    starts_at: datetime,
    ends_at: datetime,
    given_up: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The slot is free again, given up by that activity: it is offered to the next who waits and whom it fits.

    Called under the desk's lock, in the same transaction.
    """
    hold_for_next(Wanted(desk_id, adviser_id, starts_at), actor=actor, now=now)
