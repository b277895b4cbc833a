"""The roster knows everybody expected, waiting or come, in as many statements however many they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.attendance_queries import (
    is_on_roster,
    meetings_of_staff,
    paper_people,
    roster,
    unfinished_of_staff,
)
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import AttendanceState
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills
from tests.classes.making import DAY, enrol, make_run, meeting_at, meeting_of
from tests.factories import make_actor, make_learner, make_reference
from tests.plans import fill_the_register, looked_through
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
BEGINS = meeting_at().starts_at
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def mark(meeting_id: int, learner_id: int, state: AttendanceState, minute: int = 0) -> None:
    at = BEGINS + timedelta(minutes=minute)
    with transaction():
        record_attendance(meeting_id, [Mark(learner_id, state, at)], actor=SYSTEM, now=at)


def test_seats_come_first_then_the_line_then_whoever_came_without_either() -> None:
    run_id = make_run(capacity=2)
    meeting_id = meeting_of(run_id)
    first, second, waiting = (make_learner() for _ in range(3))
    walk_in, taken_back, stranger = make_learner("アア"), make_learner(), make_learner()
    codes = [enrol(run_id, one).code for one in (first, second, waiting)]
    mark(meeting_id, walk_in, AttendanceState.WALK_IN)
    mark(meeting_id, taken_back, AttendanceState.WALK_IN)
    mark(meeting_id, taken_back, AttendanceState.UNMARKED, minute=1)
    rows = roster(meeting_id)
    assert [(row.learner_id, row.seat, row.waiting, row.code, row.state) for row in rows] == [
        (first, 1, False, codes[0], None),
        (second, 2, False, codes[1], None),
        (waiting, None, True, codes[2], None),
        (walk_in, None, False, "", AttendanceState.WALK_IN),
    ]
    assert stranger not in {row.learner_id for row in rows}
    known = [one for one in (first, second, waiting, walk_in, taken_back, stranger) if is_on_roster(meeting_id, one)]
    assert known == [first, second, waiting, walk_in]


def test_whoever_came_and_cancelled_afterwards_is_still_on_it() -> None:
    run_id, learner_id = make_run(meeting_at(), meeting_at(DAY + timedelta(days=7))), make_learner()
    meeting_id = meeting_of(run_id)
    booked = enrol(run_id, learner_id)
    mark(meeting_id, learner_id, AttendanceState.PRESENT)
    with transaction():
        cancel_enrolment(booked.enrolment_id, actor=SYSTEM, now=BEGINS)
    (row,) = roster(meeting_id)
    assert (row.learner_id, row.state, row.expected, row.attended) == (
        learner_id,
        AttendanceState.PRESENT,
        False,
        True,
    )


def test_the_register_is_not_looked_through_for_it() -> None:
    run_id, walk_in = make_run(), make_learner()
    enrol(run_id, make_learner())
    meeting_id = meeting_of(run_id)
    mark(meeting_id, walk_in, AttendanceState.WALK_IN)
    fill_the_register()
    assert "learner" in looked_through(lambda: db.session.scalars(select(Learner.id)).all())
    assert "learner" not in looked_through(lambda: roster(meeting_id))
    assert "learner" not in looked_through(lambda: is_on_roster(meeting_id, walk_in))


def test_it_shows_what_each_can_do_of_what_is_taught_and_what_they_claim() -> None:
    run_id, learner_id = make_run(), make_learner()
    enrol(run_id, learner_id)
    now = clock.now()
    with transaction():
        for code, level, source in (
            ("A1", 1, EvidenceSource.CLASS),
            ("A2", 3, EvidenceSource.SELF_CHECK),
            ("B1", 2, EvidenceSource.CLASS),
        ):
            award_skills(
                [Observation(learner_id, code, level)],
                source=source,
                activity="video:1",
                observed_at=now,
                actor=SYSTEM,
                now=now,
            )
    (row,) = roster(meeting_of(run_id))
    assert {code: (known.level, known.asks) for code, known in row.levels.items()} == {
        "A1": (1, False),
        "A2": (2, True),
        "A4": (None, False),
        "A5": (None, False),
    }


def test_reads_take_the_same_statements_however_many_they_are_about(queries: Counting) -> None:
    instructor = make_actor(Role.INSTRUCTOR)
    assert instructor.account_id is not None
    run_id = make_run(meeting_at(staff=[instructor.account_id]), capacity=5)
    meeting_id = meeting_of(run_id)
    for _ in range(8):
        learner_id = make_learner()
        enrol(run_id, learner_id)
        mark(meeting_id, learner_id, AttendanceState.PRESENT)
    with queries() as seen:
        assert len(roster(meeting_id)) == 8
    assert len(seen) == 5
    with queries() as seen:
        assert len(paper_people(meeting_id, instructor)) == 8
    assert len(seen) == 5
    later = BEGINS + timedelta(days=1)
    with queries() as seen:
        (mine,) = meetings_of_staff(instructor.account_id, first=BEGINS, end=later)
        (left,) = unfinished_of_staff(instructor.account_id, now=later, days=60)
    assert len(seen) == 2
    assert (mine.marked, mine.attended) == (left.marked, left.attended) == (8, 8)
