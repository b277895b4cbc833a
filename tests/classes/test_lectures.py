"""Staff record outreach lectures, held or agreed, at a group's place or the city's; they end like any other meeting."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.models import AttendanceMark, Meeting, MeetingStaff, Run, RunKind
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.skills.models import EvidenceSource, SkillEvidence
from tests.classes.making import make_lecture, make_run, meeting_at, room_of
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient

#: A week before the tests' day.
HELD = {"day-year": "2026", "day-month": "11", "day-day": "17", "start": "1330"}


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def instructor(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    client.sign_in("instructor")
    return client


def fields(**changed: Any) -> dict[str, Any]:
    given = {"group_name": "泉町内会", "course_code": "K06", "place": "泉ニュータウン会館", "district_code": "hokubu"}
    return {**given, **HELD, **changed}


def runs(app: Flask) -> list[Any]:
    with app.app_context():
        return list(
            db.session.execute(
                select(Run.kind, Run.group_name, Run.place, Run.district_code, Run.venue_id, Run.capacity, Run.listed)
            )
        )


def test_from_a_lecture_that_was_held_to_its_evidence(app: Flask, instructor: PageClient) -> None:
    with app.app_context():
        learner_id = make_learner("トビイリ タロウ")
    page = instructor.get(instructor.get("/outreach/lectures/").link("出前講座を記録する"))
    page = instructor.submit(page, "lecture", fields(), follow=True)
    assert page.h1 == "地図アプリの使い方"
    for words in ("出前講座を記録しました", "団体：泉町内会", "泉ニュータウン会館", "11月17日（火） 13:30〜14:30"):
        assert words in page.tree.text
    page = instructor.submit(page, "heads-form", {"heads": "12"}, follow=True)
    found = instructor.submit(page, "さがす", {"q": "とびいり たろう"}, expect=200)
    page = instructor.submit(found, "さんを加える", follow=True)
    assert "参加 13人" in page.text
    page = instructor.get(page.link("できる度合いを確認する"))
    instructor.submit(page, "levels")
    with app.app_context():
        evidence = db.session.scalars(select(SkillEvidence)).all()
        assert {(one.learner_id, one.source) for one in evidence} == {(learner_id, EvidenceSource.LECTURE)}
        assert db.session.scalar(select(func.count()).select_from(AttendanceMark)) == 1
        assert db.session.scalars(select(MeetingStaff.account_id)).all() == db.session.scalars(select(Account.id)).all()
    assert runs(app) == [(RunKind.LECTURE, "泉町内会", "泉ニュータウン会館", "hokubu", None, 20, False)]
    page = instructor.get("/outreach/lectures/?when=past")
    assert "泉町内会" in page.text
    assert "参加 13人" in page.text


def test_one_that_lies_ahead_leads_to_its_page_and_may_be_in_a_room_of_the_citys(
    app: Flask, instructor: PageClient
) -> None:
    with app.app_context():
        room = room_of()
        room_id, venue_id = room.id, room.venue_id
    page = instructor.get("/outreach/lectures/new")
    ahead = fields(place=None, district_code="", room_id=room_id, **{"day-month": "12"})
    page = instructor.submit(page, "lecture", ahead, follow=True)
    assert page.h1 == "地図アプリの使い方"
    assert page.link("出欠").startswith("/classes/meetings/")
    assert runs(app) == [(RunKind.LECTURE, "泉町内会", "", "tobu", venue_id, 20, False)]
    assert "泉町内会" in instructor.get("/outreach/lectures/").text
    assert instructor.get("/outreach/lectures/?when=past").all(".results li") == []


def test_an_odd_hour_ahead_is_asked_about_and_one_that_was_is_not(app: Flask, instructor: PageClient) -> None:
    ahead = fields(start="6:00", **{"day-month": "12", "day-day": "3"})
    page = instructor.submit(instructor.get("/outreach/lectures/new"), "lecture", ahead, expect=422)
    assert "12月3日（木）の時間は、6:00から7:00までです" in page.text
    instructor.submit(page, "lecture", {"although": "1"}, expect=303)
    instructor.submit(instructor.get("/outreach/lectures/new"), "lecture", fields(start="6:00"), expect=303)
    assert len(runs(app)) == 2


def test_whoever_recorded_it_for_a_colleague_takes_its_attendance_too(app: Flask, instructor: PageClient) -> None:
    with app.app_context():
        colleague = make_account(Role.INSTRUCTOR, username="colleague").id
        make_account(Role.INSTRUCTOR, username="another")
    page = instructor.get("/outreach/lectures/new")
    page = instructor.submit(page, "lecture", fields(staff=[colleague]), follow=True)
    for username, answer in (("colleague", 200), ("another", 404)):
        other = PageClient(app)
        other.sign_in(username)
        other.get(page.url, expect=answer)


def test_pressed_twice_it_is_recorded_once(app: Flask, instructor: PageClient) -> None:
    page = instructor.get("/outreach/lectures/new")
    first = instructor.submit(page, "lecture", fields())
    assert instructor.submit(page, "lecture", fields()).location == first.location
    assert len(runs(app)) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"group_name": None}, "group_name"),
        ({"group_name": "あ" * 101}, "group_name"),
        ({"course_code": ""}, "course_code"),
        ({"district_code": ""}, "district_code"),
        ({"place": None}, "place"),
        ({"staff": []}, "staff"),
        ({"day-month": "13"}, "day-year"),
        ({"day-year": "昭和70"}, "day-year"),
        ({"start": "25:00"}, "start"),
        ({"capacity": "0"}, "capacity"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_nothing_is_written(
    app: Flask, instructor: PageClient, changed: dict[str, Any], field: str
) -> None:
    page = instructor.submit(instructor.get("/outreach/lectures/new"), "lecture", fields(**changed), expect=422)
    assert page.error(field)
    assert runs(app) == []


@pytest.mark.parametrize(
    "changed", [{"day-year": "0001"}, {"day-year": "1926"}, {"day-year": "9999"}, {"end": "13:00"}]
)
def test_days_far_away_and_ends_before_starts_are_refused_in_words(
    app: Flask, instructor: PageClient, changed: dict[str, Any]
) -> None:
    page = instructor.submit(instructor.get("/outreach/lectures/new"), "lecture", fields(**changed), expect=422)
    assert page.texts(".message.bad")
    assert runs(app) == []


def test_a_place_and_a_room_at_once_are_refused(app: Flask, instructor: PageClient) -> None:
    with app.app_context():
        room_id = room_of().id
    page = instructor.submit(instructor.get("/outreach/lectures/new"), "lecture", fields(room_id=room_id), expect=422)
    assert page.error("room_id")
    assert attribute(page.field("group_name"), "value") == "泉町内会"


def test_an_instructor_who_is_elsewhere_at_that_time_is_refused_by_name(app: Flask, instructor: PageClient) -> None:
    with app.app_context():
        account_id = db.session.scalars(select(Account.id)).one()
        make_lecture(meeting_at(hour=13, staff=[account_id]))
    page = instructor.get("/outreach/lectures/new")
    page = instructor.submit(page, "lecture", fields(**{"day-month": "12", "day-day": "3"}), expect=422)
    assert "instructorさん：電源の入れ方" in page.text


def test_the_list_finds_by_group_place_and_district_and_shows_no_classes(app: Flask, instructor: PageClient) -> None:
    with app.app_context():
        make_lecture()
        make_run(meeting_at(hour=14))
        meetings = db.session.scalar(select(func.count()).select_from(Meeting))
    assert meetings == 2

    def found(query: str) -> int:
        return len(instructor.get(f"/outreach/lectures/?{query}").all(".results li"))

    assert found("") == 1
    assert found("q=泉町内会") == 1
    assert found("q=いーぱる") == 1
    assert found("q=土崎") == 0
    assert found("district=tobu") == 1
    assert found("district=seibu") == 0
    assert found("page=99999999999999999999&q=%00") == 1
