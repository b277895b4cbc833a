"""What the worker does for the foundation."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.core.once import forget_old


def forget_forms(now: datetime) -> int:
    """Forms that were sent long ago are forgotten; how many."""
    with transaction():
        return forget_old(now)
