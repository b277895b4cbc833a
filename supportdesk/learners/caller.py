"""Who was on the telephone when it was not the learner. Held by bookings of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Caller:
    """The caller, how they are related to the learner, and where to call back. All empty: the learner called."""

    name: str = ""
    relation: str = ""
    phone: str = ""


#: How a caller who was erased was related, where nobody had said: it was not the learner, that much stays known.
ERASED: Final = "（消去済み）"
THE_LEARNER = Caller()
