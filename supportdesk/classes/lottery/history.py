"""What the weights come from: the draws that somebody lost since they last had a seat, and whether they ever came.

Derived each time from what happened: there is no counter that could be wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from supportdesk.classes.lottery.models import Draw, LotteryEntrant, LotteryEntry
from supportdesk.classes.models import (
    AttendanceMark,
    AttendanceState,
    Enrolment,
    EnrolmentState,
    Meeting,
    Run,
    RunKind,
    RunState,
)
from supportdesk.core.database import connection

_CAME = (AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.WALK_IN)


class Past(NamedTuple):
    """Draws lost since the last seat in one; whether no class has seen them yet."""

    losses: int = 0
    newcomer: bool = True


def pasts_of(learner_ids: Collection[int]) -> Mapping[int, Past]:
    """The past of each of these learners. Two statements."""
    losses, came = _losses(learner_ids), _came(learner_ids)
    return {one: Past(losses.get(one, 0), one not in came) for one in learner_ids}


def _losses(learner_ids: Collection[int]) -> dict[int, int]:
    """How often each came away empty since the last draw that gave them a seat, at once or from the waiting list. Runs
    that were called off count neither way.
    """
    rows = connection().execute(
        select(LotteryEntrant.learner_id, LotteryEntry.seated, Enrolment.state, Enrolment.had_seat)
        .join(LotteryEntry, LotteryEntry.id == LotteryEntrant.entry_id)
        .join(Draw, Draw.run_id == LotteryEntry.run_id)
        .join(Run, Run.id == LotteryEntry.run_id)
        .join(Enrolment, Enrolment.id == LotteryEntrant.enrolment_id)
        .where(LotteryEntrant.learner_id.in_(learner_ids), Run.state == RunState.OPEN)
        .order_by(Draw.drawn_at, Draw.run_id)
    )
    losses: dict[int, int] = {}
    for row in rows:
        had_seat = row.seated or row.had_seat or row.state is EnrolmentState.SEATED
        losses[row.learner_id] = 0 if had_seat else losses.get(row.learner_id, 0) + 1
    return losses


def _came(learner_ids: Collection[int]) -> set[int]:
    return set(
        connection().scalars(
            select(AttendanceMark.learner_id)
            .join(Meeting, Meeting.id == AttendanceMark.meeting_id)
            .join(Run, Run.id == Meeting.run_id)
            .where(
                AttendanceMark.learner_id.in_(learner_ids),
                AttendanceMark.current,
                AttendanceMark.state.in_(_CAME),
                Run.kind == RunKind.CLASS,
            )
            .distinct()
        )
    )
