"""Who can be put on duty at a meeting: those who are free, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, func, select

from supportdesk.accounts.serving import Serving, serving, why_not_on
from supportdesk.classes.lectures import LECTURE_ROLES
from supportdesk.classes.models import Duty, MeetingStaff, RunKind
from supportdesk.classes.outreach.locking import held_activity
from supportdesk.classes.outreach.travel import travel_to, window
from supportdesk.classes.queries import MEETING, NOT_CALLED_OFF, MeetingRow
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places import occupancy

_STAFF = table_of(MeetingStaff)
#: Who may help at a class. Peer tutors see the learners matched with them and no others, so they are not among them.
_ROLES: Final = {
    RunKind.CLASS: (Role.INSTRUCTOR, Role.ADVISER),
    RunKind.LECTURE: (*LECTURE_ROLES, Role.ADVISER),
}
#: Who may teach there.
_TEACHING: Final = {RunKind.CLASS: (Role.INSTRUCTOR,), RunKind.LECTURE: LECTURE_ROLES}


def roles_for(kind: RunKind) -> Sequence[Role]:
    """The roles from among whom somebody is put on duty."""
    return _ROLES[kind]


class Candidate(NamedTuple):
    """Somebody who might be on duty. `why_not` is empty for whoever is free, or on duty there already."""

    account_id: int
    name: str
    instructs: bool
    duty: Duty | None
    why_not: str


def candidates(meeting: MeetingRow) -> list[Candidate]:
    """Everybody who teaches or helps: on duty first, then who is free, then the others; four statements or five."""
    duties = duties_of(meeting.id)
    people = serving(_ROLES[meeting.kind], besides=duties)
    in_the_way = _in_the_way(meeting, [one.person_id for one in people])
    day = clock.local(meeting.starts_at).date()
    found = [
        Candidate(
            one.account_id,
            one.name,
            one.is_ever(_TEACHING[meeting.kind]) or duties.get(one.account_id) is Duty.INSTRUCTOR,
            duties.get(one.account_id),
            "" if one.account_id in duties else _away(one, day, meeting.kind) or what,
        )
        for one, what in zip(people, in_the_way, strict=True)
    ]
    return sorted(found, key=lambda one: (one.duty is None, bool(one.why_not)))


def duties_of(meeting_id: int) -> dict[int, Duty]:
    """Who is on duty at the meeting, as what."""
    rows = db.session.execute(select(_STAFF.c.account_id, _STAFF.c.duty).where(_STAFF.c.meeting_id == meeting_id))
    return {row.account_id: row.duty for row in rows}


def fewest_assistants(run_ids: Collection[int], now: datetime) -> dict[int, int]:
    """How many assistants there are at that meeting to come of each run which has the fewest."""
    helping = and_(_STAFF.c.meeting_id == MEETING.c.id, _STAFF.c.duty == Duty.ASSISTANT)
    each = (
        select(MEETING.c.run_id, func.count(_STAFF.c.account_id).label("assistants"))
        .outerjoin(_STAFF, helping)
        .where(MEETING.c.run_id.in_(run_ids), MEETING.c.starts_at > now, NOT_CALLED_OFF)
        .group_by(MEETING.c.id, MEETING.c.run_id)
        .subquery()
    )
    rows = db.session.execute(select(each.c.run_id, func.min(each.c.assistants)).group_by(each.c.run_id))
    return {row[0]: row[1] for row in rows}


def _in_the_way(meeting: MeetingRow, persons: Sequence[int]) -> list[str]:
    """What each of them has to do at that time, the way there and back included, in words."""
    starts_at, ends_at, own = meeting.starts_at, meeting.ends_at, {activity("meeting", meeting.id)}
    travel = travel_to(meeting.run_id) if meeting.kind is RunKind.LECTURE else None
    if travel is not None:
        when = window(starts_at, ends_at, travel.minutes)
        starts_at, ends_at = when.leaves_at, when.back_at
        own.add(held_activity(travel.request_id))
    claims = [occupancy.Claim("", (occupancy.person(one),), starts_at, ends_at) for one in persons]
    others = [
        {resource: activities - own for resource, activities in found.items() if activities - own}
        for found in occupancy.in_the_way_of_each(claims)
    ]
    return occupancy.in_words_each(others)


def _away(one: Serving, day: date, kind: RunKind) -> str:
    why = why_not_on(one, day, _ROLES[kind])
    return f"{one.name}：{why}" if why else ""
