"""What the worker does for applications in public: those for classes that have begun are closed."""

from __future__ import annotations

from datetime import datetime

from supportdesk.classes.applying.settling import close_applications
from supportdesk.core.database import transaction


def close_over(now: datetime) -> int:
    """Close them; how many those were."""
    with transaction():
        return close_applications(now=now)
