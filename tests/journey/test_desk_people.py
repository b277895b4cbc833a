"""Reception tells namesakes apart, and finds who was misheard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceState
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import book, make_adviser, make_desk
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.recording import Statements

Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def reception(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


def ask(client: PageClient, words: str) -> Page:
    return client.submit(client.get("/desk"), "さがす", {"q": words}, expect=200)


def people(page: Page) -> list[str]:
    return [" ".join(one.text.split()) for one in page.all("#answer .results li")]


def test_namesakes_are_told_apart_by_their_next_booking(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        one, other = (make_learner("タナカ カズコ", birth_date=date(year, 5, 3)) for year in (1948, 1951))
        make_learner("タナカ カズコ", birth_year=1939)
        enrol(make_run(), one)
        adviser = make_adviser()
        book(make_desk(adviser), adviser, other)
    first, second, third = people(ask(reception, "たなか"))
    assert "1948年生まれ" in first
    assert "次は12月3日（木） 10:00 教室" in first
    assert "1951年生まれ" in second
    assert "次は12月3日（木） 10:00 相談" in second
    assert "1939年生まれ" in third
    assert "次は" not in third


def test_the_place_of_the_last_class_finds_whoever_came(app: Flask, reception: PageClient, clock: Clock) -> None:
    with app.app_context():
        came, stayed_away = make_learner("タナカ カズコ"), make_learner("タナカ ミノル")
        run_id = make_run(meeting_at(TODAY, 11))
        for learner_id in (came, stayed_away):
            enrol(run_id, learner_id)
        meeting_id = meeting_of(run_id)
        mark(meeting_id, came, AttendanceState.PRESENT, clock)
        mark(meeting_id, stayed_away, AttendanceState.ABSENT, clock)
    (found,) = people(ask(reception, "たなか いーぱる"))
    assert "タナカ カズコ" in found
    assert "前回の教室 いーぱる" in found
    with app.app_context():
        mark(meeting_id, came, AttendanceState.ABSENT, clock)  # it was a mistake
    assert people(ask(reception, "たなか いーぱる")) == []


def mark(meeting_id: int, learner_id: int, state: AttendanceState, time: Clock) -> None:
    now = time.advance(minutes=1)
    with transaction():
        record_attendance(meeting_id, [Mark(learner_id, state, now)], actor=SYSTEM, now=now)


def test_a_name_misheard_is_offered_with_a_word_of_warning(reception: PageClient, app: Flask) -> None:
    with app.app_context():
        make_learner("タナカ カズコ")
    page = ask(reception, "たなが")
    assert "1文字ちがいの方です" in page.one("#answer").text
    assert len(people(page)) == 1
    assert "この内容で新しく登録する" in page.text
    assert "1文字ちがい" not in ask(reception, "たなか").text


@pytest.mark.parametrize("words", ["昭和23年5月3日", "S23.5.3", "たなか 1948/5/3"])
def test_a_birthday_finds_a_person_and_no_class(app: Flask, reception: PageClient, words: str) -> None:
    with app.app_context():
        make_learner("タナカ カズコ", birth_date=date(1948, 5, 3))
        make_learner("サトウ カズコ", birth_date=date(1948, 5, 4))
        make_run()
    (found,) = people(ask(reception, words))
    assert "タナカ カズコ" in found


@pytest.mark.parametrize("words", ["たなか", "たなが", "たなか 東部", "昭和23年5月3日"])
def test_the_same_statements_however_many_are_found(
    app: Flask, reception: PageClient, queries: Counting, words: str
) -> None:
    born, token = date(1948, 5, 3), attribute(reception.get("/desk").field("csrf_token"), "value")

    def statements() -> int:
        with queries() as seen:
            form = {"q": words, "csrf_token": token}
            assert reception.raw.post("/desk", data=form, headers={"X-Fragment": "1"}).status_code == 200
        return len(seen)

    with app.app_context():
        make_learner("タナカ カズコ", birth_date=born, district_code="tobu")
    few = statements()
    with app.app_context():
        for _ in range(12):
            make_learner("タナカ カズコ", birth_date=born, district_code="tobu")
    assert statements() == few <= 22
