"""The pass at the counter: printed, reissued, revoked; phones admitted and cut off."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.core.qr import qr_svg
from supportdesk.learners.admission import admit_phone, window_is_open
from supportdesk.learners.passes import live_pass
from tests.clocks import NOW, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.trail import noted


@pytest.fixture
def hanako(app: Flask, client: PageClient) -> int:
    """A learner whom reception, signed in, is serving."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        learner_id = make_learner("タカハシ ハナコ")
    client.sign_in("reception")
    return learner_id


def token_of(app: Flask, learner_id: int) -> str:
    with app.app_context():
        held = live_pass(learner_id)
        assert held is not None
        return held.token


def test_the_card_shows_its_code_and_a_qr_code_of_its_address_but_no_name_unasked(
    app: Flask, client: PageClient, hanako: int
) -> None:
    page = client.submit(client.get(f"/learners/{hanako}/pass"), "カードを作る", follow=True)
    with app.app_context():
        held = live_pass(hanako)
    assert held is not None
    card = page.one(".pass-card").text
    assert held.code in card
    assert "ハナコ" not in card
    picture = client.get(attribute(page.one(".pass-card img"), "src"))
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert picture.data == qr_svg(f"http://desk.test/p/{held.token}")
    named = client.get(page.link("名前をのせる"))
    assert "タカハシ ハナコ 様" in named.one(".pass-card").text


def test_pressed_twice_there_is_one_card(app: Flask, client: PageClient, hanako: int) -> None:
    page = client.get(f"/learners/{hanako}/pass")
    client.submit(page, "カードを作る")
    token = token_of(app, hanako)
    client.submit(page, "カードを作る")
    assert token_of(app, hanako) == token


def test_a_lost_card_is_reissued_once_however_often_the_button_is_pressed(
    app: Flask, client: PageClient, hanako: int
) -> None:
    client.post(f"/learners/{hanako}/pass/issue")
    lost = token_of(app, hanako)
    page = client.get(client.get(f"/learners/{hanako}/pass").link("カードを作り直す"))
    client.submit(page, "カードを作り直す")
    new = token_of(app, hanako)
    client.submit(page, "カードを作り直す")
    assert new != lost
    assert token_of(app, hanako) == new


def test_fetching_the_picture_alone_is_noted(app: Flask, client: PageClient, hanako: int) -> None:
    client.post(f"/learners/{hanako}/pass/issue")
    client.get(f"/learners/{hanako}/pass.svg")
    with app.app_context():
        assert noted(Action.VIEW_PASS) == [("view_pass", f"learner:{hanako}", [])]


@pytest.mark.parametrize("button", ["カードを作り直す", "カードを使えなくする"])
def test_a_card_ends_only_after_a_page_that_says_whose_it_is_and_what_becomes_of_the_phones(
    app: Flask, client: PageClient, hanako: int, button: str
) -> None:
    client.post(f"/learners/{hanako}/pass/issue")
    client.post(f"/learners/{hanako}/admit")
    token = token_of(app, hanako)
    with app.app_context(), transaction():
        admit_phone(token, now=NOW)
    page = client.get(client.get(f"/learners/{hanako}/pass").link(button))
    assert token_of(app, hanako) == token
    assert "タカハシ ハナコ さん" in page.text
    assert "1台" in page.text
    assert "登録されたまま残ります" in page.text
    assert page.link("もどる") == f"/learners/{hanako}/pass"
    client.submit(page, button)
    with app.app_context():
        held = live_pass(hanako)
    assert held is None or held.token != token


def test_a_revoked_card_has_no_picture(client: PageClient, hanako: int) -> None:
    client.post(f"/learners/{hanako}/pass/issue")
    page = client.submit(client.get(f"/learners/{hanako}/pass/revoke"), "カードを使えなくする", follow=True)
    assert "使えるカードはまだありません" in page.text
    client.get(f"/learners/{hanako}/pass.svg", expect=404)
    for address in ("revoke", "reissue"):
        assert "使えるカードはまだありません" in client.get(f"/learners/{hanako}/pass/{address}").text
        refused = client.post(f"/learners/{hanako}/pass/{address}", expect=422)
        assert "使えるカードがありません" in refused.text


def test_staff_open_ten_minutes_for_a_phone_and_can_cut_phones_off(
    app: Flask, client: PageClient, hanako: int, clock: Clock
) -> None:
    client.post(f"/learners/{hanako}/admit")
    with app.app_context():
        assert not window_is_open(hanako, now=clock.advance(seconds=1))
    client.post(f"/learners/{hanako}/pass/issue")
    client.post(f"/learners/{hanako}/admit")
    with app.app_context():
        assert window_is_open(hanako, now=clock.advance(seconds=1))
    client.post(f"/learners/{hanako}/phones/cut-off")
    with app.app_context():
        assert not window_is_open(hanako, now=clock.advance(seconds=1))
