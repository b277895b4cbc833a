"""The front page, and a meeting's code."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.models import Meeting
from supportdesk.classes.queries import skills_of_meeting
from supportdesk.extensions import db
from tests.classes.making import make_run
from tests.clocks import Clock
from tests.factories import make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.videos.making import make_video


@pytest.fixture
def code(app: Flask) -> str:
    """A meeting's."""
    with app.app_context():
        make_reference()
        make_run()
        return db.session.scalars(select(Meeting.code)).one()


def test_the_front_page_says_what_there_is_and_whom_to_call(client: PageClient, code: str) -> None:
    page = client.get("/")
    assert "018-888-5643" in page.text
    assert all(card.select("a[href]") for card in page.all(".card"))
    assert attribute(page.one("footer a[href^='tel:']"), "href") == "tel:0188885643"
    assert "電源の入れ方" in page.text


def test_a_meetings_code_leads_to_its_videos_however_it_is_typed(client: PageClient, code: str) -> None:
    for typed in (code, code.lower(), f"{code[:3]}-{code[3:]}"):
        assert "電源の入れ方" in client.get(f"/m/{typed}").h1


def test_a_meetings_videos_are_todays_only_on_its_day(app: Flask, client: PageClient, code: str, clock: Clock) -> None:
    with app.app_context():
        starts_at = db.session.scalars(select(Meeting.starts_at)).one()
    clock.set(starts_at)
    assert "きょう習ったことの動画" in client.get(f"/m/{code}").text
    clock.advance(days=20)
    page = client.get(f"/m/{code}")
    assert "きょう習った" not in page.text
    assert page.texts("h2")[0] == "12月3日（木）の教室の動画"


def test_a_video_and_its_answer_lead_back_to_the_meeting_that_led_there(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_run()
        code = db.session.scalars(select(Meeting.code)).one()
        video = make_video(skills=tuple(skills_of_meeting(db.session.scalars(select(Meeting.id)).one())))
    watched = client.get(client.get(f"/m/{code}").link("▶"))
    assert watched.link("教室の動画へもどる") == f"/m/{code}"
    thanked = client.submit(watched, "できた", follow=True)
    assert thanked.link("教室の動画へもどる") == f"/m/{code}"
    assert "教室の動画へもどる" not in client.get(f"/v/{video.code}").text


@pytest.mark.parametrize("code", ["NOSUCH", "%00", "あ" * 300, "-"])
def test_an_unknown_code_is_a_friendly_page_with_a_search(client: PageClient, code: str) -> None:
    page = client.get(f"/m/{code}", expect=404)
    assert page.form("さがす")
