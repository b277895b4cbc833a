"""One press books two who belong together, and says before what they will get."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.models import Enrolment
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.life import change_status
from supportdesk.learners.links import link_learners
from supportdesk.learners.models import LinkKind, Sex, Status, StatusReason
from tests.classes.making import enrol, make_run, meeting_at
from tests.factories import make_account, make_learner, make_reference
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted

Counting = Callable[[], AbstractContextManager[Statements]]


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
    """A wife and her husband."""
    with app.app_context():
        hatsu, taro = make_learner("タナカ ハツ", sex=Sex.FEMALE), make_learner("タナカ タロウ", sex=Sex.MALE)
        link(hatsu, taro)
        return hatsu, taro


def link(one: int, other: int, kind: LinkKind = LinkKind.SPOUSE) -> None:
    with transaction():
        link_learners(one, other, kind, actor=SYSTEM, now=clock.now())


def kept(app: Flask) -> list[tuple[int, int | None, str]]:
    """(learner, seat, who called) of each enrolment."""
    with app.app_context():
        rows = db.session.scalars(select(Enrolment).order_by(Enrolment.learner_id))
        return [(row.learner_id, row.seat, row.caller_name) for row in rows]


def test_one_press_on_the_desk_books_both(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    with app.app_context():
        make_run()
    page = desk.get(f"/desk/{hatsu}")
    done = desk.submit(page, "タナカ タロウさんとふたりで申し込む", follow=True)
    assert done.h1 == "ふたりの受付が完了しました"
    assert "タナカ ハツさん：席は1番" in done.text
    assert "タナカ タロウさん：席は2番" in done.text
    assert kept(app) == [(hatsu, 1, ""), (taro, 2, "タナカ ハツ")]
    slips = desk.get(done.link("予約票を2枚印刷する"))
    assert slips.texts(".slip-name") == ["タナカ ハツ 様", "タナカ タロウ 様"]
    with app.app_context():
        assert [one[1] for one in noted(Action.ENROL_LEARNER)] == [f"learner:{hatsu}", f"learner:{taro}"]
        looks = noted(Action.VIEW_ENROLMENT)
        assert [one[1] for one in looks] == [f"learner:{hatsu}", f"learner:{taro}"] * 2


def test_pressed_twice_it_is_done_once(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    with app.app_context():
        make_run()
    page = desk.get(f"/desk/{couple[0]}")
    answers = [desk.submit(page, "とふたりで申し込む", expect=303).location for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(kept(app)) == 2


def test_of_a_full_class_it_says_before_that_both_wait(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    with app.app_context():
        run_id = make_run(capacity=1)
        enrol(run_id, make_learner())
    page = desk.get(f"/desk/{couple[0]}")
    done = desk.submit(page, "タナカ タロウさんとふたりでキャンセル待ち", follow=True)
    assert "キャンセル待ちの1番目" in done.text
    assert "キャンセル待ちの2番目" in done.text
    form = desk.get(f"/classes/{run_id}/enrol-both?learner={couple[0]}&companion={couple[1]}")
    assert "もう申し込んでいます" in form.text


def test_where_one_seat_is_free_the_clerk_says_whose_it_is(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    hatsu, taro = couple
    with app.app_context():
        make_run(capacity=1)
    page = desk.get(desk.get(f"/desk/{hatsu}").link("タナカ タロウさんとふたりで（席は1つ"))
    assert "空いている席は1つだけです。" in page.text
    refused = desk.submit(page, "enrol", expect=422)
    assert "えらんでください" in refused.error("together")
    desk.submit(refused, "enrol", {"together": "second"}, expect=303)
    assert kept(app) == [(hatsu, None, ""), (taro, 1, "タナカ ハツ")]


def test_when_the_last_seat_but_one_is_taken_meanwhile_nobody_is_enrolled_and_the_clerk_is_asked(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    with app.app_context():
        run_id = make_run(capacity=2)
    page = desk.get(f"/desk/{couple[0]}")
    with app.app_context():
        enrol(run_id, make_learner())
    refused = desk.submit(page, "とふたりで申し込む", expect=422)
    assert "空いている席は1つだけです。どちらの方の席にするか、えらんでください。" in refused.error("together")
    assert len(kept(app)) == 1
    desk.submit(refused, "enrol", {"together": "first"}, expect=303)
    assert [seat for _learner, seat, _caller in kept(app)] == [2, None, 1]


def test_when_it_fills_meanwhile_both_wait_only_after_a_second_press(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    with app.app_context():
        run_id = make_run(capacity=2)
    page = desk.get(f"/desk/{couple[0]}")
    with app.app_context():
        for _ in range(2):
            enrol(run_id, make_learner())
    refused = desk.submit(page, "とふたりで申し込む", expect=422)
    assert "満席になりました。" in refused.text
    desk.submit(refused, "enrol", expect=303)
    assert [seat for _learner, seat, _caller in kept(app)] == [None, None, 1, 2]


def test_the_clash_of_the_one_who_comes_along_is_shown_with_their_name(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    hatsu, taro = couple
    with app.app_context():
        enrol(make_run(), taro)
        run_id = make_run()
    page = desk.get(f"/classes/{run_id}/enrol-both?learner={hatsu}&companion={taro}")
    with app.app_context():
        assert noted(Action.VIEW_LEARNER) == [("view_learner", f"learner:{hatsu}", [taro])]
    assert "タナカ タロウさんには、同じ時間に、ほかの予約があります。" in page.text
    assert "タナカ ハツさんには" not in page.text
    refused = desk.submit(page, "enrol", expect=422)
    assert "理由を入力してください" in refused.error("clash_reason")
    desk.submit(refused, "enrol", {"clash_reason": "早退する"}, expect=303)
    assert len(kept(app)) == 3


def test_either_may_call_for_both(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    with app.app_context():
        make_run()
    page = desk.get(f"/desk/{hatsu}?caller=learner-{taro}")
    desk.submit(page, "とふたりで申し込む", expect=303)
    assert kept(app) == [(hatsu, 1, "タナカ タロウ"), (taro, 2, "")]


def test_a_helper_calls_for_both(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
        hatsu = make_learner(helper_name="田中 恵子", helper_relation="長女")
        taro = make_learner()
        link(hatsu, taro)
    page = desk.get(f"/classes/{run_id}/enrol-both?learner={hatsu}&companion={taro}")
    desk.submit(page, "enrol", {"caller_is": "helper"}, expect=303)
    assert kept(app) == [(hatsu, 1, "田中 恵子"), (taro, 2, "田中 恵子")]


def test_one_who_is_booked_already_is_not_offered_again(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    hatsu, taro = couple
    with app.app_context():
        enrol(make_run(), taro)
    page = desk.get(f"/desk/{hatsu}")
    assert "タナカ タロウさんは予約ずみ" in page.text
    assert "ふたりで" not in page.text


def test_whoever_pauses_is_not_booked_along(app: Flask, desk: PageClient, couple: tuple[int, int]) -> None:
    with app.app_context():
        make_run()
        with transaction():
            change_status(couple[1], Status.PAUSED, StatusReason.HEALTH, actor=SYSTEM, now=clock.now())
    assert "ふたりで" not in desk.get(f"/desk/{couple[0]}").text


def test_strangers_are_not_booked_together(app: Flask, desk: PageClient) -> None:
    with app.app_context():
        run_id, one, other = make_run(), make_learner(), make_learner()
        link(one, other, LinkKind.STRANGERS)
    assert "ふたりで" not in desk.get(f"/desk/{one}").text
    desk.get(f"/classes/{run_id}/enrol-both?learner={one}&companion={other}", expect=404)


def test_two_bookings_of_different_classes_have_no_page_together(
    app: Flask, desk: PageClient, couple: tuple[int, int]
) -> None:
    with app.app_context():
        one, other = enrol(make_run(), couple[0]), enrol(make_run(meeting_at(hour=14)), couple[1])
    desk.get(f"/classes/enrolments/{one.enrolment_id}/both/{other.enrolment_id}", expect=404)


def test_a_large_family_costs_the_desk_no_more_statements(app: Flask, desk: PageClient, queries: Counting) -> None:
    with app.app_context():
        for hour in (10, 13):
            make_run(meeting_at(hour=hour))
        one, *others = [make_learner() for _ in range(6)]
        link(one, others[0])
    with queries() as few:
        desk.get(f"/desk/{one}")
    with app.app_context():
        make_run(meeting_at(hour=15))
        for other in others[1:]:
            link(one, other, LinkKind.FAMILY)
    with queries() as many:
        desk.get(f"/desk/{one}")
    assert len(many) == len(few)
