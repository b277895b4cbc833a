"""Attendance on a telephone: one tap a learner, walk-ins found and added; nobody else's meeting opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState, Meeting
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Need
from supportdesk.learners.passes import issue_pass
from tests.classes.making import enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.pages import Page, PageClient

BEGINS = meeting_at().starts_at


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def instructor(app: Flask, client: PageClient, clock: Clock) -> PageClient:
    """The instructor of `taught`, on the morning of its day."""
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    clock.set(BEGINS - timedelta(minutes=10))
    client.sign_in("instructor")
    return client


@pytest.fixture
def taught(app: Flask, clock: Clock) -> Callable[..., tuple[int, int]]:
    """Makes a run that the instructor teaches: its id and its meeting's."""

    def make(*learners: int, capacity: int = 10, lecture: bool = False) -> tuple[int, int]:
        at = desk_clock.now()
        clock.set(BEGINS - timedelta(days=9))
        with app.app_context():
            staff = meeting_at(staff=[_account_id("instructor")])
            run_id = make_lecture(staff) if lecture else make_run(staff, capacity=capacity)
            for learner_id in learners:
                enrol(run_id, learner_id)
            meeting_id = meeting_of(run_id)
        clock.set(at)
        return run_id, meeting_id

    return make


def _account_id(username: str) -> int:
    return db.session.scalars(select(Account.id).where(Account.username == username)).one()


def come_back(client: PageClient, clock: Clock, instant: datetime) -> None:
    """The instructor signs in at another time."""
    clock.set(instant)
    client.another_device()
    client.sign_in("instructor")


def learner(app: Flask, kana: str = "", **more: object) -> int:
    with app.app_context():
        return make_learner(kana, **more)  # type: ignore[arg-type]


def standing(app: Flask, meeting_id: int) -> dict[int, str]:
    with app.app_context():
        rows = db.session.execute(
            select(AttendanceMark.learner_id, AttendanceMark.state).where(
                AttendanceMark.meeting_id == meeting_id, AttendanceMark.current
            )
        )
        return {row.learner_id: row.state for row in rows}


def tap(page: Page, client: PageClient, learner_id: int, words: str, **options: object) -> Page:
    """Press one of a learner's buttons."""
    (form,) = page.all(f"#learner-{learner_id} form.taps")
    (button,) = [one for one in form.select("button") if words == one.get_text().strip()]
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    return client.post(str(form["action"]), {**fields, "state": str(button["value"])}, **options)  # type: ignore[arg-type]


def pressed(page: Page, learner_id: int) -> list[str]:
    return page.texts(f"#learner-{learner_id} .tap[aria-pressed=true]")


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
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        one, other, third = (learner(app) for _ in range(3))
        _run, meeting_id = taught(one, other, third)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        tap(page, instructor, one, "欠席")
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "残りの2人を「出席」にする", follow=True)
        assert standing(app, meeting_id) == {one: "absent", other: "present", third: "present"}
        assert "残りの" not in page.text
        (form,) = [one for one in page.all(f"#learner-{other} form") if "取り消す" in one.get_text()]
        fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
        instructor.post(str(form["action"]), fields)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        assert pressed(page, other) == []
        assert standing(app, meeting_id)[other] == "unmarked"

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


class TestWalkIns:
    def test_somebody_without_a_seat_is_found_by_name_and_added_though_the_class_is_full(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        seated, came = learner(app), learner(app, "トビイリ タロウ")
        _run, meeting_id = taught(seated, capacity=1)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        assert page.texts(".card h2") == ["トビイリ タロウ"]
        page = instructor.submit(page, "トビイリ タロウさんを加える", follow=True)
        assert page.texts(f"#learner-{came} .tag") == ["飛び入り"]
        assert standing(app, meeting_id) == {came: "walk_in"}
        with app.app_context():
            seen = db.session.execute(
                select(AuditEntry.detail).where(AuditEntry.action == "search_walk_ins")
            ).scalar_one()
        assert seen == {"meeting": meeting_id, "learners": [came]}

    def test_whoever_was_added_by_mistake_and_taken_back_is_out_of_sight_again(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        came = learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        page = instructor.submit(page, "さんを加える", follow=True)
        instructor.get(f"/learners/{came}/consents")
        page = instructor.submit(page, "トビイリ タロウさんの記録を取り消す", follow=True)
        assert "トビイリ" not in page.text
        instructor.get(f"/learners/{came}/consents", expect=404)

    def test_a_pass_code_finds_its_holder(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        came = learner(app)
        with app.app_context(), transaction():
            code = issue_pass(came, actor=SYSTEM, now=desk_clock.now()).code
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": code.lower()}, expect=200)
        instructor.submit(page, "さんを加える")
        assert standing(app, meeting_id) == {came: "walk_in"}

    def test_whoever_waits_in_line_is_added_with_one_button(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        seated, waiting = learner(app), learner(app, "マチ ヒト")
        _run, meeting_id = taught(seated, waiting, capacity=1)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "マチ ヒトさんが来た", follow=True)
        assert standing(app, meeting_id) == {waiting: "walk_in"}
        assert "マチ ヒトさんが来た" not in page.text

    def test_who_was_found_for_one_meeting_is_not_added_to_another(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.submit(
            instructor.get(f"/classes/meetings/{meeting_id}"), "さがす", {"q": "とびいり"}, expect=200
        )
        sealed = str(page.field("walk_in")["value"])
        with app.app_context():
            clock.set(BEGINS - timedelta(days=9))
            other = meeting_of(make_run(meeting_at(hour=14, staff=[_account_id("instructor")])))
            clock.set(BEGINS - timedelta(minutes=10))
        instructor.post(f"/classes/meetings/{other}", {"walk_in": sealed, "state": "walk_in"}, expect=404)

    def test_the_whole_register_is_open_for_the_days_of_the_meeting_only(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        for days in (-1, 8):
            come_back(instructor, clock, BEGINS + timedelta(days=days))
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": "とびいり"}, expect=200)
            assert page.all(".card") == []

    def test_too_little_or_nothing_typed_shows_nobody(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        learner(app, "ト ト")
        _run, meeting_id = taught()
        for text in ("", "と", " ", "%", "x" * 5000):
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": text}, expect=200)
            assert page.all(".card") == []


class TestHeads:
    def test_those_without_a_record_are_counted_and_corrected_down_to_none(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "heads-form", {"heads": "３"}, follow=True)
        assert "参加 3人" in page.text
        page = instructor.submit(page, "heads-form", {"heads": "0"}, follow=True)
        assert "参加 0人" in page.text
        for absurd in ("-1", "1001", "たくさん", ""):
            refused = instructor.submit(page, "heads-form", {"heads": absurd}, expect=422)
            assert refused.error("heads")
        with app.app_context():
            assert db.session.scalars(select(Meeting.unnamed_heads)).all() == [0]


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
