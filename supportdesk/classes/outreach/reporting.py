"""How a lecture was: how many took part, of which age, what it was about, what the group would like next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from supportdesk.classes.attendance import MOST_HEADS, lock_meeting, named_at, record_heads
from supportdesk.classes.errors import TooManyHeads
from supportdesk.classes.lectures import only_meeting
from supportdesk.classes.models import Meeting
from supportdesk.classes.outreach.errors import HeadsTooFew
from supportdesk.classes.outreach.locking import lock_request, move_on
from supportdesk.classes.outreach.models import OutreachHeads, OutreachState
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import AgeBand

_HEADS = table_of(OutreachHeads)


@dataclass(frozen=True, kw_only=True)
class Result:
    """`heads` is everybody who took part; `by_age` may leave out those whose age nobody knows."""

    heads: int
    by_age: Mapping[AgeBand, int]
    topics: str
    next_class: bool
    next_tutor: bool
    next_note: str


def report_result(request_id: int, result: Result, *, actor: Actor, now: datetime) -> None:
    """Keep the result. Whoever was not marked by name is counted at the meeting as one who wants no record.

    Raises NotFound, StepTaken, HeadsTooFew, and what attendance refuses: AttendanceClosed, TooManyHeads.
    """
    request = lock_request(request_id, {OutreachState.HELD})
    assert request.run_id is not None
    meeting_id = only_meeting(request.run_id)
    lock_meeting(meeting_id)
    named = named_at(meeting_id)
    if not 0 <= result.heads <= MOST_HEADS:
        raise TooManyHeads(MOST_HEADS)
    least = max(named, sum(result.by_age.values()))
    if result.heads < least:
        raise HeadsTooFew(named)
    record_heads(meeting_id, result.heads - named, actor=actor, now=now)
    db.session.execute(delete(_HEADS).where(_HEADS.c.request_id == request_id))
    rows = [
        {"request_id": request_id, "age_band": band, "heads": heads} for band, heads in result.by_age.items() if heads
    ]
    if rows:
        db.session.execute(insert(_HEADS), rows)
    request.heads, request.topics = result.heads, result.topics
    request.next_class, request.next_tutor, request.next_note = result.next_class, result.next_tutor, result.next_note
    move_on(request, OutreachState.REPORTED, actor=actor, now=now)


def took_part(meeting_id: int) -> int:
    """How many took part in all, by name or without."""
    unnamed = db.session.scalar(select(Meeting.unnamed_heads).where(Meeting.id == meeting_id))
    return named_at(meeting_id) + (unnamed or 0)
