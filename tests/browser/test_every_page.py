"""Every page in Chromium: axe finds no violation, nothing is wider than the screen, on a phone and on a desktop."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Examine, NewContext, SignIn

WIDTHS = (390, 1280)
LANGUAGES = ("ja", "en")
PUBLIC = ("/", "/login", "/no/such/page")
ADMIN = (
    "/home",
    "/admin/audit",
    "/learners/",
    "/learners/search",
    "/learners/new",
    "/learners/import",
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_are_for_everyone(new_context: NewContext, examine: Examine, width: int, language: str) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(f"/language/{language}")
    for address in PUBLIC:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        examine(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_pages_are_for_everyone(
    new_context: NewContext, sign_in: SignIn, examine: Examine, width: int, language: str
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(f"/language/{language}")
    sign_in(page, "admin")
    for address in ADMIN:
        page.goto(address)
        examine(page)


def test_the_log_in_works_by_keyboard_and_without_scripts(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/login")
    page.focus('[name="username"]')
    page.keyboard.type("reception")
    page.keyboard.press("Tab")
    page.keyboard.type("akita-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
