"""Reception's box by keyboard alone: type, arrow, Enter."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn


def test_the_arrows_walk_through_what_was_found_and_enter_opens_it(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "reception")
    page.goto("/desk")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.type("さとう")
    results = page.locator("#answer .results a")
    expect(results.first).to_contain_text("サトウ")
    page.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/*")
