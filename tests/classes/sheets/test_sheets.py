"""What learners say after a meeting: by its code on a phone, on paper typed in by number; shown without names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.merging import parts
from supportdesk.classes.models import Meeting
from supportdesk.classes.sheets import operations
from supportdesk.classes.sheets.errors import TooManySheets
from supportdesk.classes.sheets.models import FeedbackSheet, SheetWay
from supportdesk.classes.sheets.office import FEEDBACK_MOST
from supportdesk.classes.sheets.operations import answer_on_phone, type_sheet
from supportdesk.classes.sheets.queries import Said, areas_wished
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.merging.operations import merge_learners
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rights.erasure import erase_learner
from tests.classes.attending import BEGINS, come_back, learner
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_account, make_decliner, make_reference
from tests.pages import PageClient
from tests.recording import Statements
from tests.videos.making import own_phone

Taught = Callable[..., tuple[int, int]]
GOOD = Said(4, 3, ("C", "G"), "")


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def code_of(app: Flask, meeting_id: int) -> str:
    with app.app_context():
        return db.session.scalars(select(Meeting.code).where(Meeting.id == meeting_id)).one()


def kept(app: Flask) -> list[tuple[object, ...]]:
    """(learner, understanding, satisfaction, areas, wish, way) of every sheet."""
    with app.app_context():
        sheet = FeedbackSheet
        columns = (sheet.learner_id, sheet.understanding, sheet.satisfaction, sheet.areas, sheet.wish, sheet.way)
        return [tuple(row) for row in db.session.execute(select(*columns).order_by(sheet.id))]


def test_by_the_meetings_code_anybody_answers_without_a_name_once_a_form(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    _run, meeting_id = taught(learner(app))
    code, phone = code_of(app, meeting_id), PageClient(app)
    clock.set(BEGINS - timedelta(minutes=1))
    assert "アンケート" not in phone.get(f"/m/{code}").text, "not before it begins"
    clock.set(BEGINS)
    unsent = phone.get(phone.get(f"/m/{code}").link("アンケートに答える"))
    page = phone.get(f"/m/{code}/feedback")
    assert "だれが答えたかは、記録しません" in page.text
    refused = phone.submit(page, "feedback", expect=422)
    assert "1つも答えがありません" in refused.text
    wish = "マイナンバーは 1234 5678 9018"
    refused = phone.submit(page, "feedback", {"understanding": "4", "areas": ["C"], "wish": wish}, expect=422)
    assert "マイナンバー" in refused.error("wish")
    assert "checked" in refused.one("[name=understanding][value='4']").attrs, "what was chosen is kept"
    assert kept(app) == []
    said = {"understanding": "4", "satisfaction": "3", "areas": ["G", "C"], "wish": "写真の整理"}
    for _press in range(2):
        assert "ありがとうございました" in phone.submit(refused, "feedback", said, follow=True).h1
    assert kept(app) == [(None, 4, 3, "C,G", "写真の整理", SheetWay.PHONE)]
    clock.set(BEGINS + timedelta(hours=1, days=7))
    assert "いまは受け付けていません" in phone.get(f"/m/{code}/feedback").text
    assert "いまは、このアンケートに答えられません" in phone.submit(unsent, "feedback", said, expect=422).text
    assert "アンケート" not in phone.get(f"/m/{code}").text


def test_a_learners_own_phone_gives_one_answer_that_may_be_changed(
    app: Flask, client: PageClient, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    hanako, stranger = learner(app, "ミホン ハナコ", name="見本 花子"), learner(app)
    _run, meeting_id = taught(hanako)
    clock.set(BEGINS)
    phone, other = PageClient(app), PageClient(app)
    own_phone(app, phone, hanako)
    own_phone(app, other, stranger)
    address = f"/m/{code_of(app, meeting_id)}/feedback"
    phone.submit(phone.get(address), "feedback", {"understanding": "2", "areas": ["A"]})
    page = phone.get(address)
    assert "前の答えが入っています" in page.text
    assert "checked" in page.one("[name=understanding][value='2']").attrs
    phone.submit(page, "feedback", {"understanding": "3", "areas": ["E"]})
    assert kept(app) == [(hanako, 3, None, "E", "", SheetWay.PHONE)]
    with app.app_context():
        assert areas_wished(hanako) == ("E",)
    phone.submit(phone.get(address), "feedback", {"who": "0", "understanding": "1", "areas": []})
    assert "答える方" not in other.get(address).text, "who is not on the roster is nobody in particular"
    other.submit(other.get(address), "feedback", {"satisfaction": "4"})
    assert [row[:2] for row in kept(app)] == [(None, 1), (None, None)], "without a name it stands in place of the other"
    with app.app_context():
        noted = db.session.scalar(select(func.count()).where(AuditEntry.action == "answer_feedback"))
        assert noted == 2, "that they answered, each time; not that nobody in particular did"


def test_papers_are_typed_in_by_the_numbers_of_the_roster(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    people = [learner(app, name=f"見本 {number}号") for number in range(1, 4)]
    with app.app_context():
        decliner = make_decliner()
    _run, meeting_id = taught(*people, decliner)
    papers = instructor.get(f"/classes/meetings/{meeting_id}/feedback/papers")
    assert papers.texts(".feedback-number") == ["席 1", "席 2", "席 3", "席 4", *["番号なし"] * 4]
    assert "見本" not in papers.text
    address = f"/classes/meetings/{meeting_id}/feedback/type"
    assert "いまは入力できません" in instructor.get(address).text
    come_back(instructor, clock, BEGINS + timedelta(days=1))
    page = instructor.get(address)
    refused = instructor.submit(page, "type-feedback", {"number": "9", "understanding": "4"}, expect=422)
    assert "席 9 の方はいません" in refused.error("number")
    for number, said in (("3", "4"), ("1", "2"), ("", "1"), ("4", "1")):
        page = instructor.submit(page, "type-feedback", {"number": number, "understanding": said}, follow=True)
    assert "入っている席：1、3" in page.text
    assert "番号のない用紙：2枚" in page.text, "who wants no record has given none by name"
    assert "見本" not in page.text
    refused = instructor.submit(page, "type-feedback", {"number": "1", "understanding": "3"}, expect=422)
    assert "もう入っています" in refused.error("number")
    instructor.submit(refused, "type-feedback", {"number": "1", "understanding": "3", "again": "1"})
    assert [row[:2] for row in kept(app)] == [(people[2], 4), (people[0], 3), (None, 1), (None, 1)]


def test_what_was_said_is_shown_from_three_sheets_on_and_never_beside_a_name(
    app: Flask,
    instructor: PageClient,
    taught: Taught,
    clock: Clock,
    queries: Callable[[], AbstractContextManager[Statements]],
) -> None:
    people = [learner(app, name=f"見本 {number}号") for number in range(1, 4)]
    run_id, meeting_id = taught(*people)
    clock.set(BEGINS)

    def say(number: int | None, said: Said) -> None:
        with app.app_context(), transaction():
            type_sheet(meeting_id, number, said, actor=SYSTEM, now=desk_clock.now())

    say(1, GOOD)
    say(2, Said(1, None, ("C",), "ゆっくり教えてほしい"))
    here = f"/classes/{run_id}/feedback"
    for page in (instructor.get(f"/classes/{run_id}"), instructor.get(here)):
        assert "2枚届いています" in page.text
        assert not page.all("meter")
        assert "ゆっくり" not in page.text
    say(3, Said(4, 4, (), ""))
    for page in (instructor.get(f"/classes/{run_id}"), instructor.get(here)):
        bars = dict(zip(page.texts(".bars li span"), page.texts(".bars li strong"), strict=True))
        assert bars["よくわかった"] == "2人"
        assert bars["わからなかった"] == "1人"
        assert bars["インターネット"] == "2人"
    with queries() as few:
        page = instructor.get(here)
    assert "ゆっくり教えてほしい" in page.text
    assert "見本" not in page.text
    say(None, Said(3, 3, ("A",), "もっと早く"))
    with queries() as more:
        assert "もっと早く" in instructor.get(here).text
    assert len(more) == len(few)
    story = instructor.get(f"/learners/{people[1]}").text
    assert "わからなかった、つぎに習いたいこと：インターネット・ゆっくり教えてほしい" in story


def test_whether_learners_are_asked_is_said_for_each_class(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    run_id, meeting_id = taught(lecture=True)
    clock.set(BEGINS)
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
        make_account(Role.COORDINATOR, username="elsewhere", districts=("chuo",))
    coordinator, elsewhere, resident = PageClient(app), PageClient(app), PageClient(app)
    coordinator.sign_in("coordinator")
    elsewhere.sign_in("elsewhere")
    here, code = f"/classes/{run_id}/feedback", code_of(app, meeting_id)
    assert "アンケート" not in resident.get(f"/m/{code}").text, "about lectures nobody is asked unless it is said"
    elsewhere.post(f"{here}/asked", {"asks": "yes"}, expect=404)
    page = coordinator.submit(coordinator.get(here), "アンケートをとる", follow=True)
    assert "この教室では、アンケートをとります" in page.text
    answering = resident.get(resident.get(f"/m/{code}").link("アンケートに答える"))
    coordinator.submit(page, "とるのをやめる")
    assert (
        "アンケートをとっていません" in resident.submit(answering, "feedback", {"satisfaction": "1"}, expect=422).text
    )
    assert kept(app) == []


def test_floods_from_phones_are_stopped(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, stranger = learner(app), learner(app)
    _run, meeting_id = taught(one)
    clock.set(BEGINS)
    monkeypatch.setattr(operations, "FEEDBACK_MOST", replace(FEEDBACK_MOST, default=2))
    with app.app_context():
        now = desk_clock.now()
        for who in (None, stranger):
            with transaction():
                answer_on_phone(meeting_id, GOOD, learner_id=who, now=now)
        with pytest.raises(TooManySheets), transaction():
            answer_on_phone(meeting_id, GOOD, learner_id=None, now=now)
        with transaction():
            answer_on_phone(meeting_id, GOOD, learner_id=one, now=now)
            type_sheet(meeting_id, None, GOOD, actor=SYSTEM, now=now)
    assert [row[0] for row in kept(app)] == [None, None, one, None], "who is not on the roster has no name"


def test_sheets_follow_a_merged_learner_and_lose_their_words_with_an_erased_one(app: Flask, clock: Clock) -> None:
    gone, stays = learner(app, "ミホン ハナコ"), learner(app, "ミホン ハナ")
    with app.app_context():
        run_id = make_run(meeting_at(), meeting_at(hour=14))
        for who in (gone, stays):
            enrol(run_id, who)
        first, second = meeting_of(run_id), meeting_of(run_id, 2)
    clock.set(BEGINS + timedelta(hours=5))
    with app.app_context():
        now = desk_clock.now()
        with transaction():
            for meeting_id, who in ((first, gone), (second, gone), (second, stays)):
                answer_on_phone(meeting_id, Said(4, None, (), "孫の写真"), learner_id=who, now=now)
        assert {("feedback_sheet", 1), ("feedback_sheet", 2)} <= {row for part in parts(gone) for row in part.rows}
        clock.advance(days=1)
        now = desk_clock.now()
        with transaction():
            merge_learners(gone, stays, particulars_of(stays), actor=SYSTEM, now=now)
        assert [row[0] for row in kept(app)] == [stays, gone, stays], "of one meeting each keeps one"
        with transaction():
            erase_learner(stays, actor=SYSTEM, now=now)
    assert [row[1] for row in kept(app)] == [4, 4, 4]
    assert {row[4] for row in kept(app)} == {""}
