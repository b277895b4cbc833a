"""What the office's cards stand on."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.helpdesk.cards.making import make_card


@pytest.fixture
def code(app: Flask, city: None) -> str:
    """The code of one public card."""
    with app.app_context():
        return make_card().code
