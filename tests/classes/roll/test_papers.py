"""What goes onto paper for a meeting and comes back: booking codes, name tags, the roster typed in by number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.classes.roll.back_entry import Unclear, seats_in
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from tests.classes.attending import BEGINS, come_back, learner, standing
from tests.clocks import Clock
from tests.factories import make_reference
from tests.markup import attribute
from tests.pages import PageClient

Taught = Callable[..., tuple[int, int]]


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.mark.parametrize(
    ("typed", "seats"),
    [
        ("1 2 5-9", [1, 2, 5, 6, 7, 8, 9]),
        ("１、２　５ー７，１", [1, 2, 5, 6, 7]),
        ("3〜4・10", [3, 4, 10]),
        ("", []),
    ],
)
def test_seats_are_read_however_they_are_written(typed: str, seats: list[int]) -> None:
    assert seats_in(typed) == seats


@pytest.mark.parametrize("typed", ["はい", "5-", "9-5", "1-2-3", "99999", "½"])
def test_what_is_no_seat_is_said_to_be_unclear(typed: str) -> None:
    with pytest.raises(Unclear):
        seats_in(typed)


def test_a_paper_roster_is_typed_in_by_number_with_the_names_to_look_at(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    people = [learner(app, name=f"見本{number}", kana="ミホン") for number in range(1, 6)]
    _run, meeting_id = taught(*people)
    come_back(instructor, clock, BEGINS + timedelta(days=1))
    with app.app_context(), transaction():
        now = desk_clock.now()
        told = [Mark(people[1], AttendanceState.LATE, now), Mark(people[4], AttendanceState.PRESENT, now)]
        record_attendance(meeting_id, told, actor=SYSTEM, now=now)
    clock.advance(minutes=1)
    page = instructor.get(f"/classes/meetings/{meeting_id}/back-entry")
    refused = instructor.submit(page, "back-entry", {"seats": "1 12"}, expect=422)
    assert refused.error("seats").endswith("席 12 の方はいません。番号をたしかめてください。")
    assert attribute(refused.field("seats"), "value") == "1 12"
    seen = instructor.submit(refused, "back-entry", {"seats": "1-3"}, expect=200)
    assert seen.texts("tbody th") == ["見本1", "見本2", "見本3", "見本4", "見本5"]
    assert seen.texts("tbody .tag") == ["いまは「出席」"]
    assert standing(app, meeting_id) == {people[1]: "late", people[4]: "present"}, "looking changes nothing"
    instructor.submit(seen, "この内容で記録する")
    states = ["present", "late", "present", "absent", "absent"]
    assert standing(app, meeting_id) == dict(zip(people, states, strict=True))
    with app.app_context():
        assert len(db.session.scalars(select(AttendanceMark.id)).all()) == 6, "what stood already is not written again"


def test_nothing_is_typed_in_before_the_meeting(app: Flask, instructor: PageClient, taught: Taught) -> None:
    _run, meeting_id = taught(learner(app))
    page = instructor.get(f"/classes/meetings/{meeting_id}/back-entry")
    seen = instructor.submit(page, "back-entry", {"seats": "1"}, expect=200)
    assert "まだ始まっていません" in instructor.submit(seen, "この内容で記録する", expect=422).text
    assert standing(app, meeting_id) == {}


def test_a_bookings_code_leads_staff_on_and_tells_a_stranger_nothing(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    one = learner(app, name="見本 花子", kana="ミホン ハナコ")
    _run, meeting_id = taught(one)
    with app.app_context():
        enrolment = db.session.scalars(select(Enrolment)).one()
        code, enrolment_id = enrolment.code, enrolment.id
    assert "見本" not in PageClient(app).get(f"/b/{code}").data.decode()
    assert PageClient(app).get("/b/E0000000").h1 == PageClient(app).get(f"/b/{code}").h1  # which there are is nobody's
    clock.set(BEGINS - timedelta(days=1))
    assert instructor.get(f"/b/{code}", expect=303).location == f"/classes/enrolments/{enrolment_id}"
    come_back(instructor, clock, BEGINS)
    leads = instructor.get(f"/b/{code.lower()}", expect=303).headers["Location"]
    assert leads == f"/classes/meetings/{meeting_id}#learner-{one}"
    tags = instructor.get(f"/classes/meetings/{meeting_id}/name-tags")
    assert tags.texts(".name-tag-name") == ["見本 花子"]
    assert tags.texts(".name-tag-code") == [code]
