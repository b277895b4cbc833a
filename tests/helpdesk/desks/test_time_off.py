"""A desk shut or an adviser away: no slots then, and whoever is booked is found, moved and told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots
from supportdesk.helpdesk.desks.errors import AdviserElsewhere
from supportdesk.helpdesk.desks.lost import lost_slots, move_lost, with_somewhere_to_go
from supportdesk.helpdesk.desks.operations import remove_hours
from supportdesk.helpdesk.desks.time_off import Days, end_time_off, let_adviser_off, shut_desk
from supportdesk.helpdesk.errors import DeskShut
from supportdesk.helpdesk.models import Booking, BookingState, DeskHours
from supportdesk.helpdesk.slots import Wanted
from supportdesk.notices.models import Notice
from tests.classes.making import enrol, make_run, meeting_at, room_of
from tests.factories import make_learner, make_reference
from tests.helpdesk.applying.asking import HANA, applied
from tests.helpdesk.making import DAY, at, book, close_venue, keep, make_adviser, make_desk
from tests.pages import PageClient
from tests.recording import Statements

WEEK = timedelta(weeks=1)


def starts(desk: int, first: date = DAY, last: date = DAY) -> list[str]:
    slots = free_slots(first, last, after=clock.now(), desk_id=desk)
    return [f"{clock.local(slot.starts_at):%m-%d %H:%M} {slot.adviser}" for slot in slots]


def take_off(adviser_id: int, days: Days) -> int:
    with transaction():
        return let_adviser_off(adviser_id, days, actor=SYSTEM, now=clock.now())


@pytest.mark.usefixtures("context")
class TestSlots:
    @pytest.fixture
    def adviser(self, context: None) -> int:
        make_reference()
        return make_adviser("keiko")

    def test_alternate_weeks_single_days_holidays_and_the_time_between(self, adviser: int) -> None:
        desk = make_desk(adviser, closes=11, buffer_minutes=15, on_holidays=True)
        other = make_desk(name="もうひとつ", buffer_minutes=15)
        monday = DAY + timedelta(days=4)
        with transaction():
            keep(other, adviser, opens=13, closes=16, every=2, first_day=DAY + WEEK)
            keep(other, adviser, weekday=0, closes=11, first_day=monday, last_day=monday)
        assert starts(other, DAY, DAY + 3 * WEEK) == [
            "12-07 10:00 keikoさん",
            "12-10 13:00 keikoさん",
            "12-10 14:15 keikoさん",
            "12-24 13:00 keikoさん",
            "12-24 14:15 keikoさん",
        ]
        labour_day = date(2027, 2, 11)
        assert labour_day.weekday() == 3
        assert starts(desk, labour_day, labour_day) == ["02-11 10:00 keikoさん"]

    def test_one_cannot_keep_two_desks_at_once_but_may_alternate(self, adviser: int) -> None:
        one, other = make_desk(), make_desk(name="もうひとつ")
        with transaction():
            keep(one, adviser, every=2, first_day=DAY)
            keep(other, adviser, every=2, first_day=DAY + WEEK)
        with transaction(), pytest.raises(AdviserElsewhere):
            keep(other, adviser, month_weeks="1")

    def test_what_is_off_leaves_no_slot_and_cannot_be_booked(self, adviser: int) -> None:
        colleague = make_adviser("taro")
        desk = make_desk(adviser, colleague)
        off = take_off(adviser, Days(DAY, DAY, "研修", time(11), time(13)))
        assert starts(desk) == ["12-03 10:00 keikoさん", "12-03 10:00 taroさん", "12-03 11:00 taroさん"]
        with pytest.raises(DeskShut) as refused:
            book(desk, adviser, make_learner(), at(11))
        assert "研修" in str(refused.value.message)
        with transaction():
            end_time_off(off, actor=SYSTEM, now=clock.now())
            shut_desk(desk, Days(DAY - WEEK, DAY, "引っ越し"), actor=SYSTEM, now=clock.now())
        assert starts(desk) == []
        assert len(starts(desk, DAY + WEEK, DAY + WEEK)) == 4

    def test_whoever_lost_their_slot_is_found_whatever_took_it(
        self, adviser: int, queries: Callable[[], AbstractContextManager[Statements]]
    ) -> None:
        colleague = make_adviser("taro")
        desk = make_desk(adviser, colleague)
        wanted = [(adviser, 10, DAY), (adviser, 11, DAY), (adviser, 10, DAY + WEEK), (colleague, 10, DAY + 2 * WEEK)]
        for who, hour, day in wanted:
            book(desk, who, make_learner(), at(hour, day=day))
        assert lost_slots(clock.now()) == []
        take_off(adviser, Days(DAY, DAY, "研修"))
        close_venue(DAY + WEEK)
        with transaction():
            hours = db.session.scalars(select(DeskHours.id).where(DeskHours.adviser_id == colleague)).one()
            remove_hours(desk, hours, actor=SYSTEM, now=clock.now())
        with queries() as seen:
            lost = lost_slots(clock.now())
        assert [one.reason for one in lost] == ["研修", "研修", "設備点検", "開く時間がなくなりました"]
        assert len(seen) == 5
        assert len({one.instead.wanted for one in with_somewhere_to_go(lost, clock.now()) if one.instead}) == 4


def test_reception_notes_that_an_adviser_is_away_and_moves_everybody_by_one_press(
    app: Flask, reception: PageClient
) -> None:
    with app.app_context():
        adviser, colleague = make_adviser("keiko"), make_adviser("taro")
        desk = make_desk(adviser, colleague)
        for hour in (10, 11):
            book(desk, adviser, make_learner(), at(hour))
        book(desk, colleague, make_learner(), at(10))
    page = reception.get(reception.get("/helpdesk/").link("窓口や相談員の休みを入れる"))
    day = {"first_day-year": "2026", "first_day-month": "12", "first_day-day": "3"}
    wrong = reception.submit(page, "off", {"who": f"adviser:{adviser}", **day, "opens": "13:00"}, expect=422)
    assert wrong.error("reason")
    page = reception.submit(wrong, "off", {"reason": "研修", "closes": ""}, expect=422)
    assert page.error("closes")
    page = reception.submit(page, "off", {"opens": "", "closes": ""}, follow=True)
    assert page.h1 == "枠がなくなった予約"
    assert page.text.count("研修") == 2
    page = reception.submit(page, "lost", follow=True)
    assert "2件を移しました" in page.text
    assert "枠がなくなった予約はありません" in page.text
    with app.app_context():
        live = db.session.execute(
            select(Booking.adviser_id, Booking.starts_at).where(Booking.state == BookingState.BOOKED)
        ).all()
        kinds = db.session.scalars(select(Notice.kind)).all()
    assert sorted((row.adviser_id, row.starts_at) for row in live) == sorted(
        [(colleague, at(10)), (colleague, at(11)), (adviser, at(10, day=DAY + WEEK))]
    )
    assert kinds.count("booking_moved") == 2
    page = reception.get("/helpdesk/off")
    assert "この休みの枠が、また予約できるようになります。" in page.text
    page = reception.submit(page, "休みをけす", follow=True)
    assert "これからの休みは、入っていません" in page.text


@pytest.mark.usefixtures("context")
def test_an_application_loses_its_slot_to_a_class_that_has_the_adviser_or_the_room() -> None:
    make_reference()
    adviser, colleague = make_adviser("keiko"), make_adviser("taro")
    desk = make_desk(adviser, closes=11, room_id=room_of().id)
    other = make_desk(colleague, name="もうひとつの窓口", closes=11)
    make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
    for one in (desk, other):
        applied(one, replace(HANA, birth_year=1950))  # reception is to ask whether she is the same
    assert lost_slots(clock.now()) == []
    make_run(meeting_at(DAY, 10, room_id=room_of().id, staff=[colleague]))
    assert [one.reason.partition("（")[0] for one in lost_slots(clock.now())] == [
        f"{room_of().name}：電源の入れ方・ボタン操作",
        "taroさん：電源の入れ方・ボタン操作",
    ]


@pytest.mark.usefixtures("context")
def test_who_is_elsewhere_at_the_other_time_keeps_what_they_had() -> None:
    make_reference()
    adviser = make_adviser("keiko")
    desk = make_desk(adviser)
    learner = make_learner()
    booking = book(desk, adviser, learner, at(10)).booking_id
    enrol(make_run(meeting_at(DAY, 11)), learner)
    with transaction():
        told = move_lost([(booking, Wanted(desk, adviser, at(11)))], actor=SYSTEM, now=clock.now())
    assert (told.moved, [refused for refused, _why in told.refused]) == (0, [booking])
    assert db.session.execute(select(Booking.id, Booking.state)).all() == [(booking, BookingState.BOOKED)]
