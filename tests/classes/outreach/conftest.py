"""What the tests of requests for lectures share."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from supportdesk.classes.outreach import doors
from supportdesk.core.permissions import Role
from tests.factories import make_account, make_reference
from tests.pages import PageClient


@pytest.fixture
def city(app: Flask) -> None:
    """The city's districts and courses, for tests of pages."""
    with app.app_context():
        make_reference()


@pytest.fixture
def opened(app: Flask) -> str:
    """The mark of a form that was opened a minute ago."""
    with app.app_context():
        return doors.opened_mark(time.time() - 60)


@pytest.fixture
def reception(app: Flask, client: PageClient, city: None) -> PageClient:
    """Somebody at the reception's screen."""
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client
