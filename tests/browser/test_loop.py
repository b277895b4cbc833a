"""The whole product as one line: booked, attended, practised, helped by a neighbour, seen on one page.

Done twice, with scripts and without, by two neighbours. `--pictures` keeps what was seen for docs/.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext, SignIn, demo_served, follow
from tests.browser.pictures import Album
from tests.clocks import NOW
from tests.servers import Site

DESKTOP = {"width": 1280, "height": 900}
NEVER_SIGN_IN = ("learner", "stranger")
PHONE = {"width": 390, "height": 844}
#: In the page, because its policy lets nobody hand in a text to evaluate again and again.
PLAYS = "() => document.querySelector('video').currentTime > 0.3"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo for this line alone: its clock is moved and its people are booked."""
    with demo_served(demo, tmp_path_factory.mktemp("loop")) as site:
        yield site


class People:
    """Everybody's own browser, opened when first asked for."""

    def __init__(self, site: Site, new_context: NewContext, sign_in: SignIn, scripts: bool) -> None:
        self._site, self._new_context, self._sign_in, self._scripts = site, new_context, sign_in, scripts
        self._pages: dict[str, Page] = {}

    def go_on_at(self, moment: datetime) -> None:
        """It is later; whoever had left the screen logs in again."""
        self._site.move_clock(moment)
        for who, page in self._pages.items():
            if who not in NEVER_SIGN_IN:
                page.context.clear_cookies()
                self._sign_in(page, who)

    def __getitem__(self, who: str) -> Page:
        if who not in self._pages:
            on_phone = who in ("instructor", "tutor", "learner", "stranger")
            context = self._new_context(
                viewport=PHONE if on_phone else DESKTOP, java_script_enabled=self._scripts, has_touch=on_phone
            )
            self._pages[who] = context.new_page()
            if who not in NEVER_SIGN_IN:
                self._sign_in(self._pages[who], who)
        return self._pages[who]


def press(page: Page, words: str, *, within: str = "main") -> None:
    """Press the first button or link with these words."""
    place = page.locator(within)
    follow(page, place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words)).first)


@pytest.mark.parametrize(
    ("scripts", "kana", "name"),
    [(True, "しばたま", "柴田 誠"), (False, "こだまひ", "児玉博")],
    ids=["with scripts", "without scripts"],
)
def test_the_loop(
    site: Site, new_context: NewContext, sign_in: SignIn, album: Album, scripts: bool, kana: str, name: str
) -> None:
    people = People(site, new_context, sign_in, scripts)
    people.go_on_at(NOW)
    album = album if scripts else Album(None)

    learner_id = reception_books_a_class(people["reception"], kana, name, scripts, album)
    card = reception_makes_a_card(people["reception"], site, learner_id)
    lecture = NOW.replace(hour=11, minute=0 if scripts else 30)
    people.go_on_at(lecture + timedelta(minutes=20))
    instructor_holds_a_lecture(people["instructor"], lecture, kana, name, album)
    people.go_on_at(NOW.replace(hour=13, minute=40))
    code = instructor_teaches(people["instructor"], learner_id, name, album)
    learner_practises_at_home(people["learner"], card, code, name, scripts, album)
    slot = reception_books_a_consultation(people["reception"], learner_id)
    people.go_on_at(slot + timedelta(minutes=40))
    adviser_holds_it(people["adviser"], name, album)
    coordinator_matches(people["coordinator"], kana, name, album)
    people.go_on_at(slot + timedelta(hours=3))
    tutor_logs_a_session(people["tutor"], name, album)
    stranger_learns_nothing(people["stranger"], card, kana, name, album)
    everything_stands_on_one_page(people["reception"], learner_id, album)


def reception_books_a_class(page: Page, kana: str, name: str, scripts: bool, album: Album) -> int:
    """Type, pick, book; then the slip. Returns the learner's id."""
    page.goto("/desk")
    page.locator("#search-q").press_sequentially(kana)
    if not scripts:
        page.keyboard.press("Enter")
    expect(page.locator("#answer .results")).to_contain_text(name)
    album.take(page, "desk-search")
    press(page, name, within="#answer")
    learner_id = int(page.url.rpartition("/")[2])
    album.take(page, "desk-learner")
    page.locator(".offers > li", has_text="電話のかけ方・カメラの使い方").first.get_by_role(
        "button", name="申し込む", exact=True
    ).click()
    expect(page.locator("h1")).to_contain_text("受付が完了しました")
    album.take(page, "booked")
    press(page, "予約票を印刷する")
    for words in ("令和8年11月24日", "いーぱる", "持ち物"):
        expect(page.locator(".slip")).to_contain_text(words)
    album.take(page, "slip")
    return learner_id


def reception_makes_a_card(page: Page, site: Site, learner_id: int) -> str:
    """The address in the card's QR code: read here from where the camera's picture was drawn from."""
    page.goto(f"/learners/{learner_id}/pass")
    new_card = page.get_by_role("button", name="カードを作る")
    if new_card.count():  # the demo's people who came to a class have one
        new_card.click()
    expect(page.locator(".pass-qr")).to_be_visible()
    with sqlite3.connect(site.settings["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        (token,) = database.execute("SELECT token FROM pass WHERE learner_id = ?", (learner_id,)).fetchone()
    return f"/p/{token}"


def instructor_holds_a_lecture(page: Page, starts_at: datetime, kana: str, name: str, album: Album) -> None:
    """At a neighbourhood group's place: recorded, attended by who walked in, levels confirmed."""
    page.goto("/outreach/lectures/")
    album.take(page, "lectures")
    press(page, "記録する")
    page.fill("[name=group_name]", "広面町内会")
    page.select_option("[name=course_code]", "K08")
    for part, number in (("year", "2026"), ("month", "11"), ("day", "24")):
        page.fill(f"[name=day-{part}]", number)
    page.fill("[name=start]", f"{starts_at:%H:%M}")
    page.fill("[name=end]", f"{starts_at + timedelta(minutes=30):%H:%M}")
    page.fill("[name=place]", "広面会館")
    page.select_option("[name=district_code]", "tobu")
    page.get_by_label("講師 太郎").check()
    page.locator("#lecture button[type=submit]").first.click()
    expect(page.locator("h1")).not_to_contain_text("記録する")
    if "/meetings/" not in page.url:
        press(page, "出欠")
    page.fill("#search-q", kana)
    press(page, "さがす")
    page.get_by_role("button", name=name).or_(page.locator("li", has_text=name).get_by_role("button")).first.click()
    expect(page.locator(".roll")).to_contain_text(name)
    press(page, "できる度合いを確認する")
    page.locator("#levels").get_by_label("手伝ってもらえばできる").first.check()
    follow(page, page.locator("#levels > .actions button"))


def instructor_teaches(page: Page, learner_id: int, name: str, album: Album) -> str:
    """Attendance at one tap, levels with an exception, consent, the learner's phone; the code of that day's videos."""
    page.goto("/classes/today")
    album.take(page, "today")
    page.locator(".meetings > li", has_text="電話のかけ方・カメラの使い方").first.get_by_role(
        "link", name="出欠をとる"
    ).click()
    row = page.locator(f"#learner-{learner_id}")
    row.get_by_role("button", name="出席").click()
    expect(page.locator(f"#learner-{learner_id} [aria-pressed=true]")).to_have_text("出席")
    album.take(page, "attendance")
    attendance = page.url
    press(page, "できる度合いを確認する")
    page.locator("#levels").get_by_label("ひとりでできる").first.check()
    album.take(page, "levels")
    follow(page, page.locator("#levels > .actions button"))
    page.goto(f"/learners/{learner_id}/consents")
    for kind in ("keep_record", "tie_video_views"):
        form = page.locator(f"form#{kind}")
        form.get_by_label("はい（同意する）").check()
        follow(page, form.get_by_role("button").first)
    page.goto(f"/learners/{learner_id}")
    press(page, "ご本人のスマホを登録する")
    expect(page.locator("main")).to_contain_text("まで登録できます")
    page.goto(attendance)
    press(page, "動画のQRコード")
    return page.locator(".code-letters").inner_text()


def learner_practises_at_home(page: Page, card: str, code: str, name: str, scripts: bool, album: Album) -> None:
    """No log-in and no typing: the card, the code on the hand-out, the film, one button."""
    page.goto(card)
    press(page, "このスマホを登録する")
    expect(page.locator("h1")).to_contain_text(name)
    album.take(page, "own-phone")
    page.goto(f"/m/{code}")
    album.take(page, "meeting")
    page.locator("main .choices a").first.click()
    if scripts:
        page.locator("video").wait_for()
        page.evaluate("document.querySelector('video').muted = true; document.querySelector('video').play()")
        page.wait_for_function(PLAYS)
    album.take(page, "video")
    press(page, "まだ")
    expect(page.locator("h1")).not_to_contain_text("QRコード")


def reception_books_a_consultation(page: Page, learner_id: int) -> datetime:
    """The adviser's next free slot of another day; when it begins."""
    page.goto(f"/desk/{learner_id}")
    today = f"{NOW.month}月{NOW.day}日"  # then the learner is in class
    slot = page.locator(".offers > li", has_text="相談 恵子").filter(has_not_text=today).first
    found = re.search(r"(\d+)月(\d+)日.*?(\d+):(\d+)〜", slot.inner_text())
    assert found is not None
    slot.get_by_role("button", name="予約する").click()
    expect(page.locator("h1")).to_contain_text("受付が完了しました")
    month, day, hour, minute = map(int, found.groups())
    return NOW.replace(month=month, day=day, hour=hour, minute=minute)


def adviser_holds_it(page: Page, name: str, album: Album) -> None:
    """The case, typed while the learner sits there, with what was seen."""
    page.goto("/helpdesk/today")
    album.take(page, "adviser-day")
    press(page, name)
    page.fill("[name=asked]", "QRコードを読み取りたい")
    page.fill("[name=done]", "カメラを近づけすぎていた。3回目からは、ひとりでできた。")
    page.locator("summary", has_text="電話とカメラ").first.click()
    page.locator("fieldset.levels-skill", has_text="QRコード").get_by_label("ひとりでできる").check()
    page.get_by_label("解決した").check()
    album.take(page, "case")
    press(page, "相談を終える")
    expect(page.locator("main")).to_contain_text("この相談の結果")
    album.take(page, "case-closed")


def coordinator_matches(page: Page, kana: str, name: str, album: Album) -> None:
    """A neighbour who teaches, for a learner who wants to practise."""
    page.goto("/tutors/matches")
    album.take(page, "matches")
    press(page, "担当を決める")
    page.fill("#search-q", kana)
    press(page, "さがす")
    press(page, name)
    page.get_by_label("地域 実").first.check()
    page.fill("[name=wish]", "撮った写真を家族に送りたい")
    press(page, "担当を決める")
    expect(page.locator("main")).to_contain_text(name)
    page.goto("/tutors/figures")
    album.take(page, "figures")


def tutor_logs_a_session(page: Page, name: str, album: Album) -> None:
    """Half a minute on a phone."""
    page.goto("/tutors/")
    album.take(page, "tutor-home")
    page.locator(".my-learners > li", has_text=name).get_by_role("link", name="記録する").click()
    page.select_option("[name=where]", index=1)
    page.locator("fieldset.levels-skill").first.get_by_label("手伝ってもらえばできる").check()
    album.take(page, "tutor-log")
    page.locator("#log > .actions button").click()
    expect(page.locator("h1")).not_to_contain_text("との教え合い")
    album.take(page, "tutor-done")


def stranger_learns_nothing(page: Page, card: str, kana: str, name: str, album: Album) -> None:
    page.goto(card)
    shown = page.content()  # what a stranger's phone was sent, shown or not
    assert name not in shown
    assert kana not in shown
    expect(page.locator("h1")).to_have_text("これは受講者カードです")
    album.take(page, "stranger")


def everything_stands_on_one_page(page: Page, learner_id: int, album: Album) -> None:
    """All five programmes, the latest first, and the levels that they led to."""
    page.goto(f"/learners/{learner_id}")
    album.take(page, "learner", whole=True)
    kinds = [tag.strip() for tag in page.locator(".timeline > li .tag").all_inner_texts()]
    assert list(dict.fromkeys(kinds)) == ["教え合い", "相談", "動画", "教室", "出前講座"]
    skills = page.locator("section[aria-labelledby=skills]")
    for source in ("教室", "相談", "教え合い", "出前講座"):
        expect(skills).to_contain_text(source)
    expect(skills).to_contain_text("ひとりでできる")
