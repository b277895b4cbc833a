"""A group asks for a lecture: from the public form, over a clash on its first date, to the closed result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from supportdesk.classes.outreach.office import OUTREACH_FORM_SECONDS
from tests.browser.conftest import NewContext, SignIn, demo_served, follow
from tests.browser.pictures import Album
from tests.clocks import NOW
from tests.photographs import photograph
from tests.servers import Site

FIRST = NOW + timedelta(days=50)  # a Wednesday
SECOND = FIRST + timedelta(days=1)
LECTURERS = ("講師 太郎", "菅原 美紀", "石井 大輔", "地区 洋子")


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo for this line alone: its clock is moved."""
    with demo_served(demo, tmp_path_factory.mktemp("outreach")) as site:
        yield site


def press(page: Page, words: str) -> None:
    main = page.locator("main")
    follow(page, main.get_by_role("button", name=words).or_(main.get_by_role("link", name=words)).first)


def fill_day(page: Page, name: str, day: datetime) -> None:
    for part, number in (("year", day.year), ("month", day.month), ("day", day.day)):
        page.fill(f"[name={name}-{part}]", str(number))


def test_from_the_public_form_to_the_closed_result(
    site: Site, new_context: NewContext, sign_in: SignIn, album: Album
) -> None:
    resident = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    resident.goto("/")
    press(resident, "出前講座")
    everybody_is_elsewhere_on_the_first_date(new_context, sign_in)
    receipt = group_asks(resident)
    reception = new_context().new_page()
    sign_in(reception, "reception")
    day_and_instructor_are_found(reception, receipt, album)
    address = confirmed_and_packed(reception, album)
    site.move_clock(SECOND.replace(hour=13, minute=0))
    instructor = new_context(viewport={"width": 390, "height": 844}).new_page()
    sign_in(instructor, "instructor")
    instructor_writes_the_result(instructor, album)
    reception.context.clear_cookies()
    sign_in(reception, "reception")
    reception.goto(address)
    press(reception, "終わりにする")
    expect(reception.locator("main .tag").first).to_have_text("終わった")
    reception.goto("/outreach/?when=ended")
    expect(reception.locator(".results")).to_contain_text("仁井田町内会")


def everybody_is_elsewhere_on_the_first_date(new_context: NewContext, sign_in: SignIn) -> None:
    """All go to another group's lecture at eleven: with the way there and back they are away from half past ten."""
    page = new_context().new_page()
    sign_in(page, "coordinator")
    page.goto("/outreach/lectures/new")
    page.fill("[name=group_name]", "市の催し")
    page.select_option("[name=course_code]", "K08")
    fill_day(page, "day", FIRST)
    page.fill("[name=start]", "11:00")
    page.fill("[name=place]", "市の広場")
    page.select_option("[name=district_code]", "tobu")
    for name in LECTURERS:
        page.get_by_label(name).check()
    press(page, "記録する")


def group_asks(page: Page) -> str:
    """The number on the receipt. Too few people are refused first, and all that was typed stays."""
    page.get_by_label("町内会・自治会").check()
    page.fill("[name=group_name]", "仁井田町内会")
    for number, day in enumerate((FIRST, SECOND), 1):
        fill_day(page, f"day_{number}", day)
        page.select_option(f"[name=start_{number}]", "10:00")
    page.get_by_label("60分").check()
    page.fill("[name=people]", "400")
    page.get_by_label("団体の会場").check()
    page.fill("[name=place]", "仁井田会館")
    page.fill("[name=room_for]", "20")
    page.select_option("[name=district_code]", "tobu")
    page.fill("[name=contact_name]", "仁井田 誠")
    page.fill("[name=contact_kana]", "にいだ まこと")
    page.fill("[name=contact_phone]", "018-888-5643")
    page.wait_for_timeout(OUTREACH_FORM_SECONDS.default * 1000)  # nobody fills in a form as quickly as this
    press(page, "送る")
    expect(page.locator("#people-error")).to_contain_text("会場に入れるのは20人まで")
    page.fill("[name=people]", "15")
    press(page, "送る")
    expect(page.locator("h1")).to_have_text("受付が完了しました")
    return page.locator(".slip-code").inner_text()


def day_and_instructor_are_found(page: Page, receipt: str, album: Album) -> None:
    """On the first date nobody can go, and saving it all the same is refused by name; the second is free."""
    page.goto("/outreach/")
    page.fill("#q", receipt)
    press(page, "しぼりこむ")
    press(page, "仁井田町内会")
    press(page, "内容をたしかめた")
    press(page, "日と講師を決める")
    page.locator(".steps a", has_text="第1希望").click()
    expect(page.locator(".steps a[aria-current]")).to_contain_text("空いている講師 0人")
    expect(page.locator("details li", has_text="講師 太郎")).to_contain_text("市の催し")
    album.take(page, "outreach-clash")
    page.get_by_label("講師 太郎").check()
    page.select_option("[name=course_code]", "K08")
    press(page, "この日と講師に決める")
    expect(page.locator(".message.bad")).to_contain_text("講師 太郎：")
    page.locator(".steps a", has_text="第2希望").click()
    page.get_by_label("講師 太郎").check()
    page.select_option("[name=course_code]", "K08")
    press(page, "この日と講師に決める")
    expect(page.locator("main")).to_contain_text("講師の予定に入れました")


def confirmed_and_packed(page: Page, album: Album) -> str:
    """The address of the request. The letter fits one sheet of A4."""
    press(page, "決定にする")
    address = page.url
    press(page, "決定のお知らせを印刷する")
    expect(page.locator(".letter")).to_contain_text("仁井田 誠 様")
    paper = page.pdf(prefer_css_page_size=True)
    assert (paper.count(b"/Type /Page\n") or 1) == 1
    assert re.search(rb"/MediaBox \[0 0 59[45]\.\d+ 84[12]", paper)
    album.take(page, "outreach-letter")
    page.goto(address)
    while page.get_by_role("button", name="済にする").count():
        press(page, "済にする")
    press(page, "準備ができた")
    expect(page.locator("main .tag").first).to_have_text("準備ができた")
    return address


def instructor_writes_the_result(page: Page, album: Album) -> None:
    page.goto("/outreach/")
    press(page, "仁井田町内会")
    press(page, "講座を行った")
    press(page, "結果を書く")
    page.fill("[name=heads]", "13")
    page.fill("[name=age_70s]", "9")
    page.fill("[name=topics]", "地図の使い方")
    page.get_by_label("この地区で教室を開いてほしい").check()
    page.set_input_files("[name=pictures]", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    page.get_by_label("写っている方の承諾を得ました").check()
    press(page, "結果を保存する")
    expect(page.locator("main")).to_contain_text("70代 9人")
    assert page.locator(".pictures img").evaluate("async (one) => (await one.decode(), one.naturalWidth)") == 400
    album.take(page, "outreach-result")
