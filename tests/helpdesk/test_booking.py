"""A slot goes to one learner; the time of both is taken; cancelling frees it, and moving does both or neither."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.errors import (
    AlreadyBegun,
    AlreadyBooked,
    AlreadyCancelled,
    DeskShut,
    LearnerClash,
    NoSuchSlot,
    OwnSlot,
    SameSlot,
    SlotPast,
    SlotTaken,
)
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.queries import booking_by_code, bookings_ahead, bookings_on
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Learner
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places import occupancy
from tests.classes.making import enrol, learner_who_is, make_run, meeting_at
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, close_venue, make_adviser, make_desk

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


@pytest.fixture
def adviser() -> int:
    return make_adviser()


@pytest.fixture
def desk(adviser: int) -> int:
    return make_desk(adviser)


def cancel(booking_id: int, **more: Any) -> None:
    with transaction():
        cancel_booking(booking_id, actor=SYSTEM, now=clock.now(), **more)


def move(booking_id: int, desk_id: int, adviser_id: int, starts_at: datetime, **more: Any) -> int:
    with transaction():
        moved = move_booking(booking_id, desk_id, adviser_id, starts_at, actor=SYSTEM, now=clock.now(), **more)
    return moved.booking_id


def state(booking_id: int) -> BookingState:
    return db.session.scalars(select(Booking.state).where(Booking.id == booking_id)).one()


def notices(booking_id: int) -> list[tuple[str, NoticeState]]:
    rows = db.session.execute(
        select(Notice.kind, Notice.state).where(Notice.activity == f"booking:{booking_id}").order_by(Notice.id)
    )
    return [(row.kind, row.state) for row in rows]


def person_of(learner_id: int) -> str:
    return occupancy.person(db.session.get_one(Learner, learner_id).person_id)


def adviser_person(adviser_id: int) -> str:
    return occupancy.person(db.session.get_one(Account, adviser_id).person_id)


def taken_by(resource: str, hour: int = 10) -> set[str]:
    return occupancy.who_has([resource], at(hour), at(hour + 1)).get(resource, set())


class TestBooking:
    def test_the_time_of_adviser_and_learner_is_taken(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        booked = book(desk, adviser, learner, topic="LINEの使い方")
        assert booked.code.startswith("B")
        name = f"booking:{booked.booking_id}"
        assert taken_by(adviser_person(adviser)) == taken_by(person_of(learner)) == {name}
        assert taken_by(person_of(learner), 11) == set()
        assert describe([name])[name].title == "スマホ相談"
        row = booking_by_code(booked.code)
        assert row is not None
        assert (row.id, row.learner_id, row.desk_id, row.adviser_id) == (booked.booking_id, learner, desk, adviser)
        assert (row.starts_at, row.ends_at, row.state, row.topic) == (at(10), at(11), "booked", "LINEの使い方")
        assert bookings_on(DAY) == bookings_ahead(learner, at(10)) == [row]
        assert bookings_ahead(learner, at(11)) == []

    def test_it_writes_how_the_learner_stands_that_day(self, desk: int, adviser: int) -> None:
        learner = make_learner(district_code="tobu", birth_year=1950)
        booked = book(desk, adviser, learner)
        row = db.session.get_one(Booking, booked.booking_id)
        assert (row.residence, row.age_band, row.channel) == ("tobu", "70s", "phone")

    def test_it_is_told_at_once_or_later_to_the_caller(self, desk: int, adviser: int) -> None:
        told = book(desk, adviser, make_learner())
        later = book(
            desk, adviser, make_learner(), at(11), told=False, caller=Caller("山田 花", "長女", "+81188880000")
        )
        assert notices(told.booking_id) == [("booking_confirmed", NoticeState.TOLD)]
        assert notices(later.booking_id) == [("booking_confirmed", NoticeState.WAITING)]
        notice = db.session.scalars(select(Notice).where(Notice.activity == f"booking:{later.booking_id}")).one()
        assert (notice.call_to, notice.tell_until) == ("+81188880000", at(11))
        assert (
            notice.text
            == f"「スマホ相談」（12月3日（木）11:00から・いーぱる）の予約をお取りしました。予約番号は{later.code}です。"
        )

    def test_it_is_noted_without_a_name(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        booked = book(desk, adviser, learner)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "book_consultation")).one()
        assert (entry.subject, entry.detail) == (f"learner:{learner}", {"booking": booked.booking_id})

    def test_a_slot_that_is_taken_says_by_what(self, desk: int, adviser: int) -> None:
        book(desk, adviser, make_learner())
        with pytest.raises(SlotTaken) as refused:
            book(desk, adviser, make_learner())
        assert "adviserさん：スマホ相談（12月3日（木） 10:00〜11:00）" in str(refused.value.message)
        assert len(bookings_on(DAY)) == 1

    def test_an_adviser_who_teaches_then_is_taken(self, desk: int, adviser: int) -> None:
        run = make_run(meeting_at(DAY, 10, staff=[adviser]))
        learner = make_learner()
        with pytest.raises(SlotTaken) as refused:
            book(desk, adviser, learner, clash_reason="どうしても")
        assert "adviserさん：" in str(refused.value.message)
        assert run
        assert taken_by(person_of(learner)) == set()

    def test_pressing_twice_for_the_same_learner_leads_to_their_booking(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        booked = book(desk, adviser, learner)
        with pytest.raises(AlreadyBooked) as refused:
            book(desk, adviser, learner)
        assert refused.value.details == {"booking_id": booked.booking_id}

    def test_a_learners_own_clash_needs_a_reason(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        enrol(make_run(meeting_at(DAY, 10)), learner)
        with pytest.raises(LearnerClash):
            book(desk, adviser, learner)
        assert taken_by(adviser_person(adviser)) == set()
        booked = book(desk, adviser, learner, clash_reason="教室は休むとのこと")
        assert f"booking:{booked.booking_id}" in taken_by(person_of(learner))
        assert taken_by(adviser_person(adviser)) == {f"booking:{booked.booking_id}"}
        assert db.session.get_one(Booking, booked.booking_id).clash_reason == "教室は休むとのこと"

    def test_nobody_advises_themselves(self, desk: int, adviser: int) -> None:
        learner = learner_who_is(db.session.get_one(Account, adviser).person_id)
        with pytest.raises(OwnSlot):
            book(desk, adviser, learner, clash_reason="本人")

    def test_only_slots_to_come_can_be_booked(self, desk: int, adviser: int, clock: Clock) -> None:
        learner = make_learner()
        refusals: list[tuple[datetime, type[DeskError]]] = [
            (at(10, 30), NoSuchSlot),
            (at(12), NoSuchSlot),
            (at(10, day=date(2026, 12, 4)), NoSuchSlot),
            (at(10, day=date(2027, 12, 2)), NoSuchSlot),
            (at(10, day=date(9999, 12, 30)), NoSuchSlot),
            (at(10, day=date(2026, 11, 19)), SlotPast),
        ]
        for starts_at, refusal in refusals:
            with pytest.raises(refusal):
                book(desk, adviser, learner, starts_at)
        clock.set(at(10))  # it has just begun
        with pytest.raises(SlotPast):
            book(desk, adviser, learner)
        book(desk, adviser, learner, at(11))

    def test_a_closed_day_is_refused_with_its_reason(self, desk: int, adviser: int) -> None:
        close_venue(DAY, "設備点検")
        with pytest.raises(DeskShut) as refused:
            book(desk, adviser, make_learner())
        assert str(refused.value.message) == "12月3日（木）は窓口がお休みです（設備点検）。"

    def test_unknown_desks_and_learners_are_not_found(self, desk: int, adviser: int) -> None:
        with pytest.raises(NotFound):
            book(desk + 1, adviser, make_learner())
        with pytest.raises(NotFound):
            book(desk, adviser, 999_999)
        with pytest.raises(NoSuchSlot):
            book(desk, adviser + 1, make_learner())


class TestCancelling:
    def test_the_slot_is_free_again_and_nobody_is_told_what_is_not_true(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        booked = book(desk, adviser, learner, told=False)
        cancel(booked.booking_id)
        assert state(booked.booking_id) is BookingState.CANCELLED
        assert taken_by(adviser_person(adviser)) == taken_by(person_of(learner)) == set()
        assert notices(booked.booking_id) == [("booking_confirmed", NoticeState.CANCELLED)]
        assert bookings_on(DAY) == []
        assert bookings_ahead(learner, at(10)) == []
        book(desk, adviser, make_learner())

    def test_a_learner_who_does_not_know_is_told(self, desk: int, adviser: int) -> None:
        booked = book(desk, adviser, make_learner())
        cancel(booked.booking_id, told=False)
        assert notices(booked.booking_id)[-1] == ("booking_cancelled", NoticeState.WAITING)
        assert set(db.session.scalars(select(Notice.tell_until))) == {at(10)}

    def test_only_once_and_only_before_it_begins(self, desk: int, adviser: int, clock: Clock) -> None:
        first, second = book(desk, adviser, make_learner()), book(desk, adviser, make_learner(), at(11))
        cancel(first.booking_id)
        with pytest.raises(AlreadyCancelled):
            cancel(first.booking_id)
        clock.set(at(11))
        with pytest.raises(AlreadyBegun):
            cancel(second.booking_id)
        with pytest.raises(NotFound):
            cancel(999_999)


class TestMoving:
    def test_the_old_slot_is_free_and_the_new_one_taken(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        old = book(desk, adviser, learner, topic="写真", caller=Caller("山田 花", "長女", "+81188880000"))
        new = move(old.booking_id, desk, adviser, at(11), told=False)
        assert (state(old.booking_id), state(new)) == (BookingState.CANCELLED, BookingState.BOOKED)
        assert (taken_by(person_of(learner)), taken_by(person_of(learner), 11)) == (set(), {f"booking:{new}"})
        row = db.session.get_one(Booking, new)
        assert (row.topic, row.caller_name) == ("写真", "山田 花")
        assert notices(new) == [("booking_moved", NoticeState.WAITING)]
        assert list(db.session.scalars(select(Notice.tell_until).order_by(Notice.id))) == [at(10), at(11)]

    def test_to_another_adviser_at_the_same_time(self, desk: int, adviser: int) -> None:
        other = make_adviser("other")
        other_desk = make_desk(other, name="別の相談")
        old = book(desk, adviser, make_learner())
        new = move(old.booking_id, other_desk, other, at(10))
        assert taken_by(adviser_person(adviser)) == set()
        assert taken_by(adviser_person(other)) == {f"booking:{new}"}

    def test_when_the_new_slot_is_taken_the_old_one_stays(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        old = book(desk, adviser, learner)
        book(desk, adviser, make_learner(), at(11))
        with pytest.raises(SlotTaken):
            move(old.booking_id, desk, adviser, at(11))
        assert state(old.booking_id) is BookingState.BOOKED
        assert taken_by(person_of(learner)) == {f"booking:{old.booking_id}"}
        assert notices(old.booking_id) == [("booking_confirmed", NoticeState.TOLD)]

    def test_a_clash_at_the_new_time_needs_a_reason(self, desk: int, adviser: int) -> None:
        learner = make_learner()
        old = book(desk, adviser, learner)
        enrol(make_run(meeting_at(DAY, 11)), learner)
        with pytest.raises(LearnerClash):
            move(old.booking_id, desk, adviser, at(11))
        assert move(old.booking_id, desk, adviser, at(11), clash_reason="本人の希望")

    def test_not_to_the_same_slot_nor_after_it_began(self, desk: int, adviser: int, clock: Clock) -> None:
        old = book(desk, adviser, make_learner())
        with pytest.raises(SameSlot):
            move(old.booking_id, desk, adviser, at(10))
        clock.set(at(10) + timedelta(minutes=1))
        with pytest.raises(AlreadyBegun):
            move(old.booking_id, desk, adviser, at(11))
