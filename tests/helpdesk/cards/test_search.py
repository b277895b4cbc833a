"""Cards are found in seniors' own words, on either database alike."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cards.operations import CardPlan, retire_card, save_card
from supportdesk.helpdesk.cards.search import find_cards
from supportdesk.helpdesk.cards.splitting import WORD, split
from tests.factories import make_reference
from tests.helpdesk.cards.making import PLAN, make_card, make_shipped_cards
from tests.helpdesk.cards.quality import MARKED, PAGE, measured, table
from tests.recording import queries

GOAL = 0.85


@pytest.fixture
def city(context: Flask) -> None:
    make_reference()


def codes(text: str, *, device: str | None = None, public: bool = False) -> list[str]:
    return [card.code for card in find_cards(text, device=device, public=public)]


def test_of_seniors_questions_the_right_card_is_among_the_first_three(context: Flask) -> None:
    make_shipped_cards()
    found = measured()
    places = found["questions.csv"]
    assert len(places) >= 60
    assert sum(place is not None and place <= 3 for place in places.values()) >= GOAL * len(places)
    told = MARKED.search(PAGE.read_text())
    assert told is not None
    assert told[2] == table(found), "make search-table"


@pytest.mark.usefixtures("city")
def test_a_card_is_found_however_it_is_asked_for() -> None:
    card = make_card()
    make_card(question="バスの時刻を調べるには", steps="地図を開きます\n経路を押します\nバスをえらびます")
    for text in (
        *("しゃしん", "シャシン", "写", "写真送る"),
        *("写メをめーるでおくりたい", "しゃしんをメエルで", "写真をメールで送るには"),
    ):
        assert codes(text)[:1] == [card.code], text


@pytest.mark.usefixtures("city")
def test_nothing_one_can_type_is_too_much() -> None:
    make_card()
    for text in ("", " ", "？！。", "😀😀", "の", "'\"*:()|&!", "\x00", "a" * 10_000, "写真" * 5_000):
        with queries() as seen:
            found = codes(text)
        assert len(seen) <= 1, text
        assert bool(found) == text.startswith("写真"), text


@pytest.mark.usefixtures("city")
def test_what_is_for_the_other_phone_for_staff_or_no_longer_used_is_left_out() -> None:
    both, android, staff = make_card(), make_card(device=CardDevice.ANDROID), make_card(public=False)
    retired = make_card(question="写真を焼き増しするには")
    with transaction():
        retire_card(retired.id, both.id, actor=SYSTEM, now=clock.now())
    assert set(codes("写真")) == {both.code, android.code, staff.code}
    assert set(codes("写真", device="iphone", public=True)) == {both.code}
    assert set(codes("写真", device="easy_phone")) == {both.code, android.code, staff.code}


@pytest.mark.usefixtures("city")
def test_a_changed_card_is_found_by_what_it_says_now() -> None:
    card = make_card()
    changed = CardPlan(**{**PLAN.__dict__, "question": "地図で病院をさがすには", "steps": "地図を開きます"})
    with transaction():
        save_card(card.id, changed, version=1, actor=SYSTEM, now=clock.now())
    assert codes("写真") == []
    assert codes("びょういん") == [card.code]


@pytest.mark.usefixtures("city")
def test_a_card_is_found_by_how_else_people_put_it() -> None:
    make_card(question="画面を明るくするには")
    card = make_card(also_asked="たぬき、夜道")
    assert codes("狸") == codes("よみち") == [card.code]


def test_kana_and_courtesies_ask_the_same() -> None:
    for asked, meant in {
        "おとがならない": "音が鳴らない",
        "しゃしんがおくれない": "写真が送れない",
        "字をかえたい": "文字を変えたい",
        "じゅうでんをやめる": "充電を止める",
        "番号をいれて": "番号を入れる",
        "番号を決めると": "番号を決める",
        "すみません、音がなおらなくて困ってるんだけど、どうすればよいか教えていただけないでしょうか": "音が直らない",
        "こんにちは。地図が出ないのですが。よろしくお願いいたします": "地図が出ない",
        "番号を教えてくださいと言われたけど、どうしたらいいですか": "番号を教えてくださいと言われた",
    }.items():
        assert words_in(asked) == words_in(meant), asked
    assert len(words_in("番号を決めると")) == 2


def words_in(text: str) -> list[str]:
    return [token for token in split(text) if token.startswith(WORD)]
