"""Who may have which slot is looked at elsewhere: here everybody may."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.helpdesk.making import let_everybody_book


@pytest.fixture(autouse=True)
def _everybody_may_book(app: Flask) -> None:
    with app.app_context():
        let_everybody_book()
