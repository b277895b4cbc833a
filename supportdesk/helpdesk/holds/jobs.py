"""What the worker does for slots that were kept while one talked."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.helpdesk.holds.operations import drop_run_out


def drop(now: datetime) -> int:
    """Drop those that ran out; how many those were."""
    with transaction():
        return drop_run_out(now)
