"""Four wait for one slot, by phone, mail and LINE: one is asked at a time, until it is taken or nobody is left."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from supportdesk.core import clock as desk_clock
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.waiting.models import SlotWish
from supportdesk.learners.models import Channel
from supportdesk.notices import operations
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.jobs import pass_on_offers
from supportdesk.notices.models import Fallback, Notice, NoticeState, Offer, OfferState
from supportdesk.notices.offers import Answer
from supportdesk.notices.queries import asked_elsewhere, calls_due
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import DAY, at, book
from tests.helpdesk.waiting.making import ASKED, BOOKED, WAITS, answer, asked_now, free, line, offers, wait
from tests.notices.making import settle

pytestmark = pytest.mark.usefixtures("context", "city")


def four_waiting(desk: int) -> list[int]:
    """Two by phone, one by mail, one by LINE; their learners, in the order in which they wait."""
    people = [
        make_learner(phone="018-888-1542"),
        make_learner(phone="018-888-1543", channel=Channel.MAIL, mail="hanako@example.jp"),
        make_learner(phone="018-888-1544"),
        make_learner(phone="018-888-1545", channel=Channel.LINE),
    ]
    for one in people:
        wait(one, desk)
    return people


class TestFourWait:
    def test_one_is_asked_at_a_time_until_it_is_taken(self, desk: int, booked: int, clock: Clock) -> None:
        first, second, third, fourth = four_waiting(desk)
        free(booked)
        assert asked_now() == [(first, "24 17:00")]
        settle(db.session.scalars(select(Notice.id).where(Notice.kind == "offer")).one(), CallOutcome.NO_ANSWER)
        assert asked_now() == [(first, "24 17:00")], "called in vain: until the deadline they may call back"
        assert free_slots(DAY, DAY, after=clock.advance())[0].starts_at == at(11), "nobody else can have it"
        answer(Answer.PASS_ON)
        assert asked_now() == [(second, "24 17:00")]
        assert pass_on_offers(clock.advance(hours=8)) == 1, "nobody answered"
        assert asked_now() == [(third, "25 17:00")]
        answer(Answer.DECLINE)
        assert asked_now() == [(fourth, "25 17:00")]
        assert line() == [WAITS, WAITS, WAITS, ASKED]
        answer(Answer.ACCEPT)
        assert asked_now() == []
        assert line() == [WAITS, WAITS, WAITS, BOOKED]
        assert offers() == [
            (first, OfferState.PASSED_ON),
            (second, OfferState.EXPIRED),
            (third, OfferState.DECLINED),
            (fourth, OfferState.ACCEPTED),
        ]
        taken = db.session.scalars(select(Booking).where(Booking.state == BookingState.BOOKED)).one()
        assert (taken.learner_id, taken.starts_at) == (fourth, at(10))
        assert db.session.scalars(select(SlotWish.booking_id).where(SlotWish.state == BOOKED)).one() == taken.id
        assert db.session.scalars(select(SlotHold.id)).all() == []
        told = select(Notice.kind, Notice.state).where(Notice.learner_id == fourth).order_by(Notice.id)
        assert [tuple(row) for row in db.session.execute(told)] == [
            ("slot_wished", NoticeState.TOLD),
            ("offer", NoticeState.DONE),
            ("booking_confirmed", NoticeState.TOLD),
        ]

    def test_by_mail_and_line_they_are_asked_in_their_own_way_where_those_leave_the_house(
        self, desk: int, booked: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(operations, "LEAVES", frozenset({Channel.MAIL, Channel.LINE}))
        _first, by_mail, _third, by_line = four_waiting(desk)
        free(booked)
        answer(Answer.PASS_ON)
        assert asked_now() == []
        (elsewhere,) = asked_elsewhere(desk_clock.now(), SYSTEM)
        assert (elsewhere.learner_id, elsewhere.wanted, elsewhere.reasons) == (by_mail, Channel.MAIL, ())
        assert "11月24日（火）17:00までにお返事をください。お返事はお電話でどうぞ：" in elsewhere.text
        for _again in range(2):
            answer(Answer.DECLINE)
        assert [(one.learner_id, one.wanted) for one in asked_elsewhere(desk_clock.now(), SYSTEM)] == [
            (by_line, Channel.LINE)
        ]
        answer(Answer.ACCEPT)
        assert asked_elsewhere(desk_clock.now(), SYSTEM) == []

    def test_who_cannot_be_asked_in_their_own_way_is_called_and_the_list_says_why(self, desk: int, booked: int) -> None:
        wait(make_learner(channel=Channel.LINE, phone="018-888-1545"), desk)
        wait(make_learner(channel=Channel.POST, phone="018-888-1546", address="山王1-1-1"), desk)
        free(booked)
        (call,) = calls_due(desk_clock.now(), SYSTEM)
        assert (call.wanted, call.reasons) == (Channel.LINE, (Fallback.NOT_SENT_YET,))
        answer(Answer.PASS_ON)
        (call,) = calls_due(desk_clock.now(), SYSTEM)
        assert (call.wanted, call.reasons) == (Channel.POST, (Fallback.TOO_LATE,))

    def test_nobody_is_asked_twice_until_it_is_freed_anew(self, desk: int, adviser: int, booked: int) -> None:
        first, *_others = four_waiting(desk)
        free(booked)
        for _one in range(4):
            answer(Answer.DECLINE)
        assert line() == [WAITS] * 4
        assert [slot.starts_at for slot in free_slots(DAY, DAY, after=desk_clock.now())] == [at(10), at(11)]
        assert len(set(db.session.scalars(select(Offer.vacancy)))) == 1
        free(book(desk, adviser, make_learner(), at(10)).booking_id)
        assert asked_now()[0][0] == first

    def test_two_freed_slots_are_offered_to_two(self, desk: int, adviser: int, booked: int) -> None:
        other = book(desk, adviser, make_learner(), at(11)).booking_id
        first, second, *_others = four_waiting(desk)
        free(booked)
        free(other)
        assert [who for who, _until in asked_now()] == [first, second]
        assert line() == [ASKED, ASKED, WAITS, WAITS]
