"""One learner's page: who they are, what is next, what happened, what they can do; and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.journey.record import ENTRIES_SHOWN
from supportdesk.learners.models import Device
from supportdesk.learners.particulars import Telephone
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.videos.operations import count_view
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import NOW
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.videos.making import make_video

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


def somebody(app: Flask, **particulars: object) -> int:
    with app.app_context():
        return make_learner("タカハシ ハナコ", phone="018-888-8642", **particulars)


def test_a_booking_of_several_dates_shows_the_next_and_which_it_is(app: Flask, reception: PageClient) -> None:
    learner = somebody(app)
    with app.app_context():
        today = clock.today()
        enrol(make_run(meeting_at(today, 14), meeting_at(today + timedelta(days=7), 14)), learner)
    assert "2回のうち1回目" in reception.get(f"/desk/{learner}").text
    clock.set_now(NOW + timedelta(days=1))
    reception.sign_in("reception")
    for address in (f"/desk/{learner}", f"/learners/{learner}"):
        card = reception.get(address).texts(".cards .card")[0]
        assert "12月1日（火）" in card and "2回のうち2回目" in card


def test_the_page_of_somebody_new_says_what_to_do_next(app: Flask, reception: PageClient) -> None:
    page = reception.get(f"/learners/{somebody(app)}")
    assert "タカハシ ハナコ" in page.h1
    assert "018-888-8642" in page.text
    assert "これからの予約はありません。" in page.text
    assert "まだ何もありません。" in page.text
    assert "教える教室はありません" in page.text


def test_names_phones_and_birthdays_are_shown_in_one_form_however_they_were_typed(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        run_id = make_run()
        learner = make_learner(
            "ｺﾏﾂ ｷｮｳｺ",
            phones=(Telephone("０１８ー８６６ー１２３４", "+81188661234"), Telephone("8661234", None)),
            birth_date=date(1933, 10, 19),
        )
        enrol(run_id, learner)
    page = reception.get(f"/learners/{learner}")
    assert "コマツ キョウコ" in page.h1
    assert "018-866-1234、8661234" in page.text
    assert page.texts(".facts .numbers") == ["018-866-1234 、 8661234"]
    assert page.texts(".facts .tel") == ["018-866-1234"]
    assert "昭和8年（1933年）10月19日" in page.text
    assert "コマツ キョウコ" in reception.get(f"/desk/{learner}").h1
    for address in (f"/classes/{run_id}", "/learners/", f"/desk/{learner}"):
        seen = reception.get(address).text
        assert "コマツ キョウコ" in seen
        assert "ｺﾏﾂ" not in seen
    assert attribute(reception.get(f"/learners/{learner}/edit").field("kana"), "value") == "ｺﾏﾂ ｷｮｳｺ"


def test_an_instructor_sees_no_telephone_of_a_learner_of_theirs(app: Flask, client: PageClient) -> None:
    learner = somebody(app)
    with app.app_context():
        enrol(make_run(meeting_at(staff=[make_account(Role.INSTRUCTOR).id])), learner)
    client.sign_in("instructor")
    page = client.get(f"/learners/{learner}")
    assert "タカハシ ハナコ" in page.h1
    assert "8642" not in page.html
    assert page.all(".facts .numbers") == []


def test_one_press_on_the_next_step_books_the_class(app: Flask, reception: PageClient) -> None:
    learner = somebody(app, district_code="tobu", device=Device.IPHONE)
    with app.app_context():
        make_run()
    page = reception.get(f"/learners/{learner}")
    assert "お住まいの地区" in page.one(".next-step").text
    done = reception.submit(page, "この教室に申し込む", follow=True)
    assert "受付が完了しました" in done.h1
    assert "電源の入れ方" in reception.get(f"/learners/{learner}").one(".cards").text


def test_a_class_once_cancelled_is_suggested_again(app: Flask, reception: PageClient) -> None:
    learner = somebody(app, district_code="tobu")
    with app.app_context():
        booked = enrol(make_run(), learner)
    assert "この教室に申し込む" not in reception.get(f"/learners/{learner}").text
    with app.app_context(), transaction():
        cancel_enrolment(booked.enrolment_id, actor=SYSTEM, now=clock.now())
    assert "電源の入れ方" in reception.get(f"/learners/{learner}").one(".next-step").text


def test_levels_say_where_they_came_from(app: Flask, reception: PageClient) -> None:
    learner = somebody(app)
    with app.app_context():
        make_run()
        with transaction():
            award_skills(
                [Observation(learner, "A1", 1)],
                source=EvidenceSource.CLASS,
                activity="meeting:1",
                observed_at=clock.now(),
                actor=SYSTEM,
                now=clock.now(),
            )
    shown = reception.get(f"/learners/{learner}").text
    assert "手伝ってもらえばできる" in shown
    assert "教室 「電源の入れ方・ボタン操作」" in shown


def test_a_long_story_is_told_page_by_page(app: Flask, reception: PageClient) -> None:
    learner = somebody(app)
    with app.app_context():
        video = make_video()
        for minute in range(45):
            with transaction():
                count_view(video.id, learner, now=NOW - timedelta(minutes=minute // 2))
    times = []
    page = reception.get(f"/learners/{learner}")
    assert "新しいほうにもどる" not in page.text
    while True:
        told = [attribute(one, "datetime") for one in page.all(".timeline time")]
        assert len(told) <= ENTRIES_SHOWN
        times += told
        if "もっと前を見る" not in page.text:
            break
        page = reception.get(page.link("もっと前を見る"))
        assert page.link("新しいほうにもどる").startswith(f"/learners/{learner}#")
    watched = [NOW - timedelta(minutes=minute // 2) for minute in range(45)]
    assert [datetime.fromisoformat(one) for one in times] == watched


@pytest.mark.parametrize("written", ["1", "あ", "2026-13-01", "2026-11-24T10:00", "0001-01-01T00:00+14:00"])
def test_a_nonsense_instant_shows_the_newest(app: Flask, reception: PageClient, written: str) -> None:
    page = reception.get(f"/learners/{somebody(app)}?before={quote(written)}")
    assert "まだ何もありません。" in page.text


def test_before_the_first_thing_there_was_nothing(app: Flask, reception: PageClient) -> None:
    page = reception.get(f"/learners/{somebody(app)}?before=1926-12-25T00:00:00Z")
    assert "これより前のことは、記録されていません。" in page.text


def test_whoever_looks_is_noted(app: Flask, reception: PageClient) -> None:
    learner = somebody(app)
    reception.get(f"/learners/{learner}")
    with app.app_context():
        seen = select(func.count()).where(
            AuditEntry.action == "view_learner", AuditEntry.subject == f"learner:{learner}"
        )
        assert db.session.scalar(seen) == 1


def test_an_instructor_sees_learners_of_their_own_meetings_without_their_numbers(
    app: Flask, client: PageClient
) -> None:
    theirs, stranger = somebody(app), somebody(app)
    with app.app_context():
        instructor = make_account(Role.INSTRUCTOR)
        enrol(make_run(meeting_at(staff=[instructor.id])), theirs)
    client.sign_in("instructor")
    assert "018-888-8642" not in client.get(f"/learners/{theirs}").text
    client.get(f"/learners/{stranger}", expect=404)


def test_the_page_takes_the_same_statements_however_long_the_story(
    app: Flask, reception: PageClient, queries: Counting
) -> None:
    learner = somebody(app)
    with app.app_context():
        enrol(make_run(), learner)
        db.session.remove()
    with queries() as before:
        reception.get(f"/learners/{learner}")
    with app.app_context():
        for hour in (11, 12, 13, 14, 15):
            enrol(make_run(meeting_at(hour=hour)), learner)
        db.session.remove()
    with queries() as after:
        reception.get(f"/learners/{learner}")
    assert len(after) == len(before), after
