"""A slot that is kept while one talks: nobody else's for five minutes, everybody's afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots, slot_at
from supportdesk.helpdesk.errors import SlotKept, SlotTaken
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.holds.operations import end_hold, hold_slot, hold_while_talking, talking
from supportdesk.helpdesk.operations import move_booking
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.jobs import end_holds
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, make_adviser, make_desk

ONE, OTHER = (Actor(account_id=number, person_id=None, name="") for number in (101, 102))
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def hands(clock: Clock) -> Clock:
    return clock


@pytest.fixture
def adviser(context: None) -> int:
    make_reference()
    return make_adviser()


@pytest.fixture
def desk(adviser: int) -> int:
    return make_desk(adviser)


def hold(desk: int, adviser: int, hour: int = 10, actor: Actor = ONE) -> None:
    with transaction():
        hold_while_talking(desk, adviser, at(hour), actor=actor, now=clock.now())


def holds() -> int:
    return db.session.query(SlotHold).count()


def free(desk: int, owner: str = "") -> list[int]:
    return [clock.local(slot.starts_at).hour for slot in free_slots(DAY, DAY, after=clock.now(), owner=owner)]


def test_nobody_else_can_book_or_keep_it_and_no_list_offers_it(desk: int, adviser: int) -> None:
    hold(desk, adviser)
    assert free(desk) == [11]
    with pytest.raises(SlotKept) as refused:
        book(desk, adviser, make_learner(), owner=talking(OTHER))
    assert "10:05まで、ほかの方に案内しています" in str(refused.value.message)
    with pytest.raises(SlotKept):
        hold(desk, adviser, actor=OTHER)
    moving = book(desk, adviser, make_learner(), at(11))
    with transaction(), pytest.raises(SlotKept):
        move_booking(moving.booking_id, desk, adviser, at(10), actor=OTHER, now=clock.now())
    seen = slot_at(desk, adviser, at(10))
    assert seen is not None and (seen.in_the_way, seen.kept_until) == ("ほかの方に案内しています", None)


def test_whoever_keeps_it_sees_and_books_it_and_the_hold_is_over(desk: int, adviser: int) -> None:
    hold(desk, adviser)
    assert free(desk, talking(ONE)) == [10, 11]
    seen = slot_at(desk, adviser, at(10), owner=talking(ONE))
    assert seen is not None and (seen.in_the_way, seen.kept_until) == ("", clock.now() + timedelta(minutes=5))
    book(desk, adviser, make_learner(), owner=talking(ONE))
    assert holds() == 0


def test_after_five_minutes_it_is_everybodys_again(desk: int, adviser: int, hands: Clock) -> None:
    hold(desk, adviser)
    hands.advance(minutes=5)
    assert free(desk) == [10, 11]
    book(desk, adviser, make_learner(), owner=talking(OTHER))
    assert holds() == 0


def test_an_account_keeps_one_slot_and_may_keep_the_same_again(desk: int, adviser: int, hands: Clock) -> None:
    hold(desk, adviser)
    hands.advance(minutes=4)
    hold(desk, adviser)
    hands.advance(minutes=4)
    assert free(desk) == [11]
    hold(desk, adviser, 11)
    assert free(desk) == [10]
    assert holds() == 1


def test_what_is_booked_cannot_be_kept(desk: int, adviser: int) -> None:
    book(desk, adviser, make_learner())
    with pytest.raises(SlotTaken):
        hold(desk, adviser)
    assert holds() == 0


def test_it_is_let_go_by_hand_and_forgotten_ones_by_the_worker(desk: int, adviser: int, hands: Clock) -> None:
    hold(desk, adviser)
    with transaction():
        assert end_hold(talking(ONE)) == Wanted(desk, adviser, at(10))
        assert end_hold(talking(ONE)) is None
        hold_slot(desk, adviser, at(10), owner="offer:1", until=None, now=clock.now())
    hold(desk, adviser, 11)
    hands.advance(minutes=5)
    assert end_holds(clock.now()) == 1
    assert end_holds(clock.now()) == 0
    assert free(desk) == [11]
