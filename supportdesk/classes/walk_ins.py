"""Who may be marked at a meeting though nobody expected them. Called by the attendance views.

A walk-in is outside an instructor's scope until they are marked. So the search for walk-ins reaches the whole register,
but only while the meeting's attendance is being taken, and what it finds is handed to the form signed and for an hour:
an instructor cannot bring a learner into their scope by writing a number, nor by keeping one for later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from supportdesk.classes.errors import SearchTooOld
from supportdesk.classes.queries import MeetingRow
from supportdesk.classes.rules import takes_walk_ins
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.learners.rooms import scope_of
from supportdesk.learners.search import Results, find_learners

#: Long enough to find the learner among those who wait at the door.
SEAL_HOLDS: Final = timedelta(hours=1)
MOST_FOUND: Final = 8
_FEWEST_CHARACTERS: Final = 2


def find_walk_ins(text: str, meeting: MeetingRow, *, actor: Actor, now: datetime) -> Results:
    """A few learners by name, reading, last digits of a phone or pass code; of the whole register while it is open."""
    if len(search_key(text)) < _FEWEST_CHARACTERS:
        return Results()
    scope = None if takes_walk_ins(meeting, actor, now) else scope_of(actor)
    return find_learners(text, limit=MOST_FOUND, scope=scope)


def seal(meeting_id: int, learner_id: int, now: datetime) -> str:
    """What the search hands to the form."""
    return str(_signer().dumps([meeting_id, learner_id, now.timestamp()]))


def unseal(sealed: str, meeting_id: int, now: datetime) -> int | None:
    """The learner whom the search for this meeting found, or None for anything else.

    Raises SearchTooOld when that was more than `SEAL_HOLDS` ago.
    """
    try:
        found_for, learner_id, found_at = _signer().loads(sealed)
    except (BadSignature, ValueError, TypeError):
        return None
    if found_for != meeting_id:
        return None
    if now.timestamp() - found_at >= SEAL_HOLDS.total_seconds():
        raise SearchTooOld
    return int(learner_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="walk-in")
