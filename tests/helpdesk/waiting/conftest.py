"""A desk whose slot at ten somebody has: for tests of the line that waits for it."""

from __future__ import annotations

import pytest

from tests.factories import make_learner
from tests.helpdesk.making import at, book, make_adviser, make_desk


@pytest.fixture
def adviser(context: None, city: None) -> int:
    return make_adviser()


@pytest.fixture
def desk(adviser: int) -> int:
    """Open on DAY at ten and at eleven."""
    return make_desk(adviser)


@pytest.fixture
def booked(desk: int, adviser: int) -> int:
    """Somebody has the slot at ten."""
    return book(desk, adviser, make_learner(), at(10)).booking_id
