"""Who is let in, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from supportdesk.accounts.models import Account, AuditEntry, SignedInSession
from supportdesk.accounts.operations import create_account
from supportdesk.accounts.passwords import kept_hash
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.clocks import Clock
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import queries

MakeAccount = Callable[..., None]


@pytest.fixture
def make_account(app: Flask) -> MakeAccount:
    def make(username: str, *roles: Role) -> None:
        kept = kept_hash("akita-demo")
        with app.app_context(), transaction():
            create_account(
                username=username,
                name="受付 花子",
                kept=kept,
                roles=roles,
                actor=SYSTEM,
                now=desk_clock.now(),
            )

    return make


def log_in(client: PageClient, username: str, password: str, expect: int) -> str:
    page = client.get("/login")
    answer = client.submit(page, data={"username": username, "password": password}, expect=expect)
    return str(answer.data, "utf-8")


def test_the_right_password_opens_the_house(client: PageClient, make_account: MakeAccount) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    assert "受付 花子" in client.get("/home").h1


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    client: PageClient, make_account: MakeAccount
) -> None:
    make_account("reception", Role.RECEPTION)
    message = "ユーザー名かパスワードがちがいます。"
    assert message in log_in(client, "reception", "wrong", 422)
    assert message in log_in(client, "nobody", "wrong", 422)


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(
    client: PageClient, make_account: MakeAccount, clock: Clock
) -> None:
    make_account("reception", Role.RECEPTION)
    for _ in range(5):
        log_in(client, "reception", "wrong", 422)
    assert "15分" in log_in(client, "reception", "akita-demo", 429)
    clock.advance(minutes=15)
    log_in(client, "reception", "akita-demo", 303)


def test_an_account_switched_off_is_nobody_at_once(app: Flask, client: PageClient, make_account: MakeAccount) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    with app.app_context(), transaction() as session:
        session.query(Account).update({"active": False})
    client.get("/home", expect=303)
    log_in(client, "reception", "akita-demo", 422)


def test_an_hour_without_a_click_ends_the_log_in(client: PageClient, make_account: MakeAccount, clock: Clock) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    clock.advance(minutes=59)
    client.get("/home")
    clock.advance(minutes=59)
    client.get("/home")
    clock.advance(minutes=60)
    client.get("/home", expect=303)


def test_a_cookie_kept_from_before_the_log_out_opens_nothing_and_other_devices_stay_signed_in(
    app: Flask, client: PageClient, make_account: MakeAccount
) -> None:
    make_account("reception", Role.RECEPTION)
    elsewhere, thief = PageClient(app), PageClient(app)
    for device in (client, elsewhere):
        log_in(device, "reception", "akita-demo", 303)
    kept = client.raw.get_cookie("session")
    assert kept is not None
    thief.raw.set_cookie("session", kept.value)
    thief.get("/home")
    client.submit(client.get("/home"), "ログアウト", expect=303)
    thief.get("/home", expect=303)
    elsewhere.get("/home")


def test_nobody_stays_signed_in_beyond_twelve_hours(
    client: PageClient, make_account: MakeAccount, clock: Clock
) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    for _half_an_hour in range(23):
        clock.advance(minutes=30)
        client.get("/home")
    clock.advance(minutes=30)
    client.get("/home", expect=303)


def test_one_statement_says_who_is_signed_in(client: PageClient, make_account: MakeAccount) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    with queries() as seen:
        client.get("/account/password")
    assert len(seen) == 1, seen


def test_sessions_that_have_outlived_their_longest_life_are_not_kept(
    app: Flask, client: PageClient, make_account: MakeAccount, clock: Clock
) -> None:
    make_account("reception", Role.RECEPTION)
    for _day in range(3):
        log_in(client, "reception", "akita-demo", 303)
        clock.advance(hours=12)
    with app.app_context():
        assert db.session.query(SignedInSession).count() == 1


@pytest.mark.parametrize("open_to_all", ["/schedule", "/static/css/base.css", "/nowhere"])
def test_a_log_in_that_has_run_out_is_not_revived_by_a_page_for_everybody(
    client: PageClient, make_account: MakeAccount, clock: Clock, open_to_all: str
) -> None:
    make_account("reception", Role.RECEPTION)
    log_in(client, "reception", "akita-demo", 303)
    clock.advance(minutes=60)
    client.get(open_to_all, expect=404 if open_to_all == "/nowhere" else 200)
    client.get("/home", expect=303)


def test_the_log_in_leads_on_to_the_page_wanted_and_never_off_the_site(
    client: PageClient, make_account: MakeAccount
) -> None:
    make_account("admin", Role.ADMIN)
    assert client.get("/admin/audit", expect=303).location == "/login?next=/admin/audit"
    for wanted, led_to in (
        ("/admin/audit", "/admin/audit"),
        ("//evil.example/", "/home"),
        ("https://x.example", "/home"),
    ):
        page = client.get(f"/login?next={wanted}")
        answer = client.submit(page, data={"username": "admin", "password": "akita-demo"}, expect=303)
        assert answer.location == led_to
        client.submit(client.get("/home"), "ログアウト", expect=303)


def led_to(client: PageClient, username: str) -> str:
    """Where the log-in leads."""
    return client.submit(
        client.get("/login"), data={"username": username, "password": "akita-demo"}, expect=303
    ).location


BEGINNINGS = {
    Role.RECEPTION: "/desk",
    Role.INSTRUCTOR: "/classes/today",
    Role.ADVISER: "/helpdesk/today",
    Role.TUTOR: "/tutors/",
    Role.COORDINATOR: "/tutors/matches",
    Role.ADMIN: "/home",
}


@pytest.mark.parametrize("role", Role)
def test_everybody_begins_where_their_day_does_and_is_led_back_there(
    client: PageClient, make_account: MakeAccount, role: Role
) -> None:
    make_account(role.value, role)
    start = BEGINNINGS[role]
    assert led_to(client, role.value) == start
    assert client.get("/login", expect=303).location == start
    assert attribute(client.get("/account/password").one(".head-name a"), "href") == start
    for wrong, status in (("/p/x/check-in", 405), ("/nowhere", 404)):
        page = client.get(wrong, expect=status)
        assert page.link("はじめのページへ") == start
        assert attribute(page.one(".head-name a"), "href") == start
    assert attribute(client.get("/schedule").one(".head-name a"), "href") == "/"


def test_whose_day_begins_in_two_places_chooses(client: PageClient, make_account: MakeAccount) -> None:
    make_account("both", Role.RECEPTION, Role.ADVISER)
    assert led_to(client, "both") == "/home"


def test_a_form_without_its_token_changes_nothing(client: PageClient, make_account: MakeAccount) -> None:
    make_account("reception", Role.RECEPTION)
    forged = {"csrf_token": "forged", "username": "reception", "password": "akita-demo"}
    client.post("/login", forged, expect=400)
    client.get("/home", expect=303)


@pytest.mark.parametrize("username", ["", "あ" * 101, "a\0b", "'; DROP TABLE account;--"])
def test_an_absurd_name_gets_a_message(client: PageClient, username: str) -> None:
    assert "入力をたしかめてください" in log_in(client, username, "wrong", 422)


def test_a_log_in_is_in_the_audit_trail(app: Flask, client: PageClient, make_account: MakeAccount) -> None:
    make_account("admin", Role.ADMIN)
    log_in(client, "admin", "akita-demo", 303)
    with app.app_context():
        actions = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["create_account", "log_in"]
    assert "ログインした" in client.get("/admin/audit").text
