"""What was known of a meeting before its day: who will not come, who comes to make up. It holds for that day alone.

Called by whatever moves a meeting, and by whoever takes that back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.marks import marks_of
from supportdesk.classes.models import AttendanceMark, AttendanceState
from supportdesk.core.database import connection, table_of
from supportdesk.core.permissions import Actor

_MARK = table_of(AttendanceMark)
KNOWN: Final = (AttendanceState.ABSENT_NOTIFIED, AttendanceState.MAKING_UP)


def take_back_known(
    meeting_ids: Collection[int], states: Collection[AttendanceState] = KNOWN, *, actor: Actor, now: datetime
) -> None:
    """These meetings are not held as they were known: who said what of them may come or not. One statement, unless
    somebody had said something.
    """
    standing = select(_MARK.c.meeting_id, _MARK.c.learner_id).where(
        _MARK.c.meeting_id.in_(list(meeting_ids)), _MARK.c.current, _MARK.c.state.in_(states)
    )
    said: dict[int, list[Mark]] = defaultdict(list)
    for row in connection().execute(standing.order_by(_MARK.c.meeting_id, _MARK.c.learner_id)):
        said[row.meeting_id].append(Mark(row.learner_id, AttendanceState.UNMARKED, now))
    _record(said, actor=actor, now=now)


def give_back_known(meeting_ids: Collection[int], *, taken_back_at: datetime, actor: Actor, now: datetime) -> None:
    """What was taken back at that very instant is known again, unless something was marked since."""
    unmarked = select(_MARK.c.meeting_id, _MARK.c.learner_id).where(
        _MARK.c.meeting_id.in_(list(meeting_ids)),
        _MARK.c.current,
        _MARK.c.state == AttendanceState.UNMARKED,
        _MARK.c.recorded_at == taken_back_at,
    )
    gone: dict[int, list[int]] = defaultdict(list)
    for row in connection().execute(unmarked.order_by(_MARK.c.meeting_id, _MARK.c.learner_id)):
        gone[row.meeting_id].append(row.learner_id)
    said = {
        meeting_id: [
            Mark(learner_id, marks[-2].state, now)
            for learner_id, marks in marks_of(meeting_id, learner_ids).items()
            if len(marks) > 1 and marks[-2].state in KNOWN
        ]
        for meeting_id, learner_ids in gone.items()
    }
    _record(said, actor=actor, now=now)


def _record(said: Mapping[int, Sequence[Mark]], *, actor: Actor, now: datetime) -> None:
    for meeting_id, marks in said.items():
        if marks:
            record_attendance(meeting_id, marks, actor=actor, now=now)
