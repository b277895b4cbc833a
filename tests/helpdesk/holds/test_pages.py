"""Keeping a slot from the pages: for whom one looks, who meanwhile comes too late, and what has run out."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core.permissions import Role
from supportdesk.helpdesk.slots import Wanted
from tests.clocks import Clock
from tests.factories import make_account, make_learner
from tests.helpdesk.making import at, make_adviser, make_desk
from tests.pages import PageClient


@pytest.fixture
def slot(app: Flask, city: None) -> Wanted:
    """A desk's slot; another follows an hour later."""
    with app.app_context():
        adviser_id = make_adviser("keiko")
        return Wanted(make_desk(adviser_id), adviser_id, at(10))


@pytest.fixture
def learner(app: Flask, city: None) -> int:
    with app.app_context():
        return make_learner("アキタ ハナコ")


@pytest.fixture
def colleague(app: Flask, city: None) -> PageClient:
    with app.app_context():
        make_account(Role.RECEPTION, username="colleague")
    person = PageClient(app)
    person.sign_in("colleague")
    return person


def test_reception_keeps_a_slot_asks_and_books_while_a_colleague_is_shown_the_next(
    reception: PageClient, colleague: PageClient, slot: Wanted, learner: int
) -> None:
    page = reception.get(f"/desk/{learner}?q=12/3")
    pressed = {**slot.address, "learner": learner, "one_time_token": "a" * 22}
    assert page.text.count("おさえて用件を聞く") == 2
    page = reception.get(reception.post("/helpdesk/hold", pressed).location)
    assert "10:05まで、この枠をおさえています" in page.text
    assert "案内中（10:05まで）" in colleague.get("/helpdesk/?day=2026-12-03").text
    told = colleague.get("/helpdesk/book", query_string={**slot.address, "learner": learner})
    assert "ほかの方に案内しています" in told.text
    assert "11:00" in told.text
    late = colleague.post("/helpdesk/hold", {**slot.address, "learner": learner, "one_time_token": "b" * 22})
    assert "ほかの方に案内しています" in colleague.get(late.location).text
    done = reception.submit(page, "book", {"topic": "地図を見たい"}, follow=True)
    assert done.h1 == "受付が完了しました"


def test_what_was_typed_stays_when_the_hold_ran_out_and_the_slot_is_gone(
    reception: PageClient, colleague: PageClient, slot: Wanted, learner: int, clock: Clock, app: Flask
) -> None:
    page = reception.get("/helpdesk/book", query_string={**slot.address, "learner": learner})
    page = reception.submit(page, "話しているあいだ、おさえる（5分）", follow=True)
    clock.advance(minutes=6)
    with app.app_context():
        other = make_learner("アキタ タロウ")
    pressed = {**slot.address, "learner": other, "tell": "now", "one_time_token": "c" * 22}
    assert "done=1" in colleague.post("/helpdesk/book", pressed).location
    gone = reception.submit(page, "book", {"topic": "地図を見たい"}, expect=422)
    assert "ふさがっています" in gone.text
    assert "地図を見たい" in gone.html
    done = reception.submit(gone, "book", {"other": Wanted(slot.desk_id, slot.adviser_id, at(11)).key}, follow=True)
    assert done.h1 == "受付が完了しました"
    assert "地図を見たい" in done.text


def test_it_is_let_go_again(reception: PageClient, colleague: PageClient, slot: Wanted, learner: int) -> None:
    page = reception.get("/helpdesk/who", query_string=slot.address)
    page = reception.submit(page, "話しているあいだ、おさえる（5分）", expect=303)
    page = reception.get(page.location, follow=True, expect=303)
    reception.submit(page, "おさえるのをやめる", expect=303)
    free = colleague.get("/helpdesk/book", query_string={**slot.address, "learner": learner})
    assert free.h1 == "この内容で予約しますか"
