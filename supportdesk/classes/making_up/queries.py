"""Which meetings of a booking were missed, where they can be made up for, and where that is arranged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from supportdesk.classes.models import AttendanceMark, AttendanceState, EnrolmentState, RunKind
from supportdesk.classes.queries import ENROLMENT, IS_ON, MEETING, MEETING_ROWS, RUN, VENUE, MeetingRow
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.places import occupancy

_MARK = table_of(AttendanceMark)
_INSTEAD = RUN.alias("instead_of")
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
    expected = select(_MARK.c.meeting_id).where(
        _MARK.c.learner_id == learner_id, _MARK.c.current, _MARK.c.state != AttendanceState.UNMARKED
    )
    booked = select(ENROLMENT.c.run_id).where(
        ENROLMENT.c.learner_id == learner_id, ENROLMENT.c.state != EnrolmentState.CANCELLED
    )
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


class Arranged(NamedTuple):
    """Where somebody makes up for the meeting of that number of another run."""

    meeting_id: int
    run_id: int
    number: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    to_bring: str


def arranged_for(learner_id: int, now: datetime, *, instead_of: int | None = None) -> list[Arranged]:
    """The meetings to come at which the learner makes up for others; `instead_of` those of this run. One statement."""
    statement = (
        select(
            *(MEETING.c.id, MEETING.c.run_id, MEETING.c.number, RUN.c.title, MEETING.c.starts_at, MEETING.c.ends_at),
            *(func.coalesce(VENUE.c.nickname, VENUE.c.name, RUN.c.place), RUN.c.to_bring),
        )
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .outerjoin(VENUE, VENUE.c.id == RUN.c.venue_id)
        .join(_MARK, _MARK.c.meeting_id == MEETING.c.id)
        .where(
            _MARK.c.learner_id == learner_id,
            _MARK.c.current,
            _MARK.c.state == AttendanceState.MAKING_UP,
            MEETING.c.starts_at > now,
            IS_ON,
        )
        .order_by(MEETING.c.starts_at, MEETING.c.id)
    )
    if instead_of is not None:
        course = select(_INSTEAD.c.course_code).where(_INSTEAD.c.id == instead_of).scalar_subquery()
        statement = statement.where(RUN.c.course_code == course, RUN.c.id != instead_of)
    return [Arranged._make(row) for row in db.session.execute(statement)]


def making_up_at(meeting_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(meeting, learner) of everybody who is to come there to make up for one they missed. One statement."""
    rows = db.session.execute(
        select(_MARK.c.meeting_id, _MARK.c.learner_id)
        .where(_MARK.c.meeting_id.in_(list(meeting_ids)), _MARK.c.current, _MARK.c.state == AttendanceState.MAKING_UP)
        .order_by(_MARK.c.meeting_id, _MARK.c.learner_id)
    )
    return [(row.meeting_id, row.learner_id) for row in rows]
