"""The browser tests' own tools find what they are there to find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Examine, SignIn, complaint
from tests.clocks import NOW
from tests.servers import Site

GOOD = '<!doctype html><html lang="ja"><title>頁</title><main><h1>頁</h1>{}</main></html>'


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ('<input name="kana">', "label"),
        ('<p style="color: #999">薄い字</p>', "color-contrast"),
        ('<div style="width: 3000px">広い</div>', "too wide"),
    ],
)
def test_what_shuts_people_out_is_found(page: Page, examine: Examine, broken: str, named: str) -> None:
    page.set_content(GOOD.format("<p>よい</p>"))
    examine(page)
    page.set_content(GOOD.format(broken))
    with pytest.raises(AssertionError, match=named):
        examine(page)


def test_an_error_in_the_console_is_a_complaint(browser: Browser) -> None:
    page = browser.new_page()
    with page.expect_console_message() as told:
        page.evaluate("console.error('壊れた')")
    assert "壊れた" in complaint(told.value)[0]
    with page.expect_console_message() as told:
        page.evaluate("console.log('よい')")
    assert not complaint(told.value)
    page.close()


def test_the_clock_moves_and_the_log_in_stays_until_it_is_stale(page: Page, site: Site, sign_in: SignIn) -> None:
    sign_in(page, "instructor")
    site.move_clock(NOW + timedelta(minutes=20))
    page.goto("/classes/today")
    assert page.url.endswith("/classes/today")
    site.move_clock(NOW + timedelta(hours=3))
    page.goto("/classes/today")
    assert "/login" in page.url
    site.move_clock(NOW)
