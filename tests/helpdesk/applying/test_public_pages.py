"""The residents' pages of consultations: what is free, applying without a log-in, and what is told to whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from supportdesk.learners.applying.models import ApplicationState
from supportdesk.learners.applying.wishes import Wish
from tests.classes.making import room_of
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.applying.asking import applied, states
from tests.helpdesk.making import make_adviser, make_desk
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("city")
OTHERS = [Wish(kana=f"タナカ {name}", phone=f"+8118800333{number}") for number, name in enumerate("アイ")]
HANA = {"kana": "サトウ ハナ", "phone": "018-800-1111"}


@pytest.fixture
def desk(app: Flask, city: None) -> int:
    with app.app_context():
        return make_desk(make_adviser(), make_adviser("second"), room_id=room_of().id, to_bring="めがね")


def form_of(client: PageClient, address: str, clock: Clock) -> Page:
    """The page, read for a while."""
    page = client.get(address)
    clock.advance(seconds=30)
    return page


def test_what_is_free_is_shown_by_desk_week_and_district_and_names_nobody(
    app: Flask, client: PageClient, desk: int, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    page = client.get(client.get("/").link("相談"))
    assert page.texts(".free-times a") == [
        f"{day} {hours}" for day in ("11月26日（木）", "12月3日（木）") for hours in ("10:00〜11:00", "11:00〜12:00")
    ]
    assert "さん" not in page.text, "whose hours they are is not the public's business"
    with queries() as few:
        client.get("/consultations")
    with app.app_context():
        for number in range(3):
            make_desk(make_adviser(f"more{number}"), name=f"相談{number}", closes=15)
    with queries() as many:
        everything = client.get("/consultations")
    assert len(many) == len(few)
    week = client.submit(everything, "search-consultations", {"week": "2026-11-30"})
    assert {words.split(" ")[0] for words in week.texts(".free-times a")} == {"12月3日（木）"}
    assert week.link("「スマホ相談」のあきを待つ") == f"/consultations/{desk}/wait"  # where these few are all there is
    there = client.submit(everything, "search-consultations", {"district": "hokubu"})
    assert "いま、あいている時間は、ありません" in there.text
    one = client.get(f"/consultations/{desk}?week=2026-12-07")
    assert one.texts("h2")[0].endswith("12月10日（木）")
    client.get("/consultations?week=1&district=nowhere")
    client.get("/consultations/999999", expect=404)


def test_whoever_applies_sees_the_same_whether_they_are_known_new_or_doubtful(
    app: Flask, client: PageClient, desk: int, clock: Clock
) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111")
    texts: list[str] = []
    for kana in ("サトウ ハナ", "サトウ ハナコ", "スズキ ミドリ"):
        page = client.get(f"/consultations/{desk}?week=2026-11-30")
        address = page.link("10:00〜11:00" if len(texts) < 2 else "11:00〜12:00")
        page = form_of(client, address, clock)
        done = client.submit(page, "申し込む", {**HANA, "kana": kana, "question": "写真"}, follow=True)
        assert done.h1 == "受付が完了しました"
        assert "2026年（令和8年）12月3日（木）" in done.text
        assert "めがね" in done.text
        assert "部屋 会議室" in done.text
        assert kana not in done.text
        (number,) = done.texts(".receipt-number strong")
        texts.append(done.text.replace(number, "").replace("11:00〜12:00", "10:00〜11:00"))
    assert len(set(texts)) == 1
    with app.app_context():
        assert [one[0] for one in states()] == [
            ApplicationState.PLACED,
            ApplicationState.HELD,
            ApplicationState.PLACED,
        ]
    page = client.get(done.link("申し込みを取り消す"))
    assert "下4けたがちがいます" in client.submit(page, "申し込みを取り消す", {"last_four": "2222"}, expect=422).text
    gone = client.submit(page, "申し込みを取り消す", {"last_four": "１１１１"}, follow=True)
    assert gone.h1 == "申し込みを取り消しました"


def test_the_loser_is_told_what_is_free_next_and_types_nothing_twice(
    app: Flask, client: PageClient, desk: int, clock: Clock
) -> None:
    page = form_of(client, f"/consultations/{desk}/2026-12-03T10:00", clock)
    with app.app_context():
        for one in OTHERS:
            applied(desk, one)
    lost = client.submit(page, "申し込む", {**HANA, "question": "地図の見方"}, expect=422)
    assert "この時間は、もうあいていません" in lost.error("instead")
    assert attribute(lost.field("kana"), "value") == "サトウ ハナ"
    assert lost.texts(".pick")[0].startswith("12月3日（木） 11:00〜12:00")
    value = attribute(lost.field("instead"), "value")
    done = client.submit(lost, "申し込む", {"instead": value}, follow=True)
    assert "11:00〜12:00" in done.text
    late = client.get(f"/consultations/{desk}/2026-12-03T10:00")
    assert "この時間は、もうあいていません" in late.text
    assert late.link("12月10日（木） 10:00〜11:00")


def test_what_is_wrong_stands_beside_its_field_and_robots_press_twice(
    app: Flask, client: PageClient, desk: int, clock: Clock
) -> None:
    address = f"/consultations/{desk}/2026-12-03T10:00"
    wrong = client.submit(
        client.get(address),
        "申し込む",
        {"kana": "佐藤", "phone": "12", "question": "パスワードは abc12345 です", "caller_relation": "長女"},
        expect=422,
    )
    assert "ひらがなかカタカナで入力してください" in wrong.error("kana")
    assert wrong.error("phone")
    assert wrong.error("question")
    assert wrong.error("caller_name")
    quick = client.submit(client.get(address), "申し込む", HANA, expect=422)
    assert "もう一度「申し込む」を押すか" in quick.text
    assert client.submit(quick, "申し込む", follow=True).h1 == "受付が完了しました"
    for nothing in ("2026-12-03", "2026-13-03T10:00", "9999-12-03T10:00", "x" * 500):
        client.get(f"/consultations/{desk}/{nothing}", expect=404)
    assert "もうあいていません" in client.get(f"/consultations/{desk}/2026-11-19T10:00").text
