"""Accounts that are made and passwords that are tried at the same moment, and what else is written meanwhile."""

from __future__ import annotations

import sqlite3

import pytest
from argon2 import PasswordHasher
from flask import Flask

from supportdesk.accounts import operations, passwords, upkeep
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.throttle import FREE_TRIES
from tests.factories import make_account
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, PageClient
from tests.racing import race

EIGHT = 8


@pytest.mark.parametrize("username", ["reception", "nobody"])
def test_sixteen_guesses_at_once_are_no_more_than_five_in_a_row(app: Flask, username: str) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)

    def guess() -> str:
        tried = operations.try_password(username, "wrong")
        with transaction():
            return type(operations.log_in(tried, now=clock.now())).__name__

    answers = race(app, [guess] * 2 * EIGHT)
    assert sorted(answers) == ["TooManyTries"] * (2 * EIGHT - FREE_TRIES) + ["WrongPassword"] * FREE_TRIES


def test_eight_who_want_one_name_make_one_account(app: Flask) -> None:
    def make() -> str:
        try:
            with transaction():
                operations.create_account(
                    username="reception",
                    name="受付 花子",
                    roles=[Role.RECEPTION],
                    actor=SYSTEM,
                    now=clock.now(),
                )
        except operations.UsernameTaken:
            return "taken"
        return "made"

    assert sorted(race(app, [make] * EIGHT)) == ["made"] + ["taken"] * (EIGHT - 1)


def test_eight_who_share_an_account_come_in_at_once(app: Flask) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)

    def come_in() -> str:
        tried = operations.try_password("reception", DEMO_PASSWORD)
        with transaction():
            return type(operations.log_in(tried, now=clock.now())).__name__

    assert race(app, [come_in] * EIGHT) == ["Account"] * EIGHT


@pytest.mark.usefixtures("context")
def test_a_password_that_was_changed_meanwhile_is_wrong() -> None:
    account = make_account(Role.RECEPTION)
    tried = operations.try_password("reception", DEMO_PASSWORD)
    with transaction():
        account.password_hash = passwords.hasher.hash("minato-de-asagohan")
    with transaction():
        assert isinstance(operations.log_in(tried, now=clock.now()), operations.WrongPassword)


@pytest.mark.usefixtures("context")
def test_a_hash_of_former_times_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account(Role.RECEPTION)
    before = account.password_hash
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    for _log_in in range(2):
        tried = operations.try_password("reception", DEMO_PASSWORD)
        with transaction():
            assert operations.log_in(tried, now=clock.now()) is account
    assert account.password_hash != before
    assert tried.renewed is None, "once is enough"


class Colleague(PasswordHasher):
    """Writes something just while a password is looked at or hashed, and does not wait for anybody."""

    def __init__(self, path: str) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self._path = path

    def verify(self, *given: str | bytes) -> bool:  # type: ignore[override]
        self._write()
        return super().verify(*given)

    def hash(self, *given: str | bytes, **more: bytes | None) -> str:  # type: ignore[override]
        self._write()
        return super().hash(*given, **more)  # type: ignore[arg-type]

    def _write(self) -> None:
        with sqlite3.connect(self._path, timeout=0) as connection:
            connection.execute("INSERT INTO person (created_at) VALUES ('2026-11-24 01:00:00')")


@pytest.mark.only_on("sqlite")
def test_others_may_write_while_a_password_is_looked_at_or_made(
    app: Flask, client: PageClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one writes at a time, and a password takes a tenth of a second."""
    monkeypatch.setattr(passwords, "hasher", Colleague(database_url.removeprefix("sqlite:///")))
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    typed = {
        "old_password": DEMO_PASSWORD,
        "new_password": "minato-de-asagohan",
        "new_password_again": "minato-de-asagohan",
    }
    form = attribute(client.get("/account/password").one("main form"), "id")
    client.submit(client.get("/account/password"), str(form), typed, expect=303)


@pytest.mark.usefixtures("context")
def test_an_own_password_that_was_changed_meanwhile_is_wrong() -> None:
    account = make_account(Role.RECEPTION)
    actor = operations.actor_of(account)
    one, other = (
        upkeep.try_own_password(DEMO_PASSWORD, new, actor=actor) for new in ("minato-de-asagohan", "yamabiko-no-hirune")
    )
    with transaction():
        assert upkeep.change_own_password(one, actor=actor, now=clock.now()) is account
    with transaction():
        assert isinstance(upkeep.change_own_password(other, actor=actor, now=clock.now()), upkeep.OldPasswordWrong)
