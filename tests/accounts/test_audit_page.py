"""The audit trail as the administrator reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, request

import supportdesk
from supportdesk import create_app
from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry, AuditSubject
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.conftest import settings_for
from tests.factories import make_account, make_actor
from tests.markup import attribute, text_of
from tests.pages import Page, PageClient
from tests.recording import Statements

SOURCE = Path(supportdesk.__file__).parent
NAMED = re.compile(r"\bAction\.([A-Z_]+)\b")


@pytest.fixture
def admin(app: Flask, client: PageClient) -> PageClient:
    """An administrator; yesterday reception saw learner 7, today learners 7 and 8, and 8 and 9 in one list."""
    with app.app_context():
        make_account(Role.ADMIN)
        reception, now = make_actor(Role.RECEPTION), desk_clock.now()
        with transaction():
            for learner, at in ((7, now - timedelta(days=1)), (7, now), (8, now)):
                audit.record(actor=reception, action=Action.VIEW_LEARNER, subject=f"learner:{learner}", now=at)
            audit.record(actor=reception, action=Action.AMEND_LEARNER, subject="learner:8", now=now)
            audit.record(actor=reception, action=Action.VIEW_RUN, subject="run:5", learners=[9, 8, 9], now=now)
    client.sign_in("admin")
    return client


def rows(page: Page) -> list[list[str]]:
    return [[text_of(cell) for cell in row.select("td")] for row in page.all("tbody tr")]


def test_every_action_is_noted_by_some_room_and_has_words_of_its_own() -> None:
    """That nothing else is noted is mypy's to find."""
    assert {name for path in SOURCE.rglob("*.py") for name in NAMED.findall(path.read_text())} == set(
        Action.__members__
    )
    labels = [str(action.label) for action in Action]
    assert len(set(labels)) == len(labels)
    assert not any(re.search("[a-z]", label) for label in labels)


def test_rows_of_one_transaction_are_written_at_its_end_in_two_statements_or_three(
    app: Flask, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with app.app_context():
        actor, now = make_actor(Role.RECEPTION), desk_clock.now()
        with queries() as two, transaction():
            for learner in range(1, 31):
                audit.record(actor=actor, action=Action.VIEW_LEARNER, subject=f"learner:{learner}", now=now)
            assert two == []
        with queries() as three, transaction():
            audit.record(actor=actor, action=Action.VIEW_LEARNER, subject="learner:7", now=now)
            audit.record(actor=actor, action=Action.LIST_LEARNERS, learners=range(1, 51), now=now)
        assert len(two) == 2
        assert len(three) == 3
        assert db.session.query(AuditSubject).count() == 50


def test_actions_are_told_in_words_and_learners_are_a_click_away(admin: PageClient) -> None:
    page = admin.get("/admin/audit")
    assert "受講者の記録を見た" in page.text
    assert "view_learner" not in page.text
    assert page.link("受講者 7") == "/learners/7"
    assert len(page.all('td[data-action="view_learner"]')) == 3


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("learner=7", 2),
        ("learner=8", 3),
        ("learner=9", 1),
        ("action=view_learner", 3),
        ("learner=7&day=2026-11-24", 1),
        ("learner=99", 0),
    ],
)
def test_the_trail_is_narrowed(admin: PageClient, asked: str, expected: int) -> None:
    assert len(rows(admin.get(f"/admin/audit?{asked}"))) == expected


def test_a_list_says_whom_it_showed(admin: PageClient) -> None:
    page = admin.get("/admin/audit?learner=9")
    assert rows(page)[0][3].startswith("run:5 受講者 2人")
    assert page.link("受講者 8") == "/learners/8"


def test_one_persons_doings_are_found_by_the_form(admin: PageClient) -> None:
    page = admin.get("/admin/audit")
    choice = next(option for option in page.all("#account option") if "reception" in option.text)
    found = admin.submit(page, "filter", {"account": attribute(choice, "value")})
    assert {row[1] for row in rows(found)} == {"receptionさん"}
    assert "reception" not in found.url, "an address holds no name"


@pytest.mark.parametrize("asked", ["account=abc", "action=nonsense", f"learner={10**30}", "day=2026-13-40", "day=%00"])
def test_what_cannot_be_read_is_left_out_and_said_so(admin: PageClient, asked: str) -> None:
    page = admin.get(f"/admin/audit?{asked}")
    assert "読めない条件" in page.text
    assert len(rows(page)) >= 4


def test_a_long_trail_comes_in_stretches_keeps_its_filter_and_is_never_counted(
    app: Flask, admin: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with queries() as few:
        admin.get("/admin/audit?action=view_learner")
    with app.app_context():
        actor, now = make_actor(Role.ADVISER), desk_clock.now()
        with transaction():
            for number in range(60):
                audit.record(actor=actor, action=Action.VIEW_LEARNER, subject=f"learner:{number + 1}", now=now)
    with queries() as many:
        first = admin.get("/admin/audit?action=view_learner")
    assert rows(first)[0][3] == "受講者 60"
    assert len(rows(first)) == 50
    assert "action=view_learner" in first.link("もっと古い記録へ")
    rest = admin.get(first.link("もっと古い記録へ"))
    assert len(rows(rest)) == 13
    assert "もっと古い記録へ" not in rest.text
    assert rows(admin.get(rest.link("いちばん新しい記録へ"))) == rows(first)
    assert len(many) == len(few)
    assert "count(" not in " ".join(many)


# ---- from where


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        rows = db.session.execute(
            db.select(AuditEntry.action, AuditEntry.surface, AuditEntry.address).order_by(AuditEntry.id)
        )
        return [(row.action, row.surface, row.address) for row in rows]


def test_a_row_says_which_pages_it_came_through_and_from_which_address(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    assert addresses(app) == [("create_account", "command", ""), ("log_in", "field", "127.0.0.1")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("unix:", "")],
)
def test_of_whoever_is_not_signed_in_only_the_network_is_kept(app: Flask, given: str, kept: str) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": given}), transaction():
        audit.record(actor=SYSTEM, action=Action.ADMIT_PHONE, subject="learner:7", now=desk_clock.now())
    assert addresses(app) == [("admit_phone", "public", kept)]


@pytest.mark.parametrize(("proxies", "kept"), [("0", "10.0.0.0/24"), ("1", "198.51.100.0/24"), ("2", "192.0.2.0/24")])
def test_only_as_many_proxies_are_believed_as_there_are(
    database_url: str, tmp_path: Path, proxies: str, kept: str
) -> None:
    behind = create_app(settings_for(database_url, tmp_path, PROXIES=proxies))
    seen = []
    behind.before_request(lambda: seen.append(audit.network_of(request.remote_addr or "")))
    forwarded = {"X-Forwarded-For": "203.0.113.9, 192.0.2.5, 198.51.100.7"}
    behind.test_client().get("/healthz", headers=forwarded, environ_base={"REMOTE_ADDR": "10.0.0.3"})
    assert seen == [kept]
