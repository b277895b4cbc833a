"""What the worker does for those who wait for a desk."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.waiting.answering import any_offered, recall_offers


def recall(now: datetime) -> int:
    """Slots that are not to be had any more (an adviser on leave, a closed venue) are offered no more; how many."""
    if not any_offered():
        return 0
    with transaction():
        return recall_offers(actor=SYSTEM, now=now)
