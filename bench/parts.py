"""What is measured: the schedule, an enrolment, and what one receptionist waits for at the desk."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from bench.filling import PASSWORD, SEATS, USERNAME
from bench.load import Callers, Contestant, address_of, ratios, request_for, send
from bench.stage import Stage
from supportdesk.core.codes import new_token
from tests.callers import HttpCaller

ROUNDS = 12
SECONDS_A_BATCH = 0.4


@dataclass(frozen=True)
class Ratio:
    """The desk's speed where the yardstick's is 1; `wanted` is the least that we promise."""

    what: str
    desk: Contestant
    bare: Contestant
    wanted: float | None

    @property
    def each(self) -> list[float]:
        """Of every round."""
        return ratios(self.desk, self.bare)

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.each)


@dataclass(frozen=True)
class Waiting:
    """How many milliseconds somebody waited, each time."""

    what: str
    each: list[float]

    @property
    def median(self) -> float:
        """Half of the times waited less."""
        return median(self.each)

    @property
    def nearly_all(self) -> float:
        """95 of 100 waited no longer."""
        return quantiles(self.each, n=20)[-1]


def schedule(stage: Stage, callers: Callers) -> list[Ratio]:
    """The public schedule beside the same page and beside a table of five columns."""
    numbers = itertools.count()

    def same(url: str, path: str) -> Callable[[int], list[bytes]]:
        return lambda size: [request_for(url, path)] * size

    def never_drawn(size: int) -> list[bytes]:
        return [request_for(stage.desk.url, f"/schedule?never={next(numbers)}") for _ in range(size)]

    desk = Contestant("the schedule", stage.desk.url, 200, same(stage.desk.url, "/schedule"))
    drawn = Contestant("the schedule, drawn anew each time", stage.desk.url, 200, never_drawn)
    page = Contestant("bare page", stage.bare.url, 200, same(stage.bare.url, "/schedule"))
    table = Contestant("bare table", stage.bare.url, 200, same(stage.bare.url, "/table"))
    callers.compete([desk, page, table, drawn], rounds=ROUNDS, seconds=SECONDS_A_BATCH)
    return [
        Ratio("schedule / bare page of the same HTML", desk, page, 0.75),
        Ratio("schedule / bare table of five columns", desk, table, 0.30),
        Ratio("schedule drawn anew each time / bare page", drawn, page, None),
    ]


def enrolment(stage: Stage, callers: Callers) -> list[Ratio]:
    """An enrolment from POST to redirect, by somebody who is logged in, in classes that have seats."""
    desk, bare, usual = (
        Contestant(name, site.url, 303, enrolments(stage, site.url))
        for name, site in (("the desk", stage.desk), ("bare", stage.bare), ("usual", stage.usual))
    )
    callers.compete([desk, bare, usual], rounds=ROUNDS, seconds=SECONDS_A_BATCH, most=len(stage.runs) * SEATS)
    return [
        Ratio("enrolment / the same bare view, Flask-SQLAlchemy", desk, usual, 0.60),
        Ratio("enrolment / the bare view on the driver alone", desk, bare, None),
    ]


def enrolments(stage: Stage, url: str) -> Callable[[int], list[bytes]]:
    """Gives so many requests, as the page's form makes them: a seat for each learner, in one class after another.

    An empty list when all seats are given.
    """
    caller = HttpCaller(url)
    caller.sign_in(USERNAME, PASSWORD)
    typed = caller.fields(f"/classes/{stage.runs[0]}/enrol?learner=1", "enrol")
    places = iter([(run_id, learner) for learner, run_id in enumerate(stage.runs * SEATS, start=1)])

    def take(size: int) -> list[bytes]:
        return [
            request_for(
                url,
                f"/classes/{run_id}/enrol",
                cookies=caller.cookies,
                fields={**typed, "learner": str(learner), "one_time_token": new_token()},
            )
            for run_id, learner in itertools.islice(places, size)
        ]

    return take


TIMES = 60


def waiting(stage: Stage) -> list[Waiting]:
    """What reception waits for beside its searches (bench/searching.py), one at a time."""
    caller = HttpCaller(stage.desk.url)
    caller.sign_in(USERNAME, PASSWORD)
    desk = [request_for(stage.desk.url, "/desk", cookies=caller.cookies)] * TIMES
    return [Waiting("the desk's whole page", list(_answers(stage.desk.url, desk)))]


def _answers(url: str, requests: Sequence[bytes]) -> Iterator[float]:
    address = address_of(url)
    for request in requests:
        begun = time.perf_counter()
        answer = send(address, request)
        took = time.perf_counter() - begun
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(answer[:600].decode(errors="replace"))
        yield 1000 * took
