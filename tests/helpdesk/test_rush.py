"""Many at once for one slot: one has it, the others are told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.giving import Booked
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.office import MOST_OPEN, SET_ASIDE_SHARE
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.places.models import OccupancyCell
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import at, book, let_everybody_book, make_adviser, make_desk
from tests.racing import race, race_in_rounds

ROUNDS = 3


def _told(act: Callable[[], Any]) -> Callable[[], Any]:
    """A refusal is an answer; anything else that is raised is not."""

    def attempt() -> Any:
        try:
            return act()
        except DeskError as refusal:
            return type(refusal).__name__

    return attempt


def _booker(desk: int, adviser: int, learner: int, hour: int = 10) -> Callable[[], Any]:
    return _told(lambda: book(desk, adviser, learner, at(hour)))


def _mover(booking_id: int, desk: int, adviser: int, hour: int) -> Callable[[], Any]:
    def move() -> str:
        with transaction():
            move_booking(booking_id, desk, adviser, at(hour), actor=SYSTEM, now=clock.now())
        return "moved"

    return _told(move)


def _canceller(booking_id: int) -> Callable[[], Any]:
    def cancel() -> str:
        with transaction():
            cancel_booking(booking_id, actor=SYSTEM, now=clock.now())
        return "cancelled"

    return _told(cancel)


def _parted(app: Flask) -> None:
    """The children must not inherit a session with a connection in it."""
    with app.app_context():
        db.session.remove()


def _cells_of_live_bookings(app: Flask) -> None:
    """Every live booking has its quarter hours twice over, for adviser and learner; nothing else has any."""
    with app.app_context():
        live = db.session.scalars(select(Booking.id).where(Booking.state == BookingState.BOOKED)).all()
        cells = db.session.scalars(select(OccupancyCell.activity)).all()
        assert sorted(cells) == sorted(f"booking:{booking_id}" for booking_id in live for _ in range(8))
        db.session.remove()


def test_twenty_for_one_slot_make_one_booking(app: Flask) -> None:
    with app.app_context():
        make_reference()
        let_everybody_book()
        adviser = make_adviser()
        desk = make_desk(adviser, opens=9, closes=9 + ROUNDS)
        learners = [make_learner() for _ in range(20)]
    _parted(app)
    rounds = [[_booker(desk, adviser, learner, hour) for learner in learners] for hour in range(9, 9 + ROUNDS)]
    for outcomes in race_in_rounds(app, rounds):
        assert sum(isinstance(one, Booked) for one in outcomes) == 1, outcomes
        assert outcomes.count("SlotTaken") == 19, outcomes
    _cells_of_live_bookings(app)


def test_a_slot_given_up_and_wanted_at_once_is_never_had_twice(app: Flask) -> None:
    with app.app_context():
        make_reference()
        adviser = make_adviser()
        desk = make_desk(adviser)
        first, learners = book(desk, adviser, make_learner()), [make_learner() for _ in range(8)]
    _parted(app)
    outcomes = race(app, [_canceller(first.booking_id), *(_booker(desk, adviser, learner) for learner in learners)])
    assert outcomes[0] == "cancelled"
    made = sum(isinstance(one, Booked) for one in outcomes)
    assert made <= 1, outcomes
    assert outcomes.count("SlotTaken") == 8 - made, outcomes
    _cells_of_live_bookings(app)


def test_two_who_change_places_at_once_wait_for_no_one_for_ever(app: Flask) -> None:
    with app.app_context():
        make_reference()
        one, other = make_adviser("one"), make_adviser("other")
        here, there = make_desk(one, name="こちら"), make_desk(other, name="あちら")
        left, right = book(here, one, make_learner()), book(there, other, make_learner())
    for _round in range(ROUNDS):
        _parted(app)
        outcomes = race(app, [_mover(left.booking_id, there, other, 10), _mover(right.booking_id, here, one, 10)])
        assert outcomes == ["SlotTaken", "SlotTaken"]
    _cells_of_live_bookings(app)


def test_at_many_desks_at_once_nobody_is_booked_beyond_what_one_may_have(app: Flask) -> None:
    with app.app_context():
        make_reference()
        with transaction() as session:
            session.add(OfficeSetting(name=SET_ASIDE_SHARE.name, value="0"))
            session.add(OfficeSetting(name=MOST_OPEN.name, value="1"))
        advisers = [make_adviser(f"adviser{number}") for number in range(4)]
        desks = [make_desk(adviser, name=f"窓口{adviser}", opens=9, closes=17) for adviser in advisers]
        learner = make_learner()
    _parted(app)
    calls = zip(desks, advisers, range(9, 13), strict=True)
    outcomes = race(app, [_booker(desk, adviser, learner, hour) for desk, adviser, hour in calls])
    assert sum(isinstance(one, Booked) for one in outcomes) == 1, outcomes
    assert outcomes.count("TooManyBooked") == 3, outcomes
    _cells_of_live_bookings(app)


def test_one_learner_at_two_desks_at_once_is_at_one(app: Flask) -> None:
    with app.app_context():
        make_reference()
        let_everybody_book()
        advisers = [make_adviser(f"adviser{number}") for number in range(4)]
        desks = [make_desk(adviser, name=f"窓口{adviser}") for adviser in advisers]
        learner = make_learner()
    _parted(app)
    outcomes = race(app, [_booker(desk, adviser, learner) for desk, adviser in zip(desks, advisers, strict=True)])
    assert sum(isinstance(one, Booked) for one in outcomes) == 1, outcomes
    assert outcomes.count("LearnerClash") == 3, outcomes
    _cells_of_live_bookings(app)
