"""What happens to a slot that somebody had and has no more."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.permissions import Actor


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
    """The slot is free again, given up by that activity. Called under the desk's lock, in the same transaction."""
