"""What a learner was told and answered: asked and recorded on its page, signed on paper, taken back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.learners.models import Consent
from tests.factories import make_account, make_learner, make_reference
from tests.pages import PageClient
from tests.trail import noted


def test_an_answer_is_recorded_with_the_words_that_were_read_out(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner()
    page = desk.get(f"/learners/{learner_id}/consents")
    assert page.texts(".tag") == ["まだ聞いていません", "まだ聞いていません"]
    after = desk.submit(page, "tie_video_views", {"tie_video_views-answer": "yes"}, follow=True)
    assert after.texts(".tag") == ["まだ聞いていません", "同意あり"]
    with app.app_context():
        consent = db.session.scalars(select(Consent)).one()
        assert noted(Action.RECORD_CONSENT) == [("record_consent", f"learner:{learner_id}", [])]
    assert consent.given
    assert consent.wording in page.text


def test_a_consent_without_an_answer_is_not_recorded(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner()
    page = desk.submit(desk.get(f"/learners/{learner_id}/consents"), "keep_record", expect=422)
    assert page.error("keep_record-answer")
    with app.app_context():
        assert db.session.scalars(select(Consent)).all() == []


def test_a_token_of_a_colleague_records_no_consent_and_says_so(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner()
    address = f"/learners/{learner_id}/consents"
    sent = {"kind": "keep_record", "keep_record-answer": "yes", "keep_record-one_time_token": "a" * 22}
    desk.post(address, sent)
    desk.post(address, sent)
    with app.app_context():
        make_account(Role.RECEPTION, username="colleague")
    colleague = PageClient(app)
    colleague.sign_in("colleague")
    assert "まだ保存していません" in colleague.post(address, sent, expect=422).text
    with app.app_context():
        assert len(db.session.scalars(select(Consent)).all()) == 1


def test_an_instructor_outside_their_meetings_finds_no_consents_page(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.INSTRUCTOR)
        learner_id = make_learner()
    client.sign_in("instructor")
    client.get(f"/learners/{learner_id}/consents", expect=404)
    client.post(f"/learners/{learner_id}/admit", expect=404)
    assert "まだいません" in client.get("/learners/").text


def test_the_sheet_says_in_plain_words_what_each_consent_covers(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner("サトウ ウメ")
    sheet = desk.get(desk.get(f"/learners/{learner_id}/consents").link("署名していただく紙"))
    assert "サトウ ウメ 様" in sheet.text
    for words in ("書くこと", "見る人", "いつまで", "やめたとき", "お名前（署名）"):
        assert words in sheet.text
    assert sheet.text.count("はい（同意する）") == 2


def test_whoever_takes_a_consent_back_is_told_what_follows(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner()
    page = desk.get(f"/learners/{learner_id}/consents")
    assert "「いいえ」にすると" not in page.text
    page = desk.submit(page, "tie_video_views", {"tie_video_views-answer": "yes"}, follow=True)
    assert "前に見た動画と答えを、あなたの記録からはずします" in page.text
