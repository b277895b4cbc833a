"""The one place that tells the time. Stored times are aware UTC; people read Asia/Tokyo."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
#: The days that the desk reckons with. Beyond lies a slip of the pen; at the two ends of the calendar the day before,
#: the day after or the same day in UTC does not even exist.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC, whole microseconds."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """The calendar day in Japan."""
    return now().astimezone(TOKYO).date()


def set_now(instant: datetime | None) -> None:
    """Freeze the clock (demo and tests), or let it run again with None."""
    global _frozen
    _frozen = instant.astimezone(UTC) if instant else None


def reckons_with(day: date) -> bool:
    """Whether the day is none of those beyond, for whatever reads days that people or addresses wrote."""
    return FIRST_DAY <= day <= LAST_DAY


def local(instant: datetime) -> datetime:
    """The same instant on a clock in Japan."""
    return instant.astimezone(TOKYO)


def at(day: date, hour_minute: time) -> datetime:
    """The UTC instant of a wall-clock time in Japan."""
    return datetime.combine(day, hour_minute, TOKYO).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of the day in Japan and first of the next, in UTC."""
    return at(day, time.min), at(day + timedelta(days=1), time.min)
