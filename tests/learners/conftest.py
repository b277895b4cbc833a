"""The city, and people of the desk, for the tests of the register."""

from __future__ import annotations

import pytest

from supportdesk.core.permissions import Actor, Role
from tests.factories import make_actor, make_reference


@pytest.fixture
def city(context: None) -> None:
    """The city's districts, for tests that call operations."""
    make_reference()


@pytest.fixture
def reception(city: None) -> Actor:
    """Somebody at the reception desk, who acts."""
    return make_actor(Role.RECEPTION)
