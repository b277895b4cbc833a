"""One woman through the register's whole life: two records made one, taken apart and made one again; booked with her
husband in one call; gone to another city; shown her record; erased.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Examine, NewContext, SignIn, demo_served, examine_at_both_widths, follow
from tests.browser.test_loop import press
from tests.servers import Site

KANA, NAME = "ナラオカ シズエ", "楢岡 静江"
HER_PHONE, HIS_PHONE = "018-832-4171", "018-832-4172"
HUSBAND = "楢岡 英二"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with demo_served(demo, tmp_path_factory.mktemp("one-life")) as site:
        yield site


def test_one_life(site: Site, new_context: NewContext, sign_in: SignIn, examine: Examine) -> None:
    desk, admin = new_context().new_page(), new_context().new_page()
    sign_in(desk, "reception")
    sign_in(admin, "admin")
    her = registered(desk, kana=KANA, name=NAME, phone=HER_PHONE)
    again = registered(desk, kana=KANA, name="", phone=HIS_PHONE)
    booked(desk, her, "申し込む")
    booked(desk, again, "予約する")
    merged(desk, her, again, examine)
    assert bookings(desk, her) == 2
    taken_apart(desk, examine)
    assert (bookings(desk, her), bookings(desk, again)) == (1, 1)
    merged(desk, her, again, examine)
    assert bookings(desk, her) == 2
    him = registered(desk, kana="ナラオカ エイジ", name=HUSBAND, phone=HIS_PHONE)
    both_booked(desk, her, examine)
    assert (bookings(desk, her), bookings(desk, him)) == (3, 1)
    moves_away(desk, her, examine)
    assert (bookings(desk, her), bookings(desk, him)) == (0, 1)
    shown_her_record(desk, admin, her, examine)
    erased(desk, admin, her, examine)
    assert bookings(desk, him) == 1
    assert where_it_stands(site, NAME, KANA, HER_PHONE) == []


def registered(desk: Page, *, kana: str, name: str, phone: str) -> int:
    """A new record, whoever it is like; its id."""
    desk.goto("/learners/new")
    desk.fill("[name=kana]", kana)
    desk.fill("[name=name]", name)
    desk.locator("[name^=phone]").first.fill(phone)
    follow(desk, desk.locator("main form button[type=submit]").last)
    return int(desk.url.partition("?")[0].rpartition("/")[2])


def booked(desk: Page, learner: int, button: str) -> None:
    desk.goto(f"/desk/{learner}")
    desk.locator(".offers").get_by_role("button", name=button, exact=True).first.click()
    expect(desk.locator("h1")).to_contain_text("受付が完了しました")


def bookings(desk: Page, learner: int) -> int:
    """How many lie ahead, as the learner's page tells."""
    desk.goto(f"/learners/{learner}")
    return desk.locator("section[aria-labelledby=bookings] li").count()


def merged(desk: Page, kept: int, gone: int, examine: Examine) -> None:
    """Side by side, with the full name and both telephones kept."""
    desk.goto(f"/learners/{kept}")
    press(desk, "もう1つの記録とまとめる")
    desk.fill("main [name=q]", KANA)
    press(desk, "さがす")
    follow(desk, desk.locator(f"main a[href*='/merge/{gone}']").first)
    examine_at_both_widths(desk, examine)
    press(desk, "1つの記録にまとめる")
    expect(desk.locator("main")).to_contain_text("1つの記録にまとめました")


def taken_apart(desk: Page, examine: Examine) -> None:
    """On the list of what was merged."""
    desk.goto("/learners/hand-overs")
    examine_at_both_widths(desk, examine)
    press(desk, NAME)
    examine_at_both_widths(desk, examine)
    press(desk, "元にもどす")


def both_booked(desk: Page, learner: int, examine: Examine) -> None:
    """He is on the same telephone: one press links them, one books both."""
    desk.goto(f"/learners/{learner}")
    press(desk, "家族とつながり")
    examine_at_both_widths(desk, examine)
    press(desk, "夫婦")
    desk.goto(f"/desk/{learner}")
    desk.get_by_role("button", name=f"{HUSBAND}さんとふたりで申し込む").first.click()
    expect(desk.locator("h1")).to_contain_text("受付が完了しました")
    examine_at_both_widths(desk, examine)


def moves_away(desk: Page, learner: int, examine: Examine) -> None:
    """What it will do is shown before it is done."""
    desk.goto(f"/learners/{learner}")
    press(desk, "状態を変える")
    desk.get_by_label("転出").check()
    desk.get_by_label("家族などからの連絡").check()
    press(desk, "何が起こるかを見る")
    examine_at_both_widths(desk, examine)
    desk.locator("form#confirm button[type=submit]").click()
    expect(desk.locator("main")).to_contain_text("転出")


def shown_her_record(desk: Page, admin: Page, learner: int, examine: Examine) -> None:
    """Taken down by reception with the day by which it is due; answered by the administrator."""
    asked_for(desk, learner, "開示")
    opened(admin, "開示")
    press(admin, "記録のすべてを見る")
    for words in (NAME, HER_PHONE, HIS_PHONE):
        expect(admin.locator(".whole-record")).to_contain_text(words)
    examine_at_both_widths(admin, examine)
    assert admin.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
    settled(admin)


def erased(desk: Page, admin: Page, learner: int, examine: Examine) -> None:
    """What it will do is shown, her name is typed once more, and nobody finds her after that."""
    asked_for(desk, learner, "消去")
    opened(admin, "消去")
    press(admin, "この方を消去する")
    examine_at_both_widths(admin, examine)
    admin.fill("[name=typed]", NAME)
    press(admin, "消去する")
    expect(admin.locator("main")).to_contain_text("消去しました")
    desk.goto(f"/learners/{learner}")
    expect(desk.locator("h1")).not_to_contain_text(NAME)
    desk.goto("/desk")
    desk.fill("#search-q", KANA)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state()
    expect(desk.locator("#answer")).not_to_contain_text(NAME)


def asked_for(desk: Page, learner: int, kind: str) -> None:
    """A request of hers, taken down today."""
    desk.goto(f"/learners/{learner}")
    press(desk, "開示などの申し出を受け付ける")
    desk.get_by_label(kind).first.check()
    follow(desk, desk.locator("form#request button[type=submit]"))


def opened(admin: Page, kind: str) -> None:
    """The request on the work list. Administrators say why they look at somebody."""
    admin.goto("/learners/requests")
    admin.locator("tr", has_text=NAME).get_by_role("link", name=kind).click()
    if "/account/why/" in admin.url:
        admin.locator("[name=reason]").first.check()
        admin.locator("main form button[type=submit]").click()
    expect(admin.locator("h1")).to_have_text("申し出に答える")


def settled(admin: Page) -> None:
    opened(admin, "開示")
    admin.locator("form#settle [name=state]").first.check()
    admin.locator("form#settle button[type=submit]").click()
    expect(admin.locator("tr", has_text=NAME)).to_contain_text("すんだ")


def where_it_stands(site: Site, *values: str) -> list[str]:
    """Every column of every table that holds one of the values."""
    found = []
    with sqlite3.connect(site.settings["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for column in [row[1] for row in database.execute(f"PRAGMA table_info({table})")]:
                for value in values:
                    held = database.execute(
                        f"SELECT 1 FROM {table} WHERE instr({column}, ?) LIMIT 1", (value,)
                    ).fetchone()
                    found += [f"{table}.{column}: {value}"] if held else []
    return found
