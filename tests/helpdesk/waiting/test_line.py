"""A freed slot is held for the next in line whose wish it fits, and offered no more when it is not to be had."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from supportdesk.accounts.models import Account
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting, office
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.operations import remove_hours, switch_desk
from supportdesk.helpdesk.desks.time_off import Days, let_adviser_off
from supportdesk.helpdesk.errors import SlotTaken
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking, BookingState, Desk, DeskHours
from supportdesk.helpdesk.office import MOST_OPEN
from supportdesk.helpdesk.waiting.errors import AlreadyWaiting, AskedMeanwhile, NoSuchPlace, NotInLine, StillInLine
from supportdesk.helpdesk.waiting.jobs import recall
from supportdesk.helpdesk.waiting.models import HalfDay, SlotWish
from supportdesk.helpdesk.waiting.operations import leave_line, wait_again
from supportdesk.learners.caller import Caller
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Learner, Status, StatusReason
from supportdesk.learners.rooms import obstacles_to_one
from supportdesk.notices.jobs import pass_on_offers
from supportdesk.notices.models import Notice, OfferState
from supportdesk.notices.offers import Answer, OfferOver
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import DAY, at, book, make_adviser, make_desk
from tests.helpdesk.waiting.making import (
    ASKED,
    BOOKED,
    LEFT,
    WAITS,
    answer,
    asked_now,
    free,
    line,
    offers,
    open_offer,
    wait,
)
from tests.racing import race

pytestmark = pytest.mark.usefixtures("context", "city")


class TestWhomItFits:
    def test_by_day_half_day_and_place(self, booked: int) -> None:
        wait(make_learner(), weekdays={0, 4})
        wait(make_learner(), half_day=HalfDay.AFTERNOON)
        wait(make_learner(), district="chuo")
        wait(make_learner(), weekdays={3}, half_day=HalfDay.MORNING, district="tobu")
        wait(make_learner())
        free(booked)
        assert line() == [WAITS, WAITS, WAITS, ASKED, WAITS]
        answer(Answer.DECLINE)
        assert line() == [WAITS, WAITS, WAITS, WAITS, ASKED]

    def test_a_desk_alone(self, booked: int) -> None:
        wait(make_learner(), make_desk(name="別の窓口", nickname="アルヴェ"))
        free(booked)
        assert line() == [WAITS]

    def test_not_who_gave_it_up_nor_the_adviser_nor_who_is_not_active(self, adviser: int, booked: int) -> None:
        gave_up, own, paused = db.session.get_one(Booking, booked).learner_id, make_learner(), make_learner()
        for one in (gave_up, own, paused):
            wait(one)
        with transaction() as session:
            advisers_own = session.get_one(Account, adviser).person_id
            session.execute(update(Learner).where(Learner.id == own).values(person_id=advisers_own))
            session.execute(update(Learner).where(Learner.id == paused).values(status=Status.PAUSED))
        free(booked)
        assert line() == [WAITS, WAITS, WAITS]

    def test_one_who_thinks_about_a_slot_is_not_offered_another(self, desk: int, adviser: int, booked: int) -> None:
        other = book(desk, adviser, make_learner(), at(11)).booking_id
        both = make_learner()
        wait(both, desk)
        wait(both)
        free(booked)
        free(other)
        assert line() == [ASKED, WAITS]

    def test_nobody_is_asked_again_about_a_slot_because_they_wait_twice(
        self, desk: int, adviser: int, booked: int
    ) -> None:
        both = make_learner()
        wait(both, desk)
        wait(both)
        wait(make_learner(), desk)
        free(booked)
        answer(Answer.DECLINE)
        assert line() == [WAITS, WAITS, ASKED]
        answer(Answer.DECLINE)
        free(book(desk, adviser, make_learner(), at(11)).booking_id)
        assert line() == [ASKED, WAITS, WAITS]
        book(desk, adviser, both, at(10))
        assert line() == [BOOKED, BOOKED, ASKED], "what was held for one wish is not offered to another of their own"

    def test_not_who_has_as_many_to_come_as_one_may_have(self, app: Flask, desk: int, booked: int) -> None:
        """Who sits at a counter by a number has none more by that."""
        keiko, enough, sits = make_adviser("keiko"), make_learner(), make_learner()
        other = make_desk(keiko, name="別の窓口")
        with transaction() as session:
            session.add(OfficeSetting(name=MOST_OPEN.name, value="1"))
        office(app).forget()
        wait(enough, desk)
        wait(sits, desk)
        book(other, keiko, enough, at(10))
        number = book(other, keiko, sits, at(11)).booking_id
        with transaction() as session:
            session.get_one(Booking, number).walk_in = True
        free(booked)
        assert line() == [WAITS, ASKED]

    def test_what_begins_soon_is_left_for_the_next_caller(self, booked: int, clock: Clock) -> None:
        wait(make_learner())
        clock.set(at(8))
        free(booked)
        assert line() == [WAITS]


class TestTheirPlace:
    def test_once_a_desk_and_once_for_any(self, desk: int) -> None:
        learner = make_learner()
        wish = wait(learner, desk)
        wait(learner, district="tobu")
        for desk_id in (desk, None):
            with pytest.raises(AlreadyWaiting):
                wait(learner, desk_id)
        with transaction():
            leave_line(wish, actor=SYSTEM, now=desk_clock.now())
        wait(learner, desk)
        with pytest.raises(AlreadyWaiting), transaction():
            wait_again(wish, actor=SYSTEM, now=desk_clock.now())

    def test_only_for_what_there_is(self) -> None:
        with pytest.raises(NoSuchPlace):
            wait(make_learner(), 999999)
        with pytest.raises(NoSuchPlace):
            wait(make_learner(), district="nowhere")

    def test_who_left_by_mistake_has_their_place_again(self, desk: int, booked: int) -> None:
        first, _second = wait(make_learner(), desk), wait(make_learner(), desk)
        for act, refused in ((leave_line, NotInLine), (wait_again, StillInLine)):
            with transaction():
                act(first, actor=SYSTEM, now=desk_clock.now())
            with pytest.raises(refused), transaction():
                act(first, actor=SYSTEM, now=desk_clock.now())
        free(booked)
        assert line() == [ASKED, WAITS]

    def test_who_leaves_while_asked_hands_it_on(self, desk: int, booked: int) -> None:
        first, _second = wait(make_learner(), desk), wait(make_learner(), desk)
        free(booked)
        with transaction():
            leave_line(first, actor=SYSTEM, now=desk_clock.now())
        assert line() == [LEFT, ASKED]
        answer(Answer.LEAVE)
        assert line() == [LEFT, LEFT]

    def test_whose_time_with_us_ends_hands_it_on_as_well(self, desk: int, booked: int) -> None:
        first = make_learner()
        wait(first, desk)
        wait(make_learner(), desk)
        free(booked)
        with transaction():
            change_status(first, Status.LEFT, StatusReason.OWN_WISH, actor=SYSTEM, now=desk_clock.now())
        assert line() == [LEFT, ASKED]


def test_two_records_that_wait_for_the_same_desk_are_not_one_yet(desk: int) -> None:
    one, other = make_learner(), make_learner()
    wait(one, desk)
    wait(other)
    assert obstacles_to_one(one, other, desk_clock.now()) == []
    wait(other, desk)
    assert len(obstacles_to_one(one, other, desk_clock.now())) == 1


class TestBookedByHand:
    def test_a_booking_at_the_desk_ends_the_wish_and_hands_on_what_was_held(
        self, desk: int, adviser: int, booked: int
    ) -> None:
        first, second = make_learner(), make_learner()
        wait(first, desk)
        wait(second, desk)
        free(booked)
        booking = book(desk, adviser, first, at(11)).booking_id
        assert line() == [BOOKED, ASKED]
        assert db.session.scalars(select(SlotWish.booking_id).order_by(SlotWish.id)).first() == booking
        assert [who for who, _until in asked_now()] == [second]

    def test_who_is_asked_may_be_booked_for_it(self, desk: int, adviser: int, booked: int) -> None:
        first = make_learner()
        wait(first, desk)
        free(booked)
        with pytest.raises(SlotTaken):
            book(desk, adviser, make_learner(), at(10))
        book(desk, adviser, first, at(10))
        assert line() == [BOOKED]
        assert offers() == [(first, OfferState.LEFT)]

    def test_a_booking_at_another_desk_ends_no_wish_for_this_one(self, desk: int) -> None:
        learner, keiko = make_learner(), make_adviser("keiko")
        wait(learner, desk)
        wait(learner)
        book(make_desk(keiko, name="別の窓口"), keiko, learner, at(10))
        assert line() == [WAITS, BOOKED]

    def test_what_another_desk_holds_for_them_goes_on_too(self, desk: int, adviser: int, booked: int) -> None:
        keiko = make_adviser("keiko")
        other = make_desk(keiko, name="別の窓口")
        first, second = make_learner(), make_learner()
        wait(first)
        wait(second)
        free(booked)
        book(other, keiko, first, at(11))
        assert line() == [BOOKED, ASKED]
        book(other, keiko, second, at(10))
        assert line() == [BOOKED, BOOKED]
        assert db.session.scalars(select(SlotHold.id)).all() == []

    @pytest.mark.only_on("postgresql")  # SQLite lets one transaction write, and nobody waits for a row
    def test_a_desk_that_holds_a_slot_for_them_is_not_waited_for_by_who_keeps_another(
        self, desk: int, booked: int
    ) -> None:
        learner, keiko = make_learner(), make_adviser("keiko")
        other = make_desk(keiko, name="別の窓口")
        wait(learner)
        free(booked)
        with db.engine.connect().execution_options(write=True) as somebody:
            somebody.execute(select(Desk.id).where(Desk.id == desk).with_for_update())
            with pytest.raises(AskedMeanwhile):
                book(other, keiko, learner, at(11))
        assert line() == [ASKED]
        book(other, keiko, learner, at(11))
        assert line() == [BOOKED]


class TestNotToBeHad:
    @pytest.mark.parametrize("how", ["shut", "hours", "off", "leave"])
    def test_what_is_not_to_be_had_is_offered_no_more(self, desk: int, adviser: int, booked: int, how: str) -> None:
        wait(make_learner(), desk)
        free(booked)
        hours = db.session.scalars(select(DeskHours.id)).one()
        with transaction():
            if how == "shut":
                switch_desk(desk, active=False, actor=SYSTEM, now=desk_clock.now())
            elif how == "hours":
                remove_hours(desk, hours, actor=SYSTEM, now=desk_clock.now())
            elif how == "off":
                let_adviser_off(adviser, Days(DAY, DAY, "研修"), actor=SYSTEM, now=desk_clock.now())
            else:
                db.session.get_one(Account, adviser).leave_from = DAY
        assert recall(desk_clock.now()) == (how == "leave"), "what no desk is told of, the worker finds"
        assert line() == [WAITS]
        assert [state for _who, state in offers()] == [OfferState.WITHDRAWN]
        assert asked_now() == []
        assert db.session.scalars(select(SlotHold.id)).all() == []

    def test_after_it_began_it_is_nobodys(self, desk: int, booked: int, clock: Clock) -> None:
        wait(make_learner(), desk)
        wait(make_learner(), desk)
        free(booked)
        assert pass_on_offers(clock.set(at(10))) == 1
        assert line() == [WAITS, WAITS]


def test_the_caller_is_called_and_a_clash_is_said(desk: int, booked: int) -> None:
    learner, keiko = make_learner(), make_adviser("keiko")
    book(make_desk(keiko, name="別の窓口"), keiko, learner, at(10))
    wait(learner, desk, topic="LINEの写真", caller=Caller("息子", "子", "+819012345678"))
    free(booked)
    call = db.session.scalars(select(Notice).where(Notice.kind == "offer")).one()
    assert call.call_to == "+819012345678"
    assert "12月3日（木）10:00から" in call.text
    assert "11月24日（火）17:00までにお返事をください。同じ時間にほかの予約があります" in call.text
    answer(Answer.ACCEPT)
    at_the_desk = select(Booking).where(Booking.desk_id == desk, Booking.state == BookingState.BOOKED)
    taken = db.session.scalars(at_the_desk).one()
    assert (taken.topic, taken.caller_name, bool(taken.clash_reason)) == ("LINEの写真", "息子", True)


def test_two_answers_and_the_deadline_at_once_give_the_slot_to_one(
    app: Flask, desk: int, booked: int, clock: Clock
) -> None:
    wait(make_learner(), desk)
    wait(make_learner(), desk)
    free(booked)
    offer_id, late = open_offer(), clock.advance(hours=8)
    db.session.remove()

    def accept() -> str:
        answer(Answer.ACCEPT, offer_id)
        return "accepted"

    outcomes = race(app, [accept, lambda: pass_on_offers(late), lambda: answer(Answer.DECLINE, offer_id), accept])
    if "accepted" in outcomes:
        assert outcomes.count("accepted") == 1
        assert line() == [BOOKED, WAITS]
    else:
        assert line() == [WAITS, ASKED]
    with pytest.raises(OfferOver):
        answer(Answer.DECLINE, offer_id)
