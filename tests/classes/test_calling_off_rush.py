"""A class is called off while somebody takes its attendance: the second knows of the first, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState, Run, RunState
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.classes.making import enrol, make_run, meeting_of
from tests.factories import make_learner, make_reference
from tests.racing import meet


def _two(app: Flask) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Who calls a class off, and who notes of one of its learners that they will not come."""
    with app.app_context():
        make_reference()
        run_id, learner_id = make_run(), make_learner()
        enrol(run_id, learner_id)
        meeting_id, now = meeting_of(run_id), clock.now()
        db.session.remove()
    return (
        lambda: cancel_run(run_id, actor=SYSTEM, now=now),
        lambda: record_attendance(
            meeting_id, [Mark(learner_id, AttendanceState.ABSENT_NOTIFIED, now)], actor=SYSTEM, now=now
        ),
    )


def _marks(app: Flask) -> list[AttendanceState]:
    with app.app_context():
        assert db.session.scalars(select(Run.state)).one() is RunState.CANCELLED
        marks = list(db.session.scalars(select(AttendanceMark.state)))
        db.session.remove()
    return marks


def test_nobody_is_marked_at_a_class_that_is_being_called_off(app: Flask) -> None:
    call_off, mark = _two(app)
    assert meet(app, call_off, mark) == ["done", "MeetingCalledOff"]
    assert _marks(app) == []


def test_a_class_is_called_off_after_the_mark_that_came_first(app: Flask) -> None:
    call_off, mark = _two(app)
    assert meet(app, mark, call_off) == ["done", "done"]
    assert _marks(app) == [AttendanceState.ABSENT_NOTIFIED]
