"""Nobody has too many, and a share of the slots waits for those who come first, until three days before."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.helpdesk.availability import free_slots
from supportdesk.helpdesk.errors import SlotSetAside, TooManyBooked
from supportdesk.helpdesk.fairness import SetAside
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.helpdesk.waiting.operations import Place, wait_for_slot
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, make_adviser, make_desk

WEEK = timedelta(weeks=1)


@given(st.sampled_from([1, 10, 20, 33, 50]), st.integers(1, 50), st.sampled_from([30, 60]))
def test_the_share_is_kept_and_evenly_spread(share: int, adviser_id: int, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    rule = SetAside(share, at(0))
    aside = [rule.has(adviser_id, at(0) + number * length, at(0) + (number + 1) * length) for number in range(100)]
    assert sum(aside) == share
    taken = [number for number, one in enumerate(aside) if one]
    gaps = {later - earlier for earlier, later in pairwise(taken)}
    assert max(gaps, default=0) - min(gaps, default=0) <= 1


def test_none_where_the_office_wants_none_or_the_day_is_near() -> None:
    assert not any(SetAside(0, at(0)).has(1, at(hour), at(hour + 1)) for hour in range(10))
    assert not any(
        SetAside(50, at(0, day=DAY + timedelta(days=1))).has(1, at(hour), at(hour + 1)) for hour in range(10)
    )


@pytest.mark.usefixtures("context")
class TestBooking:
    @pytest.fixture
    def slots(self, context: None) -> list[SlotRow]:
        make_reference()
        make_desk(make_adviser("keiko"), closes=16)
        return free_slots(DAY, DAY, after=clock.now())

    def test_who_came_before_waits_until_three_days_before(self, slots: list[SlotRow], clock: Clock) -> None:
        (aside, *_more), (free, *_others) = (
            [slot for slot in slots if slot.set_aside],
            [slot for slot in slots if not slot.set_aside],
        )
        newcomer, regular = make_learner(), make_learner()
        book(free.desk_id, free.adviser_id, regular, free.starts_at)
        with pytest.raises(SlotSetAside) as refused:
            book(aside.desk_id, aside.adviser_id, regular, aside.starts_at)
        assert "11月30日（月）まで" in str(refused.value.message)
        clock.set(at(9, day=DAY - timedelta(days=3)))
        booked = book(aside.desk_id, aside.adviser_id, regular, aside.starts_at)
        assert booked.code
        clock.set(at(9, day=DAY - timedelta(days=8)))
        next_week = [slot for slot in free_slots(DAY, DAY + WEEK, after=clock.set(at(9))) if slot.set_aside]
        book(next_week[0].desk_id, next_week[0].adviser_id, newcomer, next_week[0].starts_at)

    def test_who_waits_long_comes_first_too(self, slots: list[SlotRow], clock: Clock) -> None:
        aside = next(slot for slot in slots if slot.set_aside)
        free = next(slot for slot in slots if not slot.set_aside)
        regular = make_learner()
        book(free.desk_id, free.adviser_id, regular, free.starts_at)
        clock.set(at(9, day=DAY - timedelta(days=20)))
        with transaction():
            wait_for_slot(regular, Place(), actor=SYSTEM, now=clock.advance())
        clock.advance(days=13)
        with pytest.raises(SlotSetAside):
            book(aside.desk_id, aside.adviser_id, regular, aside.starts_at)
        clock.advance(days=1)
        assert book(aside.desk_id, aside.adviser_id, regular, aside.starts_at).code

    def test_four_to_come_are_enough(self, slots: list[SlotRow], clock: Clock) -> None:
        learner = make_learner()
        clock.set(at(9, day=DAY - timedelta(days=1)))
        for slot in slots[:4]:
            book(slot.desk_id, slot.adviser_id, learner, slot.starts_at)
        with pytest.raises(TooManyBooked):
            book(slots[4].desk_id, slots[4].adviser_id, learner, slots[4].starts_at)
        clock.set(slots[1].starts_at)
        book(slots[4].desk_id, slots[4].adviser_id, learner, slots[4].starts_at)
