"""Residents for whom no time suits apply for a place in the line, as they would on the telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.operations import apply_to_wait, withdraw_application
from supportdesk.helpdesk.applying.settling import close_applications, move_application, refuse_application
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.queries import booking_by_code
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.models import HalfDay, SlotWish
from supportdesk.helpdesk.waiting.operations import leave_line
from supportdesk.learners.applying.models import ApplicationState, HeldBecause, RefusedBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.caller import Caller
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.notices.offers import Answer
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.applying.asking import HANA, applied, booked, held, say, states
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.helpdesk.waiting.making import ASKED, BOOKED, LEFT, WAITS, answer, free, line
from tests.pages import Page, PageClient

pytestmark = pytest.mark.usefixtures("city")
PLACED = ApplicationState.PLACED
DOUBTFUL = replace(HANA, birth_year=1950)


def waits(desk_id: int, one: Wish = HANA, **more: Any) -> str:
    with transaction():
        return apply_to_wait(desk_id, one, now=desk_clock.now(), **more)


def withdrawn(receipt: str) -> str | DeskError:
    with transaction():
        return withdraw_application(receipt, "1111", now=desk_clock.now())


def only() -> ConsultationApplication:
    db.session.rollback()
    return db.session.scalars(select(ConsultationApplication)).one()


@pytest.mark.usefixtures("context")
class TestTheLine:
    @pytest.fixture
    def adviser(self, city: None) -> int:
        return make_adviser()

    @pytest.fixture
    def desk(self, adviser: int) -> int:
        return make_desk(adviser, closes=11)

    @pytest.fixture
    def hana(self, city: None) -> int:
        return make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)

    def test_who_is_known_stands_in_it_as_they_wrote(self, desk: int, hana: int) -> None:
        caller = Caller("娘", "長女", "+819012345678")
        waits(desk, weekdays={3, 0}, half_day=HalfDay.MORNING, question="写真", caller=caller)
        wish = db.session.scalars(select(SlotWish)).one()
        assert (wish.learner_id, wish.desk_id, wish.weekdays, wish.half_day) == (hana, desk, [0, 3], HalfDay.MORNING)
        assert (wish.topic, wish.caller_name, wish.caller_phone) == ("写真", "娘", "+819012345678")
        assert (only().state, only().wish_id) == (PLACED, wish.id)
        assert [notice.state for notice in db.session.scalars(select(Notice))] == [NoticeState.TOLD], "they read it"

    def test_so_does_somebody_new_who_may_go_anywhere(self, desk: int) -> None:
        waits(desk, anywhere=True)
        wish = db.session.scalars(select(SlotWish)).one()
        assert (wish.desk_id, wish.district_code, wish.caller_phone) == (None, None, HANA.phone)

    def test_who_is_in_doubt_does_when_reception_has_said_who_it_is(self, desk: int, hana: int) -> None:
        waits(desk, DOUBTFUL)
        assert (states(), line()) == ([(ApplicationState.HELD, HeldBecause.UNKNOWN)], [])
        say(only().id, hana)
        assert (states(), line()) == ([(PLACED, HeldBecause.UNKNOWN)], [WAITS])

    def test_once(self, desk: int, hana: int) -> None:
        receipt = waits(desk)
        assert waits(desk, own=[receipt]) == receipt
        waits(desk)
        assert line() == [WAITS]
        assert states()[1] == (ApplicationState.HELD, HeldBecause.NO_PLACE), "reception may ask why"

    def test_what_comes_of_it_is_theirs_and_the_receipt_leads_there(self, desk: int, adviser: int, hana: int) -> None:
        taken = book(desk, adviser, make_learner()).booking_id
        receipt = waits(desk)
        waits(desk, anywhere=True)  # the second wish ends with the same booking
        free(taken)
        assert line() == [ASKED, WAITS]
        answer(Answer.ACCEPT)
        assert line() == [BOOKED, BOOKED]
        found = booking_by_code(receipt)
        assert found is not None
        assert (found.learner_id, found.starts_at) == (hana, at(10))
        assert withdrawn(receipt) == receipt
        assert booked() == []

    def test_one_consultation_may_be_what_they_waited_and_applied_for(self, desk: int, adviser: int, hana: int) -> None:
        waiting, receipt = waits(desk), applied(desk)
        assert (booked(), line()) == ([(hana, at(10))], [BOOKED])
        found = booking_by_code(receipt)
        assert found is not None
        assert waits(desk) != waiting
        with transaction():
            moved = move_booking(
                found.id, desk, adviser, at(10) + timedelta(weeks=1), actor=SYSTEM, now=desk_clock.now()
            )
        assert line() == [BOOKED, BOOKED]
        found = booking_by_code(receipt)
        assert found is not None
        assert found.id == moved.booking_id
        assert withdrawn(receipt) == receipt
        assert booked() == []

    def test_taken_back_they_wait_no_more(self, desk: int, adviser: int, hana: int) -> None:
        taken = book(desk, adviser, make_learner()).booking_id
        receipt = waits(desk)
        free(taken)
        assert line() == [ASKED]
        assert withdrawn(receipt) == withdrawn(receipt) == receipt
        assert (line(), held()) == ([LEFT], [])
        unknown = waits(desk, replace(DOUBTFUL, kana="サトウ ハナコ"))
        assert withdrawn(unknown) == unknown

    def test_reception_gives_them_a_slot_instead(self, desk: int, adviser: int, hana: int) -> None:
        waits(desk, DOUBTFUL)
        with transaction():
            move_application(only().id, *Wanted(desk, adviser, at(10)), actor=SYSTEM, now=desk_clock.now())
        assert held() == [(f"apply:{only().id}", at(10))]
        say(only().id, hana)
        assert (booked(), line()) == ([(hana, at(10))], [])

    def test_or_refuses_and_it_waits_for_that_as_long_as_it_takes(
        self, desk: int, adviser: int, hana: int, clock: Clock
    ) -> None:
        waits(desk, DOUBTFUL)
        clock.advance(hours=24 * 60)
        with transaction():
            assert close_applications(now=desk_clock.now()) == 0
        say(only().id, hana)
        cancel = book(desk, adviser, hana, at(10, day=desk_clock.today().replace(month=1, day=28))).booking_id
        assert line() == [BOOKED]
        with transaction():
            cancel_booking(cancel, actor=SYSTEM, now=desk_clock.now())
        waits(desk, DOUBTFUL)
        second = db.session.scalars(select(ConsultationApplication.id).order_by(ConsultationApplication.id)).all()[-1]
        with transaction():
            refuse_application(second, RefusedBecause.TWICE, actor=SYSTEM, now=desk_clock.now())
        assert states()[-1][0] is ApplicationState.REFUSED


def form_of(client: PageClient, address: str, clock: Clock) -> Page:
    """The page, read for a while."""
    page = client.get(address)
    clock.advance(seconds=30)
    return page


def test_residents_find_the_line_and_see_the_same_whoever_they_are(
    app: Flask, client: PageClient, reception: PageClient, clock: Clock
) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111")
        desk = make_desk()
    nothing = client.get(f"/consultations/{desk}")
    assert "あいている時間は、ありません" in nothing.text
    texts = []
    for kana in ("サトウ ハナ", "サトウ ハナコ", "スズキ ミドリ"):
        page = form_of(client, nothing.link("あきを待つ"), clock)
        wrong = client.submit(page, "wait", {"kana": kana, "phone": "12"}, expect=422)
        assert wrong.error("phone")
        typed = {"phone": "018-800-1111", "weekdays": ["0", "3"], "half_day": "morning", "question": "写真"}
        done = client.submit(wrong, "wait", typed, follow=True)
        assert done.h1 == "受付が完了しました"
        assert "月曜日・木曜日 午前" in done.text
        (number,) = done.texts(".receipt-number strong")
        texts.append(done.text.replace(number, ""))
    assert len(set(texts)) == 1
    page = reception.get(reception.get("/helpdesk/applications").link(number_of(app)))
    assert "相談のあきを待つ" in page.text
    page = reception.submit(page, "新しい受講者として登録する", follow=True)
    assert "あきを待つ方に加えました" in page.text
    assert "サトウ ハナコ" in reception.get(page.link("あき待ちを開く")).text
    with app.app_context():
        (wish,) = db.session.scalars(select(ConsultationApplication.wish_id).where(ConsultationApplication.id == 3))
        with transaction():
            leave_line(wish or 0, actor=SYSTEM, now=desk_clock.now())
    assert client.get(done.url).h1 == "いまは、あきを待っていません", "somebody said so on the telephone"
    taken_back = client.submit(
        client.get(done.link("申し込みを取り消す")), "withdraw", {"last_four": "1111"}, follow=True
    )
    assert taken_back.h1 == "申し込みを取り消しました"


def number_of(app: Flask) -> str:
    """The receipt of the one who is in doubt."""
    with app.app_context():
        in_doubt = select(ConsultationApplication.receipt).where(ConsultationApplication.state == ApplicationState.HELD)
        return db.session.scalars(in_doubt).one()
