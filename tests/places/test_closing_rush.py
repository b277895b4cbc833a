"""A venue is shut while somebody plans a class or books a consultation there: the second knows of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from supportdesk.classes.planning import plan_run
from supportdesk.core import clock
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.places.upkeep import add_closure
from tests.classes.making import DAY, room_of, run_plan
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import book_in_transaction, make_adviser, make_desk
from tests.racing import meet


def _closer() -> Callable[[], Any]:
    venue_id = room_of().venue_id
    return lambda: add_closure(
        venue_id, first_day=DAY, last_day=DAY, reason="工事", although=False, actor=SYSTEM, now=clock.now()
    )


def _planner() -> Callable[[], Any]:
    plan = run_plan()
    return lambda: plan_run(plan, actor=SYSTEM, now=clock.now())


def _booker() -> Callable[[], Any]:
    adviser = make_adviser()
    desk, learner = make_desk(adviser), make_learner()
    return lambda: book_in_transaction(desk, adviser, learner)


@pytest.mark.parametrize(
    ("maker", "closed_first", "refused"),
    [
        (_planner, True, "VenueClosed"),
        (_planner, False, "StandsInTheWay"),
        (_booker, True, "DeskShut"),
        (_booker, False, "StandsInTheWay"),
    ],
)
def test_whoever_comes_second_knows_of_the_first(
    app: Flask, maker: Callable[[], Callable[[], Any]], closed_first: bool, refused: str
) -> None:
    with app.app_context():
        make_reference()
        close, book = _closer(), maker()
        db.session.remove()
    if closed_first:
        assert meet(app, close, book) == ["done", refused]
    else:
        assert meet(app, book, close) == ["done", refused]
