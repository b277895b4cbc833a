"""The administrator's pages about venues, rooms, closures and what is lent."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core import clock as desk_clock
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places.calendar import closed_because
from supportdesk.places.models import Closure, Equipment, Room, Venue
from tests.classes.making import DAY, make_run, meeting_at, room_of
from tests.factories import make_account, make_reference
from tests.pages import PageClient

VENUE = {"name": "みなみ集会所", "kana": "ミナミシュウカイジョ", "district_code": "chuo", "wifi_ssid": "minami-free"}


@pytest.fixture
def admin(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
    client.sign_in("admin")
    return client


def days(day: object, last: object = None) -> dict[str, object]:
    first, last = str(day).split("-"), str(last or day).split("-")
    parts = ("year", "month", "day")
    return {
        **{f"first_day-{part}": number for part, number in zip(parts, first, strict=True)},
        **{f"last_day-{part}": number for part, number in zip(parts, last, strict=True)},
    }


def test_a_venue_is_registered_changed_and_given_a_room(app: Flask, admin: PageClient) -> None:
    page = admin.submit(admin.get("/admin/places/new"), "venue", VENUE, follow=True)
    assert page.h1 == "みなみ集会所"
    assert "minami-free" in page.text
    edited = admin.get(page.link("会場をなおす"))
    page = admin.submit(edited, "venue", {"wifi_ssid": "minami-2"}, follow=True)
    assert "minami-2" in page.text
    room = admin.get(page.link("部屋を登録する"))
    assert admin.submit(room, "room", {"name": "和室", "seats": "0"}, expect=422).error("seats")
    page = admin.submit(room, "room", {"name": "和室", "seats": "12"}, follow=True)
    assert "12人" in page.text
    assert admin.submit(room, "room", {"name": "和室", "seats": "12"}).location == page.url, (
        "pressed twice, it is there once"
    )
    again = admin.get(page.link("部屋を登録する"))
    assert admin.submit(again, "room", {"name": "和室"}, expect=422).error("name")
    page = admin.submit(admin.get(page.link("和室")), "room", {"seats": "14"}, follow=True)
    assert "14人" in page.text


def test_two_venues_are_not_called_alike(admin: PageClient) -> None:
    admin.submit(admin.get("/admin/places/new"), "venue", VENUE)
    assert admin.submit(admin.get("/admin/places/new"), "venue", VENUE, expect=422).error("name")


def test_a_closure_shuts_the_venue_and_is_taken_back(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        venue_id, today = room_of().venue_id, desk_clock.today()
    form = admin.get(f"/admin/places/{venue_id}/closures/new")
    page = admin.submit(form, "closure", {**days(today), "reason": "点検"}, follow=True)
    assert "点検" in page.text
    with app.app_context():
        assert closed_because(venue_id, today) == "点検"
    page = admin.submit(page, "休館をやめて開く", follow=True)
    assert "点検" not in page.text
    with app.app_context():
        assert closed_because(venue_id, today) is None


def test_a_closure_over_a_class_names_it_and_waits_for_a_tick(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        room = room_of()
        venue_id = room.venue_id
        make_run(meeting_at(DAY, room_id=room.id))
    form = admin.get(f"/admin/places/{venue_id}/closures/new")
    refused = admin.submit(form, "closure", {**days(DAY), "reason": "工事"}, expect=422)
    assert "この期間に入っている予定" in refused.text
    assert len(refused.all('main a[href^="/classes/"]')) == 1
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Closure)) == 0
    admin.submit(refused, "closure", {"although": True})
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Closure)) == 1


@pytest.mark.parametrize(("first", "last"), [("2026-12-02", "2026-12-01"), ("2026-12-01", "2028-01-01")])
def test_a_closure_ends_after_it_begins_and_within_a_year(app: Flask, admin: PageClient, first: str, last: str) -> None:
    with app.app_context():
        venue_id = db.session.scalars(db.select(Venue.id)).first()
    form = admin.get(f"/admin/places/{venue_id}/closures/new")
    page = admin.submit(form, "closure", {**days(first, last), "reason": "x"}, expect=422)
    assert "1年以内" in page.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2201-01-01"])
def test_a_closure_in_a_year_out_of_reach_is_asked_for_again(app: Flask, admin: PageClient, day: str) -> None:
    with app.app_context():
        venue_id = db.session.scalars(db.select(Venue.id)).first()
    form = admin.get(f"/admin/places/{venue_id}/closures/new")
    page = admin.submit(form, "closure", {**days(day), "reason": "x"}, expect=422)
    assert "1900年から2200年まで" in page.error("first_day-year")


def test_a_loan_phone_is_registered_and_moved(app: Flask, admin: PageClient) -> None:
    form = admin.get("/admin/places/equipment/new")
    page = admin.submit(form, "equipment", {"kind": "loan_phone", "name": "1号"}, follow=True)
    with app.app_context():
        venue_id = db.session.scalars(db.select(Venue.id)).first()
    admin.submit(admin.get(page.link("1号")), "equipment", {"venue_id": str(venue_id)})
    with app.app_context():
        assert db.session.scalars(db.select(Equipment.venue_id)).all() == [venue_id]


def test_a_room_of_another_venue_is_not_there(app: Flask, admin: PageClient) -> None:
    with app.app_context():
        first, second = db.session.scalars(db.select(Venue.id).order_by(Venue.id).limit(2))
        room_id = db.session.scalars(db.select(Room.id).where(Room.venue_id == second)).first()
    admin.get(f"/admin/places/{first}/rooms/{room_id}", expect=404)
    admin.get(f"/admin/places/{10**30}", expect=404)
