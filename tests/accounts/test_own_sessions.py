"""Where somebody is signed in: they see it, and end what they do not know."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.accounts.devices import device_of
from supportdesk.accounts.models import Account, SignedInSession
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.clocks import Clock
from tests.factories import make_account
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, Page, PageClient
from tests.recording import queries
from tests.trail import noted

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (EDGE, "Windows・Edge"),
        (IPHONE, "iPhone・Safari"),
        (ANDROID, "Android・Chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Mac・Firefox"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("\x00<script>" * 1000, ""),
    ],
)
def test_a_device_is_called_by_its_system_and_browser(said: str, device: str) -> None:
    assert device_of(said) == device


def signed_in(app: Flask, agent: str) -> PageClient:
    client = PageClient(app)
    client.raw.environ_base["HTTP_USER_AGENT"] = agent
    client.sign_in("reception")
    return client


@pytest.fixture
def devices(app: Flask, clock: Clock) -> list[PageClient]:
    """Somebody signed in at the counter, then on two telephones; a colleague is signed in too."""
    with app.app_context():
        make_account(Role.RECEPTION)
        make_account(Role.RECEPTION, username="colleague")
    found = []
    for agent in (EDGE, IPHONE, ANDROID):
        found.append(signed_in(app, agent))
        clock.advance(minutes=10)
    PageClient(app).sign_in("colleague")
    return found


def rows(page: Page) -> list[str]:
    return page.texts("tbody tr")


def test_ones_own_sessions_are_listed_the_last_used_first_and_this_one_is_marked(devices: list[PageClient]) -> None:
    counter, _iphone, _android = devices
    counter.get("/home")  # is noted with the answer
    listed = rows(counter.get("/account/sessions"))
    assert [row.split()[0] for row in listed] == ["Windows・Edge", "Android・Chrome", "iPhone・Safari"]
    assert "この端末" in listed[0]
    assert listed[0].count("この端末") == 1
    assert "10:00" in listed[0]
    assert "10:30" in listed[0]
    assert "ログアウトさせる" not in listed[0]


def test_the_list_costs_two_statements(devices: list[PageClient]) -> None:
    devices[0].get("/home")
    with queries() as seen:
        devices[0].get("/account/sessions")
    assert len(seen) == 2, seen


def test_one_of_them_is_ended_at_once_and_the_trail_says_so(app: Flask, devices: list[PageClient]) -> None:
    counter, iphone, android = devices
    page = counter.get("/account/sessions")
    button = next(row for row in page.all("tbody tr") if "iPhone" in row.text)
    name = attribute(button.select("input[name=session]")[0], "value")
    asked = counter.post("/account/sessions/end", {"session": name, "one_time_token": "a" * 22}, expect=401)
    counter.submit(asked, "prove", {"password": DEMO_PASSWORD})
    iphone.get("/home", expect=303)
    android.get("/home")
    assert len(rows(counter.get("/account/sessions"))) == 2
    with app.app_context():
        assert len(noted(Action.END_OWN_SESSIONS)) == 1
    counter.post("/account/sessions/end", {"session": name, "one_time_token": "b" * 22}, expect=404)


def test_all_the_others_are_ended_with_one_button(devices: list[PageClient]) -> None:
    counter, iphone, android = devices
    asked = counter.submit(counter.get("/account/sessions"), "ほかをすべて", expect=401)
    after = counter.submit(asked, "prove", {"password": DEMO_PASSWORD}, follow=True)
    assert len(rows(after)) == 1
    assert not [form for form in after.all("main form") if "end" in attribute(form, "action")]
    for gone in (iphone, android):
        gone.get("/home", expect=303)


@pytest.mark.parametrize("name", ["", "x", "a\0b", "0" * 64, "あ" * 1000])
def test_what_is_no_session_of_ones_own_is_not_found(devices: list[PageClient], name: str) -> None:
    devices[0].post("/account/prove", {"password": DEMO_PASSWORD})
    devices[0].post("/account/sessions/end", {"session": name, "one_time_token": "a" * 22}, expect=404)


def test_nobody_ends_anothers_session(app: Flask, devices: list[PageClient]) -> None:
    colleague = PageClient(app)
    colleague.sign_in("colleague")
    with app.app_context():
        theirs = db.select(SignedInSession.token_hash).join(Account).where(Account.username == "reception")
        names = db.session.scalars(theirs).all()
    for number, name in enumerate(names):
        token = f"token-of-colleague-{number}"
        colleague.post("/account/sessions/end", {"session": name, "one_time_token": token}, expect=404)
    for device in devices:
        device.get("/home")


def test_a_cookie_that_was_copied_runs_out_with_the_session(
    app: Flask, devices: list[PageClient], clock: Clock
) -> None:
    """The time-out is kept in the database: an old cookie is no younger than the newest."""
    thief, kept = PageClient(app), devices[2].raw.get_cookie("session")
    assert kept is not None
    thief.raw.set_cookie("session", kept.value)
    clock.advance(minutes=60)
    thief.get("/home", expect=303)
    assert devices[2].get("/home", expect=303)


def test_what_was_seen_is_written_once_a_minute(devices: list[PageClient], clock: Clock) -> None:
    counter = devices[0]
    counter.get("/home")
    for seconds, writes in ((30, 0), (30, 1), (59, 0)):
        clock.advance(seconds=seconds)
        with queries() as seen:
            counter.get("/account/")
        assert sum("UPDATE signed_in" in str(one) for one in seen) == writes
