"""A class was called off: its page and its roster say who was to come, and who is still to be told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.called_off import dismissed_from
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Channel
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.models import Notice
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.factories import make_account, make_learner, make_reference
from tests.notices.making import settle
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted


@pytest.fixture
def run_id(app: Flask) -> int:
    """Two had a seat and one waited; the first of them has been told, and somebody had cancelled before."""
    with app.app_context():
        make_reference()
        run_id = make_run(capacity=3)
        first, _second, gone = (
            enrol(run_id, make_learner(kana)) for kana in ("ツタエ タ", "マダ デス", "サキニ ヤメタ")
        )
        enrol(run_id, make_learner("ナラブ ヒト", channel=Channel.POST, address="土崎港1-1"))
        with transaction():
            cancel_enrolment(gone.enrolment_id, actor=SYSTEM, now=clock.now())
        enrol(run_id, make_learner("セイブ ヒト", district_code="seibu"))
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
        about = f"enrolment:{first.enrolment_id}"
        settle(
            db.session.scalars(select(Notice.id).where(Notice.activity == about, Notice.kind == "run_cancelled")).one()
        )
        return run_id


def signed_in(app: Flask, role: Role, **more: tuple[str, ...]) -> PageClient:
    with app.app_context():
        make_account(role, **more)  # type: ignore[arg-type]
    client = PageClient(app)
    client.sign_in(role.value)
    return client


def test_its_page_says_who_was_to_come_and_who_is_still_to_be_told(app: Flask, run_id: int) -> None:
    page = signed_in(app, Role.RECEPTION).get(f"/classes/{run_id}")
    assert "中止の連絡がまだの人が3人います" in page.text
    rows = page.texts("table.list tbody tr")[1:]
    assert [row.split()[0] for row in rows] == ["マダ", "ナラブ", "セイブ", "ツタエ"]
    assert "まだ。電話します" in rows[0]
    assert "席あり" in rows[0]
    assert "まだ。はがきを送ります" in rows[1]
    assert "キャンセル待ち" in rows[2]
    assert "伝えた（11月24日（火） 10:00）" in rows[3]
    assert page.link("連絡リストを開く") == "/calls"
    assert "サキニ" not in page.text
    with app.app_context():
        ((_action, subject, besides),) = noted(Action.VIEW_RUN)
        assert (subject, len(besides)) == (f"run:{run_id}", 4)


def test_its_roster_says_so_too_and_has_no_boxes(app: Flask, run_id: int) -> None:
    with app.app_context():
        meeting_id = meeting_of(run_id)
    page = signed_in(app, Role.RECEPTION).get(f"/classes/meetings/{meeting_id}/roster")
    assert "この教室は中止になりました" in page.text
    assert "マダ デス" in page.text
    assert page.all(".box") == []


def test_learners_of_another_district_have_no_name_there(app: Flask, run_id: int) -> None:
    page = signed_in(app, Role.COORDINATOR, districts=("seibu",)).get(f"/classes/{run_id}")
    assert "セイブ ヒト" in page.text
    assert "マダ デス" not in page.text
    assert page.text.count("担当ではない地区の方") == 3


@pytest.mark.usefixtures("context")
def test_it_takes_four_statements_however_many_they_were(
    queries: Callable[[], AbstractContextManager[Statements]],
) -> None:
    make_reference()
    run_id = make_run()
    for _ in range(5):
        enrol(run_id, make_learner())
    with transaction():
        cancel_run(run_id, actor=SYSTEM, now=clock.now())
    with queries() as seen:
        assert len(dismissed_from(run_id, SYSTEM, clock.now())) == 5
    assert len(seen) == 4


@pytest.mark.usefixtures("context")
def test_how_each_was_told_is_said_in_words() -> None:
    make_reference()
    run_id, learners = make_run(), [make_learner() for _ in range(3)]
    for learner_id in learners:
        enrol(run_id, learner_id)
    with transaction():
        cancel_run(run_id, actor=SYSTEM, now=clock.now())
    notices = db.session.scalars(select(Notice.id).where(Notice.kind == "run_cancelled").order_by(Notice.id)).all()
    settle(notices[0], CallOutcome.NO_ANSWER)
    settle(notices[1], CallOutcome.NOT_NEEDED)
    said = [one.news.words for one in dismissed_from(run_id, SYSTEM, clock.now())]
    assert said == ["出なかった（1回）。もう一度電話します", "まだ。電話します", "連絡不要"]
    begun = dismissed_from(run_id, SYSTEM, meeting_at().starts_at)
    assert [one.news.words for one in begun].count("間に合わず、連絡できなかった") == 2
