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


def test_what_was_found_before_goes_when_searching_fails(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "reception")
    page.goto("/desk")
    results = page.locator("#answer .results a")
    for fail in (lambda route: route.abort(), lambda route: route.fulfill(status=500)):
        page.fill("#search-q", "さとう")
        expect(results.first).to_contain_text("サトウ")
        page.route("**/desk*", fail)
        page.fill("#search-q", "さとう は")
        expect(page.locator("#answer")).to_contain_text("さがせませんでした")
        expect(results).to_have_count(0)
        page.unroute("**/desk*")


def test_a_ledger_is_still_entered_after_its_refused_rows_were_saved(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "reception")
    page.goto("/learners/import")
    ledger = "氏名,フリガナ,地区\n見本 花子,ミホン ハナコ,中央\n,,\n見本 太郎,123,どこか\n"
    page.set_input_files("input[type=file]", {"name": "l.csv", "mimeType": "text/csv", "buffer": ledger.encode()})
    page.locator("main form button[type=submit]").first.click()
    with page.expect_download():
        page.get_by_role("button", name="CSVで保存する").click()
    page.route("**/learners/import", lambda route: route.fulfill(status=204))  # the demo is for others too
    with page.expect_request("**/learners/import"):
        page.get_by_role("button", name="1人を登録する").click()
