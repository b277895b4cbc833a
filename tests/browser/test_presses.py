"""How little reception has to do with a caller on the line: presses and letters are counted as they are made."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn, follow


class Hands:
    """Presses, types and fills in on a page, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses, self.letters, self.fields = 0, 0, 0

    def press(self, place: Locator) -> None:
        """What leads to another page."""
        self.presses += 1
        follow(self.page, place)

    def type(self, text: str) -> None:
        """Into the box that has the focus when the page has come."""
        expect(self.page.locator("input[type=search]:focus")).to_be_visible()
        self.letters += len(text)
        self.page.keyboard.type(text)

    def fill(self, name: str, text: str) -> None:
        """A field of the form."""
        self.fields += 1
        self.page.locator(f"main [name='{name}']").first.fill(text)

    def choose(self, name: str, label: str) -> None:
        """One of a list."""
        self.fields += 1
        self.page.locator(f"main [name='{name}']").select_option(label=label)


def test_a_known_senior_is_booked_by_two_presses_and_four_letters(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "reception")
    page.goto("/desk")
    hands = Hands(page)
    hands.type("サトウ")
    person = page.locator("#answer .results a").first
    expect(person).to_contain_text("サトウ")
    hands.press(person)
    hands.press(page.locator("section[aria-labelledby=slots]").get_by_role("button", name="予約する").first)
    expect(page.locator("h1")).to_have_text("受付が完了しました")
    expect(page.get_by_role("link", name="予約票を印刷する")).to_be_visible()
    assert hands.presses <= 3
    assert hands.letters <= 6


def test_a_new_senior_is_booked_with_no_field_beyond_the_four_that_tell_them(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "reception")
    page.goto("/desk")
    hands = Hands(page)
    hands.type("ナガシマ トミエ")
    hands.press(page.get_by_role("button", name="この内容で新しく登録する"))
    expect(page.locator("main [name=kana]")).to_have_value("ナガシマ トミエ")
    hands.fill("name", "長嶋 富江")
    hands.fill("phone_1", "018-832-5566")
    hands.choose("residence", "東部")
    hands.press(page.get_by_role("button", name="登録する", exact=True))
    hands.press(page.get_by_role("link", name="予約する").first)
    hands.press(page.locator("section[aria-labelledby=slots]").get_by_role("button", name="予約する").first)
    expect(page.locator("h1")).to_have_text("受付が完了しました")
    assert hands.fields + 1 <= 4 + 2  # the reading was typed into the desk's box
    assert hands.presses <= 4
