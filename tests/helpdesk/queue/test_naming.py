"""Whoever gave no name at the counter may give it later: waiting, called, or at the adviser's table."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.errors import OwnSlot
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.queue import calling
from supportdesk.helpdesk.queue.errors import AlreadyNumbered, CalledByAnother, NamedMeanwhile, StepGone
from supportdesk.helpdesk.queue.naming import name_number
from supportdesk.helpdesk.queue.queries import number_row
from supportdesk.learners.models import Learner
from tests.clocks import TODAY, Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser
from tests.helpdesk.queue.making import actor, call, desk_today, give
from tests.pages import PageClient
from tests.trail import noted


def name(number_id: int, learner_id: int, account_id: int, instead_of: int | None = None) -> int | None:
    who = actor(account_id)
    with transaction():
        return name_number(number_id, learner_id, instead_of=instead_of, actor=who, now=desk_clock.now())


def begin(number_id: int, account_id: int) -> int | None:
    who = actor(account_id)
    with transaction():
        return calling.begin(number_id, actor=who, now=desk_clock.now())


@pytest.fixture
def adviser_at_desk(context: None, clock: Clock) -> tuple[int, int]:
    clock.set(at(8, day=TODAY))
    make_reference()
    adviser_id = make_adviser()
    return adviser_id, desk_today(adviser_id)


class TestTheVerb:
    def test_who_waits_comes_for_their_booking_and_a_wrong_name_is_put_right(
        self, adviser_at_desk: tuple[int, int]
    ) -> None:
        adviser, desk = adviser_at_desk
        wrong, right = make_learner(), make_learner()
        booking = book(desk, adviser, right, at(9, day=TODAY)).booking_id
        number = give(desk)
        name(number, wrong, adviser)
        with pytest.raises(NamedMeanwhile):  # on a page that was drawn before
            name(number, right, adviser)
        name(number, right, adviser, instead_of=wrong)
        row = number_row(number)
        assert row is not None
        assert (row.learner_id, row.booking_id) == (right, booking)
        assert noted(Action.GIVE_NUMBER)[-1] == (Action.GIVE_NUMBER, f"learner:{right}", [])
        with pytest.raises(AlreadyNumbered):
            name(give(desk), right, adviser)
        name(number, wrong, adviser, instead_of=right)
        row = number_row(number)
        assert row is not None
        assert (row.learner_id, row.booking_id) == (wrong, None)

    def test_who_sits_at_the_counter_has_a_consultation_of_the_adviser_since_they_sat_down(
        self, adviser_at_desk: tuple[int, int], clock: Clock
    ) -> None:
        adviser, desk = adviser_at_desk
        number, began = give(desk, topic="写真"), desk_clock.now()
        call(desk, adviser)
        assert begin(number, adviser) is None
        clock.advance(minutes=9)
        learner, other = make_learner(), make_adviser("other")
        with pytest.raises(CalledByAnother):
            name(number, learner, other)
        booking = db.session.get(Booking, name(number, learner, adviser))
        assert booking is not None
        assert (booking.walk_in, booking.adviser_id, booking.starts_at) == (True, adviser, began)
        assert (booking.learner_id, booking.topic) == (learner, "写真")
        with pytest.raises(StepGone):  # the case is theirs now: who began with the wrong one takes the beginning back
            name(number, make_learner(), adviser)

    def test_what_is_written_without_a_name_stays_so_and_nobody_advises_themselves(
        self, adviser_at_desk: tuple[int, int]
    ) -> None:
        adviser, desk = adviser_at_desk
        number, who = give(desk), actor(adviser)
        own = make_learner()
        with transaction():
            db.session.get_one(Learner, own).person_id = who.person_id or 0
        call(desk, adviser), begin(number, adviser)
        with pytest.raises(OwnSlot):
            name(number, own, adviser)
        with transaction():
            calling.note_result(
                number, area_code=None, result=CaseResult.SOLVED, minutes=5, actor=who, now=desk_clock.now()
            )
        with pytest.raises(StepGone):
            name(number, make_learner(), adviser)


def test_from_the_days_page_to_the_name_and_from_the_counter_to_the_case(
    app: Flask, reception: PageClient, adviser: PageClient, clock: Clock
) -> None:
    clock.set(at(8, day=TODAY))
    with app.app_context():
        adviser_id = db.session.scalars(select(Account.id).where(Account.username == "adviser")).one()
        desk = desk_today(adviser_id)
        make_learner("アキタ ハナコ"), make_learner("ノシロ タロウ")
        give(desk), give(desk)
    page = reception.get(reception.get("/helpdesk/today").link("名前を入れる"))
    page = reception.submit(page, "さがす", {"q": "はなこ"}, expect=200)
    page = reception.get(page.link("アキタ ハナコ"))
    page = reception.submit(page, "name", follow=True)
    assert "1番は、アキタ ハナコ 様です。" in page.text
    assert page.texts(".queue strong") == ["アキタ ハナコ"]
    with app.app_context():
        who = actor(adviser_id)
        with transaction():
            calling.call_number(2, actor=who, now=desk_clock.now())
        begin(2, adviser_id)
        book(desk, adviser_id, make_learner("オガ サブロウ"), at(11, day=TODAY))
    page = adviser.get(adviser.get("/helpdesk/numbers/2/result").link("お名前を聞けたとき"))
    page = adviser.submit(page, "さがす", {"q": "さぶろう"}, expect=200)
    page = adviser.submit(adviser.get(page.link("オガ サブロウ")), "name", follow=True)
    assert page.h1 == "相談の記録"
    assert "オガ サブロウ" in page.text
    adviser.get("/helpdesk/numbers/2/who", expect=409)
