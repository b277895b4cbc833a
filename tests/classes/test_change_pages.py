"""Coordinators change a class on its page: asked about what is unusual, told what is in the way, with nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from supportdesk.classes.models import Run
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.classes.making import DAY, enrol, make_lecture, make_run, meeting_at, room_of
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture
def coordinator(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.COORDINATOR, districts=("tobu",))
    client.sign_in("coordinator")
    return client


def test_a_class_is_changed_from_its_page_and_who_is_told_is_counted(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        instructor = make_account(Role.INSTRUCTOR).id
        run_id = make_run(meeting_at(room_id=room_of().id, staff=[instructor]), capacity=5)
        enrol(run_id, make_learner())
    page = coordinator.get(coordinator.get(f"/classes/{run_id}").link("内容を変える"))
    assert attribute(page.field("title"), "value") == "電源の入れ方・ボタン操作"
    assert attribute(page.field("start_1"), "value") == "10:00"
    assert "席のある1人" in page.text
    changed = {"title": "はじめてのスマホ", "capacity": "8", "day_1-day": "4", "start_1": "1330", "end_1": "15:00"}
    done = coordinator.submit(page, "change-run", changed, follow=True)
    assert done.h1 == "はじめてのスマホ"
    assert "変更しました。1人に連絡します" in done.text
    assert "12月4日（金） 13:30〜15:00" in done.text
    assert "あと7人" in done.text


def test_nothing_changed_tells_nobody(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(room_id=room_of().id), meeting_at(DAY + timedelta(days=7)), to_bring="めがね")
        enrol(run_id, make_learner())
        before = db.session.get_one(Run, run_id).to_bring
    page = coordinator.get(f"/classes/{run_id}/change")
    assert "回によって部屋か講師がちがいます" in page.text
    done = coordinator.submit(page, "change-run", follow=True)
    assert "変更しました。" in done.text
    assert "連絡します" not in done.text
    with app.app_context():
        assert db.session.get_one(Run, run_id).to_bring == before


def test_what_is_unusual_is_asked_about_once(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
    page = coordinator.get(f"/classes/{run_id}/change")
    assert page.all("[name=although]") == []
    page = coordinator.submit(page, "change-run", {"start_1": "7:00"}, expect=422)
    assert "12月3日（木）の時間は、7:00から11:00までです" in page.text
    assert attribute(page.field("start_1"), "value") == "7:00"
    coordinator.submit(page, "change-run", {"although": "1"}, expect=303)


def test_planning_on_a_holiday_asks_first(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        hall = room_of().id
    typed = {
        "course_code": "K02",
        "edition": "both",
        "room_id": str(hall),
        "capacity": "8",
        "day_1-year": "2027",
        "day_1-month": "1",
        "day_1-day": "1",
        "start_1": "1330",
    }
    page = coordinator.submit(coordinator.get("/classes/new"), "plan", typed, expect=422)
    assert "1月1日（金）は祝日（元日）です" in page.text
    coordinator.submit(page, "plan", {"although": "1"}, expect=303)


def test_what_is_in_the_way_and_wrong_is_said_and_what_was_typed_is_kept(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        hall = room_of().id
        run_id = make_run(meeting_at(room_id=hall))
        make_run(meeting_at(hour=14, room_id=hall), course="K02")
    page = coordinator.get(f"/classes/{run_id}/change")
    page = coordinator.submit(
        page, "change-run", {"start_1": "14:00", "end_1": "15:00", "to_bring": "めがね"}, expect=422
    )
    assert "会議室：電話のかけ方・カメラの使い方（12月3日（木） 14:00〜15:00）" in page.text
    assert attribute(page.field("to_bring"), "value") == "めがね"
    page = coordinator.submit(page, "change-run", {"start_1": "13:00", "end_1": "12:00"}, expect=422)
    assert page.error("end_1")
    assert coordinator.submit(page, "change-run", {"start_1": ""}, expect=422).error("start_1")


def test_of_two_who_change_it_the_second_is_told(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
    one, other = (coordinator.get(f"/classes/{run_id}/change") for _ in range(2))
    coordinator.submit(one, "change-run", {"title": "こちら"}, expect=303)
    refused = coordinator.submit(other, "change-run", {"title": "あちら"}, expect=422)
    assert "ほかの人がこの教室を変えました" in refused.text
    assert attribute(refused.field("title"), "value") == "あちら"


def test_what_is_over_lectures_and_other_districts_are_not_changed(
    app: Flask, coordinator: PageClient, clock: Clock
) -> None:
    with app.app_context():
        mine, lecture = make_run(), make_lecture()
        theirs = make_run(venue_id=room_of("ウェスター").venue_id)
    for run_id in (lecture, theirs, 999999):
        coordinator.get(f"/classes/{run_id}/change", expect=404)
        coordinator.post(f"/classes/{run_id}/change", {}, expect=404)
    for run_id in (lecture, theirs):
        assert "内容を変える" not in coordinator.get(f"/classes/{run_id}").text
    clock.set(meeting_at().starts_at)
    coordinator.another_device()
    coordinator.sign_in("coordinator")
    assert "内容を変える" not in coordinator.get(f"/classes/{mine}").text
    page = coordinator.get(f"/classes/{mine}/change")
    assert "もう始まっているか、中止になっています" in page.text
    assert page.all("form#change-run") == []
    coordinator.post(f"/classes/{mine}/change", {"title": "x", "edition": "both", "capacity": "5"}, expect=422)
