"""A consultation that has begun, on the screen of the adviser who holds it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.extensions import db
from supportdesk.learners.models import Device, Need
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import at, book, make_desk
from tests.pages import PageClient


@pytest.fixture
def adviser_id(app: Flask, adviser: PageClient) -> int:
    with app.app_context():
        return db.session.scalars(select(Account.id).where(Account.username == "adviser")).one()


@pytest.fixture
def desk_id(app: Flask, adviser_id: int) -> int:
    with app.app_context():
        return make_desk(adviser_id)


@pytest.fixture
def place(app: Flask, clock: Clock, adviser: PageClient, adviser_id: int, desk_id: int) -> str:
    """The address of a consultation that began ten minutes ago."""
    with app.app_context():
        learner_id = make_learner(
            "アキタ ハナコ", device=Device.ANDROID, needs=frozenset({Need.HEARING}), birth_year=1945
        )
        booked = book(desk_id, adviser_id, learner_id, topic="LINEで写真を送りたい")
    clock.set(at(10, 10))
    adviser.another_device()
    adviser.sign_in("adviser")
    return f"/helpdesk/bookings/{booked.booking_id}"
