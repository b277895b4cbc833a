"""How often somebody did not come to a class they had a seat in, or gave it up so late that nobody else could come.

Counted so that the desk can call them the day before; nothing follows from it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select

from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.classes.queries import IS_ON, MEETING, RUN
from supportdesk.core.database import table_of
from supportdesk.extensions import db

_YEAR: Final = timedelta(days=365)
_MARK = table_of(AttendanceMark)


class Absences(NamedTuple):
    """Of one learner within a year. `announced`: they said beforehand that they would not come."""

    late_cancellations: int
    absences: int
    announced: int

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return any(self)


def absences_of(learner_id: int, now: datetime) -> Absences:
    """The year's late cancellations and absences. Two statements.

    Nobody was absent from a meeting that was called off. A seat given up within so many hours (a setting) before the
    class began counts as late.
    """
    counted = db.session.execute(
        select(_MARK.c.state, func.count().label("how_many"))
        .join(MEETING, MEETING.c.id == _MARK.c.meeting_id)
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .where(
            _MARK.c.learner_id == learner_id,
            IS_ON,
            _MARK.c.current,
            _MARK.c.state.in_((AttendanceState.ABSENT, AttendanceState.ABSENT_NOTIFIED)),
            _MARK.c.observed_at > now - _YEAR,
        )
        .group_by(_MARK.c.state)
    )
    marks = {row.state: row.how_many for row in counted}
    late = db.session.scalar(
        select(func.count()).where(
            Enrolment.learner_id == learner_id, Enrolment.given_up_late, Enrolment.cancelled_at > now - _YEAR
        )
    )
    return Absences(
        late or 0,
        marks.get(AttendanceState.ABSENT, 0),
        marks.get(AttendanceState.ABSENT_NOTIFIED, 0),
    )
