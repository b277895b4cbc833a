"""What the tests of the whole house share: the demo, with something real behind most addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from supportdesk import create_app
from supportdesk.extensions import db
from tests.conftest import DEMO, settings_for
from tests.databases import Databases


@pytest.fixture(scope="module")
def demo(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo, with the forms' tokens unasked for: what is to be tried lies behind them."""
    url = databases.copy(of=DEMO)
    app = create_app(settings_for(url, tmp_path_factory.mktemp("demo")))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    databases.discard(url)
