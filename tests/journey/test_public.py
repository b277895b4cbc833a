"""The front page, and a meeting's code."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.models import Meeting
from supportdesk.extensions import db
from tests.classes.making import make_run
from tests.factories import make_reference
from tests.pages import PageClient


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
    assert "電源の入れ方" in page.text


def test_a_meetings_code_leads_to_its_videos_however_it_is_typed(client: PageClient, code: str) -> None:
    for typed in (code, code.lower(), f"{code[:3]}-{code[3:]}"):
        assert "電源の入れ方" in client.get(f"/m/{typed}").h1


@pytest.mark.parametrize("code", ["NOSUCH", "%00", "あ" * 300, "-"])
def test_an_unknown_code_is_a_friendly_page_with_a_search(client: PageClient, code: str) -> None:
    page = client.get(f"/m/{code}", expect=404)
    assert page.form("さがす")
