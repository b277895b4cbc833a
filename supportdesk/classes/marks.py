"""Marks as they are kept: which one of a learner's stands, and where two saw it differently. Called by `attendance`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select, update

from supportdesk.classes.locking import MEETING, RUN
from supportdesk.classes.models import AttendanceMark, AttendanceState
from supportdesk.core.database import connection, table_of
from supportdesk.learners.keys import note_last_venues

_MARK = table_of(AttendanceMark)

#: Who took part.
ATTENDED: Final = frozenset({AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.WALK_IN})
#: What says nothing of whether somebody came.
NOT_SEEN: Final = frozenset({AttendanceState.MAKING_UP, AttendanceState.UNMARKED})


class KeptMark(NamedTuple):
    """A mark as it is kept."""

    id: int
    learner_id: int
    state: AttendanceState
    observed_at: datetime
    recorded_at: datetime
    recorded_by: int | None


class Disagreement(NamedTuple):
    """Two who saw the same learner differently: the mark that stands and the one that it overrules."""

    standing: KeptMark
    overruled: KeptMark


_KEPT = (
    select(
        _MARK.c.id,
        _MARK.c.learner_id,
        _MARK.c.state,
        _MARK.c.observed_at,
        _MARK.c.recorded_at,
        _MARK.c.recorded_by,
    )
    .where(_MARK.c.meeting_id == bindparam("meeting"), _MARK.c.learner_id.in_(bindparam("learners", expanding=True)))
    .order_by(_MARK.c.observed_at, _MARK.c.id)
)
_STANDS_NO_MORE = (
    update(_MARK)
    .where(
        _MARK.c.meeting_id == bindparam("meeting"),
        _MARK.c.learner_id.in_(bindparam("learners", expanding=True)),
        _MARK.c.current,
        _MARK.c.id.not_in(bindparam("standing", expanding=True)),
    )
    .values(current=False)
)
_STANDS = update(_MARK).where(_MARK.c.id.in_(bindparam("standing", expanding=True))).values(current=True)
#: At which venue each was, the latest meeting last. A lecture at a group's own place has none.
_WERE_AT = (
    select(_MARK.c.learner_id, RUN.c.venue_id)
    .join(MEETING, MEETING.c.id == _MARK.c.meeting_id)
    .join(RUN, RUN.c.id == MEETING.c.run_id)
    .where(
        _MARK.c.learner_id.in_(bindparam("learners", expanding=True)),
        _MARK.c.current,
        _MARK.c.state.in_(ATTENDED),
        RUN.c.venue_id.is_not(None),
    )
    .order_by(MEETING.c.starts_at, MEETING.c.id)
)


def disagreement_of(marks: Sequence[KeptMark]) -> Disagreement | None:
    """Whether the last of these marks, in the order of observation, contradicts one that nobody has looked at since.

    That is the mark just before it when somebody else made it, or one that arrived after it. Marking once more, now
    that both are known, settles it; a mark that was taken back contradicts nothing.
    """
    *earlier, standing = marks
    for mark in reversed(earlier):
        arrived_later = mark.id > standing.id
        by_another = mark is earlier[-1] and mark.recorded_by != standing.recorded_by
        if (arrived_later or by_another) and mark.state not in (standing.state, *NOT_SEEN):
            return Disagreement(standing, mark)
    return None


def marks_of(meeting_id: int, learner_ids: Sequence[int]) -> dict[int, list[KeptMark]]:
    """Every mark of these learners, in the order of observation: one statement."""
    found: dict[int, list[KeptMark]] = defaultdict(list)
    for row in connection().execute(_KEPT, {"meeting": meeting_id, "learners": list(learner_ids)}):
        found[row.learner_id].append(KeptMark._make(row))
    return found


def is_to_make_up(states: Iterable[AttendanceState]) -> bool:
    """Whether somebody with these marks, in the order of observation, is to come to make up for another meeting: that
    was arranged, and not given up before anything was seen of them. A tap that is taken back gives nothing up.
    """
    expected, before = False, AttendanceState.UNMARKED
    for state in states:
        if state is AttendanceState.MAKING_UP:
            expected = True
        elif state is AttendanceState.UNMARKED and before is AttendanceState.MAKING_UP:
            expected = False
        before = state
    return expected


def settle(meeting_id: int, learner_ids: list[int]) -> tuple[Disagreement, ...]:
    """Let the latest observation of each learner stand, and no other."""
    found = marks_of(meeting_id, learner_ids)
    standing = [marks[-1].id for marks in found.values()]
    connection().execute(_STANDS_NO_MORE, {"meeting": meeting_id, "learners": learner_ids, "standing": standing})
    connection().execute(_STANDS, {"standing": standing})
    note_last_venues(last_venues(learner_ids))
    return tuple(one for marks in found.values() if (one := disagreement_of(marks)) is not None)


def last_venues(learner_ids: list[int]) -> dict[int, int | None]:
    """The venue of the last class that each came to, by which callers are remembered; None for whoever came to none."""
    were_at = {row.learner_id: row.venue_id for row in connection().execute(_WERE_AT, {"learners": learner_ids})}
    return {learner_id: were_at.get(learner_id) for learner_id in learner_ids}
