"""The city, and people of the desk, for the tests of the register."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core.permissions import Actor, Role
from tests.factories import make_account, make_actor, make_reference
from tests.pages import PageClient


@pytest.fixture
def city(context: None) -> None:
    """The city's districts, for tests that call operations."""
    make_reference()


@pytest.fixture
def reception(city: None) -> Actor:
    """Somebody at the reception desk, who acts."""
    return make_actor(Role.RECEPTION)


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    """Reception, at work."""
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client
