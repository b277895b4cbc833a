"""The rule of the line: bookings from their time on, then numbers; who comes back stands where they stood."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pytest

from supportdesk.helpdesk.queue.order import in_order, next_for, wait_about
from tests.helpdesk.making import at


class One(NamedTuple):
    number: int
    booked_at: datetime | None = None
    booked_with: int | None = None


def numbers(waiting: list[One], now: datetime) -> list[int]:
    return [one.number for one in in_order(waiting, now)]


def test_a_booking_goes_first_from_its_time_on_and_not_before() -> None:
    line = [One(3), One(1), One(4, at(10, 30), 7), One(5, at(10), 8), One(2)]
    assert numbers(line, at(9, 59)) == [1, 2, 3, 4, 5]
    assert numbers(line, at(10)) == [5, 1, 2, 3, 4]
    assert numbers(line, at(10, 30)) == [5, 4, 1, 2, 3]


def test_two_who_are_booked_for_one_time_go_by_number() -> None:
    assert numbers([One(9, at(10), 1), One(6, at(10), 2), One(1)], at(10, 5)) == [6, 9, 1]


def test_an_adviser_calls_nobody_who_is_booked_with_another() -> None:
    line = [One(1, at(10), 7), One(2)]
    assert next_for(line, 7, at(10)) == line[0]
    assert next_for(line, 8, at(10)) == line[1]
    assert next_for(line[:1], 8, at(10)) is None
    assert next_for([], 8, at(10)) is None


@pytest.mark.parametrize(
    ("before", "advisers", "minutes", "about"),
    [(0, 1, 20, 0), (1, 1, 20, 20), (3, 2, 20, 30), (1, 3, 20, 10), (2, 0, 20, 40), (1, 1, 7, 10)],
)
def test_the_wait_is_told_in_steps_of_five_minutes(before: int, advisers: int, minutes: int, about: int) -> None:
    assert wait_about(before, advisers, minutes) == about


def test_who_is_booked_waits_no_longer_than_until_their_time() -> None:
    assert [wait_about(before, 1, 20, at_most=45) for before in (2, 4)] == [40, 45]
