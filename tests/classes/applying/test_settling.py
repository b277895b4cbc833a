"""Reception settles what residents sent: who they are, what stands in the way, and why it comes to nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.applying import queries
from supportdesk.classes.applying.jobs import close_over
from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.settling import say_who, settle_channel
from supportdesk.classes.changing import change_run
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lottery.errors import SamePerson
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, Filling
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.applying.errors import AlreadySaid, AlreadySettled
from supportdesk.learners.applying.models import ApplicationState, RefusedBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.models import Channel, Learner, Need
from supportdesk.learners.operations import ProbablyKnown
from supportdesk.learners.rights.erasure import erase_learner, fates_of
from tests.classes.applying.test_applying import HANA, TARO, applied, seated, states
from tests.classes.lottery.drawing import enter, make_lottery
from tests.classes.making import enrol, make_run, meeting_at
from tests.classes.test_changing import as_it_is
from tests.factories import make_account, make_learner, make_reference
from tests.pages import Page, PageClient
from tests.recording import Statements
from tests.trail import noted


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def people() -> list[int]:
    return list(db.session.scalars(select(Applicant.id).order_by(Applicant.id)))


def say(applicant_id: int, learner_id: int | None, *others: int) -> None:
    with transaction():
        say_who(applicant_id, learner_id, others=frozenset(others), actor=SYSTEM, now=desk_clock.now())


def test_somebody_new_is_nobody_whom_the_clerk_did_not_see(app: Flask) -> None:
    with app.app_context():
        applied(make_run(), HANA, TARO)
        hana, taro = people()
        alike = make_learner("サトウ ハナ", phone="018-800-1111")
        with pytest.raises(ProbablyKnown):
            say(hana, None)
        say(hana, None, alike)
        with pytest.raises(AlreadySaid):
            say(hana, alike)
        learner = db.session.scalars(select(Applicant.learner_id).where(Applicant.id == hana)).one()
        with pytest.raises(SamePerson):
            say(taro, learner)
        say(taro, alike)
        assert [one[0] for one in states()] == [ApplicationState.PLACED]
        calls = db.session.scalars(select(Enrolment.caller_name).order_by(Enrolment.learner_id)).all()
        assert sorted(calls) == ["", "サトウ ハナ"], "the second is called where the first is"


@pytest.mark.only_on("postgresql")
def test_the_door_of_the_register_comes_before_the_run(
    app: Flask, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with app.app_context():
        applied(make_run(), HANA)
        (hana,) = people()
        with queries() as seen:
            say(hana, None)
        locks = [one for one in seen if "pg_advisory_xact_lock(" in one or "FOR NO KEY UPDATE" in one]
        assert "pg_advisory_xact_lock(" in locks[0]


def test_what_is_held_is_closed_with_its_class(app: Flask) -> None:
    with app.app_context():
        applied(make_run(), HANA)
        hana = make_learner("サトウ ハナ")
        with transaction() as session:
            session.scalars(select(Applicant)).one().learner_id = hana
        assert close_over(meeting_at().starts_at - timedelta(seconds=1)) == 0
        assert close_over(meeting_at().starts_at) == 1
        one = db.session.scalars(select(Application)).one()
        assert (one.state, one.refused_because) == (ApplicationState.REFUSED, RefusedBecause.OVER)
        assert [besides for *_what, besides in noted(Action.REFUSE_APPLICATION)] == [[hana]]


def test_who_is_erased_is_gone_from_applications_that_were_never_tied_to_them(app: Flask) -> None:
    with app.app_context():
        applied(make_run(), Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950), TARO)
        hana = make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        assert any(one.others and one.title == "市民が申し込みに書いたこと" for one in fates_of(hana))
        with transaction():
            erase_learner(hana, actor=SYSTEM, now=desk_clock.now())
        gone, kept = db.session.scalars(select(Applicant).order_by(Applicant.position)).all()
        assert (gone.kana, gone.kana_key, gone.phone, gone.birth_year) == ("", "", "", None)
        assert (kept.kana, kept.phone) == (TARO.kana, TARO.phone), "who shares the telephone is somebody else"


def test_what_was_named_does_not_overrule_the_register_until_reception_says_so(app: Flask) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        taro = make_learner("サトウ タロウ", phone="018-800-1111", channel=Channel.MAIL)
        applied(make_run(), replace(HANA, channel=Channel.POST), replace(TARO, channel=Channel.POST))
        applied(make_run(meeting_at(hour=13)), TARO)
        assert [one[0] for one in states()] == [ApplicationState.PLACED] * 2
        assert queries.how_many_to_look_at() == 1, "the second was not asked, and the telephone was only proposed"
        person = people()[0]
        for taken, then in ((False, Channel.PHONE), (True, Channel.POST)):
            with transaction():
                db.session.get_one(Applicant, person).channel_differs = True
            with transaction():
                settle_channel(person, taken=taken, actor=SYSTEM, now=desk_clock.now())
            assert db.session.scalars(select(Learner.channel).where(Learner.id == hana)).one() is then
            with pytest.raises(AlreadySettled), transaction():
                settle_channel(person, taken=True, actor=SYSTEM, now=desk_clock.now())
        assert db.session.scalars(select(Learner.channel).where(Learner.id == taro)).one() is Channel.MAIL
        assert queries.how_many_to_look_at() == 0


# ---- the pages


def test_reception_takes_over_with_one_press_how_somebody_known_wishes_to_be_told(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        applied(make_run(), replace(HANA, channel=Channel.POST))
        receipt = db.session.scalars(select(Application.receipt)).one()
    listed = held_ones(reception)
    assert "連絡の方法が登録とちがいます" in listed.text
    page = reception.get(listed.link(receipt))
    assert "連絡の方法は「電話」ですが、申し込みには「郵便」とあります" in page.text
    kept = reception.submit(page, "これからは「郵便」にする", follow=True)
    assert "申し込みには「郵便」とあります" not in kept.text
    assert "たしかめる申し込みは、ありません" in reception.get("/classes/applications").text
    with app.app_context():
        assert db.session.scalars(select(Learner.channel).where(Learner.id == hana)).one() is Channel.POST


def held_ones(desk: PageClient) -> Page:
    return desk.get(desk.get("/classes/").link("確認する"))


def test_reception_says_who_it_is(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        run_id, hana = make_run(), make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        applied(run_id, Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1945))
        needs = frozenset({Need.HEARING})
        applied(run_id, Wish(kana="スズキ ミドリ", phone="+81188003333", residence="tobu", needs=needs))
        receipts = db.session.scalars(select(Application.receipt).order_by(Application.id)).all()
    assert "市民の申し込みが2件あります" in reception.get(f"/classes/{run_id}").text
    page = held_ones(reception)
    one = reception.get(page.link(receipts[0]))
    assert "受け付けました" in reception.submit(one, "サトウ ハナさんの申し込みにする", follow=True).text
    other = reception.get(page.link(receipts[1]))
    assert "よく似た受講者は、登録されていません" in other.text
    assert "聞こえにくい" in other.text
    with app.app_context():
        midori = make_learner("スズキ ミドリ", phone="018-800-3333")
    unseen = reception.submit(other, "新しい受講者として登録する", follow=True)
    assert "同じ人かもしれない受講者が登録されています" in unseen.text
    assert "スズキ ミドリさんの申し込みにする" in unseen.text
    assert "受け付けました" in reception.submit(unseen, "新しい受講者として登録する", follow=True).text
    with app.app_context():
        assert seated()[0] == (hana, 1)
        assert midori not in dict(seated())
        assert len(db.session.scalars(select(Learner.id)).all()) == 3
        applied(run_id, Wish(kana="タナカ ケン", phone="+81188004444"))
        receipt = db.session.scalars(select(Application.receipt).order_by(Application.id.desc())).first()
    last = reception.get(held_ones(reception).link(str(receipt)))
    refusal = reception.get(last.link("申し込みを断る"))
    assert "断りました" in reception.submit(refusal, "断る", {"reason": "prank"}, follow=True).text
    assert PageClient(app).get(f"/apply/receipt/{receipt}").h1 == "この申し込みは、受け付けていません"


def test_who_is_still_to_be_confirmed_is_told_by_telephone_that_the_class_is_called_off(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        make_account(Role.ADMIN)
        applied(make_run(meeting_at(hour=14)), TARO)
        run_id = make_run()
        receipt = applied(run_id, HANA)
    admin = PageClient(app)
    admin.sign_in("admin")
    asking = admin.get(f"/classes/{run_id}/cancel")
    assert "確認を待っている市民の申し込みが1件あります" in asking.text
    done = admin.submit(asking, "中止にして、全員に連絡する", follow=True)
    assert "中止をまだ知らない市民の申し込みが1件あります" in done.text
    waiting = held_ones(reception)
    assert waiting.texts("tbody tr th")[0] == receipt, "before whoever can wait"
    one = reception.get(waiting.link(receipt))
    assert "電話で伝えてください" in one.text
    assert "登録する" not in one.text, "nobody is entered in the register for it"
    assert "かたづきました" in reception.submit(one, "中止を伝えた", follow=True).text
    with app.app_context():
        assert db.session.scalars(select(Application.refused_because).where(Application.receipt == receipt)).all() == [
            RefusedBecause.OVER
        ]


def test_how_seats_are_given_stays_as_it_was_for_who_is_still_to_be_confirmed(app: Flask) -> None:
    with app.app_context():
        run_id = make_lottery()
        applied(run_id, HANA)
        invited = replace(as_it_is(run_id), filling=Filling.INVITATION)
        with pytest.raises(PlanRefused) as refused, transaction():
            change_run(run_id, invited, actor=SYSTEM, now=desk_clock.now())
        assert refused.value.field == "filling"


def test_a_clash_is_asked_about_and_its_reason_kept(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        enrol(make_run(title="もう1つの教室"), hana)
        applied(make_run(title="えらんだ教室"), HANA)
        (receipt,) = db.session.scalars(select(Application.receipt))
    page = reception.get(held_ones(reception).link(receipt))
    with app.app_context():
        assert (Action.VIEW_APPLICATION.value, "", [hana]) in noted(Action.VIEW_APPLICATION), "the list names her"
    asking = reception.get(page.link("この内容で受け付ける"))
    assert "同じ時間に、ほかの予約があります" in asking.text
    without = reception.submit(asking, "この内容で受け付ける", expect=422)
    assert without.error("clash_reason")
    done = reception.submit(without, "この内容で受け付ける", {"clash_reason": "前の教室は早く出ます"}, follow=True)
    assert "受け付けました" in done.text
    with app.app_context():
        reasons = db.session.scalars(select(Enrolment.clash_reason).order_by(Enrolment.id)).all()
        assert list(reasons) == ["", "前の教室は早く出ます"]


def test_of_two_for_one_seat_reception_says_whose_it_is(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        hana, taro = (make_learner(one.kana, phone="018-800-1111") for one in (HANA, TARO))
        applied(make_run(capacity=1), HANA, TARO)
        (receipt,) = db.session.scalars(select(Application.receipt))
    asking = reception.get(reception.get(held_ones(reception).link(receipt)).link("この内容で受け付ける"))
    without = reception.submit(asking, "この内容で受け付ける", expect=422)
    assert without.error("together")
    done = reception.submit(without, "この内容で受け付ける", {"together": "second"}, follow=True)
    assert "受け付けました" in done.text
    with app.app_context():
        assert dict(seated()) == {hana: None, taro: 1}


def test_who_has_a_place_already_keeps_it_and_the_other_has_one_too(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        hana, taro = (make_learner(one.kana, phone="018-800-1111") for one in (HANA, TARO))
        run_id, drawn = make_run(), make_lottery(hour=14)
        enrol(run_id, hana)
        enter(drawn, hana)
        for wanted in ([run_id, HANA], [run_id, HANA, TARO], [drawn, HANA, TARO]):
            applied(*wanted)  # type: ignore[arg-type]
        receipts = db.session.scalars(select(Application.receipt).order_by(Application.id)).all()
    for receipt in receipts:
        page = reception.get(held_ones(reception).link(receipt))
        assert "この方は、この教室にもう申し込んでいます" in page.text
        if "この内容で受け付ける" in page.texts("a.button"):
            page = reception.get(page.link("この内容で受け付ける"))
        assert "受け付けました" in reception.submit(page, "この内容で受け付ける", follow=True).text
    with app.app_context():
        assert dict(seated()) == {hana: 1, taro: 2}
        assert sorted(db.session.scalars(select(LotteryEntrant.learner_id))) == sorted([hana, taro])
        assert {one[0] for one in states()} == {ApplicationState.PLACED}
    assert "市民の申し込みが" not in reception.get("/classes/").text
