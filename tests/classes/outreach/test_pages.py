"""The staff's pages of requests: the board, the one next step, who sees whose, what is noted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.lectures import only_meeting
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.errors import AskedFor
from supportdesk.classes.outreach.models import OutreachRequest, OutreachState
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rights.retention import erase_aged, plan_retention
from tests.classes.making import make_lecture, meeting_at
from tests.classes.outreach.making import FIRST, ask, at, check, confirm, find, pack
from tests.classes.outreach.test_public import fields
from tests.clocks import Clock
from tests.factories import make_account, make_learner
from tests.markup import attribute, text_of
from tests.pages import PageClient
from tests.recording import Statements

S = OutreachState


def instructor_id() -> int:
    return db.session.scalars(select(Account.id).where(Account.username == "instructor")).one()


@pytest.fixture
def instructor(app: Flask, city: None) -> PageClient:
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    client = PageClient(app)
    client.sign_in("instructor")
    return client


def test_from_a_telephone_call_to_the_letter(app: Flask, reception: PageClient, instructor: PageClient) -> None:
    page = reception.get(reception.get("/outreach/").link("申し込みを受け付ける"))
    page = reception.submit(page, "application", fields(people="4"), expect=422)
    assert "5人からうかがいます" in page.text
    page = reception.submit(page, "application", {"although": "1"}, follow=True)
    page = reception.get(page.link("内容を直す"))
    assert attribute(page.field("contact_phone"), "value") == "018-888-5643"
    page = reception.submit(page, "application", {"people": "12"}, follow=True)
    page = reception.submit(page, "内容をたしかめた", follow=True)
    page = reception.get(page.link("日と講師を決める"))
    with app.app_context():
        account_id = instructor_id()
    looked = reception.submit(page, "find", {"travel": "60"}, button="look", expect=200)
    assert "9:00から12:00まで空いているか" in looked.text
    page = reception.submit(looked, "find", {"staff": [account_id]}, button="この日と講師に決める", follow=True)
    assert "instructorさん" in page.text
    page = reception.submit(page, "決定にする", follow=True)
    assert "プロジェクターとスクリーン（会場にありません）" in page.text
    letter = reception.get(page.link("決定のお知らせを印刷する"))
    for words in ("泉町内会", "泉 花子 様", "令和9年1月13日（水） 10:00〜11:00", "泉会館", "秋田市", "018-888-5643"):
        assert words in text_of(letter.one(".letter"))
    with app.app_context():
        looks = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "view_outreach")).all()
        assert len(looks) >= 6


def test_a_clash_names_who_has_the_instructor_and_the_next_date_is_offered(
    app: Flask, reception: PageClient, instructor: PageClient
) -> None:
    with app.app_context():
        request_id = check(ask())
        make_lecture(meeting_at(FIRST, 11, staff=[instructor_id()]))
        account_id = instructor_id()
    page = reception.get(f"/outreach/{request_id}/find")
    assert "空いている講師 0人" in page.text
    assert attribute(page.field("day-day"), "value") == "14"  # the second date: there is somebody
    page = reception.get(f"/outreach/{request_id}/find?choice=1")
    assert "instructorさん：電源の入れ方" in page.text
    page = reception.submit(page, "find", {"staff": [account_id]}, button="この日と講師に決める", expect=422)
    assert "同じ時間に、ほかの予定があります" in page.text
    with app.app_context():
        assert db.session.scalars(select(OutreachRequest.state)).one() is S.CHECKED


def test_the_board_shows_what_is_overdue_first_and_every_step(
    app: Flask, reception: PageClient, clock: Clock, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with app.app_context():
        check(ask(group_name="のちの会"))
        ask(group_name="さきの会")
    clock.set(desk_clock.now() + timedelta(days=5))
    reception.sign_in("reception")
    with queries() as few:
        page = reception.get("/outreach/")
    assert [row.split(" ")[0] for row in page.texts(".results strong")] == ["さきの会", "のちの会"]
    assert "期限を2日すぎています" in page.texts(".results li")[0]
    assert "期限をすぎたもの 1件" in page.texts(".steps li")[0]
    assert reception.get("/outreach/?step=checked").texts(".results strong") == ["のちの会"]
    assert reception.get("/outreach/?q=さき").texts(".results strong") == ["さきの会"]
    assert reception.get("/outreach/?district=seibu&step=%00&page=99").texts(".results strong") == []
    with app.app_context():
        for number in range(5):
            ask(group_name=f"{number}の会")
    with queries() as many:
        reception.get("/outreach/")
    assert len(many) == len(few)


def test_coordinators_see_their_districts_and_instructors_their_own_lectures(
    app: Flask, reception: PageClient, instructor: PageClient
) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("seibu",))
        east, west = ask(), ask(group_name="新屋町内会", district_code="seibu")
        find(check(west), instructor_id())
        confirm(west)
    coordinator = PageClient(app)
    coordinator.sign_in("coordinator")
    for client, seen, hidden in ((coordinator, west, east), (instructor, west, east)):
        board = client.get("/outreach/")
        assert board.texts(".results strong") == ["新屋町内会"]
        assert [count for count in board.texts(".steps strong") if count != "0件"] == ["1件"]
        client.get(f"/outreach/{seen}")
        client.get(f"/outreach/{hidden}", expect=404)
    page = instructor.get(f"/outreach/{west}")
    assert "断る・取り下げる" not in page.text
    page = instructor.submit(page, "/items/1", follow=True)
    assert "済" in page.texts(".kit li")[0]
    for address in ("back", "end"):
        instructor.get(f"/outreach/{west}/{address}", expect=403)
    with app.app_context():
        mistaken = ask(group_name="浜田町内会", district_code="seibu")
    page = coordinator.get(f"/outreach/{mistaken}/edit")
    board = coordinator.submit(page, "edit", {"district_code": "tobu"}, follow=True)
    assert board.texts(".results strong") == ["新屋町内会"], "it is another's now"


def test_the_instructor_writes_the_result_on_their_phone(
    app: Flask, reception: PageClient, instructor: PageClient, clock: Clock
) -> None:
    with app.app_context():
        request_id = find(check(ask()), instructor_id())
        confirm(request_id)
        pack(request_id)
    clock.set(at() + timedelta(hours=2))
    instructor.sign_in("instructor")
    page = instructor.submit(instructor.get(f"/outreach/{request_id}"), "講座を行った", follow=True)
    page = instructor.get(page.link("結果を書く"))
    page = instructor.submit(page, "result", {"heads": "3", "age_70s": "9"}, expect=422)
    assert page.error("heads")
    page = instructor.submit(page, "result", {"heads": "12", "topics": "地図", "next_tutor": "1"}, follow=True)
    for words in ("12人", "70代 9人", "地域サポーター"):
        assert words in page.text
    reception.sign_in("reception")
    page = reception.submit(reception.get(f"/outreach/{request_id}"), "終わりにする", follow=True)
    assert "終わった" in page.texts(".tag")[0]
    assert reception.get("/outreach/?when=ended").texts(".results strong") == ["泉町内会"]


def test_calling_off_the_lecture_leads_to_its_request(
    app: Flask, reception: PageClient, instructor: PageClient
) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
        request_id = find(check(ask()), instructor_id())
        run_id = confirm(request_id)
    coordinator = PageClient(app)
    coordinator.sign_in("coordinator")
    page = coordinator.get(coordinator.get(f"/classes/{run_id}").link("中止にする"), expect=303, follow=True)
    assert "中止をお知らせします" in page.text
    coordinator.submit(page, "back", {"reason": ""}, expect=422)
    page = coordinator.submit(page, "back", {"reason": "会場が使えない"}, follow=True)
    assert "理由：会場が使えない" in page.text
    page = coordinator.get(page.link("断る・取り下げる"))
    page = coordinator.submit(page, "end", {"end": "withdrawn", "reason": "別の年に"}, follow=True)
    assert "取り下げられた" in page.text


def test_a_day_that_is_called_off_leads_to_the_requests_of_its_lectures(
    app: Flask, reception: PageClient, instructor: PageClient
) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
        request_id = find(check(ask()), instructor_id())
        meeting_id = only_meeting(confirm(request_id))
    coordinator = PageClient(app)
    coordinator.sign_in("coordinator")
    page = coordinator.get(f"/classes/day?day={FIRST}")
    assert page.link("泉町内会") == f"/outreach/{request_id}"
    assert page.all(".day-meeting") == []
    with app.app_context(), pytest.raises(AskedFor), transaction():
        change_day(FIRST, [Wanted(meeting_id)], reason="大雪", actor=SYSTEM, now=desk_clock.now())


def test_a_button_of_an_older_page_moves_nothing(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        request_id = ask()
    page = reception.get(f"/outreach/{request_id}")
    with app.app_context():
        check(request_id)
    page = reception.submit(page, "内容をたしかめた", follow=True)
    assert "ほかの人が先に進めました" in page.text
    reception.post(f"/outreach/{request_id}/advance", {"seen": "zzz"}, expect=404)


def test_whom_to_call_is_forgotten_after_its_years_and_the_figures_stay(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        request_id = ask()
        with transaction():
            stepping.end_request(
                request_id, S.REFUSED, S.RECEIVED, reason="花子さんが入院", actor=SYSTEM, now=desk_clock.now()
            )
        later = desk_clock.now() + timedelta(days=3 * 366)
        titles = [one.title for one in plan_retention(later).records if one.rows]
        assert "出前講座を申し込んだ団体の連絡先" in titles
        with transaction():
            erase_aged(later, actor=SYSTEM, now=later)
    page = reception.get(f"/outreach/{request_id}")
    assert "保存期間をすぎたため、消しました" in page.text
    assert "花子" not in page.text
    assert "60分・12人" in page.text


def test_a_learner_who_is_erased_is_forgotten_where_their_group_named_them(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner("イズミ ハナコ", name="泉 花子", phone="018-888-5643")
        theirs, namesakes = ask(), ask(group_name="将軍野町内会", contact_phone="+81188635650")
        with transaction():
            erase_learner(learner_id, actor=SYSTEM, now=desk_clock.now())
    assert "花子" not in reception.get(f"/outreach/{theirs}").text
    assert "泉 花子" in reception.get(f"/outreach/{namesakes}").text


def test_whom_to_call_is_put_right_at_the_counter_and_the_receipt_tells_the_day(
    app: Flask, reception: PageClient, instructor: PageClient, clock: Clock
) -> None:
    with app.app_context():
        request_id = find(check(ask()), instructor_id())
    resident = PageClient(app)
    page = reception.get(f"/outreach/{request_id}")
    receipt = page.link("受付票を印刷する")
    assert "日は、まだ決まっていません" in resident.get(receipt).text
    page = reception.get(page.link("連絡する方を直す"))
    page = reception.submit(page, "contact-form", {"contact_phone": "12"}, expect=422)
    assert page.error("contact_phone")
    changed = {"contact_phone": "018-888-0000", "contact_address": "秋田市泉1-1"}
    page = reception.submit(page, "contact-form", changed, follow=True)
    assert "018-888-0000" in page.text
    page = reception.submit(page, "決定にする", follow=True)
    assert "秋田市泉1-1" in text_of(reception.get(page.link("決定のお知らせを印刷する")).one(".letter"))
    assert "令和9年1月13日（水） 10:00から11:00までに決まりました" in resident.get(receipt).text
    with app.app_context():
        pack(request_id)
    clock.set(at() + timedelta(minutes=5))
    reception.sign_in("reception")
    page = reception.get(reception.get(f"/outreach/{request_id}").link("講座が行われなかった"))
    assert "018-888-0000" in page.text
    page = reception.submit(page, "end", {"end": "not_held", "reason": "大雪"}, follow=True)
    assert "行われなかった" in page.texts(".tag")[0]
    assert "この申し込みは終わりました" in resident.get(receipt).text
