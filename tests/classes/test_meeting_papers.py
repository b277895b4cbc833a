"""The roster on paper, the sheet with the day's code, and the page that confirms levels after the meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceState, Enrolment, Meeting
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.qr import qr_png, qr_svg
from supportdesk.extensions import db
from supportdesk.learners.passes import issue_pass
from supportdesk.skills.models import EvidenceSource, SkillEvidence
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.skills.queries import levels_of
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.trail import noted

BEGINS = meeting_at().starts_at


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def meeting(app: Flask) -> int:
    """A meeting of the instructor's, of a run with two seats."""
    with app.app_context():
        instructor = make_account(Role.INSTRUCTOR)
        return meeting_of(make_run(meeting_at(staff=[instructor.id]), capacity=2))


def somebody(app: Flask, username: str) -> PageClient:
    client = PageClient(app)
    client.sign_in(username)
    return client


def run_of(meeting_id: int) -> int:
    return db.session.scalars(select(Meeting.run_id).where(Meeting.id == meeting_id)).one()


def come(app: Flask, meeting_id: int, *learners: int, state: AttendanceState = AttendanceState.PRESENT) -> None:
    with app.app_context(), transaction():
        at = desk_clock.now()
        record_attendance(meeting_id, [Mark(one, state, at) for one in learners], actor=SYSTEM, now=at)


def levels(app: Flask, learner_id: int) -> dict[str, int | None]:
    with app.app_context():
        return {code: row.shown for code, row in levels_of(learner_id).items()}


class TestRoster:
    def test_it_has_boxes_to_tick_codes_of_bookings_and_lines_for_walk_ins(self, app: Flask, meeting: int) -> None:
        with app.app_context():
            make_account(Role.RECEPTION)
            learners = [make_learner(f"{word} ヒト", note="大きな文字で") for word in ("サキ", "ツギ", "マチ")]
            for one in learners:
                enrol(run_of(meeting), one)
            codes = db.session.scalars(select(Enrolment.code).order_by(Enrolment.id)).all()
            with transaction():
                held = issue_pass(learners[0], actor=SYSTEM, now=desk_clock.now())
        reception = somebody(app, "reception")
        page = reception.get(f"/classes/{run_of_app(app, meeting)}")
        page = reception.get(page.link("名簿"))
        assert page.texts(".paper-name") == ["サキ ヒト", "ツギ ヒト"]
        for words in (*codes, "マチ ヒト", "大きな文字で", "instructorさん", "A1 電源を入れる"):
            assert words in page.text
        assert len(page.all(".box")) == (3 + 4) * (2 + 5)
        assert held.token not in page.data.decode()
        assert held.code not in page.data.decode()

    def test_a_coordinator_prints_the_names_of_their_own_district(self, app: Flask, meeting: int) -> None:
        with app.app_context():
            make_account(Role.COORDINATOR, districts=("tobu",))
            enrol(run_of(meeting), make_learner("トウブ タロウ", district_code="tobu"))
            enrol(run_of(meeting), make_learner("セイブ ジロウ", district_code="seibu", note="秘密"))
        page = somebody(app, "coordinator").get(f"/classes/meetings/{meeting}/roster")
        assert "トウブ タロウ" in page.text
        assert "セイブ ジロウ" not in page.text
        assert "秘密" not in page.text

    def test_who_printed_it_is_noted(self, app: Flask, meeting: int) -> None:
        with app.app_context():
            learner = make_learner()
            enrol(run_of(meeting), learner)
        somebody(app, "instructor").get(f"/classes/meetings/{meeting}/roster")
        with app.app_context():
            assert noted(Action.VIEW_ROSTER) == [("view_roster", f"meeting:{meeting}", [learner])]


def run_of_app(app: Flask, meeting_id: int) -> int:
    with app.app_context():
        return run_of(meeting_id)


def test_the_meetings_code_leads_to_its_videos_as_picture_and_on_a_sheet(app: Flask, meeting: int) -> None:
    with app.app_context():
        address = f"http://desk.test/m/{db.session.scalars(select(Meeting.code)).one()}"
    instructor = somebody(app, "instructor")
    page = instructor.get(f"/classes/meetings/{meeting}/code")
    assert address in page.text
    picture = instructor.get(attribute(page.one(".code-sheet img"), "src"))
    assert (picture.headers["Content-Type"], picture.data) == ("image/svg+xml; charset=utf-8", qr_svg(address))
    picture = instructor.get(page.link("PNG"))
    assert (picture.headers["Content-Type"], picture.data) == ("image/png", qr_png(address))


class TestLevels:
    @pytest.fixture
    def instructor(self, app: Flask, meeting: int, clock: Clock) -> PageClient:
        clock.set(BEGINS + timedelta(minutes=50))
        return somebody(app, "instructor")

    def test_all_at_once_with_one_exception_and_a_correction_afterwards(
        self, app: Flask, meeting: int, instructor: PageClient
    ) -> None:
        with app.app_context():
            one, other, absent = make_learner("ヒトリメ"), make_learner("フタリメ"), make_learner("オヤスミ")
        come(app, meeting, one, other)
        come(app, meeting, absent, state=AttendanceState.ABSENT)
        page = instructor.get(instructor.get(f"/classes/meetings/{meeting}").link("できる度合いを確認する"))
        assert "オヤスミ" not in page.text
        page = instructor.submit(page, "levels", {f"level_{one}_A1": "1", f"level_{one}_A2": "none"}, follow=True)
        assert "2人の記録を書きました" in page.tree.text
        assert levels(app, one) == {"A1": 1, "A4": 2, "A5": 2}
        assert levels(app, other) == {"A1": 2, "A2": 2, "A4": 2, "A5": 2}
        assert levels(app, absent) == {}
        page = instructor.get(f"/classes/meetings/{meeting}/levels")
        assert "確認ずみ" in page.text
        assert [attribute(option, "value") for option in page.field(f"level_{one}_A1").select("option[selected]")] == [
            "1"
        ]
        page = instructor.submit(page, "levels", {f"level_{one}_A1": "", f"level_{other}_A5": "0"}, follow=True)
        assert levels(app, one) == {"A1": 2, "A2": 2, "A4": 2, "A5": 2}
        assert levels(app, other) == {"A1": 2, "A2": 2, "A4": 2, "A5": 0}

    def test_pressed_twice_it_is_written_once(self, app: Flask, meeting: int, instructor: PageClient) -> None:
        with app.app_context():
            one = make_learner()
        come(app, meeting, one)
        page = instructor.get(f"/classes/meetings/{meeting}/levels")
        for _press in range(2):
            instructor.submit(page, "levels")
        with app.app_context():
            assert len(db.session.scalars(select(SkillEvidence.id)).all()) == 4

    def test_what_a_learner_claims_is_shown_open_and_not_settled_by_saying_it_of_all(
        self, app: Flask, meeting: int, instructor: PageClient
    ) -> None:
        with app.app_context():
            one = make_learner()
            with transaction():
                award_skills(
                    [Observation(one, "A1", 3)],
                    source=EvidenceSource.SELF_CHECK,
                    activity="video:1",
                    observed_at=desk_clock.now() - timedelta(days=1),
                    actor=SYSTEM,
                    now=desk_clock.now(),
                )
        come(app, meeting, one)
        page = instructor.get(f"/classes/meetings/{meeting}/levels")
        assert "本人の申告をたしかめてください" in page.text
        assert len(page.all("details[open]")) == 1
        instructor.submit(page, "levels")
        with app.app_context():
            assert levels_of(one)["A1"].awaits_staff

    def test_somebody_marked_absent_afterwards_can_be_put_right(
        self, app: Flask, meeting: int, instructor: PageClient, clock: Clock
    ) -> None:
        with app.app_context():
            one, other = make_learner("ヒトリメ"), make_learner("フタリメ")
        come(app, meeting, one, other)
        instructor.submit(instructor.get(f"/classes/meetings/{meeting}/levels"), "levels")
        clock.advance(minutes=1)
        come(app, meeting, one, state=AttendanceState.ABSENT)
        page = instructor.get(f"/classes/meetings/{meeting}/levels")
        assert "欠席に直した人" in page.text
        instructor.submit(page, "levels", {f"level_{one}_A1": "0"})
        assert levels(app, one) == {"A1": 0, "A2": 2, "A4": 2, "A5": 2}

    def test_before_anybody_is_marked_it_leads_to_the_attendance(
        self, app: Flask, meeting: int, instructor: PageClient, clock: Clock
    ) -> None:
        page = instructor.get(f"/classes/meetings/{meeting}/levels")
        assert page.link("出欠をとる") == f"/classes/meetings/{meeting}"
        instructor.post(page.url, {"level": "2"}, expect=422)
        clock.set(BEGINS - timedelta(minutes=5))
        instructor.another_device()
        instructor.sign_in("instructor")
        assert "まだ始まっていません" in instructor.get(page.url).text
        refused = instructor.post(page.url, {"level": "2"}, expect=422)
        assert "まだ開催日ではありません" in refused.text

    def test_a_level_that_there_is_not_is_refused(self, app: Flask, meeting: int, instructor: PageClient) -> None:
        with app.app_context():
            one = make_learner()
        come(app, meeting, one)
        address = f"/classes/meetings/{meeting}/levels"
        for wrong in ({"level": "9"}, {"level": ""}, {"level": "2", f"level_{one}_A1": "7"}):
            instructor.post(address, wrong, expect=422)
        assert levels(app, one) == {}
