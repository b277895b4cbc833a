"""A case typed for two minutes, the network lost for the last words, the browser killed: opened again, it is all there.

What waited on the computer can be read by nobody else who logs in on it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.conftest import Examine, SignIn, chromium, demo_served, examine_at_both_widths
from tests.clocks import NOW
from tests.servers import Site

#: What is typed, a piece every ten seconds of the page's own clock.
PIECES = [f"手順{number}を見た。" for number in range(12)]
LAST = "最後の言葉はつながらないあいだに書いた。"
#: Everything that the computer keeps of drafts, as somebody with the browser's tools would see it.
KEPT = """async () => {
  const db = await new Promise(done => (indexedDB.open("support-desk-drafts").onsuccess = e => done(e.target.result)));
  const kept = await new Promise(done => (db.transaction("drafts").objectStore("drafts").getAll().onsuccess =
    e => done(e.target.result)));
  db.close();
  return kept.map(({ id, sealed }) => [id, new TextDecoder().decode(sealed)]);
}"""


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo in which something is written."""
    with demo_served(demo, tmp_path_factory.mktemp("kept")) as site:
        yield site


def browser_of(playwright: Playwright, profile: Path, site: Site) -> BrowserContext:
    """A browser that keeps what it has in a folder, as everybody's does."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
        base_url=site.url,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(15_000)
    return context


def kill_browser_of(profile: Path) -> None:
    """SIGKILL to each of its processes, as when the computer goes off."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                mine = f"--user-data-dir={profile}".encode() in (folder / "cmdline").read_bytes()
            except OSError:
                continue  # it ended meanwhile
            if mine:
                os.kill(int(folder.name), signal.SIGKILL)


def case_of(page: Page) -> str:
    page.goto("/helpdesk/today")
    return str(page.locator("a[href$='/case']").first.get_attribute("href"))


def test_a_case_typed_for_two_minutes_survives_the_browsers_death(
    playwright: Playwright, site: Site, tmp_path: Path, sign_in: SignIn, examine: Examine
) -> None:
    profile = tmp_path / "profile"
    context = browser_of(playwright, profile, site)
    page = context.pages[0]
    saved: list[str] = []
    page.on("response", lambda answer: saved.append(answer.url) if answer.url.endswith("/case/save") else None)
    sign_in(page, "adviser")
    case = case_of(page)
    page.clock.install(time=NOW)
    page.goto(case)
    done, line = page.locator("[name=done]"), page.locator("[data-saved]")
    for number, piece in enumerate(PIECES, start=1):
        done.press_sequentially(piece)
        with page.expect_response("**/case/save"):
            page.clock.fast_forward(10_000)
        expect(line).to_have_text("入力した内容を保存しました")
        assert len(saved) >= number
    context.set_offline(True)
    done.press_sequentially(LAST)
    page.clock.run_for(2_000)
    expect(line).to_contain_text("入力はこの端末に残しています")
    kill_browser_of(profile)

    context = browser_of(playwright, profile, site)
    page = context.pages[0]
    page.clock.install(time=NOW + timedelta(hours=1))  # what waits too long is forgotten, by the page's clock
    sign_in(page, "reception")
    (kept,) = page.evaluate(KEPT)
    assert not any(word in "".join(kept) for word in (LAST[:2], PIECES[0][:2], "手順"))
    context.clear_cookies()

    sign_in(page, "adviser")
    page.goto(case)
    everything = "".join(PIECES) + LAST
    done, line = page.locator("[name=done]"), page.locator("[data-saved]")
    expect(done).to_have_value(everything)
    expect(page.locator("[data-draft]")).to_contain_text("保存できていなかった入力があります")
    examine_at_both_widths(page, examine)
    expect(line).to_have_text("入力した内容を保存しました")
    page.wait_for_timeout(300)
    assert page.evaluate(KEPT) == []

    context.clear_cookies()  # the log-in ends while one types
    done.press_sequentially("まだ書いている。")
    expect(line).to_contain_text("ログインが切れました")
    sign_in(page, "adviser")
    page.goto(case)
    expect(done).to_have_value(everything + "まだ書いている。")
    expect(line).to_have_text("入力した内容を保存しました")
    page.reload()
    expect(done).to_have_value(everything + "まだ書いている。")
    expect(page.locator("[data-draft]")).to_be_hidden()
    context.close()
