"""Numbers are given and called one after the other; who begins has a booking; nothing that was pressed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.cases.operations import Notes, mark_no_show, save_case
from supportdesk.helpdesk.desks.operations import switch_desk
from supportdesk.helpdesk.errors import NotWaiting
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.queries import bookings_ahead
from supportdesk.helpdesk.queue import calling, taking
from supportdesk.helpdesk.queue.errors import (
    AlreadyNumbered,
    CalledByAnother,
    CaseWritten,
    NobodyWaits,
    NoCounter,
    NotToday,
    QueueClosed,
    StepGone,
    StillCalled,
)
from supportdesk.helpdesk.queue.jobs import close_past
from supportdesk.helpdesk.queue.models import NumberState, QueueNumber
from supportdesk.helpdesk.queue.queries import number_row, numbers_of
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rights.retention import erase_aged
from supportdesk.learners.rooms import parts_of
from tests.clocks import TODAY, Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser
from tests.helpdesk.queue.making import actor, call, desk_today, give, states
from tests.racing import race
from tests.trail import noted

W, C, A, B = NumberState.WAITING, NumberState.CALLED, NumberState.ABSENT, NumberState.BEGUN


def today(hour: int) -> datetime:
    return at(hour, day=TODAY)


@pytest.fixture
def adviser(context: None, clock: Clock) -> int:
    """It is early: nobody's time has come."""
    clock.set(today(8))
    make_reference()
    return make_adviser()


@pytest.fixture
def other(adviser: int) -> int:
    return make_adviser("other")


@pytest.fixture
def desk(adviser: int, other: int) -> int:
    return desk_today(adviser, other)


def press(verb: Callable[..., Any], number_id: int, adviser_id: int, **more: Any) -> Any:
    who = actor(adviser_id)
    with transaction():
        return verb(number_id, actor=who, now=desk_clock.now(), **more)


def number_of(number_id: int) -> int:
    return db.session.scalars(select(QueueNumber.number).where(QueueNumber.id == number_id)).one()


class TestGiving:
    def test_each_desk_counts_its_own_day(self, adviser: int, desk: int, clock: Clock) -> None:
        elsewhere = desk_today(make_adviser("third"), name="別の窓口")
        assert [number_of(give(desk)) for _ in range(3)] == [1, 2, 3]
        assert number_of(give(elsewhere)) == 1
        clock.advance(days=1)
        assert number_of(give(desk)) == 1

    def test_a_learner_holds_one_number_at_a_time(self, adviser: int, desk: int) -> None:
        learner = make_learner()
        first = give(desk, learner)
        with pytest.raises(AlreadyNumbered) as refusal:
            give(desk, learner)
        assert refusal.value.details["number_id"] == first
        press(calling.leave_line, first, adviser)
        assert number_of(give(desk, learner)) == 2
        assert noted(Action.GIVE_NUMBER) == [(Action.GIVE_NUMBER, f"learner:{learner}", [])] * 2

    def test_a_booked_learner_comes_for_the_booking_by_either_door(self, adviser: int, desk: int) -> None:
        one, two = make_learner(), make_learner()
        first, second = (book(desk, adviser, who, today(hour)).booking_id for who, hour in ((one, 9), (two, 11)))
        with transaction():
            given = taking.check_in(first, actor=SYSTEM, now=desk_clock.now())
        assert [row.booking_id for row in numbers_of(desk, TODAY)] == [first]
        with pytest.raises(AlreadyNumbered), transaction():
            taking.check_in(first, actor=SYSTEM, now=desk_clock.now())
        give(desk, two)
        assert [row.booking_id for row in numbers_of(desk, TODAY)] == [first, second]
        assert given.number == 1

    def test_nobody_comes_for_a_booking_of_another_day_or_one_that_was_cancelled(self, adviser: int, desk: int) -> None:
        later = book(desk, adviser, make_learner(), today(9) + timedelta(days=7)).booking_id
        gone = book(desk, adviser, make_learner(), today(9)).booking_id
        with transaction():
            cancel_booking(gone, actor=SYSTEM, now=desk_clock.now())
        for booking_id, refused in ((later, NotToday), (gone, NotWaiting), (99999, NotFound)):
            with pytest.raises(refused), transaction():
                taking.check_in(booking_id, actor=SYSTEM, now=desk_clock.now())

    def test_a_desk_that_takes_nobody_gives_no_number(self, desk: int) -> None:
        with transaction():
            switch_desk(desk, active=False, actor=SYSTEM, now=desk_clock.now())
        with pytest.raises(QueueClosed):
            give(desk)


class TestCalling:
    def test_the_line_is_called_in_its_order_each_to_the_counter_of_who_calls(
        self, adviser: int, other: int, desk: int
    ) -> None:
        one, two = give(desk), give(desk)
        assert (call(desk, adviser), call(desk, other)) == (one, two)
        assert [(row.number, row.counter) for row in numbers_of(desk, TODAY)] == [(1, "窓口1"), (2, "窓口2")]
        with pytest.raises(StillCalled):
            call(desk, adviser)
        press(calling.begin, one, adviser)
        with pytest.raises(NobodyWaits):
            call(desk, adviser)

    def test_an_adviser_without_a_counter_calls_nobody(self, desk: int) -> None:
        give(desk)
        with pytest.raises(NoCounter):
            call(desk, make_adviser("newcomer"))

    def test_a_number_that_a_colleague_called_is_theirs_until_they_let_it_go(
        self, adviser: int, other: int, desk: int
    ) -> None:
        number = give(desk)
        call(desk, adviser)
        for verb in (calling.call_number, calling.begin):
            with pytest.raises(CalledByAnother) as refusal:
                press(verb, number, other)
            assert "窓口1" in str(refusal.value.message)
        press(calling.call_number, number, adviser)
        (row,) = numbers_of(desk, TODAY)
        assert (row.state, row.calls, row.counter) == (C, 2, "窓口1")
        press(calling.mark_absent, number, adviser)
        press(calling.call_number, number, other)
        (row,) = numbers_of(desk, TODAY)
        assert (row.calls, row.counter) == (3, "窓口2")

    def test_who_comes_back_stands_where_their_number_stands(self, adviser: int, other: int, desk: int) -> None:
        one, two = give(desk), give(desk)
        call(desk, adviser)
        press(calling.mark_absent, one, adviser)
        press(calling.bring_back, one, adviser)
        assert call(desk, other) == one
        assert call(desk, adviser) == two

    def test_two_who_have_no_name_and_one_who_is_booked(
        self, adviser: int, other: int, desk: int, clock: Clock
    ) -> None:
        learner = make_learner()
        book(desk, adviser, learner, today(9))
        give(desk)
        booked = give(desk, learner)
        assert call(desk, other) != booked
        clock.set(today(9))
        give(desk)
        assert call(desk, adviser) == booked

    def test_a_wrong_press_is_taken_back(self, adviser: int, desk: int) -> None:
        number = give(desk)
        for verb, state in ((None, W), (calling.mark_absent, C), (calling.begin, C), (calling.leave_line, W)):
            call(desk, adviser)
            if verb:
                press(verb, number, adviser)
            press(calling.undo, number, adviser)
            assert states(desk) == {1: state}, verb
            if state is C:
                press(calling.undo, number, adviser)

    def test_what_an_old_page_offers_changes_nothing(self, adviser: int, desk: int) -> None:
        number = give(desk)
        for verb in (calling.mark_absent, calling.begin, calling.bring_back, calling.undo):
            with pytest.raises(StepGone) as refusal:
                press(verb, number, adviser)
            assert "待っている" in str(refusal.value.message)
        assert states(desk) == {1: W}

    def test_yesterdays_numbers_are_called_no_more(self, adviser: int, desk: int, clock: Clock) -> None:
        number = give(desk)
        clock.advance(days=1)
        with pytest.raises(NotToday):
            press(calling.call_number, number, adviser)
        with pytest.raises(NobodyWaits):
            call(desk, adviser)

    def test_who_is_left_over_is_told_and_counted(self, adviser: int, desk: int) -> None:
        give(desk), give(desk)
        call(desk, adviser)
        with transaction():
            assert taking.close_line(desk, TODAY, actor=SYSTEM, now=desk_clock.now()) == 2
        assert set(states(desk).values()) == {NumberState.UNSERVED}

    def test_at_night_nobody_waits_any_more(self, adviser: int, desk: int, clock: Clock) -> None:
        give(desk)
        assert close_past(desk_clock.now()) == 0
        clock.advance(days=1)
        give(desk)
        assert (close_past(desk_clock.now()), close_past(desk_clock.now())) == (1, 0)
        assert states(desk) == {1: NumberState.UNSERVED}


class TestBeginning:
    def test_a_learner_has_a_walk_in_that_takes_nobodys_slot(self, adviser: int, desk: int, clock: Clock) -> None:
        learner = make_learner()
        booked = book(desk, adviser, make_learner(), today(9)).booking_id
        clock.set(today(9))
        number = give(desk, learner, topic="写真")
        call(desk, adviser)
        booking_id = press(calling.begin, number, adviser)
        row = db.session.get_one(Booking, booking_id)
        assert (row.walk_in, row.state, row.learner_id, row.starts_at) == (True, BookingState.BOOKED, learner, today(9))
        assert (row.adviser_id, row.topic, row.residence) == (adviser, "写真", "chuo")
        assert row.ends_at - row.starts_at == timedelta(hours=1)
        assert db.session.get_one(Booking, booked).state is BookingState.BOOKED
        assert states(desk) == {1: B}
        assert bookings_ahead(learner, today(9)) == []  # nobody is still to come to it
        with pytest.raises(NotWaiting), transaction():
            mark_no_show(booking_id, actor=SYSTEM, now=today(10))

    def test_who_came_for_a_booking_has_that_one(self, adviser: int, desk: int, clock: Clock) -> None:
        learner = make_learner()
        booked = book(desk, adviser, learner, today(9)).booking_id
        press(calling.leave_line, give(desk, learner), adviser)
        with transaction():
            number = taking.check_in(booked, actor=SYSTEM, now=desk_clock.now()).number_id
        call(desk, adviser)
        assert press(calling.begin, number, adviser) == booked
        with pytest.raises(AlreadyNumbered), transaction():
            taking.check_in(booked, actor=SYSTEM, now=desk_clock.now())

    def test_a_walk_in_that_was_begun_by_mistake_is_cancelled_unless_something_is_written(
        self, adviser: int, desk: int
    ) -> None:
        number = give(desk, make_learner())
        call(desk, adviser)
        first = press(calling.begin, number, adviser)
        press(calling.undo, number, adviser)
        assert db.session.get_one(Booking, first).state is BookingState.CANCELLED
        second = press(calling.begin, number, adviser)
        assert second != first
        with transaction():
            save_case(second, Notes(done="写真"), actor=actor(adviser), now=desk_clock.now())
        with pytest.raises(CaseWritten):
            press(calling.undo, number, adviser)

    def test_somebody_without_a_name_leaves_a_result_for_the_figures(self, adviser: int, desk: int) -> None:
        number = give(desk, topic="QRコード")
        call(desk, adviser)
        assert press(calling.begin, number, adviser) is None
        for minutes in (15, 20):
            press(calling.note_result, number, adviser, area_code="B", result=CaseResult.SOLVED, minutes=minutes)
        (row,) = numbers_of(desk, TODAY)
        assert (row.state, row.area_code, row.result, row.minutes) == (NumberState.DONE, "B", CaseResult.SOLVED, 20)
        assert db.session.scalars(select(Booking.id)).all() == []

    def test_a_learners_result_stands_in_the_case_alone(self, adviser: int, desk: int) -> None:
        number = give(desk, make_learner())
        call(desk, adviser)
        press(calling.begin, number, adviser)
        with pytest.raises(StepGone):
            press(calling.note_result, number, adviser, area_code=None, result=CaseResult.SOLVED, minutes=5)


def test_at_once_two_clerks_give_two_numbers_and_two_advisers_call_two(app: Flask) -> None:
    with app.app_context():
        make_reference()
        advisers = [make_adviser(f"adviser{number}") for number in range(4)]
        desk = desk_today(*advisers)
        db.session.remove()
    given = race(app, [lambda: give(desk)] * 4)
    assert len({*given}) == 4, given
    called = race(app, [partial(call, desk, adviser) for adviser in advisers])
    assert sorted(called) == sorted(given)
    with app.app_context():
        assert states(desk) == dict.fromkeys(range(1, 5), C)
        assert len({row.counter for row in numbers_of(desk, TODAY)}) == 4
        db.session.remove()


def test_a_number_of_a_learner_goes_with_them_and_is_nobodys_in_the_end(adviser: int, desk: int, clock: Clock) -> None:
    learner, twin = make_learner(), make_learner()
    give(desk, learner, topic="写真")
    call(desk, adviser)
    press(calling.begin, 1, adviser)
    give(desk, twin, topic="地図")
    assert [part.rows for part in parts_of(twin)] == [[("queue_number", 2)]]
    ((booked, *numbers),) = [part.rows for part in parts_of(learner)]
    assert (booked[0], numbers) == ("booking", [("queue_number", 1)])
    with transaction():
        erase_learner(twin, actor=SYSTEM, now=desk_clock.now())
    row = number_row(2)
    assert row is not None
    assert (row.learner_id, row.topic, row.state) == (None, "", W)
    clock.set(today(9) + timedelta(days=366 * 6))
    with transaction():
        erase_aged(desk_clock.now(), actor=SYSTEM, now=desk_clock.now())
    row = number_row(1)
    assert row is not None
    assert (row.learner_id, row.topic, row.state) == (None, "", B)
