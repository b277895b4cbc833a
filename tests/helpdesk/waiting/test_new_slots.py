"""Slots that there were not before, whatever brought them, are offered to those who wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Unpack

import pytest
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.desks.time_off import Days, end_time_off, let_adviser_off
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.waiting import jobs
from supportdesk.helpdesk.waiting.models import SlotWish
from supportdesk.notices.offers import Answer
from supportdesk.places import occupancy
from supportdesk.places.models import Closure
from tests.classes.making import make_run, meeting_at, room_of
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import (
    DAY,
    KeptDays,
    at,
    book,
    close_venue,
    keep,
    let_everybody_book,
    make_adviser,
    make_desk,
)
from tests.helpdesk.waiting.making import ASKED, WAITS, answer, free, line, wait
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context", "city")
#: The first Thursday on which a desk sits, and the last that is shown on the tests' day.
FIRST_DAY, LAST_DAY = date(2026, 11, 26), date(2026, 12, 17)


def offer() -> int:
    """What the worker does."""
    db.session.rollback()
    return jobs.offer(desk_clock.now())


def offered() -> list[datetime]:
    """When the slots begin that are held for those who wait, in their order."""
    db.session.rollback()
    held = select(SlotWish.offered_at).where(SlotWish.state == ASKED).order_by(SlotWish.id)
    return [when for when in db.session.scalars(held) if when]


def more_hours(desk: int, closes: int = 11, **days: Unpack[KeptDays]) -> None:
    """A second adviser keeps the desk."""
    keiko = make_adviser("keiko")
    with transaction():
        keep(desk, keiko, closes=closes, **days)


def give_up(booking_id: int) -> None:
    """The slot is free, and nobody is asked yet."""
    with transaction() as session:
        booking = session.get_one(Booking, booking_id)
        booking.state, booking.cancelled_at = BookingState.CANCELLED, desk_clock.now()
        occupancy.release(f"booking:{booking_id}")


@pytest.fixture
def full(adviser: int) -> int:
    """A desk with one slot a week, all of which somebody has as far as they are shown."""
    let_everybody_book()
    desk = make_desk(adviser, closes=11, room_id=room_of().id)
    busy = make_learner()
    for week in range(4):
        book(desk, adviser, busy, at(10, day=FIRST_DAY + timedelta(weeks=week)))
    return desk


class TestWhateverBroughtThem:
    def test_hours_in_the_order_of_the_line(self, full: int) -> None:
        for weekdays in ((), {0}, {3}):
            wait(make_learner(), full, weekdays=weekdays)
        more_hours(full, closes=12)
        assert offer() == 2
        assert line() == [ASKED, WAITS, ASKED]
        assert offered() == [at(10, day=FIRST_DAY), at(11, day=FIRST_DAY)]

    def test_somebody_who_is_not_off_any_more(self, adviser: int) -> None:
        desk = make_desk(adviser, closes=11)
        with transaction():
            off = let_adviser_off(adviser, Days(FIRST_DAY, LAST_DAY, "研修"), actor=SYSTEM, now=desk_clock.now())
        wait(make_learner(), desk)
        assert offer() == 0
        with transaction():
            end_time_off(off, actor=SYSTEM, now=desk_clock.now())
        assert offer() == 1
        assert offered() == [at(10, day=FIRST_DAY)]

    @pytest.mark.parametrize("what", ["adviser", "room", "leave", "closure"])
    def test_what_no_desk_is_told_of(self, adviser: int, what: str) -> None:
        desk = make_desk(adviser, closes=11, room_id=room_of().id)
        run = None
        with transaction() as session:
            session.get_one(Account, adviser).leave_from = FIRST_DAY
            session.get_one(Account, adviser).leave_until = LAST_DAY if what == "leave" else FIRST_DAY
        for week in (1, 2, 3):
            day = FIRST_DAY + timedelta(weeks=week)
            if what == "closure":
                close_venue(day)
            elif what != "leave":
                staff = [adviser] if what == "adviser" else []
                run = make_run(meeting_at(day, 10, room_id=None if staff else room_of().id, staff=staff))
        wait(make_learner(), desk)
        assert offer() == 0
        with transaction() as session:
            if what == "leave":
                session.get_one(Account, adviser).leave_until = DAY
            elif what == "closure":
                session.delete(session.scalars(select(Closure).order_by(Closure.id.desc())).first())
            else:
                assert run is not None
                cancel_run(run, actor=SYSTEM, now=desk_clock.now())
        assert offer() == 1
        assert len(offered()) == 1

    def test_a_day_that_is_shown_for_the_first_time(self, full: int, clock: Clock) -> None:
        wait(make_learner(), full)
        assert offer() == 0
        clock.set(at(0, day=FIRST_DAY))
        assert offer() == 1
        assert offered() == [at(10, day=LAST_DAY + timedelta(weeks=1))]


class TestWhatTheyCouldHaveHad:
    def test_is_not_offered_but_what_comes_sooner_is(self, full: int, adviser: int, clock: Clock) -> None:
        *_sooner, third, last = db.session.scalars(select(Booking.id).order_by(Booking.starts_at)).all()
        free(third)
        wait(make_learner(), full)
        assert offer() == 0, "it was free when they began to wait"
        give_up(last)
        assert offer() == 0, "it is later than what they passed up"
        more_hours(full, last_day=FIRST_DAY)
        assert offer() == 1
        assert offered() == [at(10, day=FIRST_DAY)]

    def test_goes_to_whoever_could_not(self, full: int, adviser: int) -> None:
        first, *_later = db.session.scalars(select(Booking.id).order_by(Booking.starts_at)).all()
        free(first)
        wait(make_learner(), full)
        again = book(full, adviser, make_learner(), at(10, day=FIRST_DAY)).booking_id
        wait(make_learner(), full)
        give_up(again)
        assert (offer(), line()) == (1, [WAITS, ASKED])

    def test_is_forgotten_when_it_is_past(self, full: int, adviser: int, clock: Clock) -> None:
        first, *_later = db.session.scalars(select(Booking.id).order_by(Booking.starts_at)).all()
        free(first)
        wait(make_learner(), full)
        clock.set(at(10, day=FIRST_DAY))
        more_hours(full, first_day=DAY, last_day=DAY)
        assert offer() == 1
        assert offered() == [at(10)]

    def test_nor_what_they_said_no_to_nor_anything_on_the_same_day(
        self, full: int, clock: Clock, queries: Callable[[], AbstractContextManager[Statements]]
    ) -> None:
        wait(make_learner(), full)
        more_hours(full, closes=14, first_day=LAST_DAY, last_day=LAST_DAY)
        for _day in range(5):  # with the first day that is shown meanwhile
            assert offer() == 1
            answer(Answer.DECLINE)
            assert offer() == 0, "they are not called twice on a day"
            clock.advance(hours=24)
        with queries() as seen:
            assert offer() == 0
        assert len(seen) <= 13, "which is seen without a lock"
        assert line() == [WAITS]

    def test_nor_what_begins_too_soon_to_be_asked_about(self, full: int, clock: Clock) -> None:
        wait(make_learner(), full)
        more_hours(full, last_day=FIRST_DAY)
        clock.set(at(8, day=FIRST_DAY))
        assert offer() == 1
        assert offered() == [at(10, day=LAST_DAY + timedelta(weeks=1))]


def test_without_anybody_who_waits_it_asks_one_thing(
    full: int, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with queries() as seen:
        assert offer() == 0
    assert len(seen) <= 1
