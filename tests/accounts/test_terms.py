"""What ended yesterday is gone today, in a session that goes on too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from supportdesk.accounts.actions import Action
from supportdesk.accounts.jobs import end_service
from supportdesk.accounts.models import Account, AccountRole
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.places.models import AccountDistrict
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import book, make_desk
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted

TOMORROW = date(2026, 11, 25)
YESTERDAY = date(2026, 11, 23)


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
        make_account(Role.RECEPTION, Role.ADVISER, username="keiko")
    client.sign_in("keiko")
    return client


def change(
    app: Flask, table: type[AccountRole] | type[AccountDistrict] | type[Account], *which: object, **values: object
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(db.update(table).where(*which).values(**values))


def test_a_role_ends_with_its_last_day_in_a_session_that_goes_on(app: Flask, desk: PageClient, clock: Clock) -> None:
    change(app, AccountRole, AccountRole.role == Role.RECEPTION, ends_on=TODAY)
    desk.get("/desk")
    clock.advance(hours=13, minutes=59)
    desk.sign_in("keiko")
    desk.get("/desk")
    clock.advance(minutes=1)
    desk.get("/desk", expect=403)
    assert desk.get("/helpdesk/today").one(".head-person strong").text == "相談員"


def test_a_role_begins_with_its_first_day(app: Flask, desk: PageClient, clock: Clock) -> None:
    change(app, AccountRole, AccountRole.role == Role.RECEPTION, starts_on=TOMORROW)
    desk.get("/desk", expect=403)
    clock.advance(hours=14)
    desk.sign_in("keiko")
    desk.get("/desk")


@pytest.mark.parametrize(
    "ended",
    [
        {"service_ends_on": YESTERDAY},
        {"leave_from": TODAY},
        {"leave_from": YESTERDAY, "leave_until": TODAY},
    ],
)
def test_on_leave_and_after_the_last_day_there_is_no_session_and_no_log_in(
    app: Flask, desk: PageClient, ended: dict[str, date]
) -> None:
    change(app, Account, Account.username == "keiko", **ended)
    desk.get("/home", expect=303)
    refused = desk.sign_in("keiko", expect=403)
    assert "使えない期間" in refused.text
    desk.sign_in("keiko", "wrong", expect=422)  # of whom that is so, only they are told


@pytest.mark.parametrize(
    "there", [{"service_ends_on": TODAY}, {"leave_from": TOMORROW}, {"leave_from": YESTERDAY, "leave_until": YESTERDAY}]
)
def test_the_last_day_and_the_days_around_a_leave_are_worked(
    app: Flask, desk: PageClient, there: dict[str, date]
) -> None:
    change(app, Account, Account.username == "keiko", **there)
    desk.get("/desk")


def test_without_any_role_today_nobody_logs_in(app: Flask, desk: PageClient) -> None:
    change(app, AccountRole, AccountRole.account_id == 2, ends_on=YESTERDAY)
    desk.get("/home", expect=303)
    assert "使えない期間" in desk.sign_in("keiko", expect=403).text


def test_a_district_is_seen_on_its_days_alone(app: Flask, client: PageClient, desk: PageClient) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("chuo",))
        learner = make_learner()
    coordinator = PageClient(app)
    coordinator.sign_in("coordinator")
    coordinator.get(f"/learners/{learner}")
    change(app, AccountDistrict, AccountDistrict.district_code == "chuo", ends_on=YESTERDAY)
    coordinator.get(f"/learners/{learner}", expect=404)


@pytest.fixture
def admin(app: Flask, desk: PageClient) -> PageClient:
    admin = PageClient(app)
    admin.sign_in("admin")
    return admin


def day(name: str, year: object, month: object, number: object) -> dict[str, str]:
    return {f"{name}-year": str(year), f"{name}-month": str(month), f"{name}-day": str(number)}


def test_the_administrator_sets_the_days(app: Flask, desk: PageClient, admin: PageClient) -> None:
    page = admin.get("/admin/accounts/2/service")
    typed = {
        **day("role_reception_first", 2026, 4, 1),
        **day("role_reception_last", 2027, 3, 31),
        **day("leave_first", 2027, 1, 4),
        **day("leave_last", 2027, 1, 29),
        **day("ends_on", 2028, 3, 31),
    }
    after = admin.submit(page, "service", typed, follow=True)
    for words in ("2026年（令和8年）4月1日", "2027年（令和9年）3月31日", "休職", "2028年（令和10年）3月31日"):
        assert words in after.text
    again = admin.get("/admin/accounts/2/service")
    assert attribute(again.field("leave_last-day"), "value") == "29"
    admin.submit(again, "service", day("leave_last", "", "", ""), follow=True)
    with app.app_context():
        assert db.session.get(Account, 2).leave_until is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({**day("leave_first", 2027, 1, 4), **day("leave_last", 2027, 1, 3)}, "leave_last"),
        (day("leave_last", 2027, 1, 3), "leave_first"),
        ({**day("role_adviser_first", 2027, 1, 4), **day("role_adviser_last", 2026, 1, 4)}, "role_adviser_last"),
    ],
)
def test_days_the_wrong_way_round_are_told_beside_their_field(
    desk: PageClient, admin: PageClient, typed: dict[str, str], field: str
) -> None:
    refused = admin.submit(admin.get("/admin/accounts/2/service"), "service", typed, expect=422)
    assert "始めの日と終わりの日" in refused.error(f"{field}-year")


def test_the_only_administrator_sets_no_end_to_themselves(app: Flask, admin: PageClient) -> None:
    page = admin.get("/admin/accounts/1/service")
    for typed in (day("ends_on", 2030, 1, 1), day("leave_first", 2027, 1, 4), day("role_admin_last", 2030, 1, 1)):
        assert "使える管理者がほかにいない" in admin.submit(page, "service", typed, expect=422).text
    with app.app_context():
        make_account(Role.ADMIN, username="second")
    admin.submit(page, "service", day("ends_on", 2030, 1, 1))


def test_work_that_falls_into_an_absence_is_named_first(app: Flask, desk: PageClient, admin: PageClient) -> None:
    with app.app_context():
        book(make_desk(2), 2, make_learner("ナマエ ヒミツ"))  # on 3 December
    page = admin.get("/admin/accounts/2/service")
    away = {**day("leave_first", 2026, 12, 1), **day("leave_last", 2026, 12, 4)}
    refused = admin.submit(page, "service", away, expect=422)
    assert "12月3日（木）" in refused.one("section.message.warn").text
    assert "ヒミツ" not in refused.text
    admin.submit(refused, "service", {"although": True})
    desk.get("/desk")


def test_the_night_after_the_last_day_the_account_is_switched_off(app: Flask, desk: PageClient) -> None:
    change(app, Account, Account.username == "keiko", service_ends_on=TODAY)
    with app.app_context():
        assert end_service(desk_clock.now()) == 0
    change(app, Account, Account.username == "keiko", service_ends_on=YESTERDAY)
    with app.app_context():
        assert [end_service(desk_clock.now()) for _twice in range(2)] == [1, 0]
        assert noted(Action.SWITCH_ACCOUNT_OFF) == [("switch_account_off", "account:2", [])]


def test_the_terms_cost_no_statement_of_their_own(
    desk: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with queries() as seen:
        desk.get("/account/")
    assert len(seen) == 1, seen
