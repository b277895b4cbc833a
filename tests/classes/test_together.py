"""Two who belong together sit side by side or wait together; where one seat is free, the clerk says whose it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.actions import Action
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.enrolment import Enrolled
from supportdesk.classes.errors import AlreadyEnrolled, LearnerClash, NoSeatLeft, OneSeatLeft, RunNotOpen
from supportdesk.classes.models import Enrolment, EnrolmentState, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.classes.together import Comer, Together, enrol_both, enrolled_among, promise_of, two_seats
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.caller import THE_LEARNER, Caller
from tests.classes.making import enrol, make_run
from tests.factories import make_learner, make_reference
from tests.racing import race
from tests.trail import noted


@pytest.fixture
def city(context: None) -> None:
    make_reference()


def both(
    run_id: int, one: int, other: int, promised: Together = Together.SEATS, **more: object
) -> tuple[Enrolled, Enrolled]:
    callers = Comer(one, THE_LEARNER), Comer(other, Caller("タナカ ハツ", "妻", ""))
    with transaction():
        return enrol_both(run_id, *callers, promised=promised, actor=SYSTEM, now=clock.now(), **more)  # type: ignore[arg-type]


def enrolments(run_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Enrolment.run_id == run_id)) or 0


@pytest.mark.parametrize(
    ("free", "given"),
    [([], []), ([4], [4]), ([1, 2, 3], [1, 2]), ([1, 3, 4, 6, 7], [3, 4]), ([2, 5, 9], [2, 5]), ([1, 9, 10], [9, 10])],
)
def test_two_seats_are_side_by_side_where_such_are_free(free: list[int], given: list[int]) -> None:
    assert two_seats(free) == given


def test_what_two_can_be_told_depends_on_the_free_seats() -> None:
    assert [promise_of(free) for free in (0, 1, 2, 9)] == [Together.WAIT, None, Together.SEATS, Together.SEATS]


@pytest.mark.usefixtures("city")
def test_both_have_seats_side_by_side_though_a_lower_one_is_free() -> None:
    run_id = make_run(capacity=5)
    first, *_others = [enrol(run_id, make_learner()) for _ in range(2)]
    with transaction():
        cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=clock.now())
    one, other = both(run_id, make_learner(), make_learner())
    assert (one.seat, other.seat) == (3, 4)
    assert enrol(run_id, make_learner()).seat == 1
    assert db.session.scalar(select(Run.taken).where(Run.id == run_id)) == 4


@pytest.mark.usefixtures("city")
def test_who_called_is_kept_with_each() -> None:
    run_id, hatsu, taro = make_run(), make_learner(), make_learner()
    both(run_id, hatsu, taro)
    kept = {row.learner_id: row.caller_name for row in db.session.scalars(select(Enrolment))}
    assert kept == {hatsu: "", taro: "タナカ ハツ"}
    assert [entry[1] for entry in noted(Action.ENROL_LEARNER)] == [f"learner:{hatsu}", f"learner:{taro}"]


@pytest.mark.usefixtures("city")
def test_where_one_seat_is_free_neither_is_enrolled_until_the_clerk_says_whose_it_is() -> None:
    run_id, hatsu, taro = make_run(capacity=1), make_learner(), make_learner()
    for promised in (Together.SEATS, Together.WAIT):
        with pytest.raises(OneSeatLeft):
            both(run_id, hatsu, taro, promised)
    assert enrolments(run_id) == 0
    one, other = both(run_id, hatsu, taro, Together.SECOND)
    assert (one.line, other.seat) == (1, 1)


@pytest.mark.usefixtures("city")
def test_whose_the_one_seat_is_they_keep_though_the_order_is_the_other() -> None:
    run_id, hatsu, taro = make_run(capacity=1), make_learner(), make_learner()
    one, other = both(run_id, hatsu, taro, Together.FIRST)
    assert (one.seat, other.line) == (1, 1)


@pytest.mark.usefixtures("city")
def test_both_wait_one_behind_the_other_where_that_was_said_before() -> None:
    run_id, hatsu, taro = make_run(capacity=1), make_learner(), make_learner()
    enrol(run_id, make_learner())
    for promised in (Together.SEATS, Together.FIRST, Together.SECOND):
        with pytest.raises(NoSeatLeft):
            both(run_id, hatsu, taro, promised)
    assert enrolments(run_id) == 1
    one, other = both(run_id, hatsu, taro, Together.WAIT)
    assert (one.line, other.line) == (1, 2)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("promised", [Together.WAIT, Together.FIRST, Together.SECOND])
def test_seats_that_were_freed_meanwhile_are_given_to_both(promised: Together) -> None:
    one, other = both(make_run(capacity=2), make_learner(), make_learner(), promised)
    assert {one.seat, other.seat} == {1, 2}


@pytest.mark.usefixtures("city")
def test_one_who_is_enrolled_already_stops_both() -> None:
    run_id, hatsu, taro = make_run(), make_learner(), make_learner()
    enrol(run_id, taro)
    with pytest.raises(AlreadyEnrolled):
        both(run_id, hatsu, taro)
    assert enrolments(run_id) == 1
    assert enrolled_among([run_id], [hatsu, taro]).keys() == {(run_id, taro)}


@pytest.mark.usefixtures("city")
def test_the_clash_of_either_stops_both_and_its_reason_is_kept_with_them() -> None:
    run_id, elsewhere, hatsu, taro = make_run(), make_run(), make_learner(), make_learner()
    enrol(elsewhere, taro)
    with pytest.raises(LearnerClash):
        both(run_id, hatsu, taro)
    assert enrolments(run_id) == 0
    both(run_id, hatsu, taro, clash_reason="早退する")
    kept = select(Enrolment.learner_id, Enrolment.clash_reason).where(Enrolment.run_id == run_id)
    assert {row.learner_id: row.clash_reason for row in db.session.execute(kept)} == {hatsu: "", taro: "早退する"}


@pytest.mark.usefixtures("city")
def test_a_run_that_was_called_off_takes_nobody() -> None:
    run_id = make_run()
    with transaction():
        cancel_run(run_id, actor=SYSTEM, now=clock.now())
    with pytest.raises(RunNotOpen):
        both(run_id, make_learner(), make_learner())


def _pair(run_id: int, one: int, other: int) -> Callable[[], object]:
    def press() -> object:
        try:
            return tuple(enrolled.seat for enrolled in both(run_id, one, other))
        except (OneSeatLeft, NoSeatLeft) as refusal:
            return type(refusal).__name__

    return press


def test_the_last_two_seats_go_to_one_couple_of_ten(app: Flask) -> None:
    with app.app_context():
        make_reference()
        run_id = make_run(capacity=2)
        couples = [(make_learner(), make_learner()) for _ in range(10)]
        db.session.remove()
    outcomes = race(app, [_pair(run_id, *couple) for couple in couples])
    assert sorted(map(str, outcomes)) == ["(1, 2)", *["NoSeatLeft"] * 9]


def test_a_couple_and_single_callers_share_three_seats_without_a_gap(app: Flask) -> None:
    with app.app_context():
        make_reference()
        run_id = make_run(capacity=3)
        couples = [(make_learner(), make_learner()) for _ in range(4)]
        singles = [make_learner() for _ in range(4)]
        db.session.remove()
    pressed = [_pair(run_id, *couple) for couple in couples] + [lambda one=one: enrol(run_id, one) for one in singles]
    outcomes = race(app, pressed)
    assert not [one for one in outcomes if isinstance(one, str) and one not in {"OneSeatLeft", "NoSeatLeft"}], outcomes
    with app.app_context():
        run = db.session.get_one(Run, run_id)
        seated = select(Enrolment.seat).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.SEATED)
        assert set(db.session.scalars(seated)) == {1, 2, 3}
        assert run.taken == 3
        assert run.waiting == enrolments(run_id) - 3
