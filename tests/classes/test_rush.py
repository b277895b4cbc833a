"""Forty callers at once for ten seats: ten seats, thirty in line, in order, and nobody sees an error."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.enrolment import Enrolled
from supportdesk.classes.models import Enrolment, EnrolmentState, Run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.classes.making import enrol, make_run, meeting_at
from tests.factories import make_learner, make_reference
from tests.racing import race, race_in_rounds

ROUNDS = 3


def _caller(run_id: int, learner_id: int) -> Callable[[], Enrolled]:
    return lambda: enrol(run_id, learner_id)


def _canceller(enrolment_id: int) -> Callable[[], str]:
    def cancel() -> str:
        with transaction():
            cancel_enrolment(enrolment_id, actor=SYSTEM, now=clock.now())
        return "cancelled"

    return cancel


def _parted(app: Flask) -> None:
    """The children must not inherit a session with a connection in it."""
    with app.app_context():
        db.session.remove()


def test_ten_seats_go_to_ten_of_forty_callers_and_the_rest_wait_in_order(app: Flask) -> None:
    with app.app_context():
        make_reference()
        learners = [make_learner() for _ in range(40)]
        runs = [make_run(meeting_at(hour=hour), capacity=10) for hour in range(10, 10 + ROUNDS)]
    _parted(app)
    rounds = [[_caller(run_id, learner_id) for learner_id in learners] for run_id in runs]
    for run_id, outcomes in zip(runs, race_in_rounds(app, rounds), strict=True):
        assert all(isinstance(one, Enrolled) for one in outcomes), outcomes
        assert sorted(one.seat for one in outcomes if one.seat) == list(range(1, 11))
        waiting = sorted((one for one in outcomes if one.line), key=lambda one: one.line)
        assert [one.line for one in waiting] == list(range(1, 31))
        assert [one.enrolment_id for one in waiting] == sorted(one.enrolment_id for one in waiting)
        with app.app_context():
            run = db.session.get_one(Run, run_id)
            assert (run.taken, run.waiting) == (10, 30)


def test_ten_who_cancel_at_once_have_the_first_ten_in_line_asked(app: Flask) -> None:
    with app.app_context():
        make_reference()
        run_id = make_run(capacity=10)
        enrolled = [enrol(run_id, make_learner()) for _ in range(25)]
    _parted(app)
    outcomes = race(app, [_canceller(one.enrolment_id) for one in enrolled[:10]])
    assert outcomes == ["cancelled"] * 10
    with app.app_context():
        seated = db.session.scalars(
            select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.OFFERED)
        ).all()
        assert sorted(seated) == [one.enrolment_id for one in enrolled[10:20]]
        run = db.session.get_one(Run, run_id)
        assert (run.taken, run.waiting) == (10, 5)


def test_two_who_enrol_the_same_learner_make_one_enrolment(app: Flask) -> None:
    with app.app_context():
        make_reference()
        run_id, learner_id = make_run(), make_learner()
    _parted(app)
    outcomes = race(app, [_caller(run_id, learner_id) for _ in range(6)])
    made = [one for one in outcomes if isinstance(one, Enrolled)]
    assert len(made) == 1, outcomes
    assert all("AlreadyEnrolled" in one for one in outcomes if isinstance(one, str)), outcomes
