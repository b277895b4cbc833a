"""Runs whose seats are drawn, and who enters, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from supportdesk.classes.lottery.drawing import Drawn, draw_run
from supportdesk.classes.lottery.entering import Entered, enter_lottery
from supportdesk.classes.models import Filling
from supportdesk.classes.together import Comer
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.learners.caller import THE_LEARNER
from tests.classes.making import make_run, meeting_at
from tests.factories import make_learner

#: How long one may apply for the runs of these tests.
OPEN_FOR = timedelta(days=5)


def make_lottery(*, capacity: int = 10, hour: int = 10) -> int:
    """A class on the tests' Thursday, to be applied for during the next five days."""
    deadline = clock.now() + OPEN_FOR
    return make_run(meeting_at(hour=hour), capacity=capacity, filling=Filling.LOTTERY, apply_until=deadline)


def enter(run_id: int, *learner_ids: int, now: datetime | None = None, told: bool = True) -> Entered:
    people = [Comer(one, THE_LEARNER) for one in learner_ids]
    with transaction():
        return enter_lottery(run_id, people, told=told, actor=SYSTEM, now=now or clock.now())


def draw(run_id: int) -> Drawn:
    """Draw it at its deadline."""
    with transaction():
        return draw_run(run_id, actor=SYSTEM, now=clock.now() + OPEN_FOR)


def enter_sixty(run_id: int) -> Iterable[tuple[int, ...]]:
    """Sixty entries, nine of them of two: whose they are, in the order of their numbers."""
    people = [tuple(make_learner() for _ in range(2 if number % 7 == 3 else 1)) for number in range(1, 61)]
    for entry in people:
        enter(run_id, *entry)
    return people
