"""Staff write, find, change, check and take out answer cards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.cases.operations import Notes, close_case
from supportdesk.learners.models import Device
from supportdesk.videos.operations import retire_video
from tests.clocks import Clock
from tests.factories import make_account, make_learner
from tests.helpdesk.cards.making import make_card
from tests.helpdesk.making import at, book, make_desk
from tests.pages import PageClient
from tests.recording import queries
from tests.videos.making import make_video

TYPED = {
    "question": "メールを消すには",
    "steps": "メールを開きます\n\nごみ箱を押します",
    "device": "both",
    "area_code": "D",
    "skills": ["D1"],
}


@pytest.fixture
def case(app: Flask, clock: Clock, adviser: PageClient) -> str:
    """Where a card is written from a case of 佐藤 花子's, closed by the adviser."""
    with app.app_context():
        adviser_id = db.session.scalars(select(Account.id).where(Account.username == "adviser")).one()
        learner_id = make_learner("サトウ ハナコ", name="佐藤 花子", phone="018-888-1234", helper_name="佐藤 一郎")
        booked = book(make_desk(adviser_id), adviser_id, learner_id, topic="写真を送りたい")
    clock.set(at(10, 40))
    with app.app_context(), transaction():
        notes = Notes(
            asked="写真を送りたい",
            done="トークを開く。佐藤さんの孫に送れた。",
            areas=frozenset({"D"}),
            device=Device.IPHONE,
            result=CaseResult.SOLVED,
            levels={"D3": 2},
        )
        close_case(booked.booking_id, notes, actor=SYSTEM, now=desk_clock.now())
    adviser.another_device()
    adviser.sign_in("adviser")
    return f"/helpdesk/cards/new?case={booked.booking_id}"


def test_a_card_is_written_found_changed_checked_and_taken_out(app: Flask, adviser: PageClient) -> None:
    page = adviser.get("/helpdesk/cards/new")
    card = adviser.submit(page, data=TYPED, follow=True)
    assert card.h1 == "メールを消すには"
    assert card.texts(".card-steps li") == ["メールを開きます", "ごみ箱を押します"]
    found = adviser.get("/helpdesk/cards?q=めーるをけしたい")
    assert "メールを消すには" in found.text and "未確認" in found.text
    edited = adviser.submit(
        adviser.get(card.link("なおす")), data={"question": "いらないメールを消すには"}, follow=True
    )
    assert edited.h1 == "いらないメールを消すには"
    checked = adviser.submit(edited, "今日たしかめた", follow=True)
    assert "adviserさん" in checked.text and "なおした" in checked.text
    with app.app_context():
        successor = make_card()
    retired = adviser.submit(
        adviser.get(checked.link("使うのをやめる")), data={"successor": successor.code.lower()}, follow=True
    )
    assert "代わりのカード：写真をメールで送るには" in retired.text
    assert "いらないメール" not in adviser.get("/helpdesk/cards?q=メール").text
    assert "いらないメール" in adviser.get("/helpdesk/cards?q=メール&state=retired").text


def test_what_cannot_be_is_told_beside_its_field_and_all_stays_typed(adviser: PageClient) -> None:
    page = adviser.get("/helpdesk/cards/new")
    wrong = {**TYPED, "steps": "\n".join("手順です" * 1 for _ in range(13)), "videos": "V999999"}
    answer = adviser.submit(page, data=wrong, expect=422)
    assert "12行まで" in answer.error("steps")
    answer = adviser.submit(answer, data={"steps": "パスワードは hanako123 と入れます"}, expect=422)
    assert "パスワードは書かないで" in answer.error("steps")
    answer = adviser.submit(answer, data={"steps": TYPED["steps"]}, expect=422)
    assert "V999999" in answer.error("videos")
    assert "メールを消すには" in answer.html


def test_of_two_who_change_a_card_the_second_is_told_and_loses_nothing(adviser: PageClient, code: str) -> None:
    first, second = (adviser.get(f"/helpdesk/cards/{code}/edit") for _ in range(2))
    adviser.submit(first, data={"steps": "一の手順"})
    told = adviser.submit(second, data={"steps": "二の手順"}, expect=422)
    assert "ほかの人がこのカードをなおしました" in told.text
    assert told.texts(".card-steps li") == ["一の手順"]
    assert "二の手順" in told.field("steps").text
    assert adviser.submit(told, follow=True).texts(".card-steps li") == ["二の手順"]


def test_from_a_closed_case_a_card_is_written_that_names_nobody(adviser: PageClient, case: str) -> None:
    page = adviser.get(case)
    assert "その人のことは全部けして" in page.text
    assert "孫に送れた" in page.field("steps").text
    assert page.one("input[name=device][checked]").attrs["value"] == "iphone"
    assert "checked" not in page.field("public").attrs, "residents read it once somebody says so"
    refused = adviser.submit(page, expect=422)
    assert "佐藤" in refused.error("steps")
    for text in ("花子様が送る", "サトウハナコが送る", "018 888 1234に電話する", "佐藤一郎に聞く"):
        refused = adviser.submit(refused, data={"steps": text}, expect=422)
        assert "けしてください" in refused.error("steps"), text
    card = adviser.submit(refused, data={"steps": "トークを開きます\n砂糖のような甘い写真を送ります"}, follow=True)
    assert card.h1 == "写真を送りたい"


def test_a_case_that_one_may_not_see_gives_no_card(
    app: Flask, adviser: PageClient, case: str, stranger: PageClient, admin: PageClient
) -> None:
    for person in (stranger, admin):
        person.another_device()
        person.sign_in("stranger" if person is stranger else "admin")
        person.get(case, expect=404)
    adviser.get("/helpdesk/cards/new?case=999999", expect=404)
    adviser.get("/helpdesk/cards/new?case=x", expect=404)


def test_an_overdue_card_is_listed_and_checked_by_one_press(clock: Clock, adviser: PageClient, code: str) -> None:
    assert "写真をメールで" not in adviser.get("/helpdesk/cards?state=outdated").text
    clock.set(desk_clock.now() + timedelta(days=200))
    adviser.another_device()
    adviser.sign_in("adviser")
    page = adviser.get("/helpdesk/cards?state=outdated")
    assert "写真をメールで" in page.text
    assert "古くなっているかもしれません" in adviser.get(f"/faq/{code}").text
    adviser.submit(page, "今日たしかめた")
    assert "写真をメールで" not in adviser.get("/helpdesk/cards?state=outdated").text
    assert "古くなっている" not in adviser.get(f"/faq/{code}").text


def test_a_card_that_links_to_a_retired_video_says_so_and_leads_to_the_next(app: Flask, adviser: PageClient) -> None:
    with app.app_context():
        old, new = make_video(title="古い動画"), make_video(title="新しい動画")
        code = make_card(videos=(old.code,)).code
        with transaction():
            retire_video(old.id, new.id, actor=SYSTEM, now=desk_clock.now())
    page = adviser.get(f"/helpdesk/cards/{code}")
    assert "動画「古い動画」は、公開を終えました" in page.text
    assert page.link("代わりの動画") == f"/v/{new.code}"
    assert adviser.get(f"/faq/{code}").link("新しい動画") == f"/v/{new.code}"


def test_whoever_only_reads_cards_cannot_write_them(app: Flask, city: None, code: str) -> None:
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    instructor = PageClient(app)
    instructor.sign_in("instructor")
    assert "なおす" not in instructor.get(f"/helpdesk/cards/{code}").text
    instructor.get(f"/helpdesk/cards/{code}/edit", expect=403)
    instructor.get("/helpdesk/cards/K0000", expect=404)


def test_a_list_of_many_cards_takes_as_many_statements_as_one_of_few(app: Flask, adviser: PageClient) -> None:
    counts = []
    for more in (3, 40):
        with app.app_context():
            for number in range(more):
                make_card(question=f"写真を{number}枚送るには", device=CardDevice.IPHONE)
        with queries() as seen:
            adviser.get("/helpdesk/cards?q=しゃしん&device=iphone&area=B")
        with queries() as all_seen:
            adviser.get("/faq?q=写真")
        counts.append((len(seen), len(all_seen)))
    assert counts[0] == counts[1]
