"""Coordinators plan and call off; each sees the names of their own learners; the list finds what is past and coming."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.classes.models import Meeting, MeetingStaff, Run, RunState
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.classes.making import DAY, enrol, make_lecture, make_run, meeting_at, room_of
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


class TestPlanning:
    def fields(self, app: Flask, **changed: Any) -> dict[str, Any]:
        with app.app_context():
            room_id = room_of().id
        return {
            "course_code": "K02",
            "room_id": room_id,
            "capacity": "８",
            "day_1-year": "2026",
            "day_1-month": "12",
            "day_1-day": "3",
            "start_1": "1330",
            **changed,
        }

    def test_a_class_of_two_dates_with_its_instructor(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            instructor = make_account(Role.INSTRUCTOR).id
        second = {"day_2-year": "2026", "day_2-month": "12", "day_2-day": "10", "start_2": "13:30", "end_2": "15:00"}
        page = coordinator.get("/classes/new")
        done = coordinator.submit(page, "plan", self.fields(app, staff=[instructor], **second), follow=True)
        assert done.h1 == "電話のかけ方・カメラの使い方"
        assert "12月3日（木） 13:30〜14:30" in done.text
        assert "12月10日（木） 13:30〜15:00" in done.text
        with app.app_context():
            assert db.session.scalars(select(Run.capacity)).all() == [8]
            assert len(db.session.scalars(select(MeetingStaff.account_id)).all()) == 2

    def test_what_is_in_the_way_is_said_and_what_was_typed_is_kept(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            make_run(meeting_at(hour=13, hours=2, room_id=room_of().id))
        page = coordinator.get("/classes/new")
        page = coordinator.submit(page, "plan", self.fields(app, to_bring="めがね"), expect=422)
        assert "会議室：電源の入れ方・ボタン操作（12月3日（木） 13:00〜15:00）" in page.text
        assert attribute(page.field("to_bring"), "value") == "めがね"
        coordinator.submit(page, "plan", {"start_1": "15:00"})

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"day_1-month": "13"}, "day_1-year"),
            ({"day_1-year": "0001", "day_1-month": "1", "day_1-day": "1"}, "day_1-year"),
            ({"day_1-day": None}, "day_1-year"),
            ({"start_1": "25:00"}, "start_1"),
            ({"start_1": None}, "start_1"),
            ({"capacity": "0"}, "capacity"),
            ({"course_code": ""}, "course_code"),
            ({"start_2": "10:00"}, "day_2-year"),
        ],
    )
    def test_bad_input_is_named_beside_its_field(
        self, app: Flask, coordinator: PageClient, changed: dict[str, Any], field: str
    ) -> None:
        page = coordinator.get("/classes/new")
        page = coordinator.submit(page, "plan", self.fields(app, **changed), expect=422)
        assert page.error(field)
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(Run)) == 0

    def test_coordinators_plan_and_call_off_in_their_own_districts_alone(
        self, app: Flask, coordinator: PageClient
    ) -> None:
        with app.app_context():
            there = room_of("ウェスター")
            theirs, lecture = (
                make_run(venue_id=there.venue_id),
                make_lecture(venue_id=None, place="川尻会館", district_code="chuo"),
            )
            room_id = there.id
            make_account(Role.ADMIN)
        page = coordinator.get("/classes/new")
        assert "いーぱる" in page.field("room_id").text
        assert "ウェスター" not in page.field("room_id").text
        coordinator.post("/classes/new", {**self.fields(app), "room_id": room_id}, expect=422)
        for run_id in (theirs, lecture):
            assert "中止にする" not in coordinator.get(f"/classes/{run_id}").text
            coordinator.get(f"/classes/{run_id}/cancel", expect=404)
            coordinator.post(f"/classes/{run_id}/cancel", {}, expect=404)
        admin = PageClient(app)
        admin.sign_in("admin")
        assert "ウェスター" in admin.get("/classes/new").field("room_id").text
        for run_id in (theirs, lecture):
            admin.submit(admin.get(admin.get(f"/classes/{run_id}").link("中止にする")), "cancel-run", expect=303)

    def test_a_coordinator_without_a_district_is_told_why_there_is_no_room(self, app: Flask) -> None:
        with app.app_context():
            make_account(Role.COORDINATOR)
        client = PageClient(app)
        client.sign_in("coordinator")
        assert "担当の地区がありません" in client.get("/classes/new").text

    def test_calling_off_says_whom_it_meets_and_then_does_it(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            run_id = make_run(capacity=1)
            enrol(run_id, make_learner("トウブ タロウ", district_code="tobu"))
            enrol(run_id, make_learner("セイブ ジロウ", district_code="seibu"))
        page = coordinator.get(coordinator.get(f"/classes/{run_id}").link("中止にする"))
        assert "席のある1人とキャンセル待ちの1人" in page.text
        assert "トウブ タロウ" in page.text
        assert "セイブ ジロウ" not in page.text
        done = coordinator.submit(page, "cancel-run", follow=True)
        assert "2人に連絡します" in done.text
        with app.app_context():
            assert db.session.get_one(Run, run_id).state is RunState.CANCELLED
        assert "もう始まっているか、中止" in coordinator.get(f"/classes/{run_id}/cancel").text


class TestScope:
    def test_an_instructor_sees_the_names_of_their_own_classes_only(self, app: Flask, client: PageClient) -> None:
        with app.app_context():
            instructor = make_account(Role.INSTRUCTOR)
            mine, other = make_run(meeting_at(staff=[instructor.id])), make_run(meeting_at(hour=14))
            booked = enrol(mine, make_learner("ミエル ヒト"))
            elsewhere = enrol(other, make_learner("ミエナイ ヒト"))
        client.sign_in("instructor")
        assert "ミエル ヒト" in client.get(f"/classes/{mine}").text
        page = client.get(f"/classes/{other}")
        assert "ミエナイ" not in page.text
        assert "担当ではない" in page.text
        client.get(f"/classes/enrolments/{booked.enrolment_id}")
        client.get(f"/classes/enrolments/{elsewhere.enrolment_id}", expect=404)
        client.get(f"/classes/enrolments/{elsewhere.enrolment_id}/slip", expect=404)

    def test_the_list_starts_with_an_instructors_own_runs(self, app: Flask, client: PageClient) -> None:
        with app.app_context():
            instructor = make_account(Role.INSTRUCTOR)
            mine, other = make_run(meeting_at(staff=[instructor.id])), make_run(meeting_at(hour=14))
        client.sign_in("instructor")

        def shown(address: str) -> list[str]:
            return re.findall(
                r"/classes/(\d+)", " ".join(attribute(a, "href") for a in client.get(address).all(".results a"))
            )

        assert shown("/classes/") == [str(mine)]
        assert shown("/classes/?whose=all") == [str(mine), str(other)]


class TestTheList:
    def test_past_and_coming_are_apart_and_words_find(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run()
            lecture = make_lecture(meeting_at(clock.today() - timedelta(days=7)), course="K02")

        def shown(address: str) -> list[str]:
            return [attribute(link, "href") for link in reception.get(address).all(".results a")]

        assert shown("/classes/") == [f"/classes/{run_id}"]
        assert shown("/classes/?when=past") == [f"/classes/{lecture}"]
        assert shown("/classes/?q=イーパル") == [f"/classes/{run_id}"]
        assert shown("/classes/?q=なにもない&page=7") == []
        assert "泉町内会" in reception.get("/classes/?when=past").text

    def test_its_statements_do_not_grow_with_the_runs(self, app: Flask, reception: PageClient, queries: Any) -> None:
        with queries() as few:
            reception.get("/classes/")
        with app.app_context():
            for hour in range(9, 15):
                make_run(meeting_at(hour=hour), meeting_at(DAY + timedelta(days=1), hour))
        with queries() as many:
            reception.get("/classes/")
        assert len(many) <= len(few) + 1
        assert len(many) <= 8


def test_activities_of_this_room_are_described_with_their_pages(app: Flask) -> None:
    with app.app_context():
        run_id = make_lecture()
        booked = enrol(run_id, make_learner())
        meeting_id = db.session.scalars(select(Meeting.id)).one()
        known = describe([f"meeting:{meeting_id}", f"enrolment:{booked.enrolment_id}", "meeting:999999"])
    assert set(known) == {f"meeting:{meeting_id}", f"enrolment:{booked.enrolment_id}"}
    meeting = known[f"meeting:{meeting_id}"]
    assert (meeting.title, meeting.url) == ("電源の入れ方・ボタン操作（泉町内会）", f"/classes/{run_id}")
    assert meeting.starts_at == meeting_at().starts_at
    assert known[f"enrolment:{booked.enrolment_id}"].url == f"/classes/enrolments/{booked.enrolment_id}"
