"""Pictures of a card: painted anew, shown to whoever may read it, taken away."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.core.pictures import read_picture
from supportdesk.helpdesk.cards import pictures
from supportdesk.helpdesk.cards.errors import TooManyCardPictures
from supportdesk.helpdesk.cards.operations import save_card
from tests.helpdesk.cards.making import PLAN, make_card
from tests.markup import attribute
from tests.pages import PageClient
from tests.photographs import HEIC, SECRET, photograph


def sent(data: bytes, caption: str = "共有のマーク") -> dict[str, object]:
    return {"pictures": (io.BytesIO(data), "screen.jpg"), "caption": caption}


def test_a_picture_is_kept_without_where_it_was_taken_shown_and_taken_away(adviser: PageClient, code: str) -> None:
    page = adviser.get(adviser.get(f"/helpdesk/cards/{code}").link("写真をのせる"))
    refused = adviser.submit(page, data=sent(HEIC), expect=422)
    assert "互換性優先" in refused.error("pictures")
    card = adviser.submit(page, data=sent(photograph()), follow=True)
    assert attribute(card.one(".card-pictures img"), "alt") == "共有のマーク"
    for shown in (card, adviser.get(f"/faq/{code}")):
        answer = adviser.get(attribute(shown.one(".card-pictures img"), "src"))
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert SECRET.encode() not in answer.data
    gone = adviser.submit(card, "写真をけす", follow=True)
    assert gone.all(".card-pictures img") == []


def test_residents_see_no_picture_of_what_is_for_staff(app: Flask, client: PageClient, city: None) -> None:
    with app.app_context():
        card = make_card()
        with transaction():
            ready = read_picture(io.BytesIO(photograph(size=(60, 40))), 1)
            name = pictures.add_picture(card.id, ready, "図", actor=SYSTEM, now=clock.now())
        client.get(f"/faq/pictures/{name}.jpg")
        plan = PLAN.__class__(**{**PLAN.__dict__, "public": False})
        with transaction():
            save_card(card.id, plan, version=1, actor=SYSTEM, now=clock.now())
    client.get(f"/faq/pictures/{name}.jpg", expect=404)


def test_a_card_has_six_pictures_at_the_most(context: Flask, city: None) -> None:
    card_id = make_card().id
    ready = read_picture(io.BytesIO(photograph(size=(60, 40))), 1)
    with transaction():
        for _number in range(pictures.MOST_PICTURES):
            pictures.add_picture(card_id, ready, "図", actor=SYSTEM, now=clock.now())
    with transaction(), pytest.raises(TooManyCardPictures):
        pictures.add_picture(card_id, ready, "図", actor=SYSTEM, now=clock.now())
