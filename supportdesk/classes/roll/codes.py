"""By what the roll knows a learner again who shows a card or a booking's code.

A phone without a network compares hashes (static/js/codes.js makes the same ones): it holds no card to be copied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from supportdesk.classes.attendance_queries import RosterRow
from supportdesk.learners.passes import live_passes

_DIGITS: Final = 24


def hashed(meeting_id: int, code: str) -> str:
    """A code or a card's token, as one meeting's roll knows it."""
    return hashlib.sha256(f"{meeting_id}:{code}".encode()).hexdigest()[:_DIGITS]


def codes_of(meeting_id: int, rows: Iterable[RosterRow]) -> dict[int, list[str]]:
    """For each learner the hashes of their booking's code and of both codes on their card. One statement."""
    rows = list(rows)
    cards = live_passes([row.learner_id for row in rows])
    found: dict[int, list[str]] = {}
    for row in rows:
        card = cards.get(row.learner_id)
        codes = (row.code, *((card.token, card.code) if card else ()))
        found[row.learner_id] = [hashed(meeting_id, code) for code in codes if code]
    return found
