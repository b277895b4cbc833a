"""The published rule of the draw, as pure functions: docs/lottery.md says the same in words.

Whoever has the seed and the list draws again what was drawn: every step is exact, on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Final, NamedTuple

#: Raised whenever a change to this file would draw another order of the same list.
VERSION: Final = 1
#: Decimal's logarithm is rounded correctly, so that its digits are the same everywhere; those of a float are not.
_EXACT: Final = Context(prec=20)
_BITS: Final = 64


class Weighing(NamedTuple):
    """What the office has decided: by how much each lost draw counts, up to how many, and a first class."""

    loss_factor: int
    losses_most: int
    newcomer_factor: int


class Ticket(NamedTuple):
    """One entry in the draw: one person, or two who come together. No name is on it."""

    number: int
    people: int
    losses: int
    newcomer: bool
    weight: int


class Placed(NamedTuple):
    """What the draw made of a ticket: its place in the order, counted from 1, and whether it has its seats."""

    place: int
    number: int
    seated: bool


class BadList(Exception):
    """The text is no list that this rule wrote."""


def weight_of(losses: int, *, newcomer: bool, weighing: Weighing) -> int:
    """How many times as likely as another the entry is to come first."""
    weight: int = weighing.loss_factor ** min(losses, weighing.losses_most)
    return weight * (weighing.newcomer_factor if newcomer else 1)


def written(tickets: Sequence[Ticket], seats: int, weighing: Weighing) -> str:
    """The list as it is stored and hashed: how many seats, the factors, and a line for each ticket by its number."""
    head = [f"rule {VERSION}", f"seats {seats}", "factors " + " ".join(map(str, weighing))]
    rows = (f"{one.number} {one.people} {one.losses} {int(one.newcomer)} {one.weight}" for one in sorted(tickets))
    return "\n".join([*head, *rows]) + "\n"


def read(text: str) -> tuple[list[Ticket], int, Weighing]:
    """What `written` wrote. Raises BadList, also for a weight that does not follow from the rule."""
    try:
        rule, seats, factors, *rows = text.splitlines()
        if rule != f"rule {VERSION}":
            raise BadList(f"this program knows rule {VERSION}, the list says: {rule}")
        weighing = Weighing(*map(int, factors.removeprefix("factors ").split()))
        tickets = [_ticket(row) for row in rows]
        count = int(seats.removeprefix("seats "))
    except (ValueError, TypeError) as error:
        raise BadList("this is no list of a draw") from error
    for one in tickets:
        if one.weight != weight_of(one.losses, newcomer=one.newcomer, weighing=weighing):
            raise BadList(f"entry {one.number} does not have the weight that the rule gives it")
    return tickets, count, weighing


def _ticket(row: str) -> Ticket:
    number, people, losses, newcomer, weight = map(int, row.split())
    return Ticket(number, people, losses, bool(newcomer), weight)


def hash_of(text: str) -> str:
    """SHA-256 of the list, by which it is known to be unchanged."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw(seed: str, tickets: Iterable[Ticket], seats: int) -> list[Placed]:
    """Every ticket in drawn order, and whether it has seats.

    The order is Efraimidis and Spirakis': u^(1/weight), the greatest first, where u comes of the seed and the number.
    Seats are given in this order; two who come together have both or none: where one seat is left it goes to the next
    who is alone, and the two stay in front of the line.
    """
    placed = []
    for place, one in enumerate(sorted(tickets, key=lambda ticket: _waits(seed, ticket)), start=1):
        seated = one.people <= seats
        seats -= one.people if seated else 0
        placed.append(Placed(place, one.number, seated))
    return placed


def _waits(seed: str, ticket: Ticket) -> tuple[Decimal, int]:
    """-ln(u) / weight: smallest where u^(1/weight) is greatest. Of two alike, which will not be, the lower number."""
    digest = hashlib.sha256(f"{seed}:{ticket.number}".encode()).digest()
    bits = int.from_bytes(digest[: _BITS // 8], "big")
    u = _EXACT.divide(Decimal(2 * bits + 1), Decimal(2 ** (_BITS + 1)))
    return _EXACT.divide(-_EXACT.ln(u), Decimal(ticket.weight)), ticket.number


def result_of(placed: Iterable[Placed]) -> str:
    """The outcome as it is stored: a line for each place, with the number and whether it has seats."""
    return "".join(f"{one.place} {one.number} {int(one.seated)}\n" for one in placed)


def read_result(text: str) -> Iterator[Placed]:
    """What `result_of` wrote."""
    for line in text.splitlines():
        place, number, seated = map(int, line.split())
        yield Placed(place, number, bool(seated))
