"""Administrators open desks, give them hours, and switch them off; what is booked stays booked."""

from __future__ import annotations

from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import open_slots
from supportdesk.helpdesk.models import Booking, BookingState, Desk, DeskHours
from supportdesk.helpdesk.operations import cancel_booking
from tests.factories import make_learner
from tests.helpdesk.making import DAY, book, make_adviser, make_desk, venue_of
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture
def adviser_id(app: Flask, city: None) -> int:
    with app.app_context():
        return make_adviser("keiko")


def test_a_desk_is_opened_given_hours_and_can_be_booked(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        venue_id = venue_of()
    page = admin.get(admin.get("/helpdesk/").link("窓口と開く時間を決める"))
    assert "相談窓口はまだありません" in page.text
    page = admin.get(page.link("窓口を登録する"))
    page = admin.submit(
        page, "desk", {"name": "スマホ相談（東部）", "venue_id": venue_id, "to_bring": "めがね"}, follow=True
    )
    assert page.h1 == "スマホ相談（東部）"
    assert "開く時間がまだありません" in page.text
    hours = {"adviser_id": adviser_id, "weekday": 3, "opens": "１０：００", "closes": "1200"}
    page = admin.submit(page, "hours", hours, follow=True)
    assert "木曜日 10:00〜12:00 keikoさん" in page.text
    with app.app_context():
        assert len(open_slots(after=clock.now(), day=DAY)) == 2
        of_desks = select(AuditEntry.action).where(AuditEntry.subject.startswith("desk:")).order_by(AuditEntry.id)
        noted = db.session.scalars(of_desks).all()
    assert noted == ["open_desk", "add_hours"]
    assert "木曜日 10:00〜12:00 keikoさん" in admin.get("/helpdesk/desks").text


def test_hours_that_cannot_be_are_refused_beside_their_field(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        desk_id = make_desk()
    page = admin.get(f"/helpdesk/desks/{desk_id}")
    good = {"adviser_id": adviser_id, "weekday": 3, "opens": "10:00", "closes": "12:00"}
    wrong: list[tuple[dict[str, object], str]] = [
        ({"opens": "10:10"}, "opens"),
        ({"opens": "25:00"}, "opens"),
        ({"opens": "12:00", "closes": "10:00"}, "closes"),
        ({"opens": "10:00", "closes": "10:45"}, "closes"),
        ({"weekday": None}, "weekday"),
        ({"adviser_id": None}, "adviser_id"),
    ]
    for changed, field in wrong:
        assert admin.submit(page, "hours", {**good, **changed}, expect=422).error(field)
    with app.app_context():
        assert db.session.scalars(select(DeskHours)).all() == []


def test_an_adviser_keeps_one_desk_at_a_time(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        make_desk(adviser_id)
        desk_id = make_desk(name="別の窓口")
    page = admin.get(f"/helpdesk/desks/{desk_id}")
    typed = {"adviser_id": adviser_id, "weekday": 3, "opens": "11:00", "closes": "13:00"}
    page = admin.submit(page, "hours", typed, expect=422)
    assert "スマホ相談" in page.error("opens")
    admin.submit(page, "hours", {"opens": "12:00"})


def test_names_are_unique_and_needed(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        desk_id, venue_id = make_desk(), venue_of()
    page = admin.get("/helpdesk/desks/new")
    assert "同じ名前" in admin.submit(page, "desk", {"name": "スマホ相談", "venue_id": venue_id}, expect=422).error(
        "name"
    )
    page = admin.submit(page, "desk", {"name": None}, expect=422)
    assert page.error("name")
    assert page.error("venue_id")
    page = admin.get(admin.get(f"/helpdesk/desks/{desk_id}").link("窓口をなおす"))
    page = admin.submit(page, "desk", {"to_bring": "充電器", "slot_minutes": 30}, follow=True)
    assert "充電器" in page.text
    with app.app_context():
        desk = db.session.get_one(Desk, desk_id)
        assert (desk.name, desk.slot_minutes) == ("スマホ相談", 30)


def test_hours_taken_away_leave_what_is_booked(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        desk_id = make_desk(adviser_id)
        book(desk_id, adviser_id, make_learner())
    page = admin.get(f"/helpdesk/desks/{desk_id}")
    assert "1件" in page.text
    done = admin.submit(page, "この時間をけす", follow=True)
    assert "入っている予約はそのままです" in done.text
    assert admin.submit(page, "この時間をけす").location == f"/helpdesk/desks/{desk_id}"
    with app.app_context():
        assert db.session.scalars(select(DeskHours)).all() == []
        assert db.session.scalars(select(Booking.state)).all() == [BookingState.BOOKED]
        assert open_slots(after=clock.now(), day=DAY) == []
    admin.post(f"/helpdesk/desks/{desk_id}/hours/999999/remove", expect=404)


def test_a_desk_moves_only_when_nobody_is_booked_there(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        desk_id, elsewhere = make_desk(adviser_id), venue_of("ウェスター")
        booking_id = book(desk_id, adviser_id, make_learner("ナマエ ヒミツ")).booking_id
    page = admin.get(f"/helpdesk/desks/{desk_id}/edit")
    refused = admin.submit(page, "desk", {"venue_id": elsewhere, "to_bring": "充電器"}, expect=422)
    assert "予約" in refused.error("venue_id")
    assert refused.link("スマホ相談") == f"/helpdesk/bookings/{booking_id}"
    assert "12月3日（木） 10:00〜11:00" in refused.text
    assert "ヒミツ" not in refused.text
    with app.app_context():
        assert db.session.get_one(Desk, desk_id).venue_id == venue_of()
        assert db.session.get_one(Desk, desk_id).to_bring == ""
    admin.submit(page, "desk", {"to_bring": "充電器"}, follow=True)
    with app.app_context(), transaction():
        cancel_booking(booking_id, actor=SYSTEM, now=clock.now())
    admin.submit(admin.get(f"/helpdesk/desks/{desk_id}/edit"), "desk", {"venue_id": elsewhere}, follow=True)
    with app.app_context():
        assert db.session.get_one(Desk, desk_id).venue_id == elsewhere


def test_switching_off_asks_and_says_what_happens(app: Flask, admin: PageClient, adviser_id: int) -> None:
    with app.app_context():
        desk_id = make_desk(adviser_id)
        book(desk_id, adviser_id, make_learner())
    page = admin.get(admin.get(f"/helpdesk/desks/{desk_id}").link("受付を止める"))
    assert "新しい予約ができなくなります" in page.text
    done = admin.submit(page, "switch", follow=True)
    assert "予約の受付を止めています" in done.text
    admin.submit(page, "switch")
    with app.app_context():
        assert open_slots(after=clock.now()) == []
        assert db.session.scalars(select(Booking.state)).all() == [BookingState.BOOKED]
    page = admin.get(done.link("受付を始める"))
    admin.submit(page, "switch")
    with app.app_context():
        assert open_slots(after=clock.now())


def test_unknown_desks_are_not_found(admin: PageClient) -> None:
    for number in ("999999", "9" * 19, "9" * 40):
        for page in ("", "/edit", "/switch"):
            admin.get(f"/helpdesk/desks/{number}{page}", expect=404)


def test_hours_are_stored_as_the_clock_on_the_wall(app: Flask, adviser_id: int) -> None:
    with app.app_context():
        make_desk(adviser_id)
        hours = db.session.scalars(select(DeskHours)).one()
        assert (hours.weekday, hours.opens, hours.closes) == (3, time(10), time(12))


def test_who_changes_what_another_has_changed_meanwhile_is_told_and_may_press_again(
    app: Flask, admin: PageClient
) -> None:
    with app.app_context():
        desk_id = make_desk()
    mine, theirs = (admin.get(f"/helpdesk/desks/{desk_id}/edit") for _both in range(2))
    admin.submit(theirs, "desk", {"to_bring": "めがね"}, follow=True)
    refused = admin.submit(mine, "desk", {"name": "スマホ相談（東部）"}, expect=422)
    assert "ほかの人がこの窓口を変えました" in refused.text
    assert attribute(refused.field("name"), "value") == "スマホ相談（東部）"
    admin.submit(refused, "desk", {}, follow=True)
    with app.app_context():
        assert db.session.get_one(Desk, desk_id).name == "スマホ相談（東部）"
