"""The residents' pages: the library, one video, できた and まだ, and the phone of two people."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.skills.models import SkillEvidence
from supportdesk.videos.links import signed, watch_path
from supportdesk.videos.models import VideoAnswer, VideoView
from supportdesk.videos.operations import Added, retire_video
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.videos.making import ON_SITE, PLAN, agree, make_video, own_phone

Queries = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def video(app: Flask) -> Added:
    with app.app_context():
        make_reference()
        return make_video()


def views(app: Flask) -> list[tuple[int | None, str]]:
    with app.app_context():
        rows = db.session.execute(select(VideoView.learner_id, VideoView.activity).order_by(VideoView.id))
        return [(*row,) for row in rows]


def answers(app: Flask) -> list[tuple[int | None, bool, str]]:
    with app.app_context():
        rows = db.session.execute(
            select(VideoAnswer.learner_id, VideoAnswer.can_do, VideoAnswer.activity).order_by(VideoAnswer.id)
        )
        return [(*row,) for row in rows]


def learner(app: Flask, name: str, *, agrees: bool | None = True) -> int:
    with app.app_context():
        learner_id = make_learner(name)
        if agrees is not None:
            agree(learner_id, agrees)
        return learner_id


# ---- The library


def test_the_library_stands_in_the_menu_and_shows_videos_by_area(app: Flask, client: PageClient, video: Added) -> None:
    with app.app_context():
        make_video(title="音量を変える", area_code="A", skills=("A4",), seconds=180)
    page = client.get(client.get("/").link("動画"))
    assert page.texts("main h2") == ["スマホの基本操作", "電話とカメラ"]
    assert page.texts(".card h3") == ["音量を変える", PLAN.title]
    assert page.texts(".card .tag") == ["3分", "1分20秒"]
    assert page.link(PLAN.title) == f"/v/{video.code}"


@pytest.mark.parametrize("text", ["ｑｒ", "カメラ　アプリ", "かめらのあぷり", "一回", "読みとれない", "QRコード"])
def test_words_are_found_however_they_are_written(client: PageClient, video: Added, text: str) -> None:
    found = client.get("/videos", query_string={"q": text}).texts(".card h3")
    assert found == ([PLAN.title] if text not in {"一回", "読みとれない"} else [])


def test_a_word_that_is_only_spoken_is_shown_with_its_line(client: PageClient, video: Added) -> None:
    page = client.get("/videos?q=知らない人")
    assert page.texts(".video-found") == ["「知らない人のQRコードは、読み取らないでください。」"]
    assert "1 本" in page.text


def test_an_area_narrows_the_library_and_nonsense_narrows_nothing(client: PageClient, video: Added) -> None:
    assert client.get("/videos?area=B").texts(".card h3") == [PLAN.title]
    assert client.get("/videos?area=A").texts(".card h3") == []
    for query in ("area=Z", "q=%00", "q=%25", "q=！！", "page=-1", "page=99999999999999999999"):
        assert client.get(f"/videos?{query}").texts(".card h3") == [PLAN.title]
    client.get("/videos?q=" + "あ" * 5000)


def test_an_empty_library_says_what_to_do(app: Flask, client: PageClient, video: Added) -> None:
    assert "すべての動画を見る" in client.get("/videos?q=どこにもない").text
    with app.app_context(), transaction():
        retire_video(video.id, None, actor=SYSTEM, now=desk_clock.now())
    assert "動画はまだありません" in client.get("/videos").text


def test_more_than_a_page_is_turned_over_and_asks_the_same_statements(
    app: Flask, client: PageClient, video: Added, queries: Queries
) -> None:
    with queries() as few:
        client.get("/videos?q=カメラ")
    with app.app_context():
        for number in range(29):
            make_video(title=f"{number}番目")
    with queries() as many:
        first = client.get("/videos?q=カメラ")
    assert len(many) == len(few) + 1 == 3  # what fills a page is counted
    assert len(first.all(".card")) == 24
    assert len(client.get(first.link("次のページ")).all(".card")) == 6


# ---- One video


def test_a_video_plays_with_captions_and_without_starting_by_itself(client: PageClient, video: Added) -> None:
    page = client.get(f"/v/{video.code}")
    film, captions = page.one("video"), page.one("video track")
    assert attribute(film, "src").startswith("/media/read-qr-code.mp4")
    assert "controls" in film.attrs
    assert "playsinline" in film.attrs
    assert "autoplay" not in film.attrs
    assert (attribute(captions, "kind"), attribute(captions, "srclang"), attribute(captions, "src")) == (
        "captions",
        "ja",
        "/media/read-qr-code.ja.vtt",
    )
    assert "カメラのアプリをひらきます。カメラの絵に、1回ふれます。" in page.texts(".transcript p")
    assert "1分20秒" in page.text
    assert "QRコードを読み取る" in page.texts("main li")
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_a_video_on_a_site_is_a_plain_link_and_says_where_it_leads(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        code = make_video(ON_SITE).code
    page = client.get(f"/v/{code}")
    assert page.link("動画サイトで見る") == ON_SITE.address
    assert "films.example.jp のサイトがひらきます" in page.text
    assert page.all("video, iframe") == []


def test_the_next_videos_are_of_the_same_skills_and_keep_the_meeting(
    app: Flask, client: PageClient, video: Added
) -> None:
    with app.app_context():
        other = make_video(title="QRコードで支払う", area_code="G", skills=("G1", "B5"))
        make_video(title="関係ない", area_code="A", skills=("A1",))
        path = watch_path(video.code, "meeting:5")
        next_path = watch_path(other.code, "meeting:5")
    page = client.get(path)
    assert page.texts(".video-list a") == ["QRコードで支払う"]
    assert page.link("QRコードで支払う") == next_path


def test_titles_are_english_where_they_have_been_written(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        code = make_video(title_en="Scanning a QR code").code
        make_video(title="日本語だけ")
    client.get("/language/en", expect=303)
    assert client.get(f"/v/{code}").h1 == "Scanning a QR code"
    assert set(client.get("/videos").texts(".card h3")) == {"Scanning a QR code", "日本語だけ"}


@pytest.mark.parametrize("typed", ["{}", "v-{}", " {} "])
def test_a_code_is_found_however_it_is_typed(client: PageClient, video: Added, typed: str) -> None:
    code = typed.format(video.code.lower().removeprefix("v") if "v-" in typed else video.code)
    assert client.get(f"/v/{code}").h1 == PLAN.title


@pytest.mark.parametrize("code", ["V999999", "x", "%E5%8B%95", "%F0%9F%98%80", "1' or '1", "A" * 3000])
def test_an_unknown_code_is_a_friendly_page_with_a_search(client: PageClient, video: Added, code: str) -> None:
    page = client.get(f"/v/{code}", expect=404)
    assert page.h1 == "動画が見つかりません"
    found = client.submit(page, "さがす", {"q": "カメラ"})
    assert found.texts(".card h3") == [PLAN.title]
    for address in ("who", "answer"):
        client.post(f"/v/{code}/{address}", expect=404)
    client.get(f"/v/{code}/thanks", expect=404)


def test_a_retired_code_leads_to_its_text_and_its_successor(app: Flask, client: PageClient, video: Added) -> None:
    with app.app_context():
        new = make_video(title="新しい動画")
        with transaction():
            retire_video(video.id, new.id, actor=SYSTEM, now=desk_clock.now())
    page = client.get(f"/v/{video.code}")
    assert page.link("「新しい動画」を見る") == f"/v/{new.code}"
    assert "カメラの絵に、1回ふれます" in page.text
    assert page.all("video, form[action*='/answer']") == []
    assert views(app) == []


def test_an_answer_that_comes_after_a_video_was_retired_leads_to_its_text(
    app: Flask, client: PageClient, video: Added
) -> None:
    open_still = client.get(f"/v/{video.code}")
    with app.app_context(), transaction():
        retire_video(video.id, None, actor=SYSTEM, now=desk_clock.now())
    done = client.post(f"/v/{video.code}/answer", {"answer": "can"}, expect=303)
    assert done.location == f"/v/{video.code}"
    assert open_still.all("form[action*='/answer']") != [] == client.get(done.location).all("form[action*='/answer']")


# ---- Views


def test_a_strangers_view_is_counted_for_nobody_with_the_meeting_that_led_there(
    app: Flask, client: PageClient, video: Added
) -> None:
    with app.app_context():
        path = watch_path(video.code, "meeting:5")
    page = client.get(path)
    client.get(f"/v/{video.code}?a=meeting:5")
    client.get(f"/v/{video.code}?a={'x' * 900}")
    assert views(app) == [(None, "meeting:5"), (None, ""), (None, "")]
    assert "だれが押したかは、記録しません" in page.text


def test_looking_ahead_is_no_view(app: Flask, client: PageClient, video: Added) -> None:
    client.raw.head(f"/v/{video.code}")
    client.get(f"/v/{video.code}", headers={"Sec-Purpose": "prefetch;prerender"})
    assert views(app) == []


def test_a_learners_view_is_tied_on_their_own_phone_when_they_agreed(
    app: Flask, client: PageClient, video: Added
) -> None:
    hanako = learner(app, "タカハシ ハナコ")
    own_phone(app, client, hanako)
    page = client.get(f"/v/{video.code}")
    assert "あなたの記録にのります" in page.text
    assert "ハナコ" not in page.tree.text
    assert views(app) == [(hanako, "")]


@pytest.mark.parametrize("agrees", [None, False])
def test_a_learner_who_did_not_agree_is_nobody(
    app: Flask, client: PageClient, video: Added, agrees: bool | None
) -> None:
    own_phone(app, client, learner(app, "タカハシ ハナコ", agrees=agrees))
    client.submit(client.get(f"/v/{video.code}"), "まだ")
    assert views(app) == [(None, "")]
    assert answers(app) == [(None, False, "")]


def test_consent_taken_back_stops_the_tying_and_unties_what_was_tied(
    app: Flask, client: PageClient, video: Added, clock: Clock
) -> None:
    hanako = learner(app, "タカハシ ハナコ")
    own_phone(app, client, hanako)
    client.get(f"/v/{video.code}")
    clock.advance(minutes=1)
    with app.app_context():
        agree(hanako, False)
    client.get(f"/v/{video.code}")
    assert views(app) == [(None, ""), (None, "")]


# ---- The phone of two


def test_a_phone_of_two_asks_by_first_name_and_remembers(
    app: Flask, client: PageClient, video: Added, clock: Clock
) -> None:
    hanako, taro = learner(app, "タカハシ ハナコ"), learner(app, "タカハシ タロウ")
    own_phone(app, client, hanako, taro)
    with app.app_context():
        path = watch_path(video.code, "meeting:5")
    page = client.get(path)
    assert page.h1 == "どなたですか"
    assert page.texts(".video-people button") == ["ハナコさん", "タロウさん", "答えない"]
    assert "タカハシ" not in page.tree.text
    assert page.headers["Cache-Control"] == "no-store"
    assert views(app) == []
    watched = client.submit(page, "タロウ", follow=True)
    assert watched.h1 == PLAN.title
    client.submit(watched, "できた")
    assert views(app) == [(taro, "meeting:5")]
    assert answers(app) == [(taro, True, "meeting:5")]
    client.get(path)
    assert views(app)[-1] == (taro, "meeting:5")
    clock.advance(hours=3)
    assert client.get(path).h1 == "どなたですか"


def test_who_does_not_answer_is_nobody_and_may_choose_again(app: Flask, client: PageClient, video: Added) -> None:
    hanako, taro = learner(app, "タカハシ ハナコ"), learner(app, "タカハシ タロウ", agrees=None)
    own_phone(app, client, hanako, taro)
    watched = client.submit(client.get(f"/v/{video.code}"), "答えない", follow=True)
    asked = client.submit(watched, "見る人をかえる", follow=True)
    watched = client.submit(asked, "タロウ", follow=True)
    asked = client.submit(watched, "見る人をかえる", follow=True)
    client.submit(asked, "ハナコ", follow=True)
    assert views(app) == [(None, ""), (None, ""), (hanako, "")]


def test_two_with_one_first_name_are_told_apart_and_two_who_declined_are_not_asked(
    app: Flask, client: PageClient, video: Added
) -> None:
    own_phone(app, client, learner(app, "タカハシ ハル"), learner(app, "スズキ ハル"))
    assert client.get(f"/v/{video.code}").texts(".video-people button")[:2] == ["タカハシ ハルさん", "スズキ ハルさん"]
    other = PageClient(app)
    own_phone(app, other, learner(app, "サトウ マリ", agrees=False), learner(app, "サトウ ケン", agrees=False))
    assert other.get(f"/v/{video.code}").h1 == PLAN.title


def test_nobody_is_made_a_viewer_by_sending_a_number(app: Flask, client: PageClient, video: Added) -> None:
    hanako = learner(app, "タカハシ ハナコ")
    for sent in (str(hanako), "-1", "x", ""):
        client.post(f"/v/{video.code}/who", {"learner": sent})
        client.get(f"/v/{video.code}")
    assert {learner_id for learner_id, _activity in views(app)} == {None}


# ---- できた / まだ


@pytest.mark.parametrize(("button", "can_do", "said"), [("できた", True, "「できた」"), ("まだ", False, "「まだ」")])
def test_an_answer_is_thanked_for_and_pressed_twice_counts_once(
    app: Flask, client: PageClient, video: Added, button: str, can_do: bool, said: str
) -> None:
    with app.app_context():
        path = watch_path(video.code, "meeting:5")
    page = client.get(path)
    assert said in client.submit(page, button, follow=True).h1
    assert said in client.submit(page, button, follow=True).h1
    assert answers(app) == [(None, can_do, "meeting:5")]


def test_who_pressed_the_wrong_button_may_press_the_other(app: Flask, client: PageClient, video: Added) -> None:
    page = client.get(f"/v/{video.code}")
    client.submit(page, "まだ")
    assert "「できた」" in client.submit(page, "できた", follow=True).h1
    assert [can_do for _learner, can_do, _activity in answers(app)] == [False, True]


def test_after_not_yet_the_page_leads_back_to_the_video_and_to_the_classes(client: PageClient, video: Added) -> None:
    page = client.submit(client.get(f"/v/{video.code}"), "まだ", follow=True)
    assert page.link("もう一度") == f"/v/{video.code}"
    assert page.link("教室の予定") == "/schedule"


def test_a_tied_answer_writes_evidence_once(app: Flask, client: PageClient, video: Added) -> None:
    hanako = learner(app, "タカハシ ハナコ")
    own_phone(app, client, hanako)
    page = client.get(f"/v/{video.code}")
    client.submit(page, "まだ")
    client.submit(page, "まだ")
    with app.app_context():
        found = db.session.execute(
            select(SkillEvidence.learner_id, SkillEvidence.skill_code, SkillEvidence.level)
        ).all()
    assert [tuple(row) for row in found] == [(hanako, "B5", 0)]


def test_an_answer_without_a_token_or_a_known_word_counts_nothing(app: Flask, client: PageClient, video: Added) -> None:
    assert client.raw.post(f"/v/{video.code}/answer", data={"answer": "can"}).status_code == 400
    client.post(f"/v/{video.code}/answer", {"answer": "maybe"})
    assert answers(app) == []


def test_a_forged_note_is_left_out_of_the_answer(app: Flask, client: PageClient, video: Added) -> None:
    with app.app_context():
        good = signed("meeting:7")
    client.post(f"/v/{video.code}/answer", {"answer": "can", "a": good[:-2] + "xx"})
    assert answers(app) == [(None, True, "")]


def test_one_video_asks_a_fixed_number_of_statements(
    app: Flask, client: PageClient, video: Added, queries: Queries
) -> None:
    own_phone(app, client, learner(app, "タカハシ ハナコ"))
    with app.app_context():
        for _ in range(8):
            make_video(replace(PLAN, title="ほかの動画"))
    with queries() as seen:
        page = client.get(f"/v/{video.code}")
    assert len(seen) <= 9
    assert len(page.all(".video-list li")) == 4


def test_no_name_and_no_number_stands_in_an_address(app: Flask, client: PageClient, video: Added) -> None:
    hanako = learner(app, "タカハシ ハナコ")
    own_phone(app, client, hanako, learner(app, "タカハシ タロウ"))
    links: list[Any] = client.get(f"/v/{video.code}").all("a[href], form[action]")
    addresses = [attribute(link, "href") or attribute(link, "action") for link in links]
    assert not any(re.search(r"learner|ハナコ", address) for address in addresses)
