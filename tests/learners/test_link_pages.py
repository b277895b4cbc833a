"""The pages on which two learners are linked with one press: the learner's, the desk's, and the family's own."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.learners.links import link_learners, linked_to
from supportdesk.learners.models import LinkKind
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute, inputs_of
from tests.pages import PageClient
from tests.trail import noted

PHONE = "018-888-1542"


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    """Reception, at work."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


@pytest.fixture
def couple(app: Flask, desk: PageClient) -> tuple[int, int]:
    """Two on one telephone."""
    with app.app_context():
        return make_learner("タナカ ハツ", phone=PHONE), make_learner("タナカ タロウ", phone=PHONE)


def kinds(app: Flask, learner_id: int) -> list[tuple[int, LinkKind]]:
    with app.app_context():
        return [(one.who.id, one.kind) for one in linked_to(learner_id, SYSTEM)]


@pytest.mark.parametrize("page", ["/desk/{}", "/learners/{}", "/learners/{}/family"])
def test_one_press_links_two_on_one_telephone(app: Flask, desk: PageClient, couple: tuple[int, int], page: str) -> None:
    hatsu, taro = couple
    shown = desk.get(page.format(hatsu))
    assert "同じ電話の方がいます：タナカ タロウさん。ご夫婦ですか？" in shown.text
    assert desk.submit(shown, "夫婦", expect=303).location == page.format(hatsu)
    assert kinds(app, hatsu) == [(taro, LinkKind.SPOUSE)]
    after = desk.get(page.format(taro))
    assert "夫婦" in after.text
    assert "タナカ ハツ" in after.text
    assert "同じ電話の方がいます" not in after.text


def test_who_is_named_beside_a_learner_is_noted(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    desk.get(f"/desk/{hatsu}")
    desk.get(f"/learners/{taro}")
    with app.app_context():
        assert noted(Action.VIEW_LEARNER) == [
            ("view_learner", f"learner:{hatsu}", [taro]),
            ("view_learner", f"learner:{taro}", [hatsu]),
        ]


def test_those_who_have_nothing_to_do_with_each_other_are_not_asked_about_again(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    hatsu, taro = couple
    desk.submit(desk.get(f"/desk/{hatsu}"), "関係なし", expect=303)
    for learner_id in couple:
        assert "タナカ" in (page := desk.get(f"/desk/{learner_id}")).h1
        assert "同じ電話の方がいます" not in page.text
    assert kinds(app, taro) == []


def test_anybody_may_be_looked_for_and_linked(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, _taro = couple
    with app.app_context():
        sister = make_learner("スズキ キヨ", district_code="tobu")
    page = desk.submit(desk.get(f"/learners/{hatsu}/family"), "さがす", {"q": "すずき"}, expect=200)
    assert "スズキ キヨ" in page.text
    (card,) = page.all(".card form[action$='/links']:has(input[value=sibling])")
    fields = inputs_of(card)
    desk.post(f"/learners/{hatsu}/links", fields, expect=303)
    assert kinds(app, hatsu) == [(sister, LinkKind.SIBLING)]


def test_a_link_is_removed_with_one_press(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    with app.app_context(), transaction():
        link_learners(hatsu, taro, LinkKind.SPOUSE, actor=SYSTEM, now=clock.now())
    page = desk.submit(desk.get(f"/learners/{hatsu}/family"), "とのつながりをけす", expect=303)
    assert page.location == f"/learners/{hatsu}/family"
    assert kinds(app, hatsu) == []


def test_nonsense_links_nobody(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    token = attribute(desk.get(f"/desk/{hatsu}").field("csrf_token"), "value")
    for fields in ({"other": str(taro), "kind": "enemy"}, {"other": "9" * 30, "kind": "spouse"}, {"kind": "spouse"}):
        desk.post(f"/learners/{hatsu}/links", {"csrf_token": token, **fields}, expect=404)
    desk.post(f"/learners/{hatsu}/links", {"csrf_token": token, "other": hatsu, "kind": "spouse"}, expect=303)
    assert kinds(app, hatsu) == []


def test_the_helpers_telephone_is_shown_for_what_it_is_where_somebody_is_picked(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        make_learner("タナカ ハツ", phone=PHONE, helper_phone="+819012345678")
    page = desk.submit(desk.get("/desk"), "さがす", {"q": "5678"}, expect=200)
    assert "電話の下4けた 1542・ご家族の電話 下4けた 5678" in page.text
