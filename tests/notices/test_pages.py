"""The call list's page: reception calls, notes how it went with one press, and takes a slip back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.learners.models import Channel
from supportdesk.notices.models import Notice, NoticeState
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import NOW, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.notices.making import queue, settle
from tests.pages import PageClient
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


def states(app: Flask) -> list[NoticeState]:
    with app.app_context():
        return list(db.session.scalars(select(Notice.state).order_by(Notice.id)))


def test_an_empty_list_says_when_somebody_will_be_on_it(reception: PageClient) -> None:
    page = reception.get("/calls")
    assert "いま電話をかける人はいません" in page.text
    assert "はがきを出す人はいません" in reception.get("/calls?by=post").text
    assert reception.get("/home").link("連絡リスト") == "/calls"


def test_a_call_from_the_list_to_the_record(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        learner = make_learner("アキタ ハナコ", phone="018-888-1542", channel=Channel.MAIL)
        enrol(make_run(), learner, told=False)
    page = reception.get("/calls")
    for words in (
        "アキタ ハナコ 様",
        "018-888-1542",
        "席をご用意しました",
        "12月3日（木） 10:00 までに伝えます",
        "メール",
    ):
        assert words in page.text
    assert page.link("018-888-1542") == "tel:+81188881542"
    page = reception.submit(page, "出なかった", follow=True)
    assert "1回かけて、出なかった" in page.text
    page = reception.submit(page, "つながった", follow=True)
    assert "いま電話をかける人はいません" in page.text
    assert "伝えた" in page.one("section").text
    assert states(app) == [NoticeState.DONE]
    page = reception.submit(page, "この記録を取り消す", follow=True)
    assert "1回かけて、出なかった" in page.text
    reception.submit(page, "連絡不要")
    assert states(app) == [NoticeState.NOT_NEEDED]
    assert "連絡不要" in reception.get("/calls/today").text


def test_a_button_pressed_twice_counts_once(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        queue(make_learner())
    page = reception.get("/calls")
    first = reception.submit(page, "出なかった")
    assert reception.submit(page, "出なかった").location == first.location
    with app.app_context():
        assert db.session.scalars(select(Notice.attempts)).one() == 1


def test_two_screens_do_not_tell_twice(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        queue(make_learner())
    one, other = reception.get("/calls"), reception.get("/calls")
    reception.submit(one, "つながった")
    assert "もうすんでいる" in reception.submit(other, "つながった", follow=True).text


def test_a_postcard_is_posted(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        queue(make_learner(channel=Channel.POST, address="秋田市山王1-1-1"))
    page = reception.get("/calls?by=post")
    assert "秋田市山王1-1-1" in page.text
    done = reception.submit(page, "はがきを出した")
    assert done.location == "/calls?by=post&page=1"
    assert states(app) == [NoticeState.DONE]


def test_what_began_meanwhile_is_shown_as_not_told(app: Flask, reception: PageClient, clock: Clock) -> None:
    clock.advance(minutes=1)
    with app.app_context():
        enrol(make_run(meeting_at(NOW.date(), hour=11)), make_learner(), told=False)
    assert "席をご用意しました" in reception.get("/calls").one(".calls").text
    clock.advance(minutes=59)
    page = reception.get("/calls")
    assert "いま電話をかける人はいません" in page.text
    assert "間に合わず、連絡できなかった" in page.text


def test_a_look_at_the_list_writes_that_it_was_looked_at_and_nothing_else(
    app: Flask, reception: PageClient, clock: Clock, queries: Counting
) -> None:
    with app.app_context():
        queue(make_learner(), tell_until=clock.advance(minutes=30))
    for address in ("/calls", "/calls/today"):
        with queries() as seen:
            assert "間に合わず、連絡できなかった" in reception.get(address).text
        others = [written for written in seen.writing() if " audit_" not in written]
        assert all("UPDATE signed_in SET last_seen_at" in written for written in others), others
    assert states(app) == [NoticeState.WAITING]


def test_a_page_reads_no_more_than_it_shows(app: Flask, reception: PageClient, queries: Counting) -> None:
    with app.app_context():
        for _number in range(3):
            queue(make_learner(phone="018-888-1542"))
    with queries() as seen:
        reception.get("/calls")
    assert any("LIMIT" in statement and "notice" in statement for statement in seen)
    assert len(seen) <= 10


def test_nonsense_changes_nothing(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        called = queue(make_learner())
    for outcome in ("", "maybe", "x" * 5000):
        answer = reception.post(f"/calls/{called}", {"outcome": outcome}, follow=True)
        assert "結果をえらんでください" in answer.text
    for notice_id in ("999999", "9" * 30):
        reception.post(f"/calls/{notice_id}", {"outcome": "reached"}, expect=404)
        reception.post(f"/calls/{notice_id}/undo", expect=404)
    assert states(app) == [NoticeState.WAITING]
    assert reception.get("/calls?page=99999999999999999999&by=nobody").status == 200


def test_a_coordinator_neither_sees_nor_settles_other_districts(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
        queue(make_learner("ミエル ヒト", district_code="tobu"))
        other = queue(make_learner("ミエナイ ヒト", district_code="seibu"))
        settled = queue(make_learner("ミエナイ ヒト", district_code="seibu"))
        settle(settled)
    client.sign_in("coordinator")
    page = client.get("/calls")
    assert "ミエル ヒト" in page.text
    assert "ミエナイ" not in page.text
    client.post(f"/calls/{other}", {"outcome": "reached"}, expect=404)
    client.post(f"/calls/{settled}/undo", expect=404)


def test_whose_numbers_were_shown_is_noted(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        learner = make_learner()
        queue(learner)
    reception.get("/calls")
    with app.app_context():
        assert noted(Action.VIEW_CALL_LIST) == [("view_call_list", "", [learner])]
