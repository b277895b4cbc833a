"""Reception puts in line whom nothing suits, sees who waits, notes what they answer, and takes a mistake back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlencode

import pytest
from flask import Flask

from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.models import WishState
from supportdesk.learners.models import Channel
from tests.factories import make_learner
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.helpdesk.waiting.making import free, line, wait
from tests.pages import PageClient
from tests.recording import Statements

Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def slot(app: Flask, city: None) -> Wanted:
    """The desk's slot at ten; another follows at eleven."""
    with app.app_context():
        adviser_id = make_adviser("keiko")
        return Wanted(make_desk(adviser_id), adviser_id, at(10))


@pytest.fixture
def desk(slot: Wanted) -> int:
    return slot.desk_id


def states(app: Flask) -> list[WishState]:
    with app.app_context():
        return line()


def test_who_cancels_hears_that_it_is_offered(app: Flask, reception: PageClient, slot: Wanted) -> None:
    with app.app_context():
        booking = book(slot.desk_id, slot.adviser_id, make_learner(), slot.starts_at).booking_id
        wait(make_learner("アキタ ハナコ"), slot.desk_id)
    page = reception.submit(reception.get(f"/helpdesk/bookings/{booking}/cancel"), "cancel-booking", follow=True)
    assert "あきを待つ方に案内し、返事を待っています" in page.text
    assert "アキタ ハナコ" in reception.get(page.link("案内している方を見る")).text


def freed(app: Flask, slot: Wanted, *waiting: int) -> None:
    """These wait for the desk, and its slot at ten is freed."""
    with app.app_context():
        booking = book(slot.desk_id, slot.adviser_id, make_learner(), slot.starts_at).booking_id
        for one in waiting:
            wait(one, slot.desk_id)
        free(booking)


def test_from_the_desk_into_the_line_and_out_of_it(app: Flask, reception: PageClient, desk: int) -> None:
    with app.app_context():
        hanako = make_learner("アキタ ハナコ")
    page = reception.get(f"/desk/{hanako}")
    page = reception.get(page.link("あきを待つ"))
    wish = {"place": f"desk:{desk}", "weekdays": ["0", "3"], "half_day": "morning", "topic": "LINEで写真を送りたい"}
    page = reception.submit(page, "wish", wish, follow=True)
    assert page.h1 == "受付が完了しました"
    for words in ("前に待っている方は0人です", "スマホ相談", "月曜日・木曜日 午前", "LINEで写真を送りたい"):
        assert words in page.text
    assert "相談のあき待ち" in reception.get(f"/desk/{hanako}").text
    assert "月曜日・木曜日 午前" in reception.get(f"/learners/{hanako}").text
    again = reception.submit(reception.get(f"/helpdesk/waiting/new?learner={hanako}"), "wish", wish, expect=422)
    assert "この窓口のあきをもう待っています" in again.text
    page = reception.submit(page, "待つのをやめる", follow=True)
    assert states(app) == [WishState.LEFT]
    page = reception.submit(page, "もとの順番にもどす", follow=True)
    assert states(app) == [WishState.WAITING]


def test_a_form_that_cannot_be_says_so_beside_its_field_and_keeps_what_was_typed(
    app: Flask, reception: PageClient, desk: int
) -> None:
    with app.app_context():
        hanako = make_learner()
    address = f"/helpdesk/waiting/new?learner={hanako}&desk={desk}"
    page = reception.submit(reception.get(address), "wish", {"place": "", "topic": "写真"}, expect=422)
    assert "「どの窓口を待ちますか」の答えをえらんでください。" in page.error("place")
    assert "写真" in page.html
    reception.post(address, {"learner": str(hanako), "place": "desk:999999", "half_day": "noon"}, expect=422)
    assert states(app) == []
    reception.get("/helpdesk/waiting/new?learner=999999", expect=404)
    assert reception.get("/helpdesk/waiting/new", expect=303).location == "/helpdesk/"


def test_the_offer_says_what_is_offered_and_is_answered_from_the_wish_and_from_the_call_list(
    app: Flask, reception: PageClient, slot: Wanted
) -> None:
    with app.app_context():
        people = [make_learner("アキタ ハナコ", phone="018-888-1542"), make_learner(), make_learner("ヌマ タロウ")]
    freed(app, slot, *people)
    page = reception.get("/helpdesk/waiting")
    assert "3人が待っています" in page.text
    page = reception.get(page.link("アキタ ハナコ"))
    for words in ("2026年（令和8年）12月3日（木） 10:00〜11:00", "スマホ相談", "いーぱる", "keikoさん", "17:00 まで"):
        assert words in page.text
    assert "アキタ ハナコ 様の枠をえらんでください。" in reception.get(page.link("ほかの枠をさがす")).text
    page = reception.submit(page, "今回は見送る", follow=True)
    assert "枠があきました" not in page.text
    page = reception.get("/calls")
    assert "の相談の枠があきました。予約されますか" in page.text
    reception.submit(page, "次の方にまわす")
    page = reception.get(reception.get("/helpdesk/waiting").link("ヌマ タロウ"))
    page = reception.submit(page, "予約する", follow=True)
    assert "受付が完了しました" in page.text
    assert states(app) == [WishState.WAITING, WishState.WAITING, WishState.BOOKED]
    assert "3番目" not in reception.get("/helpdesk/waiting").text


def test_a_booking_says_that_it_ended_the_waiting(app: Flask, reception: PageClient, slot: Wanted) -> None:
    with app.app_context():
        hanako = make_learner()
        wait(hanako, slot.desk_id)
    address = "/helpdesk/book?" + urlencode({**slot.address, "learner": hanako})
    page = reception.submit(reception.get(address), "book", follow=True)
    assert "あき待ち（スマホ相談）は、これで終わりにしました" in page.text
    assert states(app) == [WishState.BOOKED]


def test_who_is_not_ones_own_is_nobody(app: Flask, stranger: PageClient, desk: int) -> None:
    with app.app_context():
        wish = wait(make_learner("アキタ ハナコ"), desk)
    assert "待っている方はいません" in stranger.get("/helpdesk/waiting").text
    stranger.get(f"/helpdesk/waiting/{wish}", expect=404)
    stranger.post(f"/helpdesk/waiting/{wish}/leave", expect=404)


def test_the_list_asks_the_same_number_of_statements_however_many(
    app: Flask, reception: PageClient, slot: Wanted, queries: Counting
) -> None:
    address = f"/helpdesk/waiting?desk={slot.desk_id}"
    with app.app_context():
        wait(make_learner(), slot.desk_id)
    reception.get(address)
    with queries() as few:
        reception.get(address)
    freed(app, slot, *make_them(app, 5))
    with queries() as many:
        assert "6人が待っています" in reception.get(address).text
    assert len(few) == len(many)


def make_them(app: Flask, number: int) -> list[int]:
    with app.app_context():
        return [make_learner(channel=Channel.MAIL) for _one in range(number)]
