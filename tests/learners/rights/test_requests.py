"""Requests about one's own record: taken at the counter, due in thirty days, answered by the administrator."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.learners.rights.models import RequestKind
from supportdesk.learners.rights.requests import ANSWERED_WITHIN, take_request
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.pages import PageClient


def test_a_request_is_due_in_thirty_days_and_overdue_afterwards(app: Flask, client: PageClient, clock: Clock) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        make_account(Role.ADMIN)
        learner = make_learner("サトウ ウメ")
    client.sign_in("reception")
    form = client.get(client.get(f"/learners/{learner}").link("開示などの申し出を受け付ける"))
    listed = client.submit(form, "request", {"kind": "disclosure", "note": "全部見たい"}, follow=True)
    assert "12月24日" in listed.text and "サトウ ウメ" in listed.text
    assert "期限をすぎています" not in listed.text
    clock.advance(days=31)
    client.sign_in("reception") if client.raw.get("/desk").status_code != 200 else None
    assert "期限をすぎています" in client.get("/learners/requests").text
    client.another_device()
    client.sign_in("admin")
    page = client.say_why(client.get("/learners/requests").link("開示（記録を見る）"))
    assert "全部見たい" in page.text and "記録のすべてを見る" in page.text
    done = client.submit(page, "settle", {"state": "done", "answer": "紙でわたした"}, follow=True)
    assert "すんだ" in done.text and "期限をすぎています" not in done.text
    again = client.submit(page, "settle", {"state": "refused", "answer": ""}, expect=422)
    assert "送られています" in again.text or "もう終わっています" in again.text


def test_a_day_that_is_still_to_come_is_refused_and_those_due_first_stand_on_top(
    app: Flask, client: PageClient
) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        learners = [make_learner("サトウ ウメ"), make_learner("スズキ マツ")]
        with transaction():
            for learner, ago in zip(learners, (1, 20), strict=True):
                received = TODAY - timedelta(days=ago)
                take_request(learner, RequestKind.CORRECTION, received_on=received, actor=SYSTEM, now=desk_clock.now())
    assert timedelta(days=30) == ANSWERED_WITHIN
    client.sign_in("reception")
    text = client.get("/learners/requests").text
    assert text.index("スズキ マツ") < text.index("サトウ ウメ")
    form = client.get(f"/learners/{learners[0]}/requests/new")
    refused = client.submit(form, "request", {"kind": "erasure", "received_on-year": "2027"}, expect=422)
    assert "まだ来ていない日付です" in refused.text
