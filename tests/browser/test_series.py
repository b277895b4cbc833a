"""A term in three districts, planned by somebody who never did it: what is in the way is said, and all is public."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Examine, NewContext, SignIn, demo_served, examine_at_both_widths
from tests.browser.pictures import Album

LONGEST = 180.0


def _day(page: Page, name: str, year: int, month: int, day: int) -> None:
    for part, number in (("year", year), ("month", month), ("day", day)):
        page.fill(f'[name="{name}-{part}"]', str(number))


def _plan_what_will_be_in_the_way(page: Page) -> None:
    """加藤 teaches at another venue on the third Monday."""
    page.goto("/classes/new")
    page.select_option('[name="course_code"]', "K01")
    page.select_option('[name="room_id"]', index=1)
    _day(page, "day_1", 2027, 1, 25)
    page.fill('[name="start_1"]', "9:30")
    page.locator('[name="staff"]').first.check()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("h1")).to_contain_text("電源の入れ方")


def test_a_term_in_three_districts_with_a_holiday_and_a_clash_is_saved_and_public(
    demo: Path, tmp_path: Path, new_context: NewContext, sign_in: SignIn, examine: Examine, album: Album
) -> None:
    with demo_served(demo, tmp_path) as site:
        page = new_context(base_url=site.url, viewport={"width": 1280, "height": 900}).new_page()
        sign_in(page, "admin")
        _plan_what_will_be_in_the_way(page)
        began = time.monotonic()
        page.goto("/classes/")
        page.get_by_role("link", name="教室をまとめて計画する").click()
        page.select_option('[name="course_code"]', "S01")
        _day(page, "first", 2027, 1, 11)
        _day(page, "last", 2027, 2, 1)
        page.get_by_label("月曜日").first.check()
        page.fill('[name="start"]', "10:00")
        for number, venue in enumerate(("いーぱる", "ウェスター", "キタスカ"), start=1):
            if number > 1:
                page.get_by_text(f"{number}つ目の会場（あるとき）").click()
            label = page.locator(f'[name="room_{number}"] option', has_text=venue).first.inner_text()
            page.select_option(f'[name="room_{number}"]', label=label)
            page.locator(f'[name="staff_{number}"]').nth(number - 1).check()
        page.get_by_role("button", name="日にちをたしかめる").click()
        warning = page.locator(".message.warn")
        expect(warning).to_contain_text("祝日（成人の日）です。")
        expect(warning).to_contain_text("電源の入れ方・ボタン操作（1月25日（月） 9:30〜10:30）")
        examine_at_both_widths(page, examine)
        album.take(page, "series-dates")
        holidays = page.locator("li.unsettled", has_text="成人の日")
        for number in range(3):
            unsettled = holidays.nth(number)
            unsettled.locator("summary").click()
            unsettled.get_by_label("この日は行わない").check()
        clash = page.locator("li.unsettled", has_text="電源の入れ方")
        clash.locator('[name$="_staff"]').first.uncheck()
        page.get_by_role("button", name="もう一度たしかめる").click()
        expect(page.locator(".message.good")).to_contain_text("空いています")
        page.get_by_role("button", name="まとめて登録する").click()
        expect(page.locator("h1")).to_contain_text("はじめてのスマホ 全3回")
        expect(page.locator("tbody tr")).to_have_count(3)
        took = time.monotonic() - began
        resident = new_context(base_url=site.url).new_page()
        resident.goto("/schedule?month=2027-01&q=はじめてのスマホ")
        expect(resident.locator(".card")).to_have_count(3)
        assert took < LONGEST
