"""What the tests of this room share beside what every test may ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from supportdesk.core import clock as desk_clock
from supportdesk.core.permissions import Role
from tests.classes.attending import BEGINS, account_id
from tests.classes.making import enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_account
from tests.pages import PageClient


@pytest.fixture
def instructor(app: Flask, client: PageClient, clock: Clock) -> PageClient:
    """The instructor of `taught`, on the morning of its day."""
    with app.app_context():
        make_account(Role.INSTRUCTOR)
    clock.set(BEGINS - timedelta(minutes=10))
    client.sign_in("instructor")
    return client


@pytest.fixture
def reception(app: Flask, client: PageClient) -> PageClient:
    """Somebody at the reception's screen."""
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


@pytest.fixture
def coordinator(app: Flask) -> PageClient:
    """The coordinator of the east, at a screen of their own."""
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
    client = PageClient(app)
    client.sign_in("coordinator")
    return client


@pytest.fixture
def taught(app: Flask, clock: Clock) -> Callable[..., tuple[int, int]]:
    """Makes a run that the instructor teaches: its id and its meeting's."""

    def make(*learners: int, capacity: int = 10, lecture: bool = False) -> tuple[int, int]:
        at = desk_clock.now()
        clock.set(BEGINS - timedelta(days=9))
        with app.app_context():
            staff = meeting_at(staff=[account_id("instructor")])
            run_id = make_lecture(staff) if lecture else make_run(staff, capacity=capacity)
            for learner_id in learners:
                enrol(run_id, learner_id)
            meeting_id = meeting_of(run_id)
        clock.set(at)
        return run_id, meeting_id

    return make
