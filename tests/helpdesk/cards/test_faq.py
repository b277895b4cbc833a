"""Residents find answers without a log-in."""

from __future__ import annotations

from flask import Flask

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.cards.operations import retire_card
from supportdesk.helpdesk.cards.queries import card_in_use
from tests.helpdesk.cards.making import make_card, make_shipped_cards
from tests.markup import attribute
from tests.pages import PageClient


def test_residents_find_their_answer_by_field_and_in_their_own_words(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_shipped_cards()
    front = client.get("/")
    faq = client.get(front.link("よくある質問"))
    assert "【職員】" not in faq.text
    by_field = client.get(faq.link("電話とカメラ"))
    assert "QRコードを読み取るには" in client.get(by_field.link("次のページ")).text + by_field.text
    found = client.submit(faq, data={"q": "でんわがかからない"}, follow=True)
    answer = client.get(found.link("電話がかからないときは"))
    assert len(answer.texts(".card-steps li")) >= 3
    assert "相談を予約" in answer.text
    assert "これから職員がたしかめます" in answer.text
    assert "【職員】" not in client.get("/faq?q=職員 初期化を頼まれたとき").text


def test_what_is_not_for_residents_or_no_longer_used_leads_on(app: Flask, client: PageClient, code: str) -> None:
    with app.app_context():
        staff, old, older = make_card(public=False), make_card(), make_card()
        with transaction():
            retire_card(older.id, old.id, actor=SYSTEM, now=clock.now())
            retire_card(old.id, card_in_use(code), actor=SYSTEM, now=clock.now())
    for retired in (old, older):
        assert client.get(f"/faq/{retired.code}", expect=302).location == f"/faq/{code}"
    for unknown in (staff.code, "K000", "😀"):
        page = client.get(f"/faq/{unknown}", expect=404)
        assert page.h1 == "質問が見つかりません"
        assert client.submit(page, data={"q": "写真"}, follow=True).h1 == "よくある質問"


def test_no_question_breaks_the_page(client: PageClient, code: str) -> None:
    for asked in ("の", "？？？", "😀", "字" * 10_000, "%00", "page=0"):
        page = client.get(f"/faq?q={asked}&device=x&area=Z")
        assert page.h1 == "よくある質問"
        assert ("はじめの300文字" in page.text) == (len(asked) > 300)
        assert ("1文字では" in page.text) == (len(asked) == 1)
        assert int(attribute(page.field("q"), "maxlength")) > 300  # what is cut by the browser is cut without a word
