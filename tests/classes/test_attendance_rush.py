"""Many devices hand in attendance at once: nobody sees an error, every mark is kept, one stands for each learner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.confirmation import confirm_levels
from supportdesk.classes.models import AttendanceMark, AttendanceState
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.skills.models import SkillEvidence
from tests.classes.making import make_run, meeting_at, meeting_of
from tests.factories import make_learner, make_reference
from tests.racing import race

BEGINS = meeting_at().starts_at
STATES = (AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.ABSENT)


def _device(meeting_id: int, learners: list[int], number: int) -> Callable[[], str]:
    """A device that saw everybody `number` seconds into the meeting, and hands them in in an order of its own."""

    def hand_in() -> str:
        at = BEGINS + timedelta(seconds=number)
        order = learners if number % 2 else learners[::-1]
        marks = [Mark(one, STATES[number % len(STATES)], at) for one in order]
        with transaction():
            record_attendance(meeting_id, marks, actor=SYSTEM, now=BEGINS + timedelta(minutes=10))
        return "handed in"

    return hand_in


def _confirmer(meeting_id: int) -> Callable[[], int]:
    def confirm() -> int:
        with transaction():
            return confirm_levels(meeting_id, actor=SYSTEM, now=BEGINS + timedelta(hours=1))

    return confirm


def test_twelve_devices_at_once_lose_no_mark_and_the_latest_observation_stands(app: Flask) -> None:
    with app.app_context():
        make_reference()
        meeting_id, learners = meeting_of(make_run()), [make_learner() for _ in range(5)]
        db.session.remove()
    outcomes = race(app, [_device(meeting_id, learners, number) for number in range(12)])
    assert outcomes == ["handed in"] * 12
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AttendanceMark)) == 60
        standing = db.session.execute(
            select(AttendanceMark.learner_id, AttendanceMark.observed_at).where(AttendanceMark.current)
        ).all()
        assert sorted(row.learner_id for row in standing) == sorted(learners)
        assert {row.observed_at for row in standing} == {BEGINS + timedelta(seconds=11)}
        db.session.remove()


def test_two_who_confirm_at_once_write_each_level_once(app: Flask) -> None:
    with app.app_context():
        make_reference()
        meeting_id, learners = meeting_of(make_run()), [make_learner() for _ in range(3)]
        with transaction():
            marks = [Mark(one, AttendanceState.PRESENT, BEGINS) for one in learners]
            record_attendance(meeting_id, marks, actor=SYSTEM, now=BEGINS)
        db.session.remove()
    outcomes = race(app, [_confirmer(meeting_id) for _ in range(4)])
    assert sorted(outcomes, key=str) == [0, 0, 0, 3]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SkillEvidence)) == 12
        db.session.remove()
