"""What the worker does for those who wait for a desk."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.holds.operations import owners_over
from supportdesk.helpdesk.waiting.answering import any_offered, recall_offers
from supportdesk.helpdesk.waiting.keeping import let_go
from supportdesk.helpdesk.waiting.new_slots import offer_new_slots


def recall(now: datetime) -> int:
    """Slots that are not to be had any more (an adviser on leave, a closed venue) are offered no more; how many."""
    if not any_offered():
        return 0
    with transaction():
        return recall_offers(actor=SYSTEM, now=now)


def offer(now: datetime) -> int:
    """Slots that there were not before are offered to those who wait; how many."""
    return offer_new_slots(actor=SYSTEM, now=now)


def end_holds(now: datetime) -> int:
    """Slots that were kept while one talked are anybody's again when that is over; how many."""
    ended = 0
    for owner in owners_over(now):
        with transaction():
            ended += let_go(owner, over_at=now, actor=SYSTEM, now=now)
    return ended
