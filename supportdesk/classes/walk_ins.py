"""Who may be marked at a meeting though nobody expected them. Called by the attendance views.

A walk-in is outside an instructor's scope until they are marked. So the search for walk-ins reaches the whole register,
but only on the meeting's day, and later by the whole reading alone; and what it finds is handed to the form signed and
for an hour: an instructor cannot bring a learner into their scope by writing a number, nor by keeping one for later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, or_, select

from supportdesk.classes.errors import SearchTooOld
from supportdesk.classes.queries import MeetingRow
from supportdesk.classes.rules import is_its_day, takes_walk_ins
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Learner
from supportdesk.learners.rooms import scope_of
from supportdesk.learners.search import Results, find_learners

#: Long enough to find the learner among those who wait at the door.
SEAL_HOLDS: Final = timedelta(hours=1)
MOST_FOUND: Final = 8
_FEWEST_CHARACTERS: Final = 2


def find_walk_ins(text: str, meeting: MeetingRow, *, actor: Actor, now: datetime) -> Results:
    """A few learners by name, reading, last digits of a phone or pass code, as far as they are searched then."""
    key = search_key(text)
    if len(key) < _FEWEST_CHARACTERS:
        return Results()
    return find_learners(text, limit=MOST_FOUND, scope=_searched(key, meeting, actor, now))


def _searched(key: str, meeting: MeetingRow, actor: Actor, now: datetime) -> Select[Any] | None:
    """Among whom: the whole register on the meeting's day, for whoever comes in at the door. Afterwards, when paper is
    typed in, one's own learners and whoever has exactly this reading: else a lecture recorded late opened every record.
    """
    scope = scope_of(actor)
    if scope is None or not takes_walk_ins(meeting, actor, now):
        return scope
    if is_its_day(meeting, now):
        return None
    return select(Learner.id).where(or_(Learner.id.in_(scope), Learner.kana_key == key))


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
