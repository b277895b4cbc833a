"""In the room: attendance with the network cut (tapped, reloaded, the log-in gone, handed in twice; it arrives once),
and the papers of a meeting, printed and read back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, Playwright, Route, expect
from sqlalchemy import func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.attendance import add_walk_in
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.core.activities import activity
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.qr import qr_png
from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import Entry
from supportdesk.learners.passes import issue_pass
from tests.browser.conftest import Examine, NewContext, SignIn, chromium_with, examine_at_both_widths
from tests.browser.pictures import Album
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import NOW, TODAY
from tests.factories import make_account, make_learner, make_reference
from tests.notices.making import queue
from tests.servers import Site, serving

PEOPLE = 12
#: What a busy morning leaves to be called.
CALLS = 7
CALLED_OFF = (
    "講師の急病のため、予定が変わります。11月27日（金）13:30からの「アイフォン（iPhone）の基本操作」は中止です。"
    "予約番号はC4FR3MPです。"
)
#: In points: what is read at arm's length, by whoever holds the telephone in the other hand.
SMALLEST = 10
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
#: The next so many times that something is to be written or read, the browser has closed the database.
FAILS = """times => {
  const transaction = IDBDatabase.prototype.original ??= IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    if (times-- > 0) throw new DOMException("closed", "InvalidStateError");
    return transaction.apply(this, given);
  };
}"""
KEPT = """store => new Promise(resolve => {
  const request = indexedDB.open("support-desk");
  request.onsuccess = () => {
    const count = request.result.transaction(store).objectStore(store).count();
    count.onsuccess = () => { request.result.close(); resolve(count.result); };
  };
})"""


@pytest.fixture
def meeting_id(app: Flask) -> int:
    """Today's, with twelve who have seats."""
    with app.app_context():
        make_reference()
        instructor = make_account(Role.INSTRUCTOR).id
        run_id = make_run(meeting_at(TODAY, 11, staff=[instructor]), capacity=PEOPLE)
        for number in range(PEOPLE):
            enrol(run_id, make_learner(name=f"見本 {number + 1}号"))
        found = meeting_of(run_id)
        db.session.remove()
    return found


@pytest.fixture
def site(meeting_id: int, database_url: str, tmp_path: Path) -> Iterator[Site]:
    settings = {"DATABASE_URL": database_url, "INSTANCE": str(tmp_path / "instance"), "NOW": NOW.isoformat()}
    with serving({**settings, "SECRET_KEY": "a key for tests, " * 3}, tmp_path) as site:
        yield site


def losing_the_first_answer(asked: list[str]) -> Callable[[Route], None]:
    """The desk takes it in, and the network goes before the phone hears of it."""

    def lose(route: Route) -> None:
        answer = route.fetch()
        asked.append(answer.text())
        if len(asked) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    return lose


def kept_waiting(routes: list[Route]) -> Callable[[Route], None]:
    """The network is there, and slow."""
    return lambda route: routes.append(route)


def tapped(page: Page) -> list[str]:
    return page.locator(".roll-tap").evaluate_all("rows => rows.map(row => row.dataset.state)")


def test_twelve_taps_without_a_network_arrive_once_each(
    app: Flask,
    meeting_id: int,
    new_context: NewContext,
    sign_in: SignIn,
    examine: Examine,
    album: Album,
) -> None:
    with app.app_context():
        code = db.session.scalars(select(Enrolment.code).where(Enrolment.seat == 1)).one()
        db.session.remove()
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    sign_in(page, "instructor")
    slow: list[Route] = []
    page.route("**/roll.json", kept_waiting(slow))
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("[data-notes]")).to_have_text("名簿を読みこんでいます。")
    slow[0].continue_()
    page.unroute("**/roll.json")
    expect(page.locator("html[data-offline=ready]")).to_be_attached()
    expect(page.locator(".roll-tap")).to_have_count(PEOPLE)
    expect(page.locator("[data-sent]")).to_contain_text("まだありません")

    context.set_offline(True)
    page.fill("#code", f"{code[:3]}-{code[3:].lower()}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-code-answer]")).to_have_text("見本 1号さん：出席")
    for row in page.locator(".roll-tap").all()[1:]:
        row.tap()
    left = page.locator("[data-sent]")
    expect(left).to_have_attribute("data-left", str(PEOPLE))
    page.reload()
    expect(left).to_have_attribute("data-left", str(PEOPLE))
    assert tapped(page) == ["present"] * PEOPLE
    expect(page.locator("[data-notes]")).to_contain_text("電波がありません")
    expect(page.get_by_role("link", name="担当の教室にもどる")).to_be_hidden()
    album.take(page, "roll-offline")
    context.clear_cookies()  # the log-in ends in the middle of the class

    asked: list[str] = []
    context.route("**/dropbox", losing_the_first_answer(asked))
    context.set_offline(False)
    expect(page.locator("[data-notes]")).to_contain_text("ログインが切れています")
    page.get_by_role("button", name="いま送る").click()
    expect(left).to_contain_text(f"すべて届きました（{PEOPLE}件）")
    assert [answer.count("received") for answer in asked] == [PEOPLE, 0], "the second time they were known"
    assert [answer.count("known") for answer in asked] == [0, PEOPLE]
    with app.app_context():
        marks = db.session.execute(select(AttendanceMark.learner_id, AttendanceMark.state)).all()
        assert len(marks) == len(set(marks)) == PEOPLE
        assert {mark.state for mark in marks} == {AttendanceState.PRESENT}
        assert db.session.scalar(select(func.count()).select_from(Entry)) == PEOPLE

    page.get_by_role("link", name="ログインする").click()
    page.fill('[name="username"]', "instructor")
    page.fill('[name="password"]', "akita-demo")
    page.locator('form[action*="/login"] button[type="submit"]').first.click()
    expect(left).to_contain_text(f"すべて届きました（{PEOPLE}件）")
    expect(page.locator("[data-sum]")).to_contain_text(f"参加 {PEOPLE}人")
    expect(page.locator("[data-notes]")).to_be_hidden()
    page.get_by_role("button", name="見本 1号").press("Enter")
    expect(page.get_by_role("button", name="見本 1号")).to_contain_text("遅刻")
    page.get_by_role("button", name="ひとつ前にもどす").press("Enter")
    expect(page.get_by_role("button", name="見本 1号")).to_contain_text("出席")
    expect(left).to_contain_text(f"すべて届きました（{PEOPLE + 2}件）")
    examine_at_both_widths(page, examine)
    album.take(page, "roll-arrived")

    page.get_by_role("link", name="担当の教室にもどる").click()
    expect(page.locator(".meetings")).to_contain_text(f"参加 {PEOPLE}人")
    page.locator("form[data-forget-names]").evaluate("form => form.submit()")  # pressed before the scripts are there
    page.wait_for_url("**/login**")
    expect(page.locator("main")).to_contain_text("ログアウトしました")
    context.set_offline(True)
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("[data-notes]")).to_contain_text("名簿がありません")


def filmed(text: str, folder: Path) -> Path:
    """A film of one card with this code, as a camera would see it: Chromium shows it in place of a camera's picture."""
    card = Image.new("L", (640, 480), 200)
    card.paste(Image.open(BytesIO(qr_png(text))).convert("L").resize((300, 300)), (170, 90))
    frame = BytesIO()
    card.convert("RGB").save(frame, "JPEG", quality=90)
    film = folder / "card.mjpeg"
    film.write_bytes(frame.getvalue() * 5)
    return film


def test_a_card_before_the_camera_is_read_where_the_browser_has_no_decoder_and_no_network(
    app: Flask, meeting_id: int, site: Site, playwright: Playwright, sign_in: SignIn, album: Album, tmp_path: Path
) -> None:
    with app.app_context():
        second = db.session.scalars(select(Enrolment.learner_id).where(Enrolment.seat == 2)).one()
        with transaction():
            card = issue_pass(second, actor=SYSTEM, now=NOW).token
        db.session.remove()
    film = filmed(f"{site.url}/p/{card}", tmp_path)
    with chromium_with(playwright, *CAMERA, f"--use-file-for-fake-video-capture={film}") as browser:
        context = browser.new_context(base_url=site.url, locale="ja-JP", viewport={"width": 390, "height": 844})
        context.add_init_script("delete window.BarcodeDetector")
        page = context.new_page()
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        sign_in(page, "instructor")
        page.goto(f"/classes/meetings/{meeting_id}/roll")
        expect(page.locator("html[data-offline=ready]")).to_be_attached()
        expect(page.locator(".roll-tap")).to_have_count(PEOPLE)
        assert not [url for url in fetched if "/decoder/" in url], "no page loads it before the camera is turned on"
        assert settled(page, "() => caches.match('/static/decoder/zxing_reader.wasm').then(Boolean)", True)
        context.set_offline(True)
        page.get_by_role("button", name="カメラで読み取る").click()
        expect(page.locator("[data-code-answer]")).to_have_text("見本 2号さん：出席", timeout=15_000)
        assert tapped(page) == ["unmarked", "present", *["unmarked"] * (PEOPLE - 2)]
        album.take(page, "roll-camera")
        page.get_by_role("button", name="カメラを止める").click()
        assert page.evaluate("'BarcodeDetector' in window") is False


def test_the_roll_says_what_becomes_of_a_tap(
    app: Flask, meeting_id: int, new_context: NewContext, sign_in: SignIn
) -> None:
    with app.app_context():
        make_account(Role.INSTRUCTOR, username="other")
        walk_in, now = make_learner(name="見本 飛入"), NOW
        with transaction():
            add_walk_in(meeting_id, walk_in, actor=SYSTEM, now=now)
        db.session.remove()
    context = new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, "instructor")
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("html[data-offline=ready]")).to_be_attached()
    first, third = (page.get_by_role("button", name=f"見本 {number}号") for number in (1, 3))

    page.evaluate(FAILS, 1)
    first.click()
    expect(first).to_contain_text("出席")
    expect(page.locator("[data-sent]")).to_contain_text("すべて届きました")
    page.evaluate(FAILS, 9)
    first.click()
    expect(page.locator("[data-notes]")).to_contain_text("この電話には記録を残せません")
    expect(first).to_contain_text("出席")
    page.evaluate(FAILS, 0)
    page.evaluate("() => { const row = document.querySelector('.roll-tap'); row.click(); row.click(); }")
    expect(first).to_contain_text("欠席")

    someone = page.get_by_role("button", name="見本 飛入")
    someone.click()
    expect(someone).to_contain_text("まだ")
    expect(someone).to_contain_text("届きました")
    page.get_by_role("button", name="ひとつ前にもどす").click()
    expect(someone).to_contain_text("飛び入り")
    with app.app_context():
        given_up = db.session.scalars(select(Enrolment.id).where(Enrolment.seat == 3)).one()
        with transaction():
            cancel_enrolment(given_up, actor=SYSTEM, now=NOW)
        db.session.remove()
    third.click()
    expect(third).to_contain_text("届きました・確認待ち")
    expect(third).to_contain_text("まだ")
    expect(page.locator("[data-sent]")).to_contain_text("すべて届きました")
    with app.app_context():
        stands = select(AttendanceMark.state).where(AttendanceMark.learner_id == walk_in, AttendanceMark.current)
        assert db.session.scalars(stands).one() is AttendanceState.WALK_IN

    context.set_offline(True)
    first.click()
    expect(first).to_contain_text("まだ送っていません")
    page.close()
    context.set_offline(False)
    with app.app_context():
        with transaction():  # a new password: nothing is trusted any more that comes with the key of before
            db.session.scalars(select(Account).where(Account.username == "instructor")).one().session_stamp = "new"
        db.session.remove()
    page = context.new_page()
    sign_in(page, "instructor")
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("[data-sent]")).to_contain_text("すべて届きました")
    with app.app_context():
        assert db.session.scalars(select(Entry.reason).where(Entry.reason != "")).all() == ["NotOnRoster"]
        db.session.remove()

    assert page.evaluate(KEPT, "names") == 1
    context.clear_cookies()  # the phone goes to a colleague, and nobody logged out
    sign_in(page, "other")
    expect(page.locator("body[data-account]")).to_be_attached()
    assert settled(page, KEPT, 0, "names")
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("[data-notes]")).to_contain_text("この教室は見つかりません")
    expect(page.locator(".roll-tap")).to_have_count(0)
    assert page.evaluate(KEPT, "entries") > 0


def settled(page: Page, script: str, wanted: object, *given: object) -> bool:
    """Whether the script comes to say this within five seconds."""
    for _ in range(100):
        if page.evaluate(script, *given) == wanted:
            return True
        page.wait_for_timeout(50)
    return False


def printed(page: Page, keep: Path | None, name: str) -> list[Any]:
    """What Chromium prints the page as: a picture of each sheet at 200 dots an inch, as a scanner sees it."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [sheet.render(scale=200 / 72).to_pil() for sheet in document]
    for number, sheet in enumerate(sheets if keep else (), start=1):
        sheet.save(Path(str(keep), f"{name}-{number}.png"))
    document.close()
    return sheets


def test_papers_are_printed_and_their_codes_read_back(
    app: Flask, site: Site, meeting_id: int, new_context: NewContext, sign_in: SignIn, album: Album
) -> None:
    with app.app_context():
        codes = db.session.scalars(select(Enrolment.code)).all()
        db.session.remove()
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, "instructor")
    page.goto(f"/classes/meetings/{meeting_id}/roster")
    roster = printed(page, album.folder, "roster")
    page.goto(f"/classes/meetings/{meeting_id}/name-tags")
    tags = printed(page, album.folder, "tags")
    assert (len(roster), len(tags)) == (2, 2), "twelve names and room for five walk-ins; ten tags and two"
    for sheets in (roster, tags):
        read = {one.text for sheet in sheets for one in zxingcpp.read_barcodes(sheet)}
        assert read == {f"{site.url}/b/{code}" for code in codes}
    page.goto(f"/classes/meetings/{meeting_id}/feedback/papers")
    papers = printed(page, album.folder, "feedback")
    assert len(papers) == PEOPLE // 4 + 1, "four to a sheet, one for each seat and four without a number"
    answered = {one.text for sheet in papers for one in zxingcpp.read_barcodes(sheet)}
    page.goto(sorted(read)[0])
    assert page.url.startswith(f"{site.url}/classes/meetings/{meeting_id}#learner-")
    assert [address.rpartition("/")[2] for address in answered] == ["feedback"]


def test_the_call_list_is_printed_on_one_sheet_with_everybody_once_and_boxes_to_tick(
    app: Flask, meeting_id: int, new_context: NewContext, sign_in: SignIn, album: Album
) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
        for learner_id in db.session.scalars(select(Enrolment.learner_id).order_by(Enrolment.seat)).all()[:CALLS]:
            queue(learner_id, activity("meeting", meeting_id), CALLED_OFF)
        db.session.remove()
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, "reception")
    page.goto("/calls")
    printed(page, album.folder, "calls")
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    (sheet,) = document
    assert [round(side / 72 * 25.4) for side in sheet.get_size()] == [210, 297]
    words = sheet.get_textpage()
    text = unicodedata.normalize("NFKC", words.get_text_range())
    assert sorted(re.findall(r"見本 (\d+)号 様", text), key=int) == [str(number + 1) for number in range(CALLS)]
    assert text.count("□ つながった") == text.count("□ 連絡不要") == CALLS
    document.close()
    page.emulate_media(media="print")
    sizes = page.locator(".calls *:visible").evaluate_all("all => all.map(one => getComputedStyle(one).fontSize)")
    assert min(round(float(size.removesuffix("px")) * 72 / 96, 1) for size in sizes) >= SMALLEST
