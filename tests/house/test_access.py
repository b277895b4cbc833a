"""Every surface × route × role × method: exactly the allowed ones answer.

A route that is not in this table fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from turbohtml import parse
from werkzeug.test import TestResponse

from supportdesk import create_app
from supportdesk.accounts.operations import create_account
from supportdesk.accounts.passwords import kept_hash
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.security import refuse_unmarked_views
from supportdesk.extensions import db
from tests.conftest import settings_for
from tests.databases import Databases
from tests.house.routes import ROUTES, SERVED
from tests.markup import attribute
from tests.pages import PageClient

pytestmark = pytest.mark.only_on("sqlite")  # who may call what stands in the code, not in the database

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SURFACES = ("all", "public", "field", "staff")


@pytest.fixture(scope="module")
def apps(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Flask]]:
    """For each surface the application, CSRF off: here the question is who may knock, not with what in hand."""
    made = {}
    for surface in SURFACES:
        made[surface] = create_app(settings_for(databases.copy(), tmp_path_factory.mktemp(surface), SURFACE=surface))
        made[surface].config["WTF_CSRF_ENABLED"] = False
        kept = kept_hash("akita-demo")
        with made[surface].app_context(), transaction():
            for role in Role:
                create_account(
                    username=role.value, name=role.value, kept=kept, roles=[role], actor=SYSTEM, now=clock.now()
                )
    yield made
    for app in made.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        databases.discard(app.config["SQLALCHEMY_DATABASE_URI"])


def test_every_route_is_in_the_table(app: Flask) -> None:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    assert methods == {endpoint: allowed for endpoint, (_, allowed, _) in ROUTES.items()}


@pytest.mark.parametrize(
    ("surface", "role"),
    # A surface leaves out whole pages, whoever asks: one of those who may much and one of those who may little.
    [
        *(("all", role) for role in (None, *Role)),
        ("public", None),
        *(("field", r) for r in (None, Role.ADMIN, Role.TUTOR)),
    ],
    ids=lambda one: one or "stranger",
)
def test_exactly_the_allowed_are_answered(apps: Mapping[str, Flask], surface: str, role: Role | None) -> None:
    client = apps[surface].test_client()
    if role is not None:
        client.post("/login", data={"username": role.value, "password": "akita-demo"})
    wrong = []
    for endpoint, (address, methods, allowed) in ROUTES.items():
        # The allowed ones last. What the address does not take is refused before it is asked who sends it.
        for method in sorted(METHODS if (surface, role) == ("all", None) else methods, key=methods.__contains__):
            answer = client.open(address, method=method)
            answer.close()
            if method not in methods:
                right = answer.status_code == 405
            elif endpoint not in SERVED[surface]:
                right = answer.status_code == 404
            elif role in allowed:
                # No row has the id 999999: whoever may knock there is told so, and only they.
                right = answer.status_code in ((404,) if "999999" in address else (200, 303, 400, 422))
            elif role is None:
                right = _asks_for_the_log_in(answer, method)
            else:
                right = answer.status_code == 403
            if not right:
                wrong.append(f"{method} {endpoint}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("surface", SURFACES)
def test_the_front_page_leads_to_the_log_in_where_there_is_one(apps: Mapping[str, Flask], surface: str) -> None:
    leads = 'href="/login"' in apps[surface].test_client().get("/").text
    assert leads == (surface != "public")


@pytest.mark.parametrize("surface", ["field", "staff"])
@pytest.mark.parametrize("role", Role)
def test_the_menu_leads_to_pages_that_are_served(apps: Mapping[str, Flask], role: Role, surface: str) -> None:
    client = apps[surface].test_client()
    client.post("/login", data={"username": role.value, "password": "akita-demo"})
    page = parse(client.get("/home").text)
    ways = [attribute(link, "href") for link in page.select(".menu a, .choices a")]
    assert ways
    assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


def _asks_for_the_log_in(answer: TestResponse, method: str) -> bool:
    """A page leads there and back; a form is answered with the log-in that keeps what was typed."""
    if method == "POST":
        return answer.status_code == 401
    return answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_a_view_without_a_mark_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "forgotten", lambda: "open to all")
    with pytest.raises(RuntimeError, match="forgotten"):
        refuse_unmarked_views(app)


def test_an_unknown_address_is_a_friendly_page(client: PageClient) -> None:
    assert "ページが見つかりません" in client.get("/no/such/page", expect=404).h1


def test_security_headers_are_on_every_answer(client: PageClient) -> None:
    for address, status in (("/", 200), ("/login", 200), ("/nowhere", 404), ("/healthz", 200)):
        headers = client.get(address, expect=status).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
