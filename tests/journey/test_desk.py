"""Reception's one screen: whatever a caller says is found, and one press books."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.classes.models import Edition
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Device, Need
from tests.classes.lottery.drawing import make_lottery
from tests.classes.making import enrol, make_run, meeting_at, room_of
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.markup import attribute, inputs_of
from tests.notices.making import queue
from tests.pages import Page, PageClient
from tests.recording import Statements
from tests.trail import noted

Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def reception(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


@pytest.fixture
def hanako(app: Flask) -> int:
    with app.app_context():
        return make_learner("タカハシ ハナコ", name="髙橋 花子", phone="018-888-8642", district_code="tobu")


def ask(client: PageClient, words: str) -> Page:
    return client.submit(client.get("/desk"), "さがす", {"q": words}, expect=200)


def test_the_box_is_in_focus_and_the_day_stands_below(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        make_run(meeting_at(TODAY, 14))
    page = reception.get("/desk")
    assert "autofocus" in page.field("q").attrs
    assert "電源の入れ方・ボタン操作" in page.one("table").text
    assert "あと10人" in page.one("table").text


def test_a_number_is_given_at_the_desk_looked_at_last_or_at_another(
    app: Flask, reception: PageClient, hanako: int
) -> None:
    assert reception.get(reception.get("/desk").link("番号を出す"), expect=303).location == "/helpdesk/today"
    with app.app_context():
        desks = [make_desk(make_adviser(name), name=name) for name in ("first", "second")]
    page = reception.get(reception.get("/desk").link("番号を出す"), expect=303, follow=True)
    page = reception.get(page.link("second"), expect=303, follow=True)
    assert page.url == f"/helpdesk/desks/{desks[1]}/numbers/who"
    page = reception.get(reception.get(f"/desk/{hanako}").link("番号を出す"), expect=303, follow=True)
    page = reception.submit(page, "number", follow=True)
    assert (page.h1, page.one(".slip h2").text) == ("受付が完了しました", "second")


@pytest.mark.parametrize("words", ["たかは", "ﾀｶﾊｼ", "高橋", "花子", "はなこ", "8642", "018-888-8642"])
def test_a_learner_is_found_by_what_a_caller_says(reception: PageClient, hanako: int, words: str) -> None:
    found = ask(reception, words)
    assert found.link("髙橋 花子") == f"/desk/{hanako}"
    assert "8642" in found.one("#answer").text


@pytest.mark.parametrize("words", ["電源", "いーぱる", "いーぱる 12/3", "12/3", "東部"])
def test_a_class_is_found_by_word_place_and_date(app: Flask, reception: PageClient, words: str) -> None:
    with app.app_context():
        run_id = make_run()
    assert ask(reception, words).link("電源の入れ方") == f"/classes/{run_id}"


def test_more_classes_than_are_shown_are_counted_and_no_name_stands_in_the_address_that_shows_them(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        for number in range(12):
            make_run(meeting_at(hour=8 + number))
    found = ask(reception, "ボタン")
    assert "ほかに2件あります" in found.text
    assert "q=" in found.link("教室の一覧を開く")
    with app.app_context():
        make_learner("ボタン ハナ")
    assert ask(reception, "ボタン").link("教室の一覧を開く") == "/classes/"


@pytest.mark.parametrize("marks", ["%", "😀", "ー", "・・"])
def test_marks_alone_find_nothing(app: Flask, reception: PageClient, hanako: int, marks: str) -> None:
    with app.app_context():
        make_run()
    page = ask(reception, marks)
    assert "電源の入れ方" not in page.one("#answer").text
    assert "見つかりません" in page.one("#answer").text


def test_a_long_sound_is_found_however_it_is_written(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        make_learner("サトウ キヨ")
    assert ask(reception, "サトーキヨ").link("サトウ キヨ")


def test_is_it_on_today_deserves_a_no(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(TODAY, 14))
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
    assert "中止" in ask(reception, "今日").one("#answer").text


def test_which_class_did_i_book_is_answered_by_the_bookings_code(
    app: Flask, reception: PageClient, hanako: int
) -> None:
    with app.app_context():
        enrolled = enrol(make_run(), hanako)
    found = ask(reception, enrolled.code.lower())
    assert found.link("髙橋 花子") == f"/classes/enrolments/{enrolled.enrolment_id}"


def test_nobody_found_leads_to_entering_them(reception: PageClient) -> None:
    page = ask(reception, "ノリコ")
    assert "見つかりません" in page.text
    entering = reception.submit(page, "この内容で新しく登録する", expect=200)
    assert attribute(entering.field("kana"), "value") == "ノリコ"


def test_the_days_consultations_are_shown_with_their_learners(app: Flask, reception: PageClient, hanako: int) -> None:
    with app.app_context():
        adviser = make_adviser()
        book(make_desk(adviser), adviser, hanako)
    found = ask(reception, "12/3")
    assert "10:00 髙橋 花子" in " ".join(found.one("#answer").text.split())
    assert "この日の相談の予約はありません" in ask(reception, "12/4").one("#answer").text


@pytest.mark.parametrize("words", ["11/31", "2月30日"])
def test_a_day_that_is_none_is_said_and_nobody_is_guessed(app: Flask, reception: PageClient, words: str) -> None:
    with app.app_context():
        make_learner("カトウ マサ", phone="018-888-1131")
    found = ask(reception, words).one("#answer").text
    assert f"{words}という日はありません" in found
    assert "カトウ" not in found


def test_the_box_says_when_there_are_more_people_than_it_shows(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        for _ in range(20):
            make_learner("アキタ ハナコ")
    assert "ほかにもいます" not in ask(reception, "はなこ").text
    with app.app_context():
        make_learner("アキタ ハナコ")
    page = ask(reception, "はなこ")
    assert len(page.all(".results li")) == 20
    assert "ほかにもいます。つづけて入力してください。" in page.text


def test_scripts_get_the_answer_alone(reception: PageClient, hanako: int) -> None:
    token = attribute(reception.get("/desk").field("csrf_token"), "value")
    answer = reception.raw.post("/desk", data={"q": "たかは", "csrf_token": token}, headers={"X-Fragment": "1"})
    body = answer.get_data(as_text=True)
    assert f"/desk/{hanako}" in body
    assert "<html" not in body


def test_who_was_shown_is_noted(app: Flask, reception: PageClient, hanako: int) -> None:
    ask(reception, "たかは")
    with app.app_context():
        assert noted(Action.SEARCH_LEARNERS) == [("search_learners", "", [hanako])]


class TestALearnerOnTheLine:
    def test_near_classes_and_slots_come_first_and_one_press_books_each(
        self, app: Flask, reception: PageClient, hanako: int
    ) -> None:
        with app.app_context():
            make_run(meeting_at(hour=9, room_id=room_of("キタスカ").id), venue_id=None)
            make_run(meeting_at(hour=13))
            make_desk(make_adviser())
        page = reception.get(f"/desk/{hanako}")
        offers = page.texts(".offers > li")
        assert "いーぱる" in offers[0] and "キタスカ" in offers[1]
        booked = press(reception, page, "/classes/", expect=303)
        assert "受付が完了しました" in reception.get(booked.location).h1
        page = reception.get(f"/desk/{hanako}")
        assert "予約ずみ" in page.texts(".offers > li")[0]
        booked = press(reception, page, "/helpdesk/", expect=303)
        assert "受付が完了しました" in reception.get(booked.location).h1

    def test_a_draw_is_entered_with_one_press_and_stands_among_the_bookings(
        self, app: Flask, reception: PageClient, hanako: int, clock: Clock
    ) -> None:
        with app.app_context():
            drawn, other = make_lottery(capacity=1), make_lottery(hour=14)
        page = reception.get(f"/desk/{hanako}")
        assert "抽選（11月29日（日） 10:00に締め切り）" in page.texts(".offers > li")[0]
        assert "あと1人" not in page.text
        entered = press(reception, page, f"/classes/{drawn}/", expect=303)
        assert "受付が完了しました" in reception.get(entered.location).h1
        page = reception.get(f"/desk/{hanako}")
        assert page.link("抽選に申し込みずみ") == entered.location.partition("?")[0]
        assert "抽選番号 1番" in page.one(".cards").text
        assert "抽選番号 1番" in reception.get(f"/learners/{hanako}").one(".cards").text
        clock.advance(days=5)
        reception.another_device()
        reception.sign_in("reception")
        late = reception.get(f"/desk/{hanako}")
        assert "申し込みは締め切りました。まもなく抽選です。" in late.texts(".offers > li")[1]
        assert f"/classes/{other}/enrol" not in late.html

    def test_whoever_calls_for_somebody_else_is_asked_for_at_once(
        self, app: Flask, reception: PageClient, hanako: int
    ) -> None:
        with app.app_context():
            run_id = make_run()
        asked = reception.get(reception.get(f"/desk/{hanako}").link("代わりの方の電話"))
        assert "open" in asked.one("details").attrs
        assert "open" not in reception.get(f"/classes/{run_id}/enrol?learner={hanako}").one("details").attrs

    def test_a_clash_is_shown_with_what_was_pressed_kept(self, app: Flask, reception: PageClient, hanako: int) -> None:
        with app.app_context():
            enrol(make_run(meeting_at(hour=13)), hanako)
            other = make_run(meeting_at(hour=13, room_id=room_of("キタスカ").id), venue_id=None)
        page = reception.get(f"/desk/{hanako}")
        refused = press(reception, page, f"/classes/{other}/", expect=422)
        assert "同じ時間に" in refused.text
        assert attribute(refused.field("learner"), "value") == str(hanako)
        done = reception.submit(refused, "enrol", {"clash_reason": "早く抜ける"}, follow=True)
        assert "受付が完了しました" in done.h1

    def test_words_and_days_narrow_the_classes(self, app: Flask, reception: PageClient, hanako: int) -> None:
        with app.app_context():
            make_run(meeting_at(hour=13))
            make_run(meeting_at(hour=15), course="K02")
        page = reception.get(f"/desk/{hanako}")
        narrowed = reception.submit(page, "さがす", {"q": "カメラ 12/3"})
        assert len(narrowed.texts(".offers > li")) == 1

    def test_editions_for_another_phone_are_left_out(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            make_run(edition=Edition.ANDROID)
            learner = make_learner(device=Device.IPHONE)
        assert "見つかりません" in reception.get(f"/desk/{learner}").text

    def test_what_is_not_shown_at_once_stands_on_pages_of_its_own(
        self, app: Flask, reception: PageClient, hanako: int, queries: Counting
    ) -> None:
        with app.app_context():
            for number in range(11):
                make_run(meeting_at(hour=8 + number))
            far = make_run(meeting_at(hour=7, room_id=room_of("キタスカ").id), venue_id=None)
            for number in range(5):
                make_desk(make_adviser(f"adviser{number}"), name=f"相談{number}")
        page = reception.get(f"/desk/{hanako}")
        assert "1 / 2 ページ（12件）" in page.text
        assert "キタスカ" not in page.text
        (runs,) = page.all(".pages[aria-label=教室のページ] a")
        following = reception.get(attribute(runs, "href"))
        assert f"/classes/{far}/enrol" in following.html
        assert len(following.all("section[aria-labelledby=runs] .offers > li")) == 2
        last = reception.get(f"/desk/{hanako}?q=12/3&slots=999")
        (slots,) = last.all(".pages[aria-label=相談の枠のページ] a")
        assert attribute(slots, "href").startswith(f"/desk/{hanako}?q=12/3")
        with queries() as one:
            reception.get(f"/desk/{hanako}")
        with queries() as other:
            reception.get(f"/desk/{hanako}?runs=2&slots=2")
        assert len(other) == len(one) - 1  # a last page tells by itself how many there are

    def test_nobody_is_not_found(self, reception: PageClient) -> None:
        reception.get("/desk/999999", expect=404)


def test_the_desk_takes_the_same_statements_however_much_is_on(
    app: Flask, reception: PageClient, hanako: int, queries: Counting
) -> None:
    def count(address: str) -> int:
        with queries() as seen:
            reception.get(address)
        return len(seen)

    with app.app_context():
        enrol(make_run(meeting_at(TODAY, 11)), hanako)
        make_desk(make_adviser())
        db.session.remove()
    before = {address: count(address) for address in ("/desk", f"/desk/{hanako}", "/desk/pack")}
    with app.app_context():
        for hour in (12, 13, 14, 15):
            enrol(make_run(meeting_at(TODAY, hour)), hanako)
        db.session.remove()
    assert {address: count(address) for address in before} == before


def test_a_learners_page_asks_for_bookings_and_slots_once(
    app: Flask, reception: PageClient, hanako: int, queries: Counting
) -> None:
    with app.app_context():
        enrol(make_run(), hanako)
        make_desk(make_adviser())
        db.session.remove()
    with queries() as seen:
        reception.get(f"/desk/{hanako}")
    # Bookings thrice: what is to come, whether there ever was one, and with whom the last was. Cells twice: of the
    # advisers, and of loan phones.
    for table, times in {"enrolment": 1, "booking": 3, "desk_hours": 1, "occupancy_cell": 2}.items():
        assert len([one for one in seen if re.search(rf"(FROM|JOIN) {table}\b", one)]) == times, (table, seen)


def test_the_morning_pack_holds_the_days_rosters_bookings_and_calls(
    app: Flask, reception: PageClient, hanako: int
) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(TODAY, 14), capacity=1)
        first = enrol(run_id, hanako)
        kiyo = make_learner("イトウ キヨ")
        second = enrol(run_id, kiyo, told=False)
        called = make_learner("カトウ ヨネ")
        queue(called)
    page = reception.get("/desk/pack")
    assert first.code in page.text and second.code in page.text
    assert "018-888-8642" in page.text
    assert "イトウ キヨ" in page.text and "カトウ ヨネ" in page.text
    assert "この日の教室" not in reception.get("/desk/pack?day=2026-11-25").text
    with app.app_context():
        assert noted(Action.PRINT_PACK)[0] == ("print_pack", "", sorted([hanako, kiyo, called]))


def test_the_morning_pack_says_what_to_prepare_for_whom(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(TODAY, 14), capacity=1)
        enrol(run_id, make_learner("ミミ トオイ", needs=frozenset({Need.HEARING, Need.FAMILY})))
        enrol(run_id, make_learner("マツ ヒト", needs=frozenset({Need.SIGHT})))
        adviser = make_adviser()
        desk = make_desk(adviser, weekday=TODAY.weekday())
        book(desk, adviser, make_learner("アシ ワルイ", needs=frozenset({Need.WALKING})), at(11, day=TODAY))
    page = reception.get("/desk/pack")
    seated, booked = (row for row in page.texts("table.sheet tbody tr") if "トオイ" in row or "アシ" in row)
    assert "聞こえにくい" in seated and "家族といっしょに来る" in seated
    assert "歩きにくい" in booked
    assert "見えにくい" in page.one("ol li").text


def press(client: PageClient, page: Page, action: str, expect: int) -> Page:
    """Press the first button among the offers whose form leads there."""
    form = next(form for form in page.all(".offers form") if attribute(form, "action").startswith(action))
    fields = inputs_of(form)
    return client.post(attribute(form, "action"), fields, expect=expect)
