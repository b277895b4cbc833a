"""A loan phone is kept for a consultation as its adviser is: nobody else has it then, classes included."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.errors import AlreadyBegun, AlreadyCancelled, NoFreePhone
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.phones import lend_phone, take_phone_back
from supportdesk.helpdesk.queries import booking_row
from supportdesk.helpdesk.slots import Wanted
from supportdesk.places.models import Equipment, EquipmentKind
from supportdesk.places.phones import free_phones
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.pages import PageClient
from tests.racing import meet


def make_phones(how_many: int = 1) -> None:
    with transaction() as session:
        for number in range(how_many):
            session.add(Equipment(kind=EquipmentKind.LOAN_PHONE, name=f"貸出スマホ {number + 1}号"))


def lend(booking_id: int) -> None:
    with transaction():
        _lend(booking_id)


def _lend(booking_id: int) -> None:
    lend_phone(booking_id, actor=SYSTEM, now=desk_clock.now())


def lent(booking_id: int) -> str:
    db.session.rollback()
    row = booking_row(booking_id)
    assert row is not None
    return row.loan_phone


def free(hour: int = 10) -> int:
    return len(free_phones([(at(hour), at(hour + 1))])[0])


@pytest.mark.usefixtures("context")
class TestLending:
    @pytest.fixture
    def adviser(self, context: None) -> int:
        make_reference()
        make_phones()
        return make_adviser()

    @pytest.fixture
    def desk(self, adviser: int) -> int:
        return make_desk(adviser)

    @pytest.fixture
    def booking(self, desk: int, adviser: int) -> int:
        return book(desk, adviser, make_learner(), at(10)).booking_id

    def test_it_is_the_consultations_until_it_is_not_needed_or_cancelled(self, booking: int) -> None:
        lend(booking)
        lend(booking)
        assert (lent(booking), free(), free(11)) == ("貸出スマホ 1号", 0, 1)
        with transaction():
            take_phone_back(booking, actor=SYSTEM, now=desk_clock.now())
        assert (lent(booking), free()) == ("", 1)
        lend(booking)
        with transaction():
            cancel_booking(booking, actor=SYSTEM, now=desk_clock.now())
        assert (lent(booking), free()) == ("", 1)
        with pytest.raises(AlreadyCancelled):
            lend(booking)

    def test_not_a_phone_that_somebody_has(self, booking: int) -> None:
        taro = make_adviser("taro")
        other = book(make_desk(taro, name="別の窓口"), taro, make_learner(), at(10)).booking_id
        lend(booking)
        with pytest.raises(NoFreePhone):
            lend(other)

    def test_a_move_takes_one_at_the_new_time_or_is_none(self, booking: int, desk: int, adviser: int) -> None:
        lend(booking)
        taro = make_adviser("taro")
        other = book(make_desk(taro, name="別の窓口"), taro, make_learner(), at(11)).booking_id
        lend(other)

        def move() -> int:
            with transaction():
                return move_booking(booking, desk, adviser, at(11), actor=SYSTEM, now=desk_clock.now()).booking_id

        with pytest.raises(NoFreePhone):
            move()
        assert lent(booking) == "貸出スマホ 1号"
        with transaction():
            take_phone_back(other, actor=SYSTEM, now=desk_clock.now())
        assert lent(move()) == "貸出スマホ 1号"
        assert (free(10), free(11)) == (1, 0)

    def test_not_when_it_is_over(self, booking: int, clock: Clock) -> None:
        clock.set(at(11) + timedelta(minutes=1))
        with pytest.raises(AlreadyBegun):
            lend(booking)

    def test_two_at_once_have_one_each_or_one_goes_without(self, app: Flask, booking: int) -> None:
        taro = make_adviser("taro")
        other = book(make_desk(taro, name="別の窓口"), taro, make_learner(), at(10)).booking_id
        db.session.remove()
        outcomes = meet(app, lambda: _lend(booking), lambda: _lend(other))
        assert outcomes == ["done", "NoFreePhone"]
        assert (lent(booking), lent(other)) == ("貸出スマホ 1号", "")


def _address(desk: int, adviser: int, learner: int) -> str:
    return "/helpdesk/book?" + urlencode({**Wanted(desk, adviser, at(10)).address, "learner": learner})


def test_reception_keeps_one_with_the_booking_and_does_without_by_a_press(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        adviser = make_adviser()
        desk = make_desk(adviser)
        learner = make_learner()
    asked = _address(desk, adviser, learner)
    assert "貸出スマホ" not in reception.get(asked).text
    with app.app_context():
        make_phones(2)
    page = reception.get(asked)
    assert "この時間に2台あいています" in page.text
    page = reception.submit(page, "book", {"loan_phone": "1"}, follow=True)
    assert "貸出スマホ 1号" in page.text
    assert "用意しています" in reception.get(page.link("予約票を印刷する")).text
    page = reception.submit(page, "貸出スマホをやめる", follow=True)
    assert "貸出スマホ 1号" not in page.text
    page = reception.submit(page, "貸出スマホを1台用意する", follow=True)
    assert "貸出スマホ 1号" in page.text


def test_who_asks_for_a_phone_when_none_is_left_keeps_what_was_typed(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        adviser, taro = make_adviser(), make_adviser("taro")
        desk = make_desk(adviser, taro)
        make_phones()
        learner = make_learner()
        first = book(desk, taro, make_learner(), at(10)).booking_id
    page = reception.get(_address(desk, adviser, learner))
    with app.app_context():
        lend(first)
    page = reception.submit(page, "book", {"loan_phone": "1", "topic": "写真"}, expect=422)
    assert "空いている貸出スマホがありません" in page.error("loan_phone")
    assert page.field("topic").text.strip() == "写真"
    with app.app_context():
        assert db.session.scalars(select(Booking.id).where(Booking.state == BookingState.BOOKED)).all() == [first]
