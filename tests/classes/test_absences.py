"""Late cancellations and absences are counted, of one year, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supportdesk.classes.absences import absences_of
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.models import AttendanceState
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from tests.classes.making import DAY, enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")


def test_what_was_given_up_late_and_who_did_not_come_are_counted(clock: Clock) -> None:
    make_reference()
    learner_id, starts_at = make_learner(), meeting_at().starts_at
    early, late, called_off = (enrol(make_run(meeting_at(hour=10)), learner_id, clash_reason="試験") for _ in range(3))
    absent, announced = (make_run(meeting_at(DAY, hour)) for hour in (13, 15))
    for run_id in (absent, announced):
        enrol(run_id, learner_id)
    for booked, hours in ((early, 25), (late, 23)):
        clock.set(starts_at - timedelta(hours=hours))
        with transaction():
            cancel_enrolment(booked.enrolment_id, actor=SYSTEM, now=desk_clock.now())
    with transaction():
        cancel_run(3, actor=SYSTEM, now=desk_clock.now())
    assert called_off.seat == 1
    clock.set(starts_at + timedelta(hours=8))
    for run_id, state in ((absent, AttendanceState.ABSENT), (announced, AttendanceState.ABSENT_NOTIFIED)):
        with transaction():
            mark = Mark(learner_id, state, desk_clock.now())
            record_attendance(meeting_of(run_id), [mark], actor=SYSTEM, now=desk_clock.now())
    assert absences_of(learner_id, desk_clock.now()) == (1, 1, 1)
    assert not absences_of(make_learner(), desk_clock.now()).any
    clock.advance(days=366)
    assert absences_of(learner_id, desk_clock.now()) == (0, 0, 0)


def test_nobody_was_absent_from_what_was_called_off() -> None:
    make_reference()
    learner_id, run_id = make_learner(), make_run(meeting_at(), meeting_at(DAY + timedelta(days=7)))
    enrol(run_id, learner_id)
    now = desk_clock.now()
    with transaction():
        mark = Mark(learner_id, AttendanceState.ABSENT_NOTIFIED, now)
        record_attendance(meeting_of(run_id), [mark], actor=SYSTEM, now=now)
    assert absences_of(learner_id, now).announced == 1
    with transaction():
        change_day(DAY, [Wanted(meeting_of(run_id))], reason="大雪のため", actor=SYSTEM, now=now)
    assert absences_of(learner_id, now).announced == 0
