"""Nobody who keeps a desk, the line, a learner or an hour waits in a ring: all of them are locked in one order."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from supportdesk.classes.day_changes.operations import Wanted as MeetingWanted
from supportdesk.classes.day_changes.operations import change_day
from supportdesk.classes.planning import plan_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk import operations
from supportdesk.helpdesk.desks import lost
from supportdesk.helpdesk.desks import operations as desks
from supportdesk.helpdesk.desks.operations import Particulars, change_desk
from supportdesk.helpdesk.operations import book_consultation, cancel_booking, move_booking
from supportdesk.helpdesk.repeating import operations as repeating
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.operations import Place, leave_line, wait_again, wait_for_slot
from supportdesk.learners.merging.operations import merge_learners
from supportdesk.learners.queries import particulars_of
from supportdesk.places import occupancy
from tests.classes.making import enrol, make_run, meeting_at, meeting_of, room_of, run_plan
from tests.factories import make_learner
from tests.helpdesk.making import DAY, at, book, let_everybody_book, make_adviser, make_desk, venue_of
from tests.helpdesk.waiting.making import free, wait
from tests.racing import race

#: SQLite lets one transaction write at a time.
pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.only_on("postgresql")]
WEEK = timedelta(weeks=1)
#: Seconds within which the others come to where they would wait.
_PAUSE = 0.5


def later(
    pauses: float, act: Callable[..., object], *arguments: Any, held: float = 0, **named: Any
) -> Callable[[], str]:
    """Act after so many pauses, and commit `held` pauses later: "done", or what went wrong."""

    def attempt() -> str:
        time.sleep(pauses * _PAUSE)
        try:
            with transaction():
                act(*arguments, actor=SYSTEM, now=clock.now(), **named)
                time.sleep(held * _PAUSE)
        except DeskError as refusal:
            return type(refusal).__name__
        return "done"

    return attempt


def slowly(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, first: bool) -> None:
    """Let the module's function take two pauses longer, before it begins (`first`) or after."""
    act = getattr(module, name)

    def slow(*arguments: Any, **named: Any) -> Any:
        if first:
            time.sleep(2 * _PAUSE)
        result = act(*arguments, **named)
        if not first:
            time.sleep(2 * _PAUSE)
        return result

    monkeypatch.setattr(module, name, slow)


def make_desks(number: int, room_id: int | None = None) -> list[tuple[int, int]]:
    """Desks, each with an adviser of its own, who sit in this room, if any."""
    let_everybody_book()
    advisers = [make_adviser(f"adviser{one}") for one in range(number)]
    return [
        (make_desk(adviser, name=f"窓口{place}", room_id=room_id), adviser) for place, adviser in enumerate(advisers)
    ]


def test_in_the_line_to_which_somebody_comes_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        ((desk, adviser),) = make_desks(1)
        first, second, third = make_learner(), make_learner(), make_learner()
        wish = wait(first)
        wait(second)
        with transaction():
            leave_line(wish, actor=SYSTEM, now=clock.now())
        db.session.remove()
    slowly(monkeypatch, operations, "demand_fair", first=True)
    outcomes = race(
        app,
        [
            later(0, wait_again, wish, held=2),
            later(0.5, book_consultation, desk, adviser, at(10), second),
            later(2.5, wait_for_slot, third, Place()),
        ],
    )
    assert outcomes == ["done"] * 3


def test_between_the_line_and_an_hour(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A booking moves whose learner begins to wait meanwhile, and is booked a second time for the same hour."""
    with app.app_context():
        (desk, adviser), to, other = make_desks(3)
        learner = make_learner()
        booking = book(desk, adviser, learner, at(11)).booking_id
        db.session.remove()
    slowly(monkeypatch, operations, "_hand_on", first=True)
    outcomes = race(
        app,
        [
            later(0, move_booking, booking, *to, at(10)),
            later(0.5, wait_for_slot, learner, Place()),
            later(1, book_consultation, *other, at(10), learner, clash_reason="よい"),
        ],
    )
    assert outcomes == ["done"] * 3


def test_between_the_hours_of_two_desks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bookings that lost their slot move, while another one of the same learner is repeated on the same days."""
    with app.app_context():
        (one, adviser), other = make_desks(2)
        learner = make_learner()
        moved = [book(one, adviser, learner, at(11, day=DAY + week)).booking_id for week in (0 * WEEK, WEEK)]
        kept = book(*other, learner, at(10)).booking_id
        db.session.remove()
    slowly(monkeypatch, lost, "move_booking", first=False)
    slowly(monkeypatch, repeating, "book_consultation", first=False)
    moves = [
        (booking, Wanted(one, adviser, at(10, day=DAY + week)))
        for booking, week in zip(moved, (2 * WEEK, WEEK), strict=True)
    ]
    outcomes = race(
        app,
        [
            later(0, lost.move_lost, moves),
            later(0.5, repeating.repeat_booking, kept, weeks=1, times=3),
        ],
    )
    assert outcomes == ["done"] * 2


def test_between_desks_of_which_one_holds_a_slot_for_the_learner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        first, second, third = make_desks(3)
        learner = make_learner()
        freed = book(*first, make_learner(), at(11)).booking_id
        wait(learner, first[0])
        free(freed)
        to_move = book(*second, learner, at(10)).booking_id
        another = book(*first, make_learner(), at(10)).booking_id
        db.session.remove()
    slowly(monkeypatch, lost, "move_booking", first=True)
    outcomes = race(
        app,
        [
            later(0, lost.move_lost, [(to_move, Wanted(*third, at(10)))]),
            later(0.5, move_booking, another, *second, at(11)),
        ],
    )
    assert outcomes == ["done"] * 2


def test_between_the_line_and_a_room_into_which_a_desk_moves(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class has the room when a slot of the desk is offered; at another time a desk takes it that sits there."""
    with app.app_context():
        room = room_of().id
        ((there, adviser),) = make_desks(1, room)
        keiko = make_adviser("keiko")
        desk = make_desk(keiko, name="うつる窓口")
        book(desk, keiko, make_learner(), at(10))
        freed = book(desk, keiko, make_learner(), at(11)).booking_id
        wait(make_learner(), desk)
        with transaction():
            cancel_booking(freed, actor=SYSTEM, now=clock.now())
        moves = book(there, adviser, make_learner(), at(10, day=DAY + WEEK)).booking_id
        make_run(meeting_at(DAY, 11, room_id=room))
        particulars = Particulars("うつる窓口", venue_of(), room_id=room)
        db.session.remove()
    slowly(monkeypatch, desks, "recall_offers", first=True)
    outcomes = race(
        app,
        [later(0, change_desk, desk, particulars), later(1, move_booking, moves, there, adviser, at(10))],
    )
    assert outcomes == ["done", "SlotTaken"]


def test_between_a_room_and_somebody_who_comes_to_both_all_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class moves to an hour that one of it has given away already, while they are booked then in its room."""
    with app.app_context():
        room, learner = room_of().id, make_learner()
        ((desk, adviser),) = make_desks(1, room)
        enrol(make_run(meeting_at(DAY, 10)), learner)
        run = make_run(meeting_at(DAY, 13, room_id=room))
        enrol(run, learner)
        meeting = MeetingWanted(meeting_of(run), (at(10), at(11)))
        db.session.remove()
    slowly(monkeypatch, occupancy, "take_again", first=True)
    outcomes = race(
        app,
        [
            later(0, change_day, DAY, [meeting], reason="大雪"),
            later(1, book_consultation, desk, adviser, at(10), learner, clash_reason="よい"),
        ],
    )
    assert outcomes == ["done", "SlotTaken"]


def test_between_a_class_and_several_bookings_in_its_room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bookings that lost their slot move to the hours of a class in the order in which they were made."""
    with app.app_context():
        room = room_of().id
        ((desk, adviser),) = make_desks(1, room)
        days = (DAY, DAY + WEEK)
        moves = [
            (book(desk, adviser, make_learner(), at(11, day=day)).booking_id, Wanted(desk, adviser, at(10, day=other)))
            for day, other in zip(days, reversed(days), strict=True)
        ]
        plan = run_plan(*(meeting_at(day, 10, room_id=room) for day in days))
        db.session.remove()
    slowly(monkeypatch, lost, "move_booking", first=False)
    outcomes = race(app, [later(0, lost.move_lost, moves), later(1, plan_run, plan)])
    assert outcomes == ["done", "Occupied"]


def test_between_a_class_of_two_days_and_a_booking_that_is_repeated(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the first day the class has the desk's room, on the second its adviser teaches."""
    with app.app_context():
        room = room_of().id
        ((desk, adviser),) = make_desks(1, room)
        booking = book(desk, adviser, make_learner(), at(10, day=DAY - WEEK)).booking_id
        plan = run_plan(meeting_at(DAY, 10, room_id=room), meeting_at(DAY + WEEK, 10, staff=[adviser]))
        db.session.remove()
    slowly(monkeypatch, repeating, "book_consultation", first=False)
    outcomes = race(
        app,
        [later(0, repeating.repeat_booking, booking, weeks=1, times=3), later(1, plan_run, plan)],
    )
    assert outcomes == ["done", "Occupied"]


def test_between_a_booking_and_the_line_of_those_who_are_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records become one while a booking of theirs is cancelled."""
    with app.app_context():
        ((desk, adviser),) = make_desks(1)
        gone, kept = make_learner(), make_learner()
        booking = book(desk, adviser, gone, at(10)).booking_id
        chosen = particulars_of(kept)
        db.session.remove()
    slowly(monkeypatch, operations, "lock_line", first=True)
    outcomes = race(app, [later(0, cancel_booking, booking), later(1, merge_learners, gone, kept, chosen)])
    assert outcomes == ["done"] * 2
