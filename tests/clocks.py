"""The time it is in tests, and a clock in the test's hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from supportdesk.core import clock

#: A Tuesday morning, inside opening hours and far from the ends of month, year and fiscal year.
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.TOKYO)
#: The day on which every test begins: a Tuesday.
TODAY = date(2026, 11, 24)


class Clock:
    """Moves the time that the desk reads."""

    def set(self, instant: datetime) -> datetime:
        """Stand at this instant."""
        clock.set_now(instant)
        return clock.now()

    def advance(self, **duration: float) -> datetime:
        """Go on by so many minutes=, hours= or days=."""
        return self.set(clock.now() + timedelta(**duration))
