"""The draw while somebody withdraws, enters or draws too: one after the other, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.lottery.drawing import draw_run
from supportdesk.classes.lottery.entering import enter_lottery, withdraw_entrant
from supportdesk.classes.lottery.models import Draw, LotteryEntrant
from supportdesk.classes.lottery.redrawing import redraw
from supportdesk.classes.models import Enrolment, Run
from supportdesk.classes.together import Comer
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.caller import THE_LEARNER
from tests.classes.lottery.drawing import OPEN_FOR, enter, make_lottery
from tests.factories import make_learner, make_reference
from tests.racing import meet, race

ENTRIES = 8


@pytest.fixture
def lottery(app: Flask) -> tuple[int, list[int]]:
    """A run with entries, and the ids of the entrants."""
    with app.app_context():
        make_reference()
        run_id = make_lottery(capacity=3)
        for _ in range(ENTRIES):
            enter(run_id, make_learner())
        entrants = list(db.session.scalars(select(LotteryEntrant.id)))
        db.session.remove()
        return run_id, entrants


def drawing(run_id: int) -> Callable[[], object]:
    return lambda: draw_run(run_id, actor=SYSTEM, now=clock.now() + OPEN_FOR)


def withdrawing(entrant_id: int) -> Callable[[], object]:
    return lambda: withdraw_entrant(entrant_id, actor=SYSTEM, now=clock.now() + OPEN_FOR)


def whole(app: Flask, run_id: int, people: int) -> None:
    with app.app_context():
        run = db.session.get_one(Run, run_id)
        assert (run.taken, run.waiting) == (3, people - 3)
        assert len(db.session.scalars(select(Enrolment.id)).all()) == people
        assert redraw(run_id).same


def test_whoever_withdraws_just_before_the_draw_is_not_in_it(app: Flask, lottery: tuple[int, list[int]]) -> None:
    run_id, entrants = lottery
    assert meet(app, withdrawing(entrants[0]), drawing(run_id)) == ["done", "done"]
    whole(app, run_id, ENTRIES - 1)


def test_whoever_withdraws_during_the_draw_is_told_that_it_is_over(app: Flask, lottery: tuple[int, list[int]]) -> None:
    run_id, entrants = lottery
    assert meet(app, drawing(run_id), withdrawing(entrants[0])) == ["done", "AlreadyDrawn"]
    whole(app, run_id, ENTRIES)


def test_of_four_who_draw_at_once_one_does_and_nobody_draws_again(app: Flask, lottery: tuple[int, list[int]]) -> None:
    run_id, _entrants = lottery
    outcomes = race(app, [_attempt(drawing(run_id)) for _ in range(4)])
    assert sorted(outcomes) == ["DrawnBefore"] * 3 + ["done"], outcomes
    whole(app, run_id, ENTRIES)
    with app.app_context():
        assert len(db.session.scalars(select(Draw.run_id)).all()) == 1


def test_the_same_learner_who_enters_twice_at_once_is_in_it_once(app: Flask, lottery: tuple[int, list[int]]) -> None:
    run_id, _entrants = lottery
    with app.app_context():
        learner_id = make_learner()
        db.session.remove()
    one = [Comer(learner_id, THE_LEARNER)]
    attempts = [_attempt(lambda: enter_lottery(run_id, one, actor=SYSTEM, now=clock.now())) for _ in range(4)]
    assert sorted(race(app, attempts)) == ["AlreadyEntered"] * 3 + ["done"]


def _attempt(act: Callable[[], object]) -> Callable[[], str]:
    def attempt() -> str:
        try:
            with transaction():
                act()
        except DeskError as refusal:
            return type(refusal).__name__
        return "done"

    return attempt
