"""Slots that there were not before: a desk is kept longer, a class was called off, somebody is back from leave, a day
is shown for the first time. Whatever brought them, they are found by rule, and offered to those who wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import reading, transaction
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.availability import SlotRow, open_slots
from supportdesk.helpdesk.fairness import who_have_enough
from supportdesk.helpdesk.office import OFFER_AHEAD_HOURS, OFFERED_DAYS
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.line import WISH, hold_for_next, in_line, who_refuse
from supportdesk.helpdesk.waiting.models import WishState
from supportdesk.helpdesk.waiting.rule import fits, is_new_to, who_can_be_asked
from supportdesk.notices.offers import learners_asked_since

_SOMEBODY_WAITS: Final = select(WISH.c.id).where(WISH.c.state == WishState.WAITING).limit(1)


def offer_new_slots(*, actor: Actor, now: datetime) -> int:
    """Offer what is free, as far ahead as slots are shown, to those to whom it is new; how many. Nobody is asked about
    a slot a second time, nor who was asked about anything on the same day: whoever says no is not called again at once.
    Each is offered in a transaction of its own, which is begun where somebody would be asked.
    """
    with reading() as read:
        if read.scalar(_SOMEBODY_WAITS) is None:
            return 0
    waiting, offered = _Waiting(in_line(), now), 0
    soonest = now + timedelta(hours=OFFER_AHEAD_HOURS.get())
    refuse: Callable[[Wanted], set[int]] | None = None
    for slot in open_slots(after=soonest, limit=None):
        would = waiting.who_would(slot)
        if not would:
            continue
        refuse = refuse or who_refuse(waiting.line, soonest)
        if would <= refuse(slot.wanted):
            continue
        with transaction():
            wish_id = hold_for_next(slot.wanted, but=waiting.who_wouldnt(slot), actor=actor, now=now)
        if wish_id is not None:
            offered += 1
            waiting, refuse = _Waiting(in_line(), now), None
    return offered


class _Waiting:
    """The line as it stood a moment ago, and whom of it a slot would interest: whoever is asked then, is decided under
    the locks. Advisers who sit at a desk at the same time are looked at once.
    """

    def __init__(self, line: Sequence[Any], now: datetime) -> None:
        self.line, self._now, self._shown_days = line, now, OFFERED_DAYS.get()
        learners = [one.learner_id for one in line]
        self._today = learners_asked_since(clock.day_bounds(clock.local(now).date())[0], learners)
        self._askable = who_can_be_asked(line, self._today | set(who_have_enough(learners, now)))
        self._would: dict[tuple[int, datetime], set[int]] = {}

    def who_would(self, slot: SlotRow) -> set[int]:
        """The learners who could be asked, whom the slot fits and to whom it is new."""
        key = (slot.desk_id, slot.starts_at)
        if key not in self._would:
            whom = {one.learner_id for one in self._askable if fits(one, slot)}
            self._would[key] = whom - self._to_whom_known(self.line, slot) if whom else whom
        return self._would[key]

    def who_wouldnt(self, slot: SlotRow) -> Callable[[Sequence[Any]], set[int]]:
        """The learners of a line who were asked today, or to whom the slot is not new."""
        return lambda line: self._today | self._to_whom_known(line, slot)

    def _to_whom_known(self, line: Sequence[Any], slot: SlotRow) -> set[int]:
        return {one.learner_id for one in line if not is_new_to(one, slot.starts_at, self._now, self._shown_days)}
