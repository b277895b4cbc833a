"""The administrator's pages about the office's settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import AuditEntry
from supportdesk.accounts.office import IDLE_MINUTES
from supportdesk.core.office import OFFICE_NAME, OFFICE_PHONE, OfficeSettingChange
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.recording import Statements

IDLE = "/admin/settings/accounts.idle_minutes"
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def admin(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
    client.sign_in("admin")
    return client


def change(admin: PageClient, name: str, value: str, *, expect: int = 303) -> Page:
    return admin.submit(admin.get(f"/admin/settings/{name}"), "setting", {"value": value}, expect=expect)


def changes(app: Flask) -> list[tuple[str, str | None, str | None]]:
    with app.app_context():
        rows = db.session.scalars(select(OfficeSettingChange).order_by(OfficeSettingChange.id))
        return [(row.name, row.before, row.after) for row in rows]


def row_of(page: Page, label: str) -> str:
    (row,) = [text for text in page.texts("tbody tr") if label in text]
    return row


def test_every_setting_stands_with_meaning_value_and_default(admin: PageClient) -> None:
    page = admin.get("/admin/settings/")
    assert page.link("役所の設定") == "/admin/settings/"
    row = row_of(page, str(IDLE_MINUTES.label))
    assert "この時間、画面を使わないと" in row
    assert "60分 60分 変更なし" in row


def test_a_change_holds_at_once_and_says_when_and_by_whom(app: Flask, admin: PageClient, clock: Clock) -> None:
    assert change(admin, "accounts.idle_minutes", "３０").location == "/admin/settings/"
    row = row_of(admin.get("/admin/settings/"), str(IDLE_MINUTES.label))
    assert "30分 変更あり 60分" in row
    assert "adminさん" in row
    with app.app_context():
        assert IDLE_MINUTES.get() == 30
        entry = select(AuditEntry.detail).where(AuditEntry.action == Action.CHANGE_SETTING.value)
        assert db.session.scalars(entry).all() == [{"setting": "accounts.idle_minutes"}]
    clock.advance(minutes=31)
    admin.get("/admin/settings/", expect=303)


def test_a_setting_is_put_back_to_its_default_and_its_history_stays(app: Flask, admin: PageClient) -> None:
    change(admin, "accounts.idle_minutes", "30")
    change(admin, "accounts.idle_minutes", "45")
    page = admin.get(IDLE)
    assert attribute(page.field("value"), "value") == "45"
    admin.submit(page, "はじめの値にもどす", expect=303)
    assert changes(app) == [
        ("accounts.idle_minutes", None, "30"),
        ("accounts.idle_minutes", "30", "45"),
        ("accounts.idle_minutes", "45", None),
    ]
    after = admin.get(IDLE)
    assert [" ".join(one.split()[-2:]) for one in after.texts("tbody tr")] == [
        "45分 はじめの値",
        "30分 45分",
        "はじめの値 30分",
    ]
    assert "はじめの値にもどす" not in after.text
    with app.app_context():
        assert IDLE_MINUTES.get() == 60


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("accounts.idle_minutes", "4", "5から480まで"),
        ("accounts.idle_minutes", "481", "5から480まで"),
        ("accounts.idle_minutes", "一時間", "数字で"),
        ("accounts.idle_minutes", "", "入力してください"),
        ("office.phone", "12345", "市外局番から"),
        ("office.name", "あ" * 31, "30文字まで"),
        ("office.name", "", "入力してください"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(
    app: Flask, admin: PageClient, name: str, value: str, said: str
) -> None:
    assert said in change(admin, name, value, expect=422).error("value")
    assert changes(app) == []


def test_the_same_value_again_is_no_change(app: Flask, admin: PageClient) -> None:
    change(admin, "accounts.idle_minutes", "30")
    change(admin, "accounts.idle_minutes", "30")
    assert len(changes(app)) == 1
    with app.app_context():
        entries = select(func.count()).where(AuditEntry.action == Action.CHANGE_SETTING.value)
        assert db.session.scalar(entries) == 1


def test_two_who_change_it_do_not_undo_each_other_unseen(app: Flask, admin: PageClient) -> None:
    opened = admin.get(IDLE)
    change(admin, "accounts.idle_minutes", "30")
    refused = admin.submit(opened, "setting", {"value": "90"}, expect=422)
    assert "ほかの人がこの設定を変えました" in refused.text
    assert len(changes(app)) == 1


def test_name_and_telephone_of_the_office_stand_on_pages_and_paper_alike(app: Flask, admin: PageClient) -> None:
    schedule = admin.get("/schedule").tree.text
    assert "018-888-5643" in schedule
    change(admin, "office.name", "由利本荘市")
    change(admin, "office.phone", "０１８４（２４）６３３３")
    for address in ("/", "/schedule", "/admin/audit", "/videos", "/p/unknown"):
        page = admin.get(address, expect=404 if "unknown" in address else 200)
        assert "由利本荘市" in page.title
        assert "0184-24-6333" in page.tree.text
        assert "018-888-5643" not in page.tree.text
    with app.app_context():
        assert (OFFICE_NAME.get(), OFFICE_PHONE.get()) == ("由利本荘市", "0184-24-6333")


def test_a_notice_stands_on_the_front_page_until_it_is_emptied(admin: PageClient) -> None:
    change(admin, "journey.front_notice", "大雪のため、今日の教室は休みです。")
    assert "大雪のため、今日の教室は休みです。" in admin.get("/").text
    change(admin, "journey.front_notice", "")
    assert "大雪" not in admin.get("/").text


def test_a_text_is_text_and_no_markup(admin: PageClient) -> None:
    change(admin, "journey.front_notice", "<script>x</script>")
    assert "<script>x</script>" in admin.get("/").text


def test_a_setting_that_is_none_has_no_page(admin: PageClient) -> None:
    admin.get("/admin/settings/nothing.at_all", expect=404)


def test_the_page_asks_in_as_many_statements_however_much_was_changed(admin: PageClient, queries: Counting) -> None:
    with queries() as few:
        admin.get("/admin/settings/")
    for name in ("accounts.idle_minutes", "accounts.longest_hours", "classes.correction_days"):
        change(admin, name, "20")
    with queries() as many:
        admin.get("/admin/settings/")
    assert len(many) == len(few)
