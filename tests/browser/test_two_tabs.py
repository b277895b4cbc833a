"""A consultation's record open in two tabs: each says so while it is being typed, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignIn, demo_served
from tests.servers import Site


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo in which something is written."""
    with demo_served(demo, tmp_path_factory.mktemp("tabs")) as site:
        yield site


def _type(page: Page, words: str) -> None:
    page.locator("[name=done]").fill(words)


def test_both_tabs_warn_and_keep_what_was_typed(context: BrowserContext, page: Page, sign_in: SignIn) -> None:
    sign_in(page, "adviser")
    page.goto("/helpdesk/today")
    page.locator("a[href$='/case']").first.click()
    other = context.new_page()
    other.goto(page.url)
    _type(page, "こちらの文")
    expect(page.locator("[data-saved]")).to_have_text("入力した内容を保存しました")
    _type(other, "あちらの文")
    expect(other.locator("[data-saved]")).to_contain_text("ここに入力した内容は別に保存しています")
    _type(page, "こちらの文。")
    expect(page.locator("[data-saved]")).to_contain_text("ほかの画面でも入力されています")
    other.get_by_role("button", name="とちゅうで保存する").click()
    expect(other.locator("[name=done]")).to_have_value("こちらの文。")
    expect(other.locator("section[aria-labelledby=asides]")).to_contain_text("あちらの文")
