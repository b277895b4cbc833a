"""Who decides about what was held, whom it names to them, and what insisting on it can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import AttendanceState, Enrolment
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.classes.attending import BEGINS, come_back, learner, standing
from tests.classes.roll.phones import Phone, marks, outcomes
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.pages import PageClient

Taught = Callable[..., tuple[int, int]]
UNNAMED = "ここでは名前を出せない方"


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def mark(app: Flask, meeting_id: int, learner_id: int, state: AttendanceState) -> None:
    with app.app_context(), transaction():
        record_attendance(meeting_id, [Mark(learner_id, state, desk_clock.now())], actor=SYSTEM, now=desk_clock.now())


def test_a_tutor_learns_no_name_and_marks_nobody_by_handing_in_numbers(
    app: Flask, instructor: PageClient, taught: Taught
) -> None:
    one, stranger = learner(app, "ミホン アイ", name="見本 愛"), learner(app, "ベツノ カタ", name="別野 方")
    _run, meeting_id = taught(one)
    with app.app_context():
        make_account(Role.TUTOR)
    tutor = PageClient(app)
    tutor.sign_in("tutor")
    phone = Phone(tutor, app)
    phone.hand_in(phone.entry(meeting_id, one), phone.entry(meeting_id, stranger), phone.entry(987, stranger))
    held = tutor.get("/dropbox/held")
    assert held.texts(".card h2") == [UNNAMED] * 3
    assert "/record" not in held.text
    assert "見本" not in held.text
    assert "別野" not in held.text
    for number in (1, 2, 3):
        tutor.post(f"/dropbox/held/{number}/record", expect=404)
    assert marks(app, meeting_id) == []

    page = instructor.get("/dropbox/held")
    assert page.texts(".card h2") == ["見本 愛", UNNAMED], (
        "whom the roster does not know is not told to its teacher either"
    )
    assert len(page.all("form[action$='/record']")) == 1
    assert "この教室の名簿にいません" in instructor.post("/dropbox/held/2/record", follow=True).text
    assert marks(app, meeting_id) == []
    instructor.submit(page, "/dropbox/held/1/record")
    assert marks(app, meeting_id) == [(one, "present")]


def test_an_instructor_brings_nobody_in_by_writing_a_number(app: Flask, instructor: PageClient, taught: Taught) -> None:
    stranger = learner(app, name="別野 方")
    _run, meeting_id = taught()
    phone = Phone(instructor, app)
    phone.hand_in(phone.entry(meeting_id, stranger, "walk_in"))
    page = instructor.get("/dropbox/held")
    assert page.texts(".card h2") == [UNNAMED]
    assert page.all("form[action$='/record']") == []
    assert page.all(f".card a[href='/classes/meetings/{meeting_id}']"), "whoever came is added there"
    instructor.post("/dropbox/held/1/record")
    assert marks(app, meeting_id) == []


def test_what_insisting_cannot_help_has_no_button(
    app: Flask, instructor: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    early, gone, late = learner(app), learner(app), learner(app)
    _run, meeting_id = taught(early, gone, late)
    clock.set(BEGINS - timedelta(days=1))
    with app.app_context():
        given_up = db.session.scalars(select(Enrolment.id).where(Enrolment.learner_id == gone)).one()
    with app.app_context(), transaction():
        cancel_enrolment(given_up, actor=SYSTEM, now=desk_clock.now())
    phone.hand_in(phone.entry(meeting_id, early), phone.entry(meeting_id, gone, "absent"))
    clock.set(BEGINS + timedelta(days=90))
    phone.hand_in(phone.entry(meeting_id, late))
    assert [reason for _state, reason in outcomes(app)] == ["NotYetHeld", "NotOnRoster", "AttendanceClosed"]
    come_back(instructor, clock, BEGINS + timedelta(days=90))
    page = instructor.get("/dropbox/held")
    assert page.all("form[action$='/record']") == []
    assert len(page.all(f".card a[href='/classes/meetings/{meeting_id}']")) == 3


def test_a_stray_tap_on_a_walk_in_is_taken_back(app: Flask, taught: Taught, phone: Phone, clock: Clock) -> None:
    one = learner(app)
    _run, meeting_id = taught()
    clock.set(BEGINS)
    mark(app, meeting_id, one, AttendanceState.WALK_IN)
    clock.advance(minutes=1)
    phone.hand_in(phone.entry(meeting_id, one, "unmarked"))
    clock.advance(minutes=1)
    phone.hand_in(phone.entry(meeting_id, one, "walk_in"))
    assert standing(app, meeting_id) == {one: "walk_in"}
    assert [reason for _state, reason in outcomes(app)] == ["", ""]


def test_a_stray_tap_on_whoever_makes_up_is_taken_back(
    app: Flask, instructor: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one, other = learner(app), learner(app)
    _run, meeting_id = taught()
    mark(app, meeting_id, one, AttendanceState.MAKING_UP)
    mark(app, meeting_id, other, AttendanceState.MAKING_UP)
    clock.advance(minutes=1)
    mark(app, meeting_id, other, AttendanceState.UNMARKED)
    clock.advance(minutes=1)
    phone.hand_in(phone.entry(meeting_id, other))
    assert standing(app, meeting_id)[other] == "walk_in", "it was given up, and they came all the same"
    for state in ("present", "unmarked", "absent"):
        clock.advance(minutes=9)
        phone.hand_in(phone.entry(meeting_id, one, state))
    assert standing(app, meeting_id)[one] == "absent"
    people = instructor.raw.get(f"/classes/meetings/{meeting_id}/roll.json").get_json()["people"]
    assert {person["id"]: person["making_up"] for person in people} == {one: True, other: False}
