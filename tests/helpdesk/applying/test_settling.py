"""Reception settles consultations applied for in public: who it is, what stands in the way, why it comes to nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.jobs import close_over
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.errors import SlotKept
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.slots import Wanted
from supportdesk.learners.applying.errors import AlreadySaid, AlreadySettled
from supportdesk.learners.applying.models import ApplicationState, HeldBecause, RefusedBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Learner, Status, StatusReason
from supportdesk.learners.operations import ProbablyKnown
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.notices.models import Notice
from tests.factories import make_learner
from tests.helpdesk.applying.asking import applied, booked, held, say, states
from tests.helpdesk.making import DAY, at, book, close_venue, make_adviser, make_desk
from tests.pages import Page, PageClient
from tests.trail import noted

pytestmark = pytest.mark.usefixtures("city")
#: Somebody is much like her.
HANAKO = Wish(kana="サトウ ハナコ", phone="+81188001111", birth_year=1950)


@pytest.fixture
def adviser(app: Flask, city: None) -> int:
    with app.app_context():
        return make_adviser()


def held_one(app: Flask, adviser: int, one: Wish = HANAKO) -> tuple[int, str, int]:
    """A desk, the receipt of an application that waits there, and a learner much like whoever sent it."""
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        desk = make_desk(adviser)
        return desk, applied(desk, one, question="写真の送り方"), hana


def test_reception_says_who_it_is_and_nobody_else_has_the_slot_meanwhile(
    app: Flask, reception: PageClient, adviser: int
) -> None:
    desk, receipt, hana = held_one(app, adviser)
    with app.app_context(), pytest.raises(SlotKept):
        book(desk, adviser, make_learner())
    page = opened(reception, receipt)
    assert "写真の送り方" in page.text
    with app.app_context():
        assert (Action.VIEW_APPLICATION.value, "consultation_application:1", [hana]) in noted(Action.VIEW_APPLICATION)
    done = reception.submit(page, "サトウ ハナさんの申し込みにする", follow=True)
    assert "予約にしました" in done.text
    assert done.link("予約を開く")
    with app.app_context():
        assert booked() == [(hana, at(10))]
        assert held() == []
    assert "たしかめる申し込みは、ありません" in reception.get("/helpdesk/applications").text


def test_somebody_new_is_nobody_whom_the_clerk_did_not_see(app: Flask, adviser: int) -> None:
    _desk, _receipt, hana = held_one(app, adviser)
    with app.app_context():
        (wanted,) = db.session.scalars(select(ConsultationApplication.id))
        with pytest.raises(ProbablyKnown):
            say(wanted, None)
        say(wanted, None, hana)
        with pytest.raises(AlreadySettled):
            say(wanted, hana)
        assert db.session.scalars(select(Learner.kana).where(Learner.id == booked()[0][0])).one() == HANAKO.kana


def test_a_clash_is_asked_about_and_its_reason_kept(app: Flask, reception: PageClient, adviser: int) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        desk = make_desk(adviser, make_adviser("second"))
        book(desk, adviser, hana)
        receipt = applied(desk)
        (wanted,) = db.session.scalars(select(ConsultationApplication.id))
        with pytest.raises(AlreadySaid):
            say(wanted, hana)
    asking = reception.get(opened(reception, receipt).link("この内容で予約する"))
    assert "同じ時間に、ほかの予約があります" in asking.text
    without = reception.submit(asking, "この内容で予約する", expect=422)
    assert without.error("clash_reason")
    done = reception.submit(without, "この内容で予約する", {"clash_reason": "夫の分です"}, follow=True)
    assert "予約にしました" in done.text
    with app.app_context():
        assert [one.clash_reason for one in db.session.scalars(select(Booking).order_by(Booking.id))] == [
            "",
            "夫の分です",
        ]


def test_a_refusal_frees_the_slot_and_whoever_is_known_hears_of_it(
    app: Flask, reception: PageClient, adviser: int
) -> None:
    desk, receipt, hana = held_one(app, adviser)
    refusal = reception.get(opened(reception, receipt).link("申し込みを断る"))
    assert "断る前に、電話してください" in refusal.text
    assert "018-800-1111" in refusal.text
    assert "断りました" in reception.submit(refusal, "断る", {"reason": "no_contact"}, follow=True).text
    assert PageClient(app).get(f"/consultations/receipt/{receipt}").h1 == "この申し込みは、受け付けていません"
    with app.app_context():
        assert (held(), db.session.scalars(select(Notice)).all()) == ([], [])
        second = make_adviser("second")
        book(make_desk(second, name="ほかの相談"), second, hana)
        known = applied(desk, Wish(kana="サトウ ハナ", phone="+81188001111"))
    page = reception.get(opened(reception, known).link("申し込みを断る"))
    assert "いつもの方法で" in page.text
    reception.submit(page, "断る", {"reason": "not_served"}, follow=True)
    with app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.kind == "application_refused")).one()
        assert (told.learner_id, told.call_to) == (hana, HANAKO.phone)


def test_a_slot_that_is_lost_meanwhile_is_no_riddle(app: Flask, reception: PageClient, adviser: int) -> None:
    desk, receipt, hana = held_one(app, adviser)
    with app.app_context():
        book(desk, adviser, make_learner(), at(11))
        close_venue(DAY)
    page = opened(reception, receipt)
    assert "この枠は、なくなりました" in page.text
    refused = reception.submit(page, "サトウ ハナさんの申し込みにする", follow=True)
    assert "設備点検" in refused.text
    with app.app_context():
        assert states() == [(ApplicationState.HELD, HeldBecause.NO_PLACE)]
    lost = reception.get("/helpdesk/lost")
    assert lost.text.count("設備点検") == 2
    moving = reception.get(lost.link("電話して移す"))
    assert "018-800-1111" in moving.text
    with app.app_context():
        book(desk, adviser, make_learner(), at(10, day=DAY + timedelta(weeks=1)))
    gone = reception.submit(moving, "移す", expect=422)
    assert "もうふさがっています" in gone.error("slot")
    later = at(11, day=DAY + timedelta(weeks=1))
    moved = reception.submit(gone, "移す", {"slot": Wanted(desk, adviser, later).key}, follow=True)
    assert "ほかの枠をおさえました" in moved.text
    with app.app_context():
        assert held() == [("apply:1", later)]
        assert [one[-1] for one in noted(Action.MOVE_APPLICATION)] == [[hana]]
    reception.submit(reception.get(moved.link("この内容で予約する")), "この内容で予約する", follow=True)
    with app.app_context():
        assert booked()[-1] == (hana, later)


def test_what_is_held_is_closed_when_its_time_has_come(app: Flask, adviser: int) -> None:
    held_one(app, adviser)
    with app.app_context():
        hana = make_learner("サトウ ハナ")
        with transaction() as session:
            session.scalars(select(ConsultationApplication)).one().learner_id = hana
        assert close_over(at(10) - timedelta(seconds=1)) == 0
        assert close_over(at(10)) == 1
        one = db.session.scalars(select(ConsultationApplication)).one()
        assert (one.state, one.refused_because) == (ApplicationState.REFUSED, RefusedBecause.OVER)
        assert held() == []
        assert [besides for *_what, besides in noted(Action.REFUSE_APPLICATION)] == [[hana]]


def test_who_leaves_us_gives_up_what_is_kept_for_them(app: Flask, adviser: int) -> None:
    with app.app_context():
        hana = make_learner("サトウ ハナ", phone="018-800-1111")
        desk = make_desk(adviser, make_adviser("second"))
        book(desk, adviser, hana)
        applied(desk)
        assert len(held()) == 1
        with transaction():
            change_status(hana, Status.MOVED, StatusReason.FAMILY, actor=SYSTEM, now=desk_clock.now())
        assert (booked(), held()) == ([], [])
        assert states() == [(ApplicationState.WITHDRAWN, HeldBecause.NO_PLACE)]


def test_who_is_erased_is_gone_from_what_was_never_tied_to_them(app: Flask, adviser: int) -> None:
    held_one(app, adviser, Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950))
    with app.app_context():
        hana = db.session.scalars(select(Learner.id)).one()
        assert [one[0] for one in states()] == [ApplicationState.HELD]
        with transaction():
            erase_learner(hana, actor=SYSTEM, now=desk_clock.now())
        one = db.session.scalars(select(ConsultationApplication)).one()
        assert (one.kana, one.kana_key, one.phone, one.birth_year, one.question) == ("", "", "", None, "")


def opened(desk: PageClient, receipt: str) -> Page:
    listed = desk.get(desk.get("/helpdesk/").link("確認する"))
    return desk.get(listed.link(receipt))
