"""Who was on the telephone when it was not the learner. Held by bookings of every kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """The caller, how they are related to the learner, and where to call back. All empty: the learner called."""

    name: str = ""
    relation: str = ""
    phone: str = ""


THE_LEARNER = Caller()
