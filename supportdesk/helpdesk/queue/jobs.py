"""What the worker does for the line: numbers of days that are over are called no more."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.helpdesk.queue.taking import close_past_lines


def close_past(now: datetime) -> int:
    """Close the lines that nobody closed; how many numbers were left over."""
    with transaction():
        return close_past_lines(now=now)
