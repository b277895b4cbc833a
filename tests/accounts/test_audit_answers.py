"""Who looked at this person, what did this account do, and what of it looks unusual."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.accounts.office import MANY_PEOPLE
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner, Status
from tests.clocks import Clock
from tests.factories import make_account, make_actor, make_learner, make_reference
from tests.markup import text_of
from tests.pages import Page, PageClient
from tests.recording import Statements
from tests.trail import noted

Counting = Callable[[], AbstractContextManager[Statements]]


class Office(NamedTuple):
    admin: PageClient
    reception: Actor
    adviser: Actor


@pytest.fixture
def office(app: Flask, client: PageClient) -> Office:
    """Reception saw learner 7 yesterday and twice today, the adviser once; reception listed 7 and 8."""
    with app.app_context():
        make_account(Role.ADMIN)
        reception, adviser = make_actor(Role.RECEPTION), make_actor(Role.ADVISER)
        now = desk_clock.now()
        look(reception, 7, days_ago=1)
        for actor in (reception, reception, adviser):
            look(actor, 7)
        with transaction():
            audit.record(actor=reception, action=Action.LIST_LEARNERS, learners=[7, 8], now=now)
    client.sign_in("admin")
    return Office(client, reception, adviser)


def look(actor: Actor, *learners: int, days_ago: int = 0) -> None:
    with transaction():
        for learner in learners:
            at = desk_clock.now() - timedelta(days=days_ago)
            audit.record(actor=actor, action=Action.VIEW_LEARNER, subject=f"learner:{learner}", now=at)


def tables(page: Page) -> dict[str, list[list[str]]]:
    """The rows of each table, by its caption."""
    return {
        table.select("caption")[0].text.strip(): [
            [text_of(cell) for cell in row.select("td")] for row in table.select("tbody tr")
        ]
        for table in page.all("table")
    }


def test_who_looked_at_a_person_is_answered_by_account_and_row_by_row(office: Office) -> None:
    page = office.admin.get("/admin/audit/learner/7")
    found = tables(page)
    assert {row[0]: row[1] for row in found["だれが、何回"]} == {"receptionさん": "4回", "adviserさん": "1回"}
    assert len(found["新しい順"]) == 5
    assert page.link("受講者 7") == "/learners/7"


def test_the_answer_is_narrowed_to_days(office: Office) -> None:
    page = office.admin.get("/admin/audit/learner/7?since=2026-11-24")
    assert len(tables(page)["新しい順"]) == 4
    page = office.admin.get("/admin/audit/learner/7?until=2026-11-23")
    assert len(tables(page)["新しい順"]) == 1
    assert "この期間に、この人の記録を見た人はいません" in office.admin.get("/admin/audit/learner/9").text


def test_what_an_account_did_is_answered_by_action_and_row_by_row(office: Office) -> None:
    page = office.admin.get(f"/admin/audit/account/{office.reception.account_id}")
    found = tables(page)
    assert {row[0]: row[1] for row in found["何を、何回"]} == {
        "受講者の記録を見た": "3回",
        "受講者の一覧を見た": "1回",
    }
    assert len(found["新しい順"]) == 4
    assert office.admin.get("/admin/audit/account/999999", expect=404)


def test_both_answers_are_paged_and_their_queries_do_not_grow(app: Flask, office: Office, queries: Counting) -> None:
    for address in ("/admin/audit/learner/7", f"/admin/audit/account/{office.reception.account_id}"):
        with queries() as few:
            office.admin.get(address)
        with app.app_context():
            for _number in range(60):
                look(office.reception, 7)
        with queries() as many:
            page = office.admin.get(address)
        assert len(many) == len(few) <= 9
        assert len(tables(page)["新しい順"]) == 50
        assert "もっと古い記録へ" in page.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_answers_are_files_too_and_that_is_noted(app: Flask, office: Office, ending: str) -> None:
    account = office.reception.account_id
    for address in (f"/admin/audit/learner/7/{ending}", f"/admin/audit/account/{account}/{ending}"):
        answer = office.admin.raw.get(address)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        if ending == "csv":
            assert "受講者の記録を見た" in answer.get_data().decode("utf-8-sig")
    with app.app_context():
        assert [subject for _action, subject, _learners in noted(Action.DOWNLOAD_AUDIT)] == [
            "learner:7",
            f"account:{account}",
        ]


def test_an_answer_says_from_where_and_why(app: Flask, office: Office) -> None:
    with app.app_context():
        make_reference()
        learner = make_learner("サトウ ハナ")
    page = office.admin.get(f"/learners/{learner}", expect=303, follow=True)
    assert page.url.startswith(f"/account/why/{learner}")
    opened = office.admin.submit(page, "why", {"reason": "complaint", "words": "9月の電話"}, follow=True)
    assert opened.url == f"/learners/{learner}"
    found = tables(office.admin.get(f"/admin/audit/learner/{learner}"))["新しい順"]
    assert [row[5] for row in found[:2]] == ["苦情や事故を調べる：9月の電話"] * 2
    assert "現場の画面 127.0.0.1" in found[0][4]


# ---- why


@pytest.fixture
def learners(app: Flask, office: Office) -> list[int]:
    with app.app_context():
        make_reference()
        return [make_learner() for _number in range(3)]


@pytest.fixture
def many_learners(app: Flask, learners: list[int]) -> None:
    """So many that the learner whom the office has seen is none of the test's."""
    with app.app_context():
        for _number in range(6):
            make_learner()


def reasons(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(
            select(AuditEntry.action, AuditEntry.reason)
            .where(AuditEntry.action.in_(["say_why", "view_learner"]), AuditEntry.reason != "")
            .order_by(AuditEntry.id)
        )
        return [(row.action, row.reason) for row in rows]


def test_an_administrator_says_why_once_for_each_person_and_session(
    app: Flask, office: Office, learners: list[int]
) -> None:
    page = office.admin.get(f"/learners/{learners[0]}", expect=303, follow=True)
    assert "なぜ見ますか" in page.text
    office.admin.submit(page, "why", {"reason": "inquiry"}, follow=True)
    assert office.admin.get(f"/learners/{learners[0]}", follow=True).url == f"/learners/{learners[0]}"
    assert "なぜ見ますか" in office.admin.get(f"/learners/{learners[1]}", expect=303, follow=True).text
    assert reasons(app) == [("say_why", "inquiry"), ("view_learner", "inquiry"), ("view_learner", "inquiry")]
    again = PageClient(app)
    desk_clock.set_now(desk_clock.now() + timedelta(minutes=1))
    again.sign_in("admin")
    assert "なぜ見ますか" in again.get(f"/learners/{learners[0]}", expect=303, follow=True).text


def test_another_reason_is_told_in_words_and_no_page_is_shown_before(
    app: Flask, office: Office, learners: list[int]
) -> None:
    page = office.admin.get(f"/learners/{learners[0]}?before=2026-11-01T00:00:00%2B09:00", expect=303, follow=True)
    refused = office.admin.submit(page, "why", {"reason": "other"}, expect=422)
    assert "理由を書いてください" in refused.text
    refused = office.admin.submit(refused, "why", {"reason": "other", "words": "パスワードはabc12345"}, expect=422)
    opened = office.admin.submit(refused, "why", {"reason": "other", "words": "監査の準備"}, follow=True)
    assert opened.url.startswith(f"/learners/{learners[0]}?before=")
    assert reasons(app)[0] == ("say_why", "other: 監査の準備")


def test_who_works_with_learners_is_not_asked_even_where_they_administrate_too(
    app: Flask, office: Office, learners: list[int]
) -> None:
    with app.app_context():
        make_account(Role.ADMIN, Role.RECEPTION, username="both")
    for name in ("reception", "both"):
        someone = PageClient(app)
        someone.sign_in(name)
        assert someone.get(f"/learners/{learners[0]}").url == f"/learners/{learners[0]}"


# ---- what looks unusual


def unusual_rows(page: Page) -> dict[str, list[list[str]]]:
    return {caption: rows for caption, rows in tables(page).items() if "見た" in caption}


def test_many_different_people_in_an_hour_are_marked(app: Flask, office: Office, clock: Clock) -> None:
    with app.app_context():
        look(office.adviser, *range(100, 99 + MANY_PEOPLE.default))
    assert unusual_rows(office.admin.get("/admin/audit/unusual")) == {}
    with app.app_context():
        look(office.adviser, *range(200, 205))
        look(office.reception, *([300] * 100))
    found = unusual_rows(office.admin.get("/admin/audit/unusual"))
    assert [(row[0], row[1]) for row in found["1時間に多くの人を見た"]] == [
        ("adviserさん", f"{MANY_PEOPLE.default + 5}人")
    ]
    assert "気になる見方" in office.admin.get(f"/admin/audit/account/{office.adviser.account_id}").text
    assert unusual_rows(office.admin.get("/admin/audit/unusual?until=2026-11-20")) == {}


def test_people_of_ones_own_family_name_are_marked(app: Flask, office: Office, many_learners: None) -> None:
    with app.app_context():
        with transaction():
            account = db.session.get_one(Account, office.reception.account_id)
            account.name, account.kana = "林 明子", "ハヤシ アキコ"
        same = make_learner("ハヤシ ケン", name="林 健")
        longer = make_learner("ハヤシダ ケン", name="林田 健")
        homophone = make_learner("ハヤシ ミチ", name="早志 ミチ")
        unconfirmed = make_learner("ハヤシ ヨネ")
        look(office.reception, same, longer, homophone, unconfirmed, same)
        look(office.adviser, same)
    found = unusual_rows(office.admin.get("/admin/audit/unusual"))["自分と同じ名字の人を見た"]
    assert {(row[0], row[1], row[3]) for row in found} == {
        ("林 明子", f"受講者 {same}", "2回"),
        ("林 明子", f"受講者 {unconfirmed}", "1回"),
    }


def test_the_deceased_are_marked(app: Flask, office: Office, learners: list[int]) -> None:
    with app.app_context():
        with transaction():
            db.session.get_one(Learner, learners[1]).status = Status.DECEASED
        look(office.reception, *learners)
    found = unusual_rows(office.admin.get("/admin/audit/unusual"))
    assert [row[1] for row in found["亡くなった人を見た"]] == [f"受講者 {learners[1]}"]


def test_what_is_unusual_takes_a_constant_number_of_queries(
    app: Flask, office: Office, learners: list[int], queries: Counting
) -> None:
    with queries() as few:
        office.admin.get("/admin/audit/unusual")
    with app.app_context():
        look(office.reception, *range(1, 120))
    with queries() as many:
        office.admin.get("/admin/audit/unusual")
    assert len(many) == len(few) <= 7
