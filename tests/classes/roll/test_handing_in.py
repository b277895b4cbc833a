"""What a phone without a network tapped: each kept once, recorded as it was seen, or held with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import Entry, EntryState
from supportdesk.learners.merging.operations import merge_learners
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rights.erasure import erase_learner
from tests.classes.attending import BEGINS, learner, standing
from tests.classes.roll.phones import Phone, marks, outcomes
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.pages import PageClient

Taught = Callable[..., tuple[int, int]]


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def act(app: Flask, what: Callable[..., object], *given: object, **more: object) -> None:
    with app.app_context(), transaction():
        what(*given, actor=SYSTEM, now=desk_clock.now(), **more)


def test_sent_twice_it_is_recorded_once_and_the_answer_tells_nothing_else(
    app: Flask, taught: Taught, phone: Phone
) -> None:
    people = [learner(app) for _ in range(3)]
    _run, meeting_id = taught(*people)
    taps = [phone.entry(meeting_id, one) for one in people]
    assert phone.hand_in(*taps) == {tap["id"]: "received" for tap in taps}
    assert phone.hand_in(*taps) == {tap["id"]: "known" for tap in taps}
    assert marks(app, meeting_id) == [(one, "present") for one in people]
    with app.app_context():
        assert {(one.payload, one.learner_id) for one in db.session.scalars(select(Entry))} == {("", None)}


def test_it_is_handed_in_long_after_the_log_in_has_ended(
    app: Flask, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    seen = clock.set(BEGINS + timedelta(minutes=5))
    tap = phone.entry(meeting_id, one, at=seen)
    clock.advance(days=2)
    phone.hand_in(tap)
    with app.app_context():
        mark = db.session.scalars(select(AttendanceMark)).one()
        assert (mark.observed_at, mark.recorded_at) == (seen, desk_clock.now())
        assert mark.recorded_by == db.session.scalar(select(Account.id).where(Account.username == "instructor"))


def test_a_wrong_clock_is_put_right_by_how_long_ago_it_was(
    app: Flask, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    now = clock.set(BEGINS + timedelta(minutes=30))
    long_ago = datetime(2021, 1, 1, 12, 0, tzinfo=desk_clock.TOKYO)
    phone.hand_in(phone.entry(meeting_id, one, at=long_ago), clock_says=long_ago + timedelta(minutes=20))
    with app.app_context():
        assert db.session.scalars(select(AttendanceMark.observed_at)).one() == now - timedelta(minutes=20)


def test_of_two_devices_the_later_observation_stands_and_the_instructor_is_told(
    app: Flask, instructor: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    early = clock.set(BEGINS)
    tap = phone.entry(meeting_id, one, "absent", at=early)
    clock.advance(minutes=9)
    act(app, record_attendance, meeting_id, [Mark(one, AttendanceState.PRESENT, desk_clock.now())])
    phone.hand_in(tap)
    assert marks(app, meeting_id) == [(one, "absent"), (one, "present")]
    assert standing(app, meeting_id) == {one: "present"}
    (person,) = instructor.raw.get(f"/classes/meetings/{meeting_id}/roll.json").get_json()["people"]
    assert "「欠席」と見ています" in person["disputed"]


def test_a_class_called_off_meanwhile_leaves_nothing_half_written_and_throws_nothing_away(
    app: Flask, instructor: PageClient, coordinator: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    people = [learner(app, name=f"見本{number}", kana=f"ミホン {spelled}") for number, spelled in enumerate("アイ")]
    run_id, meeting_id = taught(*people)
    taps = [phone.entry(meeting_id, one) for one in people]
    act(app, cancel_run, run_id)
    assert set(phone.hand_in(*taps).values()) == {"received"}
    assert marks(app, meeting_id) == []
    assert outcomes(app) == [(EntryState.HELD, "MeetingCalledOff")] * 2
    assert coordinator.get("/dropbox/held").texts(".card h2") == ["見本0", "見本1"]
    page = instructor.get("/dropbox/held")
    assert page.texts(".card h2") == ["見本0", "見本1"]
    assert "送る前に中止になりました" in page.text
    assert page.all("form[action$='/record']") == []
    back = instructor.post("/dropbox/held/1/record", follow=True)
    assert "中止になった教室です。出欠は記録できません。" in back.text
    assert outcomes(app) == [(EntryState.HELD, "MeetingCalledOff")] * 2
    instructor.submit(back, "/dropbox/held/1/dismiss")
    with app.app_context():
        kept = db.session.get_one(Entry, 1)
        assert (kept.state, '"state": "present"' in kept.payload) == (EntryState.DISMISSED, True)


def test_whoever_gave_up_the_seat_and_came_is_recorded_as_a_walk_in_once_somebody_said_so(
    app: Flask, instructor: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    clock.set(BEGINS - timedelta(days=1))
    with app.app_context():
        enrolment_id = db.session.scalars(select(Enrolment.id)).one()
    act(app, cancel_enrolment, enrolment_id)
    clock.set(BEGINS)
    instructor.another_device()
    instructor.sign_in("instructor")
    phone.hand_in(phone.entry(meeting_id, one))
    assert outcomes(app) == [(EntryState.HELD, "NotOnRoster")]
    assert "1件" in instructor.get(f"/classes/meetings/{meeting_id}").text
    instructor.submit(instructor.get("/dropbox/held"), "/record")
    assert standing(app, meeting_id) == {one: "walk_in"}
    assert instructor.get("/dropbox/held").texts(".card") == []


def test_a_key_of_before_a_new_password_is_taken_in_and_trusted_no_more(
    app: Flask, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    with app.app_context(), transaction():
        db.session.scalars(select(Account).where(Account.username == "instructor")).one().session_stamp = "another"
    phone.hand_in(phone.entry(meeting_id, one))
    assert outcomes(app) == [(EntryState.HELD, "SenderChanged")]
    assert marks(app, meeting_id) == []


def test_somebody_elses_meeting_is_not_marked_by_writing_its_number(
    app: Flask, taught: Taught, phone: Phone, instructor: PageClient
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    with app.app_context():
        make_account(Role.INSTRUCTOR, username="other")
    other = PageClient(app)
    other.sign_in("other")
    Phone(other, app).hand_in(phone.entry(meeting_id, one))
    assert outcomes(app) == [(EntryState.HELD, "NotYourMeeting")]
    assert instructor.get("/dropbox/held").texts(".card strong") == ["出席"], "whose meeting it is decides"


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"meeting": 1},
        {"meeting": "1", "learner": 1, "state": "present"},
        {"meeting": 1, "learner": 2**40, "state": "present"},
        {"meeting": 1, "learner": True, "state": "present"},
        {"meeting": 1, "learner": 999999, "state": "present"},
        {"meeting": 999999, "learner": 1, "state": "gone"},
        {"meeting": 999999, "learner": 1, "state": "present\x00"},
    ],
)
def test_what_cannot_be_read_is_held_and_not_lost(app: Flask, phone: Phone, content: object) -> None:
    learner(app)
    phone.hand_in(phone.written(content), phone.written({}, kind="another_version"))
    assert outcomes(app) == [(EntryState.HELD, "Unreadable")] * 2


def test_the_door_opens_to_a_key_and_to_json_alone(app: Flask, phone: Phone) -> None:
    stranger = app.test_client()
    assert stranger.post("/dropbox", data={"entries": "[]"}).status_code == 400
    assert stranger.post("/dropbox", json={"entries": "no list"}).status_code == 422
    assert stranger.post("/dropbox", json={"entries": []}, headers={"X-Phone-Key": "guessed"}).status_code == 401
    brackets = b"[" * 200_000
    assert stranger.post("/dropbox", data=brackets, content_type="application/json").status_code == 422
    assert stranger.post("/dropbox", data=b"x" * 300_000, content_type="application/json").status_code == 413
    assert phone.hand_in({"id": "no uuid"}, 5, {**phone.written({}), "made_at": "yesterday"}) is not None
    assert len(outcomes(app)) == 1


def test_a_held_entry_follows_a_merge_and_is_emptied_by_an_erasure(app: Flask, taught: Taught, phone: Phone) -> None:
    one, other = learner(app), learner(app)
    run_id, meeting_id = taught(one)
    act(app, cancel_run, run_id)
    phone.hand_in(phone.entry(meeting_id, one))
    with app.app_context(), transaction():
        merge_learners(one, other, particulars_of(other), actor=SYSTEM, now=desk_clock.now())
    with app.app_context():
        assert db.session.scalars(select(Entry.learner_id)).one() == other
    with app.app_context(), transaction():
        erase_learner(other, actor=SYSTEM, now=desk_clock.now())
    with app.app_context():
        assert db.session.scalars(select(Entry.payload)).one() == ""


def test_the_roll_tells_no_more_than_attendance_needs(app: Flask, instructor: PageClient, taught: Taught) -> None:
    one = learner(app, "アキタ ハナコ", phone="018-888-1234", note="耳が遠い")
    _run, meeting_id = taught(one)
    shell = instructor.get(f"/classes/meetings/{meeting_id}/roll")
    assert shell.data == instructor.get("/classes/roll").data, "the page is the same for everybody"
    told = instructor.raw.get(f"/classes/meetings/{meeting_id}/roll.json")
    assert "1234" not in told.text
    with app.app_context():
        assert db.session.scalars(select(Enrolment.code)).one() not in told.text, "codes are hashed"
    assert "耳が遠い" not in told.get_json()["people"][0].values()
    assert told.get_json()["keep_seconds"] == 14 * 3600 + 600, "until the day of the class is over"
    assert told.headers["Cache-Control"] == "no-store"
