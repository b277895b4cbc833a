"""Applying in public for a consultation: certain or new is booked, doubtful is held, and nobody can see which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting, office
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.errors import TimeGone, TooManyAhead
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.operations import apply, withdraw_application
from supportdesk.helpdesk.applying.queries import receipt_of
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.office import MOST_OPEN
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.queries import booking_by_code
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Learner
from tests.factories import make_learner
from tests.helpdesk.applying.asking import HANA, TARO, applied, booked, held, states
from tests.helpdesk.making import at, book, book_in_transaction, make_adviser, make_desk
from tests.racing import meet

pytestmark = pytest.mark.usefixtures("city")
UNKNOWN = (ApplicationState.HELD, HeldBecause.UNKNOWN)


def test_who_is_known_or_new_is_booked_at_once_and_of_two_for_the_last_slot_one(app: Flask) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        desk = make_desk(make_adviser(), make_adviser("second"))
        applied(desk, question="LINEの写真", caller=Caller("サトウ ケイ", "長女", "+81188009999"))
        applied(desk, Wish(kana="タナカ ケン", phone="+81188002222"))
        assert {one[0] for one in states()} == {ApplicationState.PLACED}
        ken = db.session.scalars(select(Learner.id).where(Learner.kana == "タナカ ケン")).one()
        assert booked() == [(hana, at(10)), (ken, at(10))], "two advisers are free then"
        first = db.session.scalars(select(Booking).order_by(Booking.id)).first()
        assert first is not None
        assert (first.topic, first.caller_name, first.caller_phone) == ("LINEの写真", "サトウ ケイ", "+81188009999")
        with pytest.raises(TimeGone):
            applied(desk, Wish(kana="スズキ ミドリ", phone="+81188003333"))
        assert len(states()) == 2
        assert held() == []


def test_where_there_is_a_doubt_the_slot_is_kept_until_reception_has_decided(app: Flask) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        busy, idle = make_adviser(), make_adviser("idle")
        desk = make_desk(busy, idle)
        book(desk, busy, make_learner(), at(11))
        applied(desk, Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950))
        assert states() == [UNKNOWN]
        (application,) = db.session.scalars(select(ConsultationApplication))
        assert held() == [(f"apply:{application.id}", at(10))]
        assert application.adviser_id == idle, "who has least that day"
        assert [one[1] for one in booked()] == [at(11)]
        assert len(db.session.scalars(select(Learner.id)).all()) == 2, "nobody was entered"


def test_who_books_at_the_desk_at_that_moment_waits_for_whoever_applies_at_home(app: Flask) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        adviser, caller = make_adviser(), make_learner()
        desk = make_desk(adviser)
        db.session.remove()
    doubtful = Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950)
    assert meet(
        app,
        lambda: apply(desk, at(10), doubtful, now=desk_clock.now()),
        lambda: book_in_transaction(desk, adviser, caller),
    ) == ["done", "SlotKept"]


def test_what_the_desk_would_ask_is_asked_and_the_slot_kept(app: Flask) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        adviser, second = make_adviser(), make_adviser("second")
        desk = make_desk(adviser, second)
        book(desk, adviser, hana)
        applied(desk)
        assert states() == [(ApplicationState.HELD, HeldBecause.NO_PLACE)]
        assert len(booked()) == len(held()) == 1


def test_the_same_again_is_one_and_one_person_keeps_only_so_much(app: Flask) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        desk = make_desk(make_adviser(), closes=16)
        with transaction() as session:
            session.get_one(OfficeSetting, MOST_OPEN.name).value = "2"
        office(app).forget()
        doubtful = Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950)
        first = applied(desk, doubtful)
        assert applied(desk, doubtful, own=[first]) == first
        applied(desk, doubtful, at(11))
        with pytest.raises(TooManyAhead):
            applied(desk, doubtful, at(12))
        with transaction():
            withdraw_application(first, "1111", now=desk_clock.now())
        applied(desk, doubtful, at(12))
        applied(desk, TARO, at(13))
        assert len(states()) == 4


def test_what_is_past_or_far_or_no_slot_at_all_is_gone(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(make_adviser())
        for starts_at in (at(10, 30), at(10) - timedelta(weeks=2), at(10) + timedelta(weeks=5)):
            with pytest.raises(TimeGone):
                applied(desk, starts_at=starts_at)
        assert states() == []


def test_withdrawing_frees_what_was_kept_or_booked_and_guesses_are_counted(app: Flask) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111")
        desk, now = make_desk(make_adviser()), desk_clock.now()
        placed = applied(desk)
        doubtful = applied(desk, Wish(kana="サトウ ハナコ", phone="+81188001111"), at(11))
        assert states() == [(ApplicationState.PLACED, HeldBecause.UNKNOWN), UNKNOWN]
        for receipt in (placed, doubtful):
            for _twice in range(2):
                with transaction():
                    assert withdraw_application(receipt.lower(), "1111", now=now) == receipt
        assert (booked(), held()) == ([], [])
        for expected in [*["NoSuchApplication"] * 5, "TriedTooOften"]:
            with transaction():
                assert type(withdraw_application("S999999", "1111", now=now)).__name__ == expected


def test_the_receipt_goes_along_when_reception_moves_or_cancels(app: Flask) -> None:
    with app.app_context():
        adviser = make_adviser()
        desk = make_desk(adviser)
        receipt = applied(desk)
        booking_id = db.session.scalars(select(Booking.id)).one()
        with transaction():
            moved = move_booking(booking_id, desk, adviser, at(11), actor=SYSTEM, now=desk_clock.now())
        seen, found = receipt_of(receipt), booking_by_code(receipt)
        assert seen is not None
        assert found is not None, "whoever says their receipt is found at the desk"
        assert found.id == moved.booking_id
        assert (seen.starts_at, seen.withdrawn) == (at(11), False)
        with transaction():
            cancel_booking(moved.booking_id, actor=SYSTEM, now=desk_clock.now())
        seen = receipt_of(receipt)
        assert seen is not None
        assert seen.withdrawn
        again = applied(desk, HANA, at(11), own=[receipt])
        assert again != receipt
