"""A number from the counter to the screen to the case; one page for a desk's day; the waiting room learns no name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.accounts.office import IDLE_MINUTES
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.queue.models import NumberState, QueueNumber
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_learner
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.helpdesk.queue.making import TUESDAY, call, desk_today, give, states
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted

DAY_PAGE = "/helpdesk/today"


@pytest.fixture
def adviser_id(app: Flask, adviser: PageClient) -> int:
    with app.app_context():
        return db.session.scalars(select(Account.id).where(Account.username == "adviser")).one()


@pytest.fixture
def desk(app: Flask, adviser_id: int, clock: Clock) -> int:
    clock.set(at(8, day=TODAY))
    with app.app_context():
        return make_desk(adviser_id, weekday=TUESDAY, opens=9)


class TestTheCounter:
    def test_a_learner_takes_a_number_is_called_and_comes_to_the_case(
        self, app: Flask, reception: PageClient, adviser: PageClient, desk: int
    ) -> None:
        with app.app_context():
            learner = make_learner("アキタ ハナコ")
        page = reception.get(reception.get(DAY_PAGE).link("番号を出す"))
        page = reception.submit(page, "さがす", {"q": "はなこ"}, expect=200)
        page = reception.get(page.link("アキタ ハナコ"))
        assert "ハナコ" not in page.url
        page = reception.submit(page, "number", {"topic": "写真を送りたい"}, follow=True)
        assert page.h1 == "受付が完了しました"
        assert page.texts(".slip-number strong") == ["1"]
        for words in ("スマホ相談", "前の方 0人", "まもなくお呼びします"):
            assert words in page.text
        assert "ハナコ" not in page.text
        page = adviser.get(DAY_PAGE)
        page = adviser.submit(page, "counter", {"name": "窓口3"}, follow=True)
        assert "アキタ ハナコ" in page.text
        page = adviser.submit(page, "次の方を呼ぶ", follow=True)
        assert "窓口3（adviserさん）が8:00に呼びました" in page.text
        page = adviser.submit(page, "はじめる", follow=True)
        assert page.h1 == "相談の記録"
        assert "アキタ ハナコ" in page.text
        assert "写真を送りたい" in page.text
        with app.app_context():
            assert db.session.scalars(select(Booking.learner_id).where(Booking.walk_in)).all() == [learner]
        assert "予約なしで相談 1人" in reception.get(DAY_PAGE).text

    def test_somebody_without_a_name_is_counted_and_nothing_else(
        self, app: Flask, reception: PageClient, adviser: PageClient, desk: int
    ) -> None:
        page = reception.get(reception.get(DAY_PAGE).link("番号を出す"))
        reception.submit(page, "nameless", {"topic": "番号は123456789018"}, expect=422)
        page = reception.submit(page, "nameless", follow=True)
        assert page.texts(".slip-number strong") == ["1"]
        page = adviser.submit(adviser.get(DAY_PAGE), "counter", {"name": "窓口1"}, follow=True)
        page = adviser.submit(adviser.submit(page, "次の方を呼ぶ", follow=True), "はじめる", follow=True)
        assert page.h1 == "1番の方の相談の結果"
        page = adviser.submit(page, "result", {"minutes": "0"}, expect=422)
        assert page.error("minutes") == "＊1から480までの数で入力してください。"
        assert page.error("result") == "＊相談の結果をえらんでください。"
        page = adviser.submit(page, "result", {"minutes": "12", "result": "solved"}, follow=True)
        assert "1番の相談を終えました。" in page.text
        assert "うち名前を聞かない方 1人" in page.text

    def test_one_press_for_who_is_booked(
        self, app: Flask, reception: PageClient, adviser_id: int, desk: int, clock: Clock
    ) -> None:
        with app.app_context():
            book(desk, adviser_id, make_learner("アキタ ハナコ"), at(9, day=TODAY))
        page = reception.get(DAY_PAGE)
        page = reception.submit(page, "来ました", follow=True)
        assert page.h1 == "受付が完了しました"
        assert "ご予約 9:00" in page.text
        page = reception.get(DAY_PAGE)
        assert "1番・待っている" in page.text
        assert page.texts(".queue strong") == ["アキタ ハナコ"]

    def test_who_holds_a_number_already_is_told_which(self, app: Flask, reception: PageClient, desk: int) -> None:
        with app.app_context():
            learner = make_learner()
            number = give(desk, learner)
        page = reception.get(f"/helpdesk/desks/{desk}/numbers/new?learner={learner}")
        page = reception.submit(page, "number", {"topic": "写真"}, expect=422)
        assert "もう1番の番号をお持ちです" in page.text
        assert page.link("お持ちの番号を見る") == f"/helpdesk/numbers/{number}"
        assert "写真" in page.html


class TestTheLine:
    def test_two_advisers_with_the_same_page_call_two_numbers(
        self, app: Flask, adviser: PageClient, adviser_id: int, city: None, clock: Clock
    ) -> None:
        with app.app_context():
            colleague_id = make_adviser("colleague")
            desk = desk_today(adviser_id, colleague_id)
            give(desk), give(desk)
        colleague = PageClient(app)
        colleague.sign_in("colleague")
        ours, theirs = adviser.get(DAY_PAGE), colleague.get(DAY_PAGE)
        adviser.submit(ours, "/numbers/1/call", expect=303)
        page = colleague.submit(theirs, "/numbers/1/call", follow=True)
        assert "1番は、窓口1がもう呼んでいます" in page.html
        colleague.submit(theirs, "次の方を呼ぶ", expect=303)
        with app.app_context():
            rows = db.session.execute(select(QueueNumber.number, QueueNumber.counter).order_by(QueueNumber.number))
            assert [tuple(row) for row in rows] == [(1, "窓口1"), (2, "窓口2")]

    def test_not_there_back_again_and_gone(
        self, app: Flask, adviser: PageClient, reception: PageClient, adviser_id: int, clock: Clock
    ) -> None:
        with app.app_context():
            desk = desk_today(adviser_id)
            give(desk)
            call(desk, adviser_id)
        for button, state in (
            ("いない", NumberState.ABSENT),
            ("もどった", NumberState.WAITING),
            ("帰った", NumberState.LEFT),
            ("もどった", NumberState.WAITING),
            ("きょうの番号を終える", NumberState.UNSERVED),
        ):
            reception.submit(reception.get(DAY_PAGE), button, follow=True)
            with app.app_context():
                assert states(desk) == {1: state}, button

    def test_another_desks_line_is_not_theirs(
        self, app: Flask, stranger: PageClient, adviser_id: int, desk: int
    ) -> None:
        with app.app_context():
            number = give(desk)
        assert "この日、あなたの窓口はありません" in stranger.get(DAY_PAGE).text
        stranger.get(f"{DAY_PAGE}?desk={desk}", expect=404)
        stranger.get(f"/helpdesk/numbers/{number}", expect=404)
        stranger.get(f"/helpdesk/desks/{desk}/numbers/who", expect=404)
        for address in (f"desks/{desk}/numbers/call", f"numbers/{number}/begin", f"numbers/{number}/left"):
            stranger.post(f"/helpdesk/{address}", expect=404)


class TestTheDay:
    def test_one_desks_day_with_everything_on_it(
        self, app: Flask, reception: PageClient, adviser: PageClient, adviser_id: int, desk: int
    ) -> None:
        with app.app_context():
            one, two = make_learner("アキタ ハナコ"), make_learner("ノシロ タロウ")
            book(desk, adviser_id, one, at(9, day=TODAY), topic="LINE")
            give(desk, two)
            make_desk(make_adviser("elsewhere"), name="別の窓口")
        for who in (reception, adviser):
            page = who.get(DAY_PAGE)
            for words in ("アキタ ハナコ", "LINE", "ノシロ タロウ", "adviserさん 9:00〜12:00", "10:00〜11:00", "2枠"):
                assert words in page.text
        assert [attribute(one, "value") for one in reception.get(DAY_PAGE).all("#desk option")] == [
            str(desk),
            str(desk + 1),
        ]
        with app.app_context():
            assert noted(Action.VIEW_BOOKINGS)[-1] == (Action.VIEW_BOOKINGS, "", sorted([one, two]))
        other = reception.submit(reception.get(DAY_PAGE), "filters", {"desk": str(desk + 1), "day": "2026-12-03"})
        assert other.h1 == "12月3日（木）の相談"
        assert "別の窓口" in other.text
        assert "アキタ" not in other.text
        assert "2026年（令和8年）11月24日（火） 別の窓口" in reception.get(DAY_PAGE).text

    def test_it_takes_the_same_number_of_statements_however_much_goes_on(
        self,
        app: Flask,
        adviser: PageClient,
        adviser_id: int,
        clock: Clock,
        queries: Callable[[], AbstractContextManager[Statements]],
    ) -> None:
        clock.set(at(8, day=TODAY))
        with app.app_context():
            desk = desk_today(adviser_id)
            book(desk, adviser_id, make_learner(), at(9, day=TODAY))
            give(desk, make_learner())
        with queries() as few:
            adviser.get(DAY_PAGE)
        with app.app_context():
            book(desk, adviser_id, make_learner(), at(10, day=TODAY))
            give(desk, make_learner()), give(desk), give(desk, make_learner())
            call(desk, adviser_id)
        with queries() as many:
            adviser.get(DAY_PAGE)
        assert len(many) == len(few) <= 24, many

    def test_an_open_page_hears_that_something_moved_and_keeps_nobody_logged_in(
        self, app: Flask, reception: PageClient, adviser_id: int, desk: int, stranger: PageClient, clock: Clock
    ) -> None:
        reception.sign_in("reception")
        status = reception.get(DAY_PAGE).one("#moved")
        follow, mark = attribute(status, "data-follow"), attribute(status, "data-mark")
        stranger.get(follow, expect=404)
        assert reception.raw.get(follow).get_data(as_text=True) == mark
        with app.app_context():
            number = give(desk)
        moved = reception.raw.get(follow)
        assert moved.headers["Cache-Control"] == "no-store"
        marks = [mark, moved.get_data(as_text=True)]
        with app.app_context():
            book(desk, adviser_id, make_learner(), at(9, day=TODAY))
        marks.append(reception.raw.get(follow).get_data(as_text=True))
        reception.submit(reception.get(DAY_PAGE), f"/numbers/{number}/left", expect=303)
        marks.append(reception.raw.get(follow).get_data(as_text=True))
        assert len(set(marks)) == 4
        for _half_an_idle_time in range(2):
            clock.advance(minutes=IDLE_MINUTES.default // 2 + 1)
            answer = reception.raw.get(follow)
        assert answer.status_code == 303


class TestTheWaitingRoom:
    def test_the_screen_shows_numbers_and_counters_to_nobody_in_particular(
        self, app: Flask, client: PageClient, admin: PageClient, adviser_id: int, clock: Clock
    ) -> None:
        with app.app_context():
            desk = desk_today(adviser_id)
            give(desk, make_learner("アキタ ハナコ"))
        page = admin.submit(admin.get("/helpdesk/displays"), "画面を作る", follow=True)
        address = page.link("画面を開く")
        assert "お待ちください" in client.get(address).text
        with app.app_context():
            call(desk, adviser_id)
        page = client.get(address)
        assert page.texts(".called-now li") == ["1 窓口1へ"]
        assert "ハナコ" not in page.html
        assert page.headers["Cache-Control"] == "no-store"
        fragment = client.raw.get(address, headers={"X-Fragment": "1"}).get_data(as_text=True)
        assert "窓口1" in fragment
        assert "<html" not in fragment
        admin.submit(admin.get("/helpdesk/displays"), "作りなおす", follow=True)
        client.get(address, expect=404)

    def test_coordinators_set_up_the_screens_of_their_districts(self, app: Flask, city: None, desk: int) -> None:
        with app.app_context():
            for name, district in (("near", "tobu"), ("far", "seibu")):
                make_account(Role.COORDINATOR, username=name, districts=(district,))
        for name, status in (("near", 303), ("far", 404)):
            person = PageClient(app)
            person.sign_in(name)
            assert ("スマホ相談" in person.get("/helpdesk/displays").text) == (status == 303)
            person.post(f"/helpdesk/desks/{desk}/display", expect=status)
