"""Who may be marked at a meeting though nobody expected them. Called by the attendance views.

A walk-in is outside an instructor's scope until they are marked. So the search for walk-ins reaches the whole register,
but only while the meeting's attendance is being taken, and what it finds is handed to the form signed: an instructor
cannot bring a learner into their scope by writing a number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from supportdesk.classes.models import RunKind
from supportdesk.classes.queries import MeetingRow
from supportdesk.core import clock
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.learners.rooms import scope_of
from supportdesk.learners.search import Found, find_learners

#: A paper roster is typed in within so many days; a lecture is often recorded at the office long after.
DAYS_OPEN: Final = {RunKind.CLASS: 7, RunKind.LECTURE: 60}
MOST_FOUND: Final = 8
_FEWEST_CHARACTERS: Final = 2


def takes_walk_ins(meeting: MeetingRow, now: datetime) -> bool:
    """Whether somebody may be added: from the meeting's day until the paper has been typed in."""
    first, _end = clock.day_bounds(clock.local(meeting.starts_at).date())
    return first <= now < meeting.ends_at + timedelta(days=DAYS_OPEN[meeting.kind])


def find_walk_ins(text: str, meeting: MeetingRow, *, actor: Actor, now: datetime) -> list[Found]:
    """A few learners by name, reading, last digits of a phone or pass code; of the whole register while it is open."""
    if len(search_key(text)) < _FEWEST_CHARACTERS:
        return []
    scope = None if takes_walk_ins(meeting, now) else scope_of(actor)
    return find_learners(text, limit=MOST_FOUND, scope=scope)


def seal(meeting_id: int, learner_id: int) -> str:
    """What the search hands to the form."""
    return str(_signer().dumps([meeting_id, learner_id]))


def unseal(sealed: str, meeting_id: int) -> int | None:
    """The learner whom the search for this meeting found, or None for anything else."""
    try:
        found_for, learner_id = _signer().loads(sealed)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(learner_id) if found_for == meeting_id else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="walk-in")
