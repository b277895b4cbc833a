"""What a browser is told with every answer, and where a session's cookie may go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from supportdesk import create_app
from supportdesk.core.permissions import Role
from supportdesk.core.security import HSTS, local_address
from supportdesk.extensions import db
from tests.conftest import settings_for
from tests.factories import make_account
from tests.pages import DEMO_PASSWORD, RawClient

#: For everybody, behind the log-in, not there, a file, a feed, an answer to a machine: each has headers of its own.
ADDRESSES = ("/", "/login", "/home", "/nowhere", "/static/css/base.css", "/calendar.ics", "/healthz")
HTTPS, HTTP = "https://desk.test", "http://desk.test"


@pytest.fixture
def https_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as the city runs it: reached by https."""
    app = create_app(settings_for(database_url, tmp_path, BASE_URL=HTTPS))
    app.test_client_class = RawClient
    with app.app_context():
        make_account(Role.RECEPTION)
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def session_cookie(answer: TestResponse) -> Morsel[str]:
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        jar.load(header)
    return jar["session"]


def log_in(client: FlaskClient, base_url: str, referrer: str = "") -> TestResponse:
    page = client.get("/login", base_url=base_url)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"csrf_token": token[1], "username": "reception", "password": DEMO_PASSWORD}
    headers = {"Referer": referrer or f"{base_url}/login"}
    return client.post("/login", data=fields, base_url=base_url, headers=headers)


def test_a_session_s_cookie_goes_only_over_https_and_never_to_a_script_or_with_another_site_s_form(
    https_app: Flask,
) -> None:
    cookie = session_cookie(log_in(https_app.test_client(), HTTPS))
    assert cookie["secure"] is True
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == "", "a cookie with a domain goes to its subdomains too"


def test_a_desk_tried_out_without_https_still_lets_people_in(app: Flask) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
        db.session.remove()
    cookie = session_cookie(log_in(app.test_client(), HTTP))
    assert cookie["secure"] == ""
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_the_session_ends_with_the_browser(https_app: Flask) -> None:
    cookie = session_cookie(log_in(https_app.test_client(), HTTPS))
    assert cookie["expires"] == cookie["max-age"] == ""


def test_logging_in_gives_a_new_session(https_app: Flask) -> None:
    before = https_app.test_client().get("/login", base_url=HTTPS)
    assert session_cookie(before).value != session_cookie(log_in(https_app.test_client(), HTTPS)).value


def test_a_form_sent_from_another_site_is_refused_whatever_token_it_bears(https_app: Flask) -> None:
    client = https_app.test_client()
    assert log_in(client, HTTPS, referrer="https://evil.example/login").status_code == 400
    assert client.get("/home", base_url=HTTPS).status_code == 303


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_browser_comes_back_by_https_alone(https_app: Flask, address: str) -> None:
    assert https_app.test_client().get(address, base_url=HTTPS).headers["Strict-Transport-Security"] == HSTS
    assert int(HSTS.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 3600


def test_a_desk_without_https_does_not_lock_its_browsers_out(app: Flask) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_scripts_and_styles_come_from_this_host_and_nobody_frames_a_page(https_app: Flask, address: str) -> None:
    headers = https_app.test_client().get(address, base_url=HTTPS).headers
    policy = _directives(headers["Content-Security-Policy"])
    for kind in ("script-src", "style-src", "font-src", "connect-src", "media-src", "worker-src"):
        assert policy.get(kind, policy["default-src"]) == {"'self'"}, kind
    assert policy["img-src"] <= {"'self'", "data:"}
    assert policy["frame-ancestors"] == {"'none'"}
    assert policy["object-src"] == policy["base-uri"] == {"'none'"}
    assert policy["form-action"] == {"'self'"}
    loose = ("'unsafe-", "'nonce-", "*", "http")
    assert not [source for sources in policy.values() for source in sources if source.startswith(loose)]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def _directives(policy: str) -> dict[str, set[str]]:
    parts = [directive.split() for directive in policy.split(";") if directive.strip()]
    return {name: set(sources) for name, *sources in parts}


def test_what_only_staff_may_see_is_kept_in_no_cache(https_app: Flask) -> None:
    client = https_app.test_client()
    log_in(client, HTTPS)
    assert client.get("/learners/", base_url=HTTPS).headers["Cache-Control"] == "no-store"
    assert client.get("/learners/999999", base_url=HTTPS).headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/css/base.css", base_url=HTTPS).headers.get("Cache-Control", "")


@pytest.mark.parametrize("address", ["/", "/learners/3?page=2", "/schedule#top", "/検索"])
def test_a_path_of_this_site_is_gone_on_to(address: str) -> None:
    assert local_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None, "", "home", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/\t/evil.example", "/\0", " /home", "http:/evil.example",
    ],
)  # fmt: skip
def test_no_crafted_link_leads_off_the_site(address: str | None) -> None:
    assert local_address(address) is None
