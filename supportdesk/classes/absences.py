"""How often somebody did not come to a class they had a seat in, or gave it up so late that nobody else could come.

Counted so that the desk can call them the day before; nothing follows from it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select

from supportdesk.classes.locking import RUN
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment, EnrolmentState, RunState
from supportdesk.classes.office import LATE_HOURS
from supportdesk.core.database import table_of
from supportdesk.extensions import db

_YEAR: Final = timedelta(days=365)
_MARK = table_of(AttendanceMark)
_ENROLMENT = table_of(Enrolment)


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

    A seat given up within so many hours (a setting) before the class began counts as late, unless the class itself was
    called off.
    """
    counted = db.session.execute(
        select(_MARK.c.state, func.count().label("how_many"))
        .where(
            _MARK.c.learner_id == learner_id,
            _MARK.c.current,
            _MARK.c.state.in_((AttendanceState.ABSENT, AttendanceState.ABSENT_NOTIFIED)),
            _MARK.c.observed_at > now - _YEAR,
        )
        .group_by(_MARK.c.state)
    )
    marks = {row.state: row.how_many for row in counted}
    given_up = db.session.execute(
        select(_ENROLMENT.c.cancelled_at, RUN.c.starts_at)
        .join(RUN, RUN.c.id == _ENROLMENT.c.run_id)
        .where(
            _ENROLMENT.c.learner_id == learner_id,
            _ENROLMENT.c.state == EnrolmentState.CANCELLED,
            _ENROLMENT.c.cancelled_at > now - _YEAR,
            RUN.c.state == RunState.OPEN,
        )
    )
    hours = timedelta(hours=LATE_HOURS.get())
    late = sum(row.starts_at - hours < row.cancelled_at < row.starts_at for row in given_up)
    return Absences(
        late,
        marks.get(AttendanceState.ABSENT, 0),
        marks.get(AttendanceState.ABSENT_NOTIFIED, 0),
    )
