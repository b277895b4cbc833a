"""Slots that there were not before, because a desk is kept longer or time off is taken back: they are offered too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.queries import free_slots
from supportdesk.helpdesk.waiting.line import WISH, hold_for_next
from supportdesk.helpdesk.waiting.models import WishState

_SOMEBODY_WAITS: Final = select(WISH.c.id).where(WISH.c.state == WishState.WAITING).limit(1)


class New(NamedTuple):
    """From which day to which; of one adviser, on one weekday (Monday is 0), or of all."""

    first: date
    last: date
    adviser_id: int | None = None
    weekday: int | None = None

    def holds(self, adviser_id: int, starts_at: datetime) -> bool:
        """Whether a slot is among them."""
        weekday = clock.local(starts_at).weekday()
        return self.adviser_id in (None, adviser_id) and self.weekday in (None, weekday)


def offer_new_slots(desk_ids: Iterable[int], new: New, *, actor: Actor, now: datetime) -> int:
    """Offer the free ones among them to those who wait, as far ahead as slots are shown; how many. Nobody is asked who
    was asked about the same slot before. Called under the desks' locks.
    """
    today = clock.local(now).date()
    first, last = max(new.first, today), min(new.last, today + timedelta(days=OFFERED_DAYS.get()))
    offered = 0
    for desk_id in sorted(desk_ids) if first <= last else ():
        for slot in free_slots(first, last, after=now, desk_id=desk_id):
            if connection().scalar(_SOMEBODY_WAITS) is None:
                return offered
            if new.holds(slot.adviser_id, slot.starts_at):
                offered += hold_for_next(slot.wanted, actor=actor, now=now) is not None
    return offered
