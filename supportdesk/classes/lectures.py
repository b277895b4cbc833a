"""Reads for outreach lectures (出前講座): what was and will be held at groups' own places. Called by their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from supportdesk.classes.marks import ATTENDED
from supportdesk.classes.models import AttendanceMark, RunKind, RunState
from supportdesk.classes.queries import DISTRICT, MEETING, RUN, VENUE, matching
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Role
from supportdesk.extensions import db

_MARK = table_of(AttendanceMark)
#: Who may stand before a group.
LECTURE_ROLES: Final = (Role.INSTRUCTOR, Role.COORDINATOR)


class LectureRow(NamedTuple):
    """A lecture on the list. `heads` is everybody who took part, with a name or without."""

    id: int
    meeting_id: int
    title: str
    group_name: str
    where: str
    district: str
    starts_at: datetime
    ends_at: datetime
    state: RunState
    heads: int


_NAMED = (
    select(func.count())
    .select_from(_MARK)
    .where(_MARK.c.meeting_id == MEETING.c.id, _MARK.c.current, _MARK.c.state.in_(ATTENDED))
    .correlate(MEETING)
    .scalar_subquery()
)
_LECTURES = (
    select(
        RUN.c.id,
        MEETING.c.id.label("meeting_id"),
        RUN.c.title,
        RUN.c.group_name,
        func.coalesce(VENUE.c.name, RUN.c.place).label("where"),
        DISTRICT.c.name.label("district"),
        MEETING.c.starts_at,
        MEETING.c.ends_at,
        RUN.c.state,
        (_NAMED + MEETING.c.unnamed_heads).label("heads"),
    )
    .join(MEETING, MEETING.c.run_id == RUN.c.id)
    .join(DISTRICT, DISTRICT.c.code == RUN.c.district_code)
    .outerjoin(VENUE, VENUE.c.id == RUN.c.venue_id)
    .where(RUN.c.kind == RunKind.LECTURE)
)


def lectures_page(
    number: int, *, now: datetime, text: str = "", district_code: str = "", past: bool = False
) -> Page[LectureRow]:
    """Lectures to come, the next first; or those held, the latest first. Words are of title, group, place, district."""
    order = (MEETING.c.starts_at.desc(), MEETING.c.id.desc()) if past else (MEETING.c.starts_at, MEETING.c.id)
    statement = _LECTURES.where(MEETING.c.ends_at <= now if past else MEETING.c.ends_at > now, *matching(text))
    if district_code:
        statement = statement.where(RUN.c.district_code == district_code)
    page = fetch_page(statement.order_by(*order), number)
    return page.showing([LectureRow._make(row) for row in page.rows])


def only_meeting(run_id: int) -> int:
    """The meeting of a lecture, which has one."""
    return int(db.session.execute(select(MEETING.c.id).where(MEETING.c.run_id == run_id)).scalars().one())
