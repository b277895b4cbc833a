"""The city, and the people at the help desk's screens."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core.permissions import Role
from tests.factories import make_account, make_reference
from tests.pages import PageClient


@pytest.fixture
def city(app: Flask) -> None:
    """The city's districts and venues, for tests of pages."""
    with app.app_context():
        make_reference()


def _signed_in(app: Flask, role: Role, username: str = "") -> PageClient:
    with app.app_context():
        make_account(role, username=username or role.value)
    person = PageClient(app)
    person.sign_in(username or role.value)
    return person


@pytest.fixture
def reception(app: Flask, city: None) -> PageClient:
    return _signed_in(app, Role.RECEPTION)


@pytest.fixture
def adviser(app: Flask, city: None) -> PageClient:
    return _signed_in(app, Role.ADVISER)


@pytest.fixture
def stranger(app: Flask, city: None) -> PageClient:
    """An adviser of another desk."""
    return _signed_in(app, Role.ADVISER, "stranger")


@pytest.fixture
def admin(app: Flask, city: None) -> PageClient:
    return _signed_in(app, Role.ADMIN)
