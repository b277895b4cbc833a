"""A walk-in as one line: a number at the counter, called on the waiting room's screen, the case, a video given, the
next booking, and all of it on the learner's page. With a screen that follows by itself and one that runs no scripts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Examine, NewContext, SignIn, demo_served, examine_at_both_widths, follow
from tests.clocks import NOW
from tests.servers import Site

NAME, KANA = "柴田 誠", "しばたま"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo of its own: a number is called in it."""
    with demo_served(demo, tmp_path_factory.mktemp("walk-in")) as site:
        yield site


def press(page: Page, words: str, *, within: str = "main") -> None:
    """Press the first button or link with these words."""
    place = page.locator(within)
    follow(page, place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words)).first)


def screen_of(site: Site) -> str:
    """The address of the first desk's screen: read here from where an administrator's page shows it."""
    with sqlite3.connect(site.settings["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        (token,) = database.execute("SELECT token FROM queue_display ORDER BY desk_id").fetchone()
    return f"/called/{token}"


def test_from_the_number_to_the_learners_page(
    site: Site, new_context: NewContext, sign_in: SignIn, examine: Examine
) -> None:
    site.move_clock(NOW)
    television, tablet = new_context().new_page(), new_context(java_script_enabled=False).new_page()
    for one in (television, tablet):
        one.goto(screen_of(site))
    counter, desk = new_context().new_page(), new_context().new_page()
    sign_in(counter, "reception")
    sign_in(desk, "adviser")

    number = reception_gives_a_number(counter)
    adviser_calls_it(desk, number)
    now = television.locator(".called-now")
    expect(now).to_contain_text(number)
    expect(now).to_contain_text("窓口1へ")
    expect(television.locator("body")).not_to_contain_text(NAME.split()[0])
    examine_at_both_widths(television, examine)
    press(tablet, "新しい番号を見る")
    expect(tablet.locator(".called-now")).to_contain_text(number)

    title = adviser_holds_it(desk)
    expect(television.locator(".called-before")).to_contain_text(number)
    expect(now).to_have_count(0)
    everything_stands_on_one_page(counter, title)


def reception_gives_a_number(page: Page) -> str:
    """Two presses and the name; the number on the slip."""
    page.goto("/helpdesk/today")
    press(page, "番号を出す")
    page.fill("#search-q", KANA)
    press(page, "さがす")
    press(page, NAME)
    press(page, "番号を出す")
    expect(page.locator("h1")).to_contain_text("受付が完了しました")
    return page.locator(".slip-number strong").inner_text()


def adviser_calls_it(page: Page, number: str) -> None:
    """Whoever was called before did not come; this one is called before their turn."""
    page.goto("/helpdesk/today")
    press(page, "いない", within=".queue-called")
    press(page, "呼ぶ", within=f".queue > li:has(.queue-number:text-is('{number}番'))")


def adviser_holds_it(page: Page) -> str:
    """Begun and written, a video given, the next one booked, closed. Returns the video's title."""
    press(page, "はじめる", within=".queue-called")
    expect(page.locator("h1")).to_contain_text("相談の記録")
    expect(page.locator("main")).to_contain_text(NAME)
    case = page.url
    page.fill("[name=asked]", "QRコードの読み取り方")
    page.fill("[name=done]", "カメラを少しはなして、読み取れた。")
    suggestion = page.locator("[aria-labelledby=suggestions] .suggested > li", has=page.get_by_role("button")).first
    title = suggestion.locator("a").first.inner_text()
    follow(page, suggestion.get_by_role("button", name="紙でわたす"))
    expect(page.locator("main")).to_contain_text(title)
    page.goto(case)
    expect(page.locator("[name=done]")).to_have_value("カメラを少しはなして、読み取れた。")
    press(page, "つぎの相談を予約する")
    follow(page, page.locator("a.slot-time.free").first)
    follow(page, page.locator("form#book button[type=submit]").first)
    expect(page.locator("h1")).to_contain_text("受付が完了しました")
    page.goto(case)
    page.get_by_label("解決した").check()
    press(page, "相談を終える")
    expect(page.locator("main")).to_contain_text("この相談の結果")
    return title


def everything_stands_on_one_page(page: Page, title: str) -> None:
    """What reception sees when the learner telephones tomorrow."""
    page.goto("/learners/")
    page.fill("#search-q", KANA)
    press(page, NAME)
    for words in ("QRコードの読み取り方", "解決した", title):
        expect(page.locator("section[aria-labelledby=timeline]")).to_contain_text(words)
    expect(page.locator("section[aria-labelledby=bookings]")).to_contain_text("スマホ相談 いーぱる窓口")
