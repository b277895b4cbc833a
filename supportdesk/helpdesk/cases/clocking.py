"""How long a consultation took, as the clock says: a pure rule, for the form and for closing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from supportdesk.helpdesk.cases.models import MOST_MINUTES

#: Whoever writes longer than this after the end does so afterwards: then it took what it was booked for.
_OVERTIME: Final = timedelta(hours=1)


def minutes_by_clock(starts_at: datetime, ends_at: datetime, opened_at: datetime, now: datetime) -> int:
    """Minutes since it was to begin, at least 1; since the case was opened, when they began early that hour."""
    if now > ends_at + _OVERTIME:
        return minutes_between(starts_at, ends_at)
    began = starts_at if now > starts_at else max(opened_at, now - _OVERTIME)
    return minutes_between(began, now)


def minutes_between(began: datetime, ended: datetime) -> int:
    """Whole minutes, within what a consultation may take."""
    return min(max(int((ended - began).total_seconds() // 60), 1), MOST_MINUTES)
