"""Slots that there were not before: a desk is kept longer, a class was called off, somebody is back from leave, a day
is shown for the first time. Whatever brought them, they are found by rule, and offered to those who wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from supportdesk.core.database import reading, transaction
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.fairness import who_have_enough
from supportdesk.helpdesk.office import OFFER_AHEAD_HOURS, OFFERED_DAYS
from supportdesk.helpdesk.queries import SlotRow, open_slots
from supportdesk.helpdesk.waiting.line import WISH, hold_for_next, in_line
from supportdesk.helpdesk.waiting.models import WishState
from supportdesk.helpdesk.waiting.rule import is_new_to, next_in_line

_SOMEBODY_WAITS: Final = select(WISH.c.id).where(WISH.c.state == WishState.WAITING).limit(1)


def offer_new_slots(*, actor: Actor, now: datetime) -> int:
    """Offer what is free, as far ahead as slots are shown, to those to whom it is new; how many. Nobody is asked about
    a slot a second time. Each is offered in a transaction of its own.
    """
    with reading() as read:
        if read.scalar(_SOMEBODY_WAITS) is None:
            return 0
    line, offered = in_line(), 0
    enough = who_have_enough([wish.learner_id for wish in line], now)
    shown_days = OFFERED_DAYS.get()
    soonest = now + timedelta(hours=OFFER_AHEAD_HOURS.get())
    for slot in open_slots(after=soonest, limit=None):
        known = {wish.learner_id for wish in line if not is_new_to(wish, slot.starts_at, now, shown_days)}
        if not _is_for_somebody(slot, line, known | enough):
            continue
        with transaction():
            wish_id = hold_for_next(slot.wanted, but=known, actor=actor, now=now)
        if wish_id is not None:
            offered += 1
            line = in_line()
    return offered


def _is_for_somebody(slot: SlotRow, line: Sequence[Any], barred: set[int]) -> bool:
    """Whether anybody would be asked: whoever is asked then, is decided under the locks."""
    wish = next_in_line(
        line,
        desk_id=slot.desk_id,
        district_code=slot.district_code,
        starts_at=slot.starts_at,
        barred=barred,
    )
    return wish is not None
