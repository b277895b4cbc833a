"""In which order those who wait are called, and about how long they wait: pure functions.

The rule: whoever has a booking is called from their time on before everybody else, by their time; all others, and who
came early for their booking, by number. Who was not there when called and comes back stands where their number stands.
A booking is with one adviser: nobody else calls its holder as the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import inf
from typing import Protocol, TypeVar

#: Minutes: what is told of the wait is no more exact.
_STEP = 5


class InLine(Protocol):
    """Somebody who waits. `booked_at` and `booked_with` are those of the booking that they came for."""

    @property
    def number(self) -> int: ...

    @property
    def booked_at(self) -> datetime | None: ...

    @property
    def booked_with(self) -> int | None: ...


One = TypeVar("One", bound=InLine)


def in_order(waiting: Iterable[One], now: datetime) -> list[One]:
    """Those who wait, the next first."""
    return sorted(waiting, key=lambda one: _place(one, now))


def next_for(waiting: Iterable[One], adviser_id: int | None, now: datetime) -> One | None:
    """Whom this adviser calls next; None when nobody waits, or only those who are booked with others."""
    for one in in_order(waiting, now):
        if one.booked_with in (None, adviser_id):
            return one
    return None


def wait_about(before: int, advisers: int, minutes: int, *, at_most: float = inf) -> int:
    """About how many minutes somebody waits who has so many before them, when each takes that long; whoever is booked
    is called as soon as their time has come (`at_most`).
    """
    about = min(before * minutes / max(1, advisers), at_most)
    return -(-round(about) // _STEP) * _STEP


def _place(one: InLine, now: datetime) -> tuple[bool, float, int]:
    due = one.booked_at is not None and one.booked_at <= now
    return (not due, one.booked_at.timestamp() if due and one.booked_at else 0, one.number)
