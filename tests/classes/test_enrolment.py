"""Seats go to whoever comes first, and the rest wait in order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from supportdesk.classes.cancelling import cancel_enrolment, move_enrolment
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.errors import (
    AlreadyBegun,
    AlreadyCancelled,
    AlreadyEnrolled,
    LearnerClash,
    NoSeatThere,
    OnDuty,
    RunNotOpen,
    SameRun,
)
from supportdesk.classes.models import Enrolment, EnrolmentState, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Learner
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places import occupancy
from tests.classes.making import DAY, enrol, learner_who_is, make_run, meeting_at, meeting_of
from tests.factories import make_account, make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def cancel(enrolment_id: int) -> None:
    with transaction():
        cancel_enrolment(enrolment_id, actor=SYSTEM, now=clock.now())


def numbers(run_id: int) -> tuple[int, int]:
    """Seats taken and learners waiting, as the run counts them; they agree with its enrolments."""
    run = db.session.get_one(Run, run_id, populate_existing=True)
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.run_id == run_id)).all()
    assert states.count(EnrolmentState.SEATED) + states.count(EnrolmentState.OFFERED) == run.taken
    assert states.count(EnrolmentState.WAITING) == run.waiting
    return run.taken, run.waiting


def notices(enrolment_id: int) -> list[tuple[str, NoticeState]]:
    rows = db.session.execute(
        select(Notice.kind, Notice.state).where(Notice.activity == f"enrolment:{enrolment_id}").order_by(Notice.id)
    )
    return [(row.kind, row.state) for row in rows]


def has_time(learner_id: int, day: date = DAY) -> set[str]:
    person = occupancy.person(db.session.get_one(Learner, learner_id).person_id)
    plan = meeting_at(day)
    return occupancy.who_has([person], plan.starts_at, plan.ends_at).get(person, set())


def test_seats_are_given_in_order_and_then_places_on_the_waiting_list() -> None:
    run_id = make_run(capacity=2)
    given = [enrol(run_id, make_learner()) for _ in range(4)]
    assert [(one.seat, one.line) for one in given] == [(1, None), (2, None), (None, 1), (None, 2)]
    assert numbers(run_id) == (2, 2)
    assert len({one.code for one in given}) == 4
    assert all(one.code.startswith("C") for one in given)


def test_an_enrolment_keeps_the_learner_as_they_were_that_day_and_who_called() -> None:
    account = make_account(Role.RECEPTION)
    learner_id = make_learner(district_code="seibu", birth_year=1940)
    enrolled = enrol(make_run(), learner_id, caller=Caller("山田 花", "長女", "+819012345678"))
    row = db.session.get_one(Enrolment, enrolled.enrolment_id)
    assert (row.residence, row.age_band) == ("seibu", "80s")
    assert (row.caller_name, row.caller_relation, row.caller_phone) == ("山田 花", "長女", "+819012345678")
    assert account.id != row.enrolled_by


def test_a_seated_learners_time_is_taken_and_a_waiting_ones_is_not() -> None:
    run_id = make_run(capacity=1)
    seated, waiting = make_learner(), make_learner()
    enrol(run_id, seated)
    enrol(run_id, waiting)
    assert len(has_time(seated)) == 1
    assert has_time(waiting) == set()


def test_the_same_learner_is_enrolled_once_and_the_refusal_names_the_booking() -> None:
    run_id, learner_id = make_run(capacity=1), make_learner()
    first = enrol(run_id, learner_id)
    with pytest.raises(AlreadyEnrolled) as refused:
        enrol(run_id, learner_id)
    assert refused.value.details == {"enrolment_id": first.enrolment_id}
    waiting = make_learner()
    in_line = enrol(run_id, waiting)
    with pytest.raises(AlreadyEnrolled) as refused:
        enrol(run_id, waiting)
    assert refused.value.details == {"enrolment_id": in_line.enrolment_id}
    assert numbers(run_id) == (1, 1)


def test_whoever_cancelled_may_come_again_at_the_end_of_the_line() -> None:
    run_id = make_run(capacity=1)
    learner_id = make_learner()
    first = enrol(run_id, learner_id)
    enrol(run_id, make_learner())
    cancel(first.enrolment_id)
    again = enrol(run_id, learner_id)
    assert (again.seat, again.line) == (None, 1)


@pytest.mark.parametrize("run_state", ["cancelled", "begun"])
def test_what_is_called_off_or_has_begun_takes_no_enrolments(run_state: str) -> None:
    run_id, learner_id = make_run(), make_learner()
    now = clock.now()
    if run_state == "cancelled":
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=now)
    else:
        now = meeting_at().starts_at
    with pytest.raises(RunNotOpen):
        enrol(run_id, learner_id, now=now)


def test_unknown_runs_learners_and_enrolments_are_not_found() -> None:
    run_id, learner_id = make_run(), make_learner()
    with pytest.raises(NotFound):
        enrol(999999, learner_id)
    with pytest.raises(NotFound):
        enrol(run_id, 999999)
    with pytest.raises(NotFound):
        cancel(999999)
    assert numbers(run_id) == (0, 0)


class TestClashes:
    def test_a_clash_is_refused_naming_what_is_in_the_way_and_keeps_nothing(self) -> None:
        learner_id = make_learner()
        enrol(make_run(), learner_id)
        other = make_run(meeting_at(DAY - timedelta(days=1)), meeting_at(), course="K02")
        with pytest.raises(LearnerClash) as refused:
            enrol(other, learner_id)
        assert "電源の入れ方・ボタン操作（12月3日（木） 10:00〜11:00）" in str(refused.value.message)
        assert refused.value.field == "clash_reason"
        assert numbers(other) == (0, 0)
        assert len(has_time(learner_id)) == 1

    def test_a_reason_overrides_it_and_is_kept(self) -> None:
        learner_id = make_learner()
        enrol(make_run(), learner_id)
        booked = enrol(make_run(), learner_id, clash_reason="途中で移動します")
        assert db.session.get_one(Enrolment, booked.enrolment_id).clash_reason == "途中で移動します"
        assert len(has_time(learner_id)) == 2

    def test_cancelling_one_of_two_leaves_the_others_time_taken(self) -> None:
        learner_id = make_learner()
        first = enrol(make_run(), learner_id)
        second_run = make_run()
        enrol(second_run, learner_id, clash_reason="本人の希望")
        cancel(first.enrolment_id)
        assert len(has_time(learner_id)) == 1
        with pytest.raises(LearnerClash):
            enrol(make_run(), learner_id)

    def test_whoever_joins_the_waiting_list_is_warned_too(self) -> None:
        learner_id = make_learner()
        enrol(make_run(), learner_id)
        full = make_run(capacity=1)
        enrol(full, make_learner())
        with pytest.raises(LearnerClash):
            enrol(full, learner_id)
        assert enrol(full, learner_id, clash_reason="どちらか先にあいたほう").line == 1
        assert len(has_time(learner_id)) == 1

    def test_who_teaches_elsewhere_at_that_time_clashes_as_a_learner(self) -> None:
        account = make_account(Role.INSTRUCTOR)
        make_run(meeting_at(staff=[account.id]))
        with pytest.raises(LearnerClash) as refused:
            enrol(make_run(), learner_who_is(account.person_id))
        assert account.name in str(refused.value.message)

    def test_nobody_learns_at_the_meeting_they_teach(self) -> None:
        account = make_account(Role.INSTRUCTOR)
        run_id = make_run(meeting_at(staff=[account.id]))
        learner_id = learner_who_is(account.person_id)
        for reason in ("", "どうしても"):
            with pytest.raises(OnDuty):
                enrol(run_id, learner_id, clash_reason=reason)
        assert len(has_time(learner_id)) == 1


class TestCancelling:
    def test_once_the_last_meeting_has_begun_nothing_is_cancelled_any_more(self) -> None:
        run_id, learner_id = make_run(capacity=1), make_learner()
        first, waiting = enrol(run_id, learner_id), enrol(run_id, make_learner())
        for days in (0, 200):
            now = meeting_at().starts_at + timedelta(days=days)
            for booked in (first, waiting):
                with pytest.raises(AlreadyBegun), transaction():
                    cancel_enrolment(booked.enrolment_id, actor=SYSTEM, now=now)
        assert db.session.get_one(Enrolment, first.enrolment_id).state is EnrolmentState.SEATED
        assert numbers(run_id) == (1, 1)
        assert len(has_time(learner_id)) == 1

    def test_who_leaves_in_the_middle_is_free_from_then_on_and_nobody_is_asked(self) -> None:
        second_day = DAY + timedelta(days=7)
        run_id = make_run(meeting_at(), meeting_at(second_day), capacity=1)
        learner_id = make_learner()
        first, second = enrol(run_id, learner_id), enrol(run_id, make_learner())
        with transaction():
            cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=meeting_at().starts_at)
        assert db.session.get_one(Enrolment, second.enrolment_id).state is EnrolmentState.WAITING
        assert numbers(run_id) == (0, 1)
        assert has_time(learner_id, DAY) == {f"meeting:{meeting_of(run_id)}"}
        assert has_time(learner_id, second_day) == set()

    def test_whoever_stops_waiting_frees_no_seat(self) -> None:
        run_id = make_run(capacity=1)
        _first, second, third = (enrol(run_id, make_learner()) for _ in range(3))
        cancel(second.enrolment_id)
        assert numbers(run_id) == (1, 1)
        assert db.session.get_one(Enrolment, third.enrolment_id).state is EnrolmentState.WAITING

    def test_it_happens_once(self) -> None:
        run_id = make_run(capacity=1)
        first, _second, third = (enrol(run_id, make_learner()) for _ in range(3))
        cancel(first.enrolment_id)
        with pytest.raises(AlreadyCancelled):
            cancel(first.enrolment_id)
        assert numbers(run_id) == (1, 1)
        assert db.session.get_one(Enrolment, third.enrolment_id).state is EnrolmentState.WAITING

    def test_the_learner_is_free_again_and_what_was_to_be_told_is_not_told(self) -> None:
        run_id, learner_id = make_run(), make_learner()
        enrolled = enrol(run_id, learner_id, told=False)
        assert notices(enrolled.enrolment_id) == [("enrolment_confirmed", NoticeState.WAITING)]
        cancel(enrolled.enrolment_id)
        assert notices(enrolled.enrolment_id) == [("enrolment_confirmed", NoticeState.CANCELLED)]
        assert has_time(learner_id) == set()

    def test_a_notice_dies_with_the_transaction_it_was_written_in(self) -> None:
        run_id, learner_id = make_run(), make_learner()

        def enrol_and_fail() -> None:
            with transaction():
                enrol_learner(run_id, learner_id, actor=SYSTEM, now=clock.now())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            enrol_and_fail()
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
        assert numbers(run_id) == (0, 0)


class TestMoving:
    def test_nobody_leaves_what_is_over_for_another_run(self) -> None:
        old, new, learner_id = make_run(), make_run(meeting_at(DAY + timedelta(days=30))), make_learner()
        booked = enrol(old, learner_id)
        with pytest.raises(AlreadyBegun), transaction():
            move_enrolment(booked.enrolment_id, new, actor=SYSTEM, now=meeting_at().starts_at)
        assert (numbers(old), numbers(new)) == ((1, 0), (0, 0))

    def test_one_is_freed_and_the_other_taken_for_the_same_caller(self) -> None:
        old, new, learner_id = make_run(capacity=1), make_run(meeting_at(hour=14)), make_learner()
        booked = enrol(old, learner_id, caller=Caller("夫", "配偶者", "0188888888"))
        next_in_line = enrol(old, make_learner())
        with transaction():
            moved = move_enrolment(booked.enrolment_id, new, actor=SYSTEM, now=clock.now())
        assert (moved.seat, moved.line) == (1, None)
        assert db.session.get_one(Enrolment, moved.enrolment_id).caller_name == "夫"
        assert db.session.get_one(Enrolment, next_in_line.enrolment_id, populate_existing=True).seat == 1
        assert (numbers(old), numbers(new)) == ((1, 0), (1, 0))
        assert has_time(learner_id) == set()

    def test_a_run_at_the_same_time_is_no_clash_with_the_one_left(self) -> None:
        old, new, learner_id = make_run(), make_run(), make_learner()
        booked = enrol(old, learner_id)
        with transaction():
            assert move_enrolment(booked.enrolment_id, new, actor=SYSTEM, now=clock.now()).seat == 1

    def test_nobody_gives_a_seat_up_for_a_place_in_line(self) -> None:
        old, full, learner_id, other = (
            make_run(),
            make_run(meeting_at(hour=14), capacity=1),
            make_learner(),
            make_learner(),
        )
        seated, waiting = enrol(old, learner_id), enrol(full, make_learner())
        with pytest.raises(NoSeatThere), transaction():
            move_enrolment(seated.enrolment_id, full, actor=SYSTEM, now=clock.now())
        assert (numbers(old), numbers(full)) == ((1, 0), (1, 0))
        in_line = enrol(full, other)
        another = make_run(meeting_at(hour=16), capacity=1)
        enrol(another, make_learner())
        with transaction():
            moved = move_enrolment(in_line.enrolment_id, another, actor=SYSTEM, now=clock.now())
        assert (waiting.seat, in_line.line, moved.line) == (1, 1, 1), "who waits may wait elsewhere"

    def test_what_is_refused_leaves_the_old_one_as_it_was(self) -> None:
        old, new, learner_id = make_run(), make_run(), make_learner()
        booked = enrol(old, learner_id)
        with transaction():
            cancel_run(new, actor=SYSTEM, now=clock.now())
        with pytest.raises(RunNotOpen), transaction():
            move_enrolment(booked.enrolment_id, new, actor=SYSTEM, now=clock.now())
        with pytest.raises(SameRun), transaction():
            move_enrolment(booked.enrolment_id, old, actor=SYSTEM, now=clock.now())
        assert numbers(old) == (1, 0)
        assert len(has_time(learner_id)) == 1


def test_an_enrolment_needs_few_statements(queries: object) -> None:
    run_id, learner_id = make_run(), make_learner()
    with transaction(), queries() as seen:  # type: ignore[operator]  # the fixture gives the function
        enrol_learner(run_id, learner_id, actor=SYSTEM, now=clock.now())
    assert len(seen) <= 7
