"""Which meetings of a booking were missed, and where they can be made up for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.classes.models import AttendanceMark, AttendanceState, RunKind
from supportdesk.classes.queries import ENROLMENT, IS_ON, MEETING, MEETING_ROWS, RUN, MeetingRow
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.places import occupancy

_MARK = table_of(AttendanceMark)
MISSED: Final = (AttendanceState.ABSENT, AttendanceState.ABSENT_NOTIFIED)
MOST_OFFERED: Final = 50


class Missed(NamedTuple):
    """A meeting of the booking at which the learner was not, or will not be."""

    meeting_id: int
    number: int
    starts_at: datetime


class Offered(NamedTuple):
    """The same meeting in another run; what else the learner has at that time, in words."""

    meeting: MeetingRow
    clash: str


def missed_of(enrolment_id: int) -> list[Missed]:
    """The meetings of the booking that its learner misses or missed. One statement."""
    rows = db.session.execute(
        select(MEETING.c.id, MEETING.c.number, MEETING.c.starts_at)
        .join(ENROLMENT, ENROLMENT.c.run_id == MEETING.c.run_id)
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .join(_MARK, (_MARK.c.meeting_id == MEETING.c.id) & (_MARK.c.learner_id == ENROLMENT.c.learner_id))
        .where(ENROLMENT.c.id == enrolment_id, RUN.c.kind == RunKind.CLASS, _MARK.c.current, _MARK.c.state.in_(MISSED))
        .order_by(MEETING.c.number)
    )
    return [Missed(*row) for row in rows]


def offered_for(missed: Missed, learner_id: int, now: datetime) -> list[Offered]:
    """The meetings to come of that number in the course's other runs, the next first; four statements or five."""
    own = select(RUN.c.id, RUN.c.course_code).join(MEETING, MEETING.c.run_id == RUN.c.id)
    own_row = own.where(MEETING.c.id == missed.meeting_id).subquery()
    expected = select(_MARK.c.meeting_id).where(_MARK.c.learner_id == learner_id)
    booked = select(ENROLMENT.c.run_id).where(ENROLMENT.c.learner_id == learner_id, ENROLMENT.c.state != "cancelled")
    statement = MEETING_ROWS.where(
        RUN.c.kind == RunKind.CLASS,
        RUN.c.course_code == select(own_row.c.course_code).scalar_subquery(),
        RUN.c.id != select(own_row.c.id).scalar_subquery(),
        RUN.c.id.not_in(booked),
        MEETING.c.number == missed.number,
        MEETING.c.starts_at > now,
        MEETING.c.id.not_in(expected),
        IS_ON,
    ).limit(MOST_OFFERED)
    meetings = [MeetingRow._make(row) for row in db.session.execute(statement)]
    return [Offered(meeting, clash) for meeting, clash in zip(meetings, _clashes(meetings, learner_id), strict=True)]


def _clashes(meetings: Sequence[MeetingRow], learner_id: int) -> list[str]:
    person_id = db.session.scalars(select(Learner.person_id).where(Learner.id == learner_id)).one()
    me = (occupancy.person(person_id),)
    claims = [occupancy.Claim(activity("meeting", one.id), me, one.starts_at, one.ends_at) for one in meetings]
    return occupancy.in_words_each(occupancy.in_the_way_of_each(claims))


def making_up_at(meeting_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(meeting, learner) of everybody who is to come there to make up for one they missed. One statement."""
    rows = db.session.execute(
        select(_MARK.c.meeting_id, _MARK.c.learner_id)
        .where(_MARK.c.meeting_id.in_(list(meeting_ids)), _MARK.c.current, _MARK.c.state == AttendanceState.MAKING_UP)
        .order_by(_MARK.c.meeting_id, _MARK.c.learner_id)
    )
    return [(row.meeting_id, row.learner_id) for row in rows]
