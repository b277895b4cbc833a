"""Advisers help with some fields and phones; reception sees the slots of those who can help, in the wanted order."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from supportdesk.core import clock
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.helpdesk.desks.strengths import set_strengths, strengths
from supportdesk.learners.models import Device
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, let_everybody_book, make_adviser, make_desk
from tests.pages import Page, PageClient
from tests.racing import meet


def advisers(page: Page) -> list[str]:
    """Whose slots the page offers, in their order, each once."""
    said = [text for text in page.texts(".offers p") if "相談員" in text]
    return list(dict.fromkeys(text.split("相談員 ")[1] for text in said))


def test_slots_are_of_those_who_help_in_the_order_that_is_wanted(
    app: Flask, admin: PageClient, reception: PageClient
) -> None:
    with app.app_context():
        let_everybody_book()
        keiko, taro = make_adviser("keiko"), make_adviser("taro")
        near = make_desk(keiko, closes=11)
        make_desk(taro, name="もうひとつ", weekday=2, closes=11, nickname="ウェスター")
        hanako = make_learner(district_code="tobu", device=Device.IPHONE)
        book(near, keiko, hanako, at(10))
    address = f"/desk/{hanako}"
    assert advisers(reception.get(address)) == ["keikoさん", "taroさん"]
    assert advisers(reception.get(f"{address}?order=soonest"))[0] == "taroさん"
    assert advisers(reception.get(f"{address}?order=adviser")) == ["keikoさん"]
    assert "前と同じ相談員（keikoさん）" in reception.get(address).text
    page = admin.get(admin.get("/helpdesk/desks").link("相談員が受け持つこと"))
    page = admin.get(page.link("keikoさん"))
    page = admin.submit(page, "strengths", {"areas": ["D"], "devices": [Device.ANDROID.value]}, follow=True)
    assert "keikoさん" in page.text
    assert advisers(reception.get(address)) == ["taroさん"]
    page = admin.get(page.link("keikoさん"))
    admin.submit(page, "strengths", {"devices": []}, follow=True)
    assert advisers(reception.get(f"{address}?area=D")) == ["keikoさん", "taroさん"]
    assert advisers(reception.get(f"{address}?area=E")) == ["taroさん"]
    assert advisers(reception.get(f"{address}?area=nowhere&order=x")) == ["keikoさん", "taroさん"]


def test_only_advisers_have_strengths(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        nobody = make_account(Role.INSTRUCTOR, username="nobody").id
    admin.get(f"/helpdesk/advisers/{nobody}", expect=404)


def test_of_two_who_set_them_at_once_the_later_stands(app: Flask) -> None:
    with app.app_context():
        make_reference()
        keiko = make_adviser("keiko")

    def setting(*areas: str) -> Callable[[], None]:
        return lambda: set_strengths(keiko, areas, [], actor=SYSTEM, now=clock.now())

    assert meet(app, setting("D"), setting("D", "E")) == ["done", "done"]
    with app.app_context():
        assert strengths([keiko])[keiko].areas == {"D", "E"}
