"""Attendance on a telephone: one tap a learner, in view at once; nobody else's meeting opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Need
from tests.classes.attending import BEGINS, come_back, learner, pressed, standing, tap
from tests.classes.making import make_run, meeting_of
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute, inputs_of
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


class TestToday:
    def test_todays_meetings_the_next_ones_and_what_is_left_to_do(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        page = instructor.get("/classes/today")
        assert page.texts(".meetings h3") == ["電源の入れ方・ボタン操作"]
        assert page.link("出欠をとる") == f"/classes/meetings/{meeting_id}"
        assert page.link("担当の教室") == "/classes/today"
        tap(instructor.get(page.link("出欠をとる")), instructor, one, "出席")
        assert "参加 1人" in instructor.get("/classes/today").text
        come_back(instructor, clock, BEGINS - timedelta(days=1))
        page = instructor.get("/classes/today")
        assert "きょう担当する教室はありません" in page.text
        assert "12月3日（木） 10:00〜11:00" in page.text
        come_back(instructor, clock, BEGINS + timedelta(days=1))
        page = instructor.get("/classes/today")
        assert "まだ終わっていないもの" in page.text
        assert page.link("できる度合いを確認する") == f"/classes/meetings/{meeting_id}/levels"

    def test_a_lecture_is_left_to_do_until_heads_or_names_are_recorded(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        _run, meeting_id = taught(lecture=True)
        come_back(instructor, clock, BEGINS + timedelta(days=1))
        assert "まだ終わっていないもの" in instructor.get("/classes/today").text
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        instructor.submit(page, "heads-form", {"heads": "8"})
        assert "まだ終わっていないもの" not in instructor.get("/classes/today").text

    def test_meetings_of_others_and_those_called_off_are_not_on_it(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        run_id, _meeting = taught()
        clock.set(BEGINS - timedelta(days=2))
        with app.app_context(), transaction():
            cancel_run(run_id, actor=SYSTEM, now=desk_clock.now())
        with app.app_context():
            make_run()
        clock.set(BEGINS - timedelta(minutes=10))
        assert instructor.get("/classes/today").texts(".meetings h3") == []


class TestTaps:
    def test_one_tap_marks_a_learner_and_another_corrects_it_in_view(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one, other = learner(app, "アキタ ハナコ"), learner(app, "ツチザキ ジロウ")
        _run, meeting_id = taught(one, other)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert "まだ押していない人 2人" in page.text
        assert tap(page, instructor, one, "出席").headers["Location"].endswith(f"{meeting_id}#learner-{one}")
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert pressed(page, one) == ["出席"]
        assert pressed(page, other) == []
        tap(page, instructor, one, "遅刻")
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert pressed(page, one) == ["遅刻"]
        history = page.texts(f"#learner-{one} ol.history li")
        assert [line.split("（instructor")[0] for line in history] == [
            "12月3日（木） 9:50 出席",
            "12月3日（木） 9:50 遅刻",
        ]
        assert standing(app, meeting_id) == {one: "late"}

    def test_two_buttons_pressed_before_the_page_came_back_both_count(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        tap(page, instructor, one, "出席")
        tap(page, instructor, one, "出席")
        tap(page, instructor, one, "欠席")
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(AttendanceMark)) == 2
        assert standing(app, meeting_id) == {one: "absent"}

    def test_the_rest_is_marked_present_with_one_button_and_a_mark_is_taken_back(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        one, other, third = (learner(app) for _ in range(3))
        _run, meeting_id = taught(one, other, third)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        tap(page, instructor, one, "欠席")
        assert "残りの" not in instructor.get(f"/classes/meetings/{meeting_id}").text, (
            "who is missing shows when it begins"
        )
        come_back(instructor, clock, BEGINS)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "残りの2人を「出席」にする", follow=True)
        assert standing(app, meeting_id) == {one: "absent", other: "present", third: "present"}
        assert "残りの" not in page.text
        (form,) = [one for one in page.all(f"#learner-{other} form") if "取り消す" in one.text]
        fields = inputs_of(form)
        instructor.post(attribute(form, "action"), fields)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert pressed(page, other) == []
        assert standing(app, meeting_id)[other] == "unmarked"

    def test_what_can_no_longer_be_corrected_is_shown_without_buttons(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert page.all("form.taps")
        come_back(instructor, clock, BEGINS + timedelta(days=61))
        closed = instructor.get(f"/classes/meetings/{meeting_id}")
        assert "出欠はもう直せません" in closed.text
        assert closed.all("form.taps") == []
        assert "残りの" not in closed.text
        instructor.post(f"/classes/meetings/{meeting_id}", {"learner": str(one), "state": "present"}, expect=422)
        assert standing(app, meeting_id) == {}

    def test_two_devices_that_disagree_are_shown_until_somebody_settles_it(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        with app.app_context():
            now = desk_clock.now()
            with transaction():
                marks = [Mark(one, AttendanceState.ABSENT, now - timedelta(minutes=1))]
                record_attendance(meeting_id, marks, actor=SYSTEM, now=now)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        tap(page, instructor, one, "出席")
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert "記録がくいちがっている方が1人います" in page.text
        assert "「欠席」と見ています" in page.text
        clock.advance(minutes=1)
        tap(page, instructor, one, "出席")
        assert "くいちがって" not in instructor.get(f"/classes/meetings/{meeting_id}").text

    def test_what_to_prepare_for_and_what_they_can_do_stands_beside_the_name(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one = learner(app, needs=frozenset({Need.HEARING}), note="孫と写真を送りあいたい")
        _run, meeting_id = taught(one)
        (row,) = instructor.get(f"/classes/meetings/{meeting_id}").texts(f"#learner-{one}")
        for words in ("聞こえにくい", "孫と写真を送りあいたい", "電源を入れる・切る・充電する：", "まだ記録なし"):
            assert words in row

    def test_a_state_that_there_is_not_is_refused_and_who_is_not_on_the_roster_is_not_found(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one, stranger = learner(app), learner(app)
        _run, meeting_id = taught(one)
        address = f"/classes/meetings/{meeting_id}"
        assert instructor.post(address, {"learner": str(one), "state": "asleep"}, expect=422).h1
        assert instructor.post(address, {"learner": str(one)}, expect=422).h1
        for nobody in (str(stranger), "", "x", "9" * 12, "１"):
            instructor.post(address, {"learner": nobody, "state": "walk_in"}, expect=404)
        instructor.post(address, {"walk_in": "forged.token", "state": "walk_in"}, expect=404)
        assert standing(app, meeting_id) == {}

    def test_before_the_day_only_a_notice_of_absence_is_taken(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        come_back(instructor, clock, BEGINS - timedelta(days=1))
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert "まだ開催日ではありません" in page.text
        assert "まだ開催日ではありません" in tap(page, instructor, one, "出席", expect=422).texts(".message.bad")[0]
        tap(page, instructor, one, "連絡あり欠席")
        assert standing(app, meeting_id) == {one: "absent_notified"}

    def test_a_meeting_called_off_says_so_and_offers_nothing(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        run_id, meeting_id = taught(learner(app))
        clock.set(BEGINS - timedelta(days=2))
        with app.app_context(), transaction():
            cancel_run(run_id, actor=SYSTEM, now=desk_clock.now())
        clock.set(BEGINS - timedelta(minutes=10))
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert "中止になりました" in page.text
        assert page.all("form.taps") == []


class TestWhose:
    def test_somebody_elses_meeting_is_not_found_by_an_instructor(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        clock.set(BEGINS - timedelta(days=9))
        with app.app_context():
            meeting_id = meeting_of(make_run())
        clock.set(BEGINS - timedelta(minutes=10))
        address = f"/classes/meetings/{meeting_id}"
        for page in (address, f"{address}/levels", f"{address}/roster", f"{address}/walk-in"):
            instructor.get(page, expect=404)
        for page in (address, f"{address}/levels", f"{address}/walk-in", f"{address}/heads"):
            instructor.post(page, {"heads": "1", "state": "present", "learner": "rest"}, expect=404)

    def test_an_administrator_may_correct_any_meeting(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one = learner(app)
        _run, meeting_id = taught(one)
        with app.app_context():
            make_account(Role.ADMIN)
        admin = PageClient(app)
        admin.sign_in("admin")
        tap(admin.get(f"/classes/meetings/{meeting_id}"), admin, one, "出席")
        assert standing(app, meeting_id) == {one: "present"}

    def test_a_lectures_attendance_is_open_to_the_coordinator_of_its_district_too(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        _run, lecture = taught(lecture=True)
        with app.app_context():
            make_account(Role.COORDINATOR, districts=("tobu",))
            make_account(Role.COORDINATOR, username="elsewhere", districts=("seibu",))
        for username, answer in (("coordinator", 200), ("elsewhere", 404)):
            person = PageClient(app)
            person.sign_in(username)
            person.get(f"/classes/meetings/{lecture}", expect=answer)

    def test_who_looked_is_noted(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        _run, meeting_id = taught(learner(app))
        instructor.get(f"/classes/meetings/{meeting_id}")
        with app.app_context():
            seen = db.session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id.desc()))
            assert seen.first() == ("view_attendance", f"meeting:{meeting_id}")


def test_the_page_takes_the_same_statements_however_many_come(
    app: Flask,
    instructor: PageClient,
    taught: Callable[..., tuple[int, int]],
    queries: Callable[[], object],
) -> None:
    _run, few = taught(learner(app))
    counts = []
    with queries() as seen:  # type: ignore[attr-defined]  # the fixture gives a context manager
        instructor.get(f"/classes/meetings/{few}")
    counts.append(len(seen))
    learners = [learner(app) for _ in range(8)]
    with app.app_context(), transaction():
        now = desk_clock.now()
        marks = [Mark(one, AttendanceState.WALK_IN, now) for one in learners]
        record_attendance(few, marks, actor=SYSTEM, now=now)
    with queries() as seen:  # type: ignore[attr-defined]  # as above
        instructor.get(f"/classes/meetings/{few}")
    counts.append(len(seen))
    assert counts[0] == counts[1] <= 16
