"""The help desk: what it costs to find the slots of nine desks over ninety days, and to book one."""

from __future__ import annotations

import itertools
import time as clocks
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from bench.filling import ADVISERS, DAYS, DESKS, PASSWORD, SEATS, USERNAME
from bench.load import Callers, Contestant, address_of, request_for, send
from bench.parts import ROUNDS, SECONDS_A_BATCH, TIMES, Ratio, Waiting, enrolments
from bench.stage import Stage
from supportdesk.core import clock
from supportdesk.core.codes import new_token
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots
from tests.callers import HttpCaller


def consultation(stage: Stage, callers: Callers) -> list[Ratio]:
    """A consultation from POST to redirect, in slots that are free, beside the yardstick's enrolment."""
    desk = Contestant("a consultation", stage.desk.url, 303, consultations(stage))
    usual = Contestant("usual", stage.usual.url, 303, enrolments(stage, stage.usual.url))
    most = min(len(stage.slots), len(stage.runs) * SEATS)
    callers.compete([desk, usual], rounds=ROUNDS, seconds=SECONDS_A_BATCH, most=most)
    return [Ratio("consultation / the same bare view, Flask-SQLAlchemy", desk, usual, 0.60)]


def consultations(stage: Stage) -> Callable[[int], list[bytes]]:
    """Gives so many requests, as the page's form makes them: a slot for each learner."""
    caller = HttpCaller(stage.desk.url)
    caller.sign_in(USERNAME, PASSWORD)
    asked = urlencode({**stage.slots[0].address, "learner": "1"})
    typed = caller.fields(f"/helpdesk/book?{asked}", "book")
    wanted = iter(list(enumerate(stage.slots, start=1)))

    def take(size: int) -> list[bytes]:
        return [
            request_for(
                stage.desk.url,
                "/helpdesk/book",
                cookies=caller.cookies,
                fields={**typed, **slot.address, "learner": str(learner), "one_time_token": new_token()},
            )
            for learner, slot in itertools.islice(wanted, size)
        ]

    return take


def slots(stage: Stage) -> list[Waiting]:
    """How long reception waits for the slots of all desks, on the page of one learner and by themselves."""
    caller = HttpCaller(stage.desk.url)
    caller.sign_in(USERNAME, PASSWORD)
    page = request_for(stage.desk.url, f"/desk/{stage.learners}", cookies=caller.cookies)
    address = address_of(stage.desk.url)

    def over_http() -> None:
        answer = send(address, page)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(answer[:600].decode(errors="replace"))

    def by_themselves() -> None:
        today = clock.today()
        free_slots(today, today + timedelta(days=DAYS), after=clock.now())
        db.session.rollback()

    with stage.app.app_context():
        return [
            Waiting(f"the slots of {DAYS} days, {DESKS} desks, {ADVISERS} advisers", _times(by_themselves)),
            Waiting("a learner's page at the desk, with them", _times(over_http)),
        ]


def _times(act: Callable[[], None]) -> list[float]:
    taken = []
    for _number in range(TIMES):
        begun = clocks.perf_counter()
        act()
        taken.append(1000 * (clocks.perf_counter() - begun))
    return taken
