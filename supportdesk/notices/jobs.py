"""What is put in order at night. Listed in supportdesk/nightly.py."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.notices.calling import lapse_notices


def lapse(now: datetime) -> int:
    """Close the notices that nobody need hear any more; how many."""
    with transaction():
        return lapse_notices(now=now)
