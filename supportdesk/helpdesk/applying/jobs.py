"""What the worker does for consultations applied for in public: those whose time has come are closed."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core.database import transaction
from supportdesk.helpdesk.applying.settling import close_applications


def close_over(now: datetime) -> int:
    """Close them; how many those were."""
    with transaction():
        return close_applications(now=now)
