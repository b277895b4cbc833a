"""The same time every second week, four times: what can be had is booked, what cannot is said."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking, BookingState
from tests.classes.making import enrol, make_run, meeting_at
from tests.factories import make_learner
from tests.helpdesk.making import DAY, at, book, close_venue, let_everybody_book, make_adviser, make_desk
from tests.pages import PageClient

WEEK = timedelta(weeks=1)


def test_every_second_week_four_times_with_one_closed_and_one_at_a_colleague(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        let_everybody_book()
        keiko, taro = make_adviser("keiko"), make_adviser("taro")
        desk = make_desk(keiko, taro)
        learner = make_learner()
        booking = book(desk, keiko, learner, topic="地図").booking_id
        book(desk, keiko, make_learner(), at(10, day=DAY + 2 * WEEK))
        close_venue(DAY + 4 * WEEK)
    page = reception.get(reception.get(f"/helpdesk/bookings/{booking}").link("くり返し予約する"))
    assert "12月17日（木） 10:00〜11:00 taroさん あき" in page.text
    assert "12月31日（木） 枠がないか、ふさがっています" in page.text
    page = reception.submit(page, "repeat", follow=True)
    assert "あと2回を予約しました" in page.text
    assert "12月31日（木）は予約できませんでした" in page.text
    with app.app_context():
        rows = db.session.execute(
            select(Booking.starts_at, Booking.adviser_id, Booking.topic)
            .where(Booking.learner_id == learner, Booking.state == BookingState.BOOKED)
            .order_by(Booking.starts_at)
        ).all()
    assert [tuple(row) for row in rows] == [
        (at(10), keiko, "地図"),
        (at(10, day=DAY + 2 * WEEK), taro, "地図"),
        (at(10, day=DAY + 6 * WEEK), keiko, "地図"),
    ]


def test_no_more_than_one_may_have_and_nothing_of_what_was_cancelled(app: Flask, reception: PageClient) -> None:
    with app.app_context():
        keiko = make_adviser("keiko")
        learner = make_learner()
        booking = book(make_desk(keiko), keiko, learner).booking_id
    page = reception.get(f"/helpdesk/bookings/{booking}/repeat?weeks=1&times=6")
    page = reception.submit(page, "repeat", follow=True)
    assert "もう4件あります" in page.text
    reception.submit(reception.get(f"/helpdesk/bookings/{booking}/cancel"), expect=303)
    assert "もう取り消されています" in reception.get(f"/helpdesk/bookings/{booking}/repeat").text


def test_a_day_on_which_the_learner_is_elsewhere_is_missed_and_leaves_no_trace(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        keiko = make_adviser("keiko")
        learner = make_learner()
        booking = book(make_desk(keiko), keiko, learner).booking_id
        enrol(make_run(meeting_at(DAY + 2 * WEEK, 10)), learner)
    page = reception.submit(
        reception.get(f"/helpdesk/bookings/{booking}/repeat?weeks=2&times=2"), "repeat", follow=True
    )
    assert "12月17日（木）は予約できませんでした" in page.text
    with app.app_context():
        assert db.session.scalars(select(Booking.id)).all() == [booking]
