"""The desk enters people into a draw, the administrator tries it and holds it, everybody sees how it came out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.lottery.models import Draw, LotteryEntrant
from supportdesk.classes.models import Enrolment, Filling, Run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.links import link_learners
from supportdesk.learners.models import LinkKind
from tests.classes.applying.test_applying import HANA, applied
from tests.classes.lottery.drawing import OPEN_FOR, draw, enter, enter_sixty, make_lottery
from tests.classes.making import make_run
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.pages import PageClient
from tests.recording import Statements

Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        make_account(Role.ADMIN)
    client.sign_in("reception")
    return client


def test_whoever_applies_for_a_class_that_is_drawn_enters_the_draw(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id, hana, taro = make_lottery(), make_learner("タナカ ハナ"), make_learner("タナカ タロウ")
        with transaction():
            link_learners(hana, taro, LinkKind.SPOUSE, actor=SYSTEM, now=desk_clock.now())
    page = desk.get(desk.get(f"/classes/{run_id}/enrol?learner={hana}", expect=303).location)
    assert page.h1 == "この内容で抽選に申し込みますか"
    both = desk.get(page.link("タナカ タロウさんとふたりで申し込む"))
    done = desk.submit(both, "抽選に申し込む", follow=True)
    assert done.h1 == "受付が完了しました"
    assert "抽選番号は1番です" in done.text
    again = desk.get(f"/classes/{run_id}/lottery/enter?learner={taro}")
    assert "もう申し込んでいます" in again.text
    withdrawn = desk.submit(desk.get(done.link("タナカ タロウさんの申し込みを取り消す")), "取り消す", follow=True)
    assert "取り消しました" in withdrawn.text
    with app.app_context():
        rows = db.session.scalars(select(LotteryEntrant).order_by(LotteryEntrant.position)).all()
        assert [(one.learner_id, one.caller_name, one.withdrawn_at is None) for one in rows] == [
            (hana, "", True),
            (taro, "タナカ ハナ", False),
        ]
        assert db.session.scalars(select(Enrolment.id)).all() == []


def test_before_the_draw_the_class_speaks_of_entries_and_of_no_free_seat(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id = make_lottery(capacity=8)
        enter(run_id, make_learner("サトウ ハナ"))
    page = desk.get(f"/classes/{run_id}")
    assert "1件（1人）" in page.text
    assert "席は抽選で決まります" in page.text
    for said in ("あと8人", "まだ申し込みはありません"):
        assert said not in page.text


def test_two_entries_become_one(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id, hana, taro = make_lottery(), make_learner("サトウ ハナ"), make_learner("スズキ タロウ")
        first, second = enter(run_id, hana), enter(run_id, taro)
    page = desk.get(f"/classes/lottery/entries/{second.entry_id}/pair")
    done = desk.submit(page, "ふたりの申し込みにする", {"other": str(first.entry_id)}, follow=True)
    assert done.h1 == "抽選の申し込み 1番"
    assert "スズキ タロウ" in done.text


def test_the_administrator_tries_it_and_holds_it_once(app: Flask, desk: PageClient, clock: Clock) -> None:
    with app.app_context():
        run_id = make_lottery(capacity=20)
        enter_sixty(run_id)
        applied(run_id, HANA)
    desk.get(f"/classes/{run_id}/lottery/draw", expect=403)
    desk.sign_in("admin")
    early = desk.get(f"/classes/{run_id}/lottery/draw")
    assert "締め切りのあと" in early.text
    tried = desk.get(f"/classes/{run_id}/lottery/try")
    assert "本番の結果ではありません" in tried.text
    assert len(tried.all("tbody tr")) == 60, "the next page would be another draw's"
    assert "市民の申し込みが1件あります" in desk.get(f"/classes/{run_id}/lottery").text
    clock.set(desk_clock.now() + OPEN_FOR)
    desk.another_device()
    desk.sign_in("admin")
    page = desk.get(f"/classes/{run_id}/lottery/draw")
    assert "69人のうち20人まで" in page.text
    assert "確認待ちの方は抽選に入らず" in page.text
    assert "11月30日（月） 10:00まで待ってから" in desk.get(f"/classes/{run_id}/lottery").text
    assert "市民の申し込みが1件あります" in page.text
    desk_clock.set_now(desk_clock.now() + timedelta(minutes=11))
    assert "パスワード" in desk.submit(page, "抽選をして、全員に知らせる", expect=401).text
    desk.another_device()
    desk.sign_in("admin")
    page = desk.get(f"/classes/{run_id}/lottery/draw")
    drawn = desk.submit(page, "抽選をして、全員に知らせる", follow=True)
    assert "席のある人は20人、キャンセル待ちは49人です" in drawn.text
    assert "同じ結果になりました" in drawn.text
    refused = desk.submit(
        page, "抽選をして、全員に知らせる", {"one_time_token": "another-token-of-this-form"}, expect=422
    )
    assert "抽選は1回だけです" in refused.text
    with app.app_context():
        assert len(db.session.scalars(select(Draw.run_id)).all()) == 1


def test_the_page_costs_the_same_whoever_is_in_it(app: Flask, desk: PageClient, queries: Counting) -> None:
    with app.app_context():
        run_id = make_lottery(capacity=2)
        enter(run_id, make_learner())
    with queries() as few:
        desk.get(f"/classes/{run_id}/lottery")
    with app.app_context():
        for _ in range(6):
            enter(run_id, make_learner(), make_learner())
    with queries() as many:
        desk.get(f"/classes/{run_id}/lottery")
    assert len(many) == len(few)


def test_a_class_is_planned_with_a_deadline_and_cannot_become_a_draw_once_somebody_applied(
    app: Flask, desk: PageClient
) -> None:
    with app.app_context():
        run_id = make_run()
    desk.sign_in("admin")
    page = desk.get(f"/classes/{run_id}/change")
    without = desk.submit(page, "変える", {"filling": "lottery"}, expect=422)
    assert "申し込みの締め切りを入力してください" in without.text
    until = {"until_day-year": "2026", "until_day-month": "12", "until_day-day": "1", "until_time": "9:30"}
    late = desk.submit(page, "変える", {"filling": "lottery", **until, "until_day-day": "4"}, expect=422)
    assert "教室が始まるより前にしてください" in late.text
    past = desk.submit(page, "変える", {"filling": "lottery", **until, "until_day-month": "10"}, expect=422)
    assert "これからの日時にしてください" in past.text
    changed = desk.submit(page, "変える", {"filling": "lottery", **until}, follow=True)
    assert "申し込みは12月1日（火） 9:30までです" in changed.text
    with app.app_context():
        assert db.session.get_one(Run, run_id).filling is Filling.LOTTERY
        enter(run_id, make_learner())
    again = desk.get(f"/classes/{run_id}/change")
    refused = desk.submit(again, "変える", {"filling": "first_come"}, expect=422)
    assert "もう申し込んだ方がいるため" in refused.text


def test_calling_it_off_names_who_is_in_the_draw_before_and_after(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id = make_lottery()
        enter(run_id, make_learner("サトウ ハナ"), make_learner("サトウ タロウ"))
        drawn = make_lottery(hour=14, capacity=1)
        enter(drawn, make_learner("スズキ ミドリ"))
        draw(drawn)
    desk.sign_in("admin")
    asking = desk.get(f"/classes/{run_id}/cancel")
    assert "抽選に申し込んだ2人の申し込みを取り消し" in asking.text
    done = desk.submit(asking, "中止にして、全員に連絡する", follow=True)
    assert "抽選の申し込み" in done.text
    assert {"サトウ ハナ", "サトウ タロウ"} <= set(done.texts("tbody th"))
    assert not done.all(".message.info"), "nobody is told until when one applies"
    assert "抽選はしません" in desk.get(f"/classes/{run_id}/lottery").text
    over = desk.submit(desk.get(f"/classes/{drawn}/cancel"), "中止にして、全員に連絡する", follow=True)
    assert "席あり" in over.texts("tbody td"), "whoever won had one"


def test_after_the_draw_reception_opens_the_booking(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id, hana = make_lottery(), make_learner("サトウ ハナ")
        enter(run_id, hana)
        draw(run_id)
    page = desk.get(f"/classes/{run_id}/lottery")
    assert "席あり" in desk.get(page.link("サトウ ハナ")).text
