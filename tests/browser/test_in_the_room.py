"""In the room: attendance with the network cut (tapped, reloaded, the log-in gone, handed in twice; it arrives once),
and the papers of a meeting, printed and read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import Drop
from supportdesk.learners.passes import issue_pass
from tests.browser.conftest import Examine, NewContext, SignIn, examine_at_both_widths
from tests.browser.pictures import Album
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import NOW, TODAY
from tests.factories import make_account, make_learner, make_reference
from tests.servers import Site, serving

PEOPLE = 12
#: A camera that sees one card, for a Chromium that has neither a camera nor a decoder.
CAMERA = """
window.BarcodeDetector = class {
  static getSupportedFormats = async () => ["qr_code"];
  detect = async () => [{ rawValue: "%s" }];
};
const seen = async () => document.createElement("canvas").captureStream();
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = seen;
HTMLMediaElement.prototype.play = async () => {};
"""


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
        second = db.session.scalars(select(Enrolment.learner_id).where(Enrolment.seat == 2)).one()
        with transaction():
            card = issue_pass(second, actor=SYSTEM, now=NOW).token
        db.session.remove()
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.add_init_script(CAMERA % f"https://desk.example/p/{card}")
    page = context.new_page()
    sign_in(page, "instructor")
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("html[data-offline=ready]")).to_be_attached()
    expect(page.locator(".roll-tap")).to_have_count(PEOPLE)
    expect(page.locator("[data-sent]")).to_contain_text("まだありません")

    context.set_offline(True)
    page.fill("#code", f"{code[:3]}-{code[3:].lower()}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-code-answer]")).to_have_text("見本 1号さん：出席")
    page.get_by_role("button", name="カメラで読み取る").click()
    expect(page.locator("[data-code-answer]")).to_have_text("見本 2号さん：出席")
    page.get_by_role("button", name="カメラを止める").click()
    for row in page.locator(".roll-tap").all()[2:]:
        row.tap()
    left = page.locator("[data-sent]")
    expect(left).to_have_attribute("data-left", str(PEOPLE))
    page.reload()
    expect(left).to_have_attribute("data-left", str(PEOPLE))
    assert tapped(page) == ["present"] * PEOPLE
    expect(page.locator("[data-notes]")).to_contain_text("電波がありません")
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
        assert db.session.scalar(select(func.count()).select_from(Drop)) == PEOPLE

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
    page.get_by_role("button", name="ログアウト").click()
    page.wait_for_url("**/login**")
    context.set_offline(True)
    page.goto(f"/classes/meetings/{meeting_id}/roll")
    expect(page.locator("[data-notes]")).to_contain_text("名簿がありません")


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
    page.goto(sorted(read)[0])
    assert page.url.startswith(f"{site.url}/classes/meetings/{meeting_id}#learner-")
