"""Who can be put on duty at a meeting: those who are free, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import holds_on, not_over
from supportdesk.classes.models import Duty, MeetingStaff
from supportdesk.classes.queries import HELD, MEETING, MeetingRow
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places import occupancy

_STAFF = table_of(MeetingStaff)
#: Who may help at a class. Peer tutors see the learners matched with them and no others, so they are not among them.
ROLES = (Role.INSTRUCTOR, Role.ADVISER)


class Candidate(NamedTuple):
    """Somebody who might be on duty. `why_not` is empty for whoever is free, or on duty there already."""

    account_id: int
    name: str
    instructs: bool
    duty: Duty | None
    why_not: str


def candidates(meeting: MeetingRow) -> list[Candidate]:
    """Everybody who teaches or helps: on duty first, then who is free, then the others; three statements or four."""
    duties = duties_of(meeting.id)
    rows = _people(set(duties))
    in_the_way = _in_the_way(meeting, [row.person_id for row in rows])
    day = clock.local(meeting.starts_at).date()
    teaches = set(
        db.session.scalars(
            select(AccountRole.account_id).where(AccountRole.role == Role.INSTRUCTOR, not_over(AccountRole))
        )
    )
    found = [
        Candidate(
            row.id,
            row.name,
            row.id in teaches or duties.get(row.id) is Duty.INSTRUCTOR,
            duties.get(row.id),
            "" if row.id in duties else _away(row, day) or what,
        )
        for row, what in zip(rows, in_the_way, strict=True)
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
        .where(MEETING.c.run_id.in_(run_ids), MEETING.c.starts_at > now, HELD)
        .group_by(MEETING.c.id, MEETING.c.run_id)
        .subquery()
    )
    rows = db.session.execute(select(each.c.run_id, func.min(each.c.assistants)).group_by(each.c.run_id))
    return {row[0]: row[1] for row in rows}


class _Somebody(NamedTuple):
    id: int
    name: str
    person_id: int
    leave_from: date | None
    leave_until: date | None
    service_ends_on: date | None


def _people(besides: set[int]) -> list[_Somebody]:
    fitting = select(AccountRole.account_id).where(AccountRole.role.in_(ROLES), not_over(AccountRole))
    rows = db.session.execute(
        select(
            *(Account.id, Account.name, Account.person_id),
            *(Account.leave_from, Account.leave_until, Account.service_ends_on),
        )
        .where(or_(Account.active & Account.id.in_(fitting), Account.id.in_(besides)))
        .order_by(Account.kana, Account.name)
    )
    return [_Somebody._make(row) for row in rows]


def _in_the_way(meeting: MeetingRow, persons: Sequence[int]) -> list[str]:
    """What each of them has to do at that time, in words."""
    own = activity("meeting", meeting.id)
    claims = [occupancy.Claim(own, (occupancy.person(one),), meeting.starts_at, meeting.ends_at) for one in persons]
    others = [
        {resource: activities - {own} for resource, activities in found.items() if activities - {own}}
        for found in occupancy.in_the_way_of_each(claims)
    ]
    return occupancy.in_words_each(others)


def _away(row: _Somebody, day: date) -> str:
    if row.leave_from is not None and holds_on(day, row.leave_from, row.leave_until):
        return _("%(name)s：休職中", name=row.name)
    if not holds_on(day, None, row.service_ends_on):
        return _("%(name)s：この日より前に退職", name=row.name)
    return ""
