"""From the invitation to the second factor, in Chromium: each page on the way is examined, on a phone and a desktop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Examine, NewContext, SignIn, demo_served, examine_at_both_widths, follow
from tests.clocks import NOW
from tests.servers import Site

CHOSEN = "minato-de-asagohan"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with demo_served(demo, tmp_path_factory.mktemp("coming-in")) as site:
        yield site


def press(page: Page) -> None:
    follow(page, page.locator("main form button[type=submit]").last)


def sheets(page: Page) -> int:
    """How many sheets of paper the page prints on."""
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") or 1


def test_somebody_is_invited_and_comes_in_with_a_second_factor(
    new_context: NewContext, sign_in: SignIn, examine: Examine
) -> None:
    admin, guest = new_context().new_page(), new_context().new_page()
    sign_in(admin, "admin")
    admin.goto("/admin/accounts/")
    follow(admin, admin.get_by_role("link", name="小松 直樹"))
    follow(admin, admin.get_by_role("link", name="招待を作る"))
    press(admin)
    assert admin.locator("h1").inner_text() == "招待の手紙"
    examine_at_both_widths(admin, examine)
    assert sheets(admin) == 1
    guest.goto(admin.locator(".letter-address").first.inner_text())
    examine_at_both_widths(guest, examine)
    for name in ("new_password", "new_password_again"):
        guest.fill(f"[name={name}]", CHOSEN)
    press(guest)
    guest.goto("/account/second-factor")
    secret = guest.locator(".letter-address").inner_text().replace(" ", "")
    guest.fill("[name=code]", pyotp.TOTP(secret).at(NOW))
    press(guest)
    assert guest.locator(".letter-codes li").count() == 10
    recovery = guest.locator(".letter-codes li").first.inner_text()
    examine_at_both_widths(guest, examine)
    assert sheets(guest) == 1
    later = new_context().new_page()
    later.goto("/login")
    later.fill("[name=username]", "adviser2")
    later.fill("[name=password]", CHOSEN)
    press(later)
    examine_at_both_widths(later, examine)
    later.goto("/login/code")
    later.fill("[name=code]", recovery)
    press(later)
    later.wait_for_url("**/helpdesk/today")
    later.goto("/account/second-factor")
    examine_at_both_widths(later, examine)
    admin.goto("/admin/accounts/")
    follow(admin, admin.get_by_role("link", name="小松 直樹"))
    follow(admin, admin.get_by_role("link", name="2つ目のたしかめを取り消す"))
    examine_at_both_widths(admin, examine)


def test_a_learners_own_phone_shows_their_bookings_and_gives_one_up(
    site: Site, new_context: NewContext, sign_in: SignIn, examine: Examine
) -> None:
    with sqlite3.connect(site.settings["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        token, learner_id, title = database.execute(
            "SELECT p.token, p.learner_id, r.title FROM pass p JOIN enrolment e ON e.learner_id = p.learner_id"
            " JOIN run r ON r.id = e.run_id"
            " WHERE p.revoked_at IS NULL AND e.state = 'seated' AND r.starts_at > '2026-11-26'"
        ).fetchone()
    reception, phone = new_context().new_page(), new_context().new_page()
    sign_in(reception, "reception")
    reception.goto(f"/learners/{learner_id}")
    follow(reception, reception.get_by_role("button", name="ご本人のスマホを登録する"))
    phone.goto(f"/p/{token}")
    follow(phone, phone.get_by_role("button", name="このスマホを登録する"))
    examine_at_both_widths(phone, examine)
    card = phone.locator(".card", has_text=title).first
    follow(phone, card.get_by_role("link", name="行けなくなったとき"))
    examine_at_both_widths(phone, examine)
    follow(phone, phone.locator("form#cancel button"))
    assert "取り消しました" in phone.locator("body").inner_text()
