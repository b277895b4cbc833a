"""A learner asks what is held of them: all of it, in words for paper and in JSON, and who had it is noted."""

from __future__ import annotations

import json
from datetime import date

from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.learners.consents import record_consent
from supportdesk.learners.models import ConsentKind, Need
from supportdesk.learners.passes import issue_pass
from tests.classes.making import enrol, make_run
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.notices.making import queue
from tests.pages import PageClient
from tests.trail import noted
from tests.tutors.making import log, make_tutor, match


def furnish() -> tuple[int, str]:
    """A learner of whom nearly every room holds something; the token of their card."""
    make_reference()
    make_account(Role.ADMIN)
    make_account(Role.RECEPTION)
    learner = make_learner(
        "サトウ ウメ", phone="018-888-1542", birth_date=date(1940, 1, 2), needs=frozenset({Need.SIGHT, Need.HEARING})
    )
    adviser, tutor = make_adviser(), make_tutor()
    enrol(make_run(), learner)
    book(make_desk(adviser), adviser, learner, at(11), topic="写真が消えた")
    match(tutor, learner, "LINEを使いたい")
    log(tutor, learner, note="地図を見た", levels={"A1": 2})
    queue(learner)
    with transaction():
        record_consent(learner, ConsentKind.KEEP_RECORD, True, "ことば", actor=SYSTEM, now=desk_clock.now())
        token = issue_pass(learner, actor=SYSTEM, now=desk_clock.now()).token
    return learner, token


def test_the_administrator_prints_everything_in_words(app: Flask, client: PageClient) -> None:
    with app.app_context():
        learner, token = furnish()
    client.sign_in("admin")
    page = client.get(client.say_why(f"/learners/{learner}").link("記録のすべて"))
    for words in (
        "昭和15年（1940年）1月2日",
        "聞こえにくい、見えにくい",
        "018-888-1542",
        "写真が消えた",
        "地図を見た",
        "LINEを使いたい",
        "tutorさん",
        "ひとりでできる",
        "中央",
        "受講者を登録した",
        "ことば",
    ):
        assert words in page.text, words
    assert token not in page.data.decode()
    with app.app_context():
        assert noted(Action.VIEW_RECORD) == [("view_record", f"learner:{learner}", [])]


def test_the_same_comes_as_a_file_for_machines(app: Flask, client: PageClient) -> None:
    with app.app_context():
        learner, token = furnish()
    client.sign_in("admin")
    file = client.say_why(f"/learners/{learner}/record.json")
    assert file.headers["Content-Disposition"] == f'attachment; filename="record-{learner}.json"'
    told = json.loads(file.data)
    assert told["learner"]["kana"] == "サトウ ウメ"
    assert told["tables"]["peer_session"][0]["note"] == "地図を見た"
    assert {"register_learner", "enrol_learner"} <= {look["action"] for look in told["seen_by"]}
    assert token not in file.data.decode()
    with app.app_context():
        assert noted(Action.EXPORT_RECORD) == [("export_record", f"learner:{learner}", [])]


def test_it_is_asked_for_the_password_and_for_the_administrator_alone(
    app: Flask, client: PageClient, clock: Clock
) -> None:
    with app.app_context():
        learner, _token = furnish()
    client.sign_in("reception")
    assert "記録のすべて" not in client.get(f"/learners/{learner}").text
    client.get(f"/learners/{learner}/record", expect=403)
    client.another_device()
    client.sign_in("admin")
    clock.advance(minutes=11)
    assert client.get(f"/learners/{learner}/record", expect=303).location.startswith("/account/prove")
    assert client.get(f"/learners/{learner}/record.json", expect=303).location.startswith("/account/prove")
