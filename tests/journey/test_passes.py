"""What scanning a pass means: it depends on who scans, and a stranger learns nothing about the person."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.admission import open_window
from supportdesk.learners.passes import issue_pass, revoke_pass
from supportdesk.tutors.operations import appoint_tutor, match_learner
from tests.classes.lottery.drawing import enter, make_lottery
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_actor, make_learner, make_reference
from tests.helpdesk.making import book, make_adviser, make_desk
from tests.helpdesk.waiting.making import free, wait
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


class Holder:
    """A learner with a pass."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.id = make_learner(
                "タカハシ ハナコ",
                name="高橋 花子",
                phone="018-888-8642",
                birth_date=date(1944, 3, 5),
                district_code="tobu",
            )
            with transaction():
                held = issue_pass(self.id, actor=SYSTEM, now=desk_clock.now())
        self.token, self.code = held.token, held.code
        self.address = f"/p/{held.token}"


@pytest.fixture
def hanako(app: Flask) -> Holder:
    return Holder(app)


def says_nothing_about(page_text: str) -> bool:
    return not any(word in page_text for word in ("タカハシ", "ハナコ", "高橋", "花子", "8642", "1944", "東部"))


def test_a_stranger_is_told_whom_to_call_and_nothing_about_the_person(client: PageClient, hanako: Holder) -> None:
    page = client.get(hanako.address)
    assert "これは受講者カードです" in page.h1
    assert "018-888-5643" in page.text
    assert says_nothing_about(page.html)


def test_an_unknown_or_revoked_pass_is_a_friendly_page(app: Flask, client: PageClient, hanako: Holder) -> None:
    with app.app_context(), transaction():
        revoke_pass(hanako.id, actor=SYSTEM, now=desk_clock.now())
    for address in (hanako.address, "/p/nothing", f"{hanako.address}/own"):
        assert "いまは使われていません" in client.get(address, expect=404).h1


def test_reception_opens_the_record(app: Flask, client: PageClient, hanako: Holder) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    assert client.get(hanako.address, expect=303).location == f"/learners/{hanako.id}"


def test_an_instructor_of_todays_class_checks_the_learner_in_with_one_tap(
    app: Flask, client: PageClient, hanako: Holder
) -> None:
    with app.app_context():
        instructor = make_account(Role.INSTRUCTOR)
        run_id = make_run(meeting_at(TODAY, 11, staff=[instructor.id]))
        make_run(meeting_at(TODAY, 14, staff=[instructor.id]))
        enrol(run_id, hanako.id)
    client.sign_in("instructor")
    page = client.get(hanako.address)
    assert "高橋 花子" in page.h1
    assert len(page.all("main form")) == 1
    client.submit(page, "出席にする", follow=True)
    assert marks(app) == [(hanako.id, AttendanceState.PRESENT)]


def test_whoever_did_not_apply_is_a_walk_in(app: Flask, client: PageClient, hanako: Holder) -> None:
    with app.app_context():
        make_run(meeting_at(TODAY, 11, staff=[make_account(Role.INSTRUCTOR).id]))
    client.sign_in("instructor")
    client.submit(client.get(hanako.address), "当日参加にする")
    assert marks(app) == [(hanako.id, AttendanceState.WALK_IN)]


def test_an_instructor_without_a_class_today_is_a_stranger(app: Flask, client: PageClient, hanako: Holder) -> None:
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    client.sign_in("instructor")
    page = client.get(hanako.address)
    assert says_nothing_about(page.text)
    client.post(f"{hanako.address}/check-in", {"meeting": "1"}, expect=404)


def test_a_matched_tutor_starts_a_log_and_another_tutor_is_a_stranger(
    app: Flask, client: PageClient, hanako: Holder
) -> None:
    with app.app_context():
        tutor = make_account(Role.TUTOR, districts=("tobu",))
        make_account(Role.TUTOR, username="other")
        with transaction():
            appoint_tutor(tutor.id, skills=["A1"], actor=SYSTEM, now=desk_clock.now())
            match_learner(tutor.id, hanako.id, wish="", actor=SYSTEM, now=desk_clock.now())
    client.sign_in("tutor")
    assert client.get(hanako.address, expect=303).location == f"/tutors/log?learner={hanako.id}"
    client.another_device()
    client.sign_in("other")
    assert says_nothing_about(client.get(hanako.address).text)


class TestALearnersOwnPhone:
    def admit(self, app: Flask, client: PageClient, hanako: Holder) -> None:
        open_for_ten_minutes(app, hanako)
        page = client.submit(client.get(hanako.address), "このスマホを登録する", follow=True)
        assert "高橋 花子 さん" in page.h1

    def test_through_the_window_that_staff_opened_it_shows_pass_bookings_and_next_step(
        self, app: Flask, client: PageClient, hanako: Holder
    ) -> None:
        with app.app_context():
            enrol(make_run(), hanako.id)
            make_run(meeting_at(hour=13))
            enter(make_lottery(hour=15), hanako.id)
        self.admit(app, client, hanako)
        page = client.get(hanako.address)
        assert hanako.code in page.text
        booked, drawn = page.texts(".cards > li")
        assert "いーぱる" in booked
        assert "抽選番号は1番です" in drawn and "取り消す" not in drawn
        assert "練習できます" in page.one(".next-step").text

    @pytest.mark.parametrize(("pressed", "stands"), [("参加する", "seated"), ("今回は見送る", "waiting")])
    def test_it_asks_whether_they_want_a_seat_that_was_freed(
        self, app: Flask, client: PageClient, hanako: Holder, pressed: str, stands: str
    ) -> None:
        with app.app_context():
            full = make_run(meeting_at(hour=15), capacity=1)
            first, second = enrol(full, make_learner()), enrol(full, hanako.id)
            with transaction():
                cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=desk_clock.now())
        self.admit(app, client, hanako)
        page = client.get(hanako.address)
        assert "席があきました。参加しますか。" in page.text
        address = attribute(page.form(pressed), "action")
        page = client.submit(page, pressed, follow=True)
        assert ("受付が完了しました" if stands == "seated" else "お返事を受け付けました") in page.text
        with app.app_context():
            assert db.session.get_one(Enrolment, second.enrolment_id).state == stands
        PageClient(app).post(address, {"answer": "accept"}, expect=404)

    def test_it_asks_whether_they_want_a_slot_that_was_freed(
        self, app: Flask, client: PageClient, hanako: Holder
    ) -> None:
        with app.app_context():
            adviser = make_adviser("keiko")
            desk = make_desk(adviser)
            booking = book(desk, adviser, make_learner()).booking_id
            wait(hanako.id, desk)
        self.admit(app, client, hanako)
        assert "前に待っている方は0人です" in client.get(hanako.address).text
        with app.app_context():
            free(booking)
        page = client.submit(client.get(hanako.address), "予約する", follow=True)
        assert "受付が完了しました" in page.text
        assert "スマホ相談" in page.texts(".cards > li")[0]

    def test_a_place_is_given_up_and_only_ones_own(self, app: Flask, client: PageClient, hanako: Holder) -> None:
        with app.app_context():
            mine = enrol(make_run(), hanako.id).enrolment_id
            other = enrol(make_run(meeting_at(hour=13)), make_learner()).enrolment_id
        self.admit(app, client, hanako)
        page = client.get(client.get(hanako.address).link("行けなくなったとき"))
        assert "この予約を取り消しますか" in page.h1
        done = client.submit(page, "cancel", follow=True)
        assert "取り消しました" in done.text
        assert "これからの予約はありません" in done.text
        assert "もう取り消されたか" in client.get(f"{hanako.address}/enrolments/{mine}/cancel").h1
        with app.app_context():
            assert db.session.get_one(Enrolment, mine).state == "cancelled"
        client.get(f"{hanako.address}/enrolments/{other}/cancel", expect=404)
        PageClient(app).get(f"{hanako.address}/enrolments/{mine}/cancel", expect=404)

    def test_another_phone_is_still_a_strangers(self, app: Flask, client: PageClient, hanako: Holder) -> None:
        self.admit(app, client, hanako)
        client.another_device()
        assert says_nothing_about(client.get(hanako.address).text)

    def test_the_window_closes_after_ten_minutes(
        self, app: Flask, client: PageClient, hanako: Holder, clock: Clock
    ) -> None:
        open_for_ten_minutes(app, hanako)
        page = client.get(hanako.address)
        clock.advance(minutes=11)
        refused = client.submit(page, "このスマホを登録する", follow=True)
        assert "これは受講者カードです" in refused.h1

    def test_two_right_answers_admit_a_phone(self, client: PageClient, hanako: Holder) -> None:
        page = client.get(client.get(hanako.address).link("このスマホを登録する"))
        right = {
            "birth_date-era": "昭和",
            "birth_date-year": "19",
            "birth_date-month": "3",
            "birth_date-day": "5",
            "digits": "8642",
        }
        assert "高橋 花子 さん" in client.submit(page, data=right, follow=True).h1

    def test_wrong_answers_are_counted_and_say_nothing(self, client: PageClient, hanako: Holder) -> None:
        page = client.get(f"{hanako.address}/own")
        wrong = {"birth_date-year": "1944", "birth_date-month": "3", "birth_date-day": "6", "digits": "8642"}
        for _ in range(5):
            refused = client.submit(page, data=wrong, expect=422)
            assert says_nothing_about(refused.one("h1").text)
        assert "15分" in client.submit(page, data={**wrong, "birth_date-day": "5"}, expect=429).text


def open_for_ten_minutes(app: Flask, holder: Holder) -> None:
    with app.app_context():
        clerk = make_actor(Role.RECEPTION)
        with transaction():
            open_window(holder.id, actor=clerk, now=desk_clock.now())


def marks(app: Flask) -> list[tuple[int, AttendanceState]]:
    with app.app_context():
        rows = db.session.execute(select(AttendanceMark.learner_id, AttendanceMark.state).where(AttendanceMark.current))
        return [(row.learner_id, row.state) for row in rows]


def test_no_phone_keeps_a_copy_of_what_a_pass_shows(app: Flask, client: PageClient, hanako: Holder) -> None:
    """Cut off, or signed out on a shared phone, nobody reads the page of before out of the browser's store."""
    for address, status in ((hanako.address, 200), (f"{hanako.address}/own", 200), ("/p/unknown", 404)):
        assert client.get(address, expect=status).headers["Cache-Control"] == "no-store"
