"""The published rule measured: how often which weight comes first, and what becomes of two before the last seat."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest

from supportdesk.classes.lottery.rule import (
    BadList,
    Ticket,
    Weighing,
    draw,
    hash_of,
    read,
    read_result,
    result_of,
    weight_of,
    written,
)

WEIGHING = Weighing(loss_factor=2, losses_most=3, newcomer_factor=2)
DRAWS = 2000


def ticket(number: int, *, people: int = 1, losses: int = 0, newcomer: bool = False) -> Ticket:
    return Ticket(number, people, losses, newcomer, weight_of(losses, newcomer=newcomer, weighing=WEIGHING))


#: Sixty entries, nine of them of two; some lost up to five times, a third have never come.
TICKETS = [
    ticket(
        number, people=2 if number % 7 == 3 else 1, losses=(0, 0, 1, 0, 2, 0, 5)[number % 7], newcomer=number % 3 == 0
    )
    for number in range(1, 61)
]


@pytest.mark.parametrize(
    ("losses", "newcomer", "weight"),
    [(0, False, 1), (1, False, 2), (3, False, 8), (9, False, 8), (0, True, 2), (2, True, 8)],
)
def test_the_weight_doubles_with_each_loss_up_to_three_and_for_a_first_class(
    losses: int, newcomer: bool, weight: int
) -> None:
    assert weight_of(losses, newcomer=newcomer, weighing=WEIGHING) == weight


def test_over_2000_draws_each_weight_comes_first_as_often_as_the_rule_says() -> None:
    """By the rule an entry comes first with the chance of its weight among all weights."""
    assert sum(one.people == 2 for one in TICKETS) == 9
    numbered = {one.number: one for one in TICKETS}
    first, entries = Counter[int](), Counter(one.weight for one in TICKETS)
    for number in range(DRAWS):
        first[numbered[draw(f"seed {number}", TICKETS, 20)[0].number].weight] += 1
    whole = sum(one.weight for one in TICKETS)
    for weight, count in sorted(entries.items()):
        chance = weight * count / whole
        error = sqrt(chance * (1 - chance) / DRAWS)
        measured = first[weight] / DRAWS
        assert abs(measured - chance) < 3 * error, f"weight {weight}: {measured:.4f} for {chance:.4f}"


def test_every_place_after_the_first_is_drawn_by_weight_among_those_who_are_left() -> None:
    """The second place, given who had the first: summed over who that was."""
    few = [ticket(1), ticket(2, losses=1), ticket(3, losses=2)]
    seconds = Counter(draw(f"few {number}", few, 1)[1].number for number in range(DRAWS))
    for one in few:
        chance = sum(other.weight / 7 * one.weight / (7 - other.weight) for other in few if other.number != one.number)
        assert abs(seconds[one.number] / DRAWS - chance) < 3 * sqrt(chance * (1 - chance) / DRAWS)


def test_the_same_seed_and_list_draw_the_same_and_another_seed_another() -> None:
    assert draw("a", TICKETS, 20) == draw("a", reversed(TICKETS), 20)
    assert draw("a", TICKETS, 20) != draw("b", TICKETS, 20)


def test_two_before_the_last_seat_go_on_waiting_in_front_and_the_next_alone_has_it() -> None:
    pairs = [ticket(number, people=2) for number in range(1, 5)]
    placed = draw("seed", [*pairs, ticket(5)], 3)
    people = {one.number: 1 if one.number == 5 else 2 for one in placed}
    seated = [one for one in placed if one.seated]
    assert sorted(people[one.number] for one in seated) == [1, 2]
    last = max(one.place for one in seated)
    passed = [one for one in placed if not one.seated and one.place < last]
    assert all(people[one.number] == 2 for one in passed), "nobody who is alone is passed over"


def test_no_order_gives_more_seats_than_there_are() -> None:
    people = {one.number: one.people for one in TICKETS}
    for number in range(50):
        placed = draw(str(number), TICKETS, 20)
        assert sum(people[one.number] for one in placed if one.seated) == 20
        assert [one.place for one in placed] == list(range(1, 61))


def test_the_list_and_the_outcome_are_read_as_they_were_written() -> None:
    text = written(TICKETS, 20, WEIGHING)
    assert read(text) == (TICKETS, 20, WEIGHING)
    placed = draw("seed", TICKETS, 20)
    assert list(read_result(result_of(placed))) == placed
    assert hash_of(text) != hash_of(text.replace("seats 20", "seats 21"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rule 2\nseats 1\nfactors 2 3 2\n",
        "rule 1\nseats 1\nfactors 2 3\n",
        "rule 1\nseats 1\nfactors 2 3 2\n1 1 0 0 5\n",
    ],
)
def test_a_list_that_the_rule_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(BadList):
        read(text)
