"""The browser tests' ground: the demo served by gunicorn as in production, Chromium in Japanese, and axe.

Every page must load without an error in its console; what a test opens is examined by `examine`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, sync_playwright

from tests.browser.pictures import Album
from tests.clocks import NOW
from tests.databases import alone
from tests.servers import ROOT, Site, clean_environment, serving

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
    "--js-flags=--no-opt --no-maglev",  # no page lives long enough to pay for the compilers that take their time
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WIDTHS = (390, 1280)
_AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


@pytest.fixture(scope="session")
def demo(shared: Path) -> Path:
    """The instance folder of the demo as of NOW, made once for the run, to be copied."""
    instance = shared / "demo"
    with alone(shared / "demo.lock"):
        if not instance.exists():
            unfinished = shared / "unfinished-demo"
            done = subprocess.run(
                [Path(sys.executable).with_name("supportdesk"), "demo", "--no-serve"],
                cwd=ROOT,
                env=clean_environment(INSTANCE=str(unfinished), NOW=NOW.isoformat()),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, f"supportdesk demo failed:\n{done.stdout}{done.stderr}"
            unfinished.rename(instance)
    return instance


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as of NOW, for everybody who only looks."""
    with demo_served(demo, tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def demo_served(demo: Path, folder: Path) -> Iterator[Site]:
    """A demo of one's own as of NOW, with two workers. `site.move_clock(…)` goes on at another time."""
    instance = shutil.copytree(demo, folder / "instance")
    address = f"sqlite:///{instance / 'demo.sqlite3'}"
    settings = {"INSTANCE": str(instance), "NOW": NOW.isoformat(), "DATABASE_URL": address}
    with serving(settings, folder, application="tests.served:create_app()") as site:
        yield site


def chromium() -> str:
    """Where Chromium stands; the one without windows is quicker."""
    found = (os.environ.get("SUPPORTDESK_CHROMIUM"), *map(shutil.which, ("chromium-headless-shell", "chromium")))
    named = next(filter(None, found), None)
    if named is None:
        pytest.exit("no Chromium: run bin/install-browser, or name one with SUPPORTDESK_CHROMIUM", returncode=1)
    return named


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def chromium_with(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """A Chromium of one's own."""
    all_flags = [*_QUIET, *flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = playwright.chromium.launch(executable_path=chromium(), args=all_flags)
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium_with(playwright) as browser:
        yield browser


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(browser: Browser, site: Site) -> Iterator[NewContext]:
    """Another person's browser: `new_context()`, with options such as viewport, java_script_enabled=False, locale."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> BrowserContext:
        given = {"base_url": site.url, "locale": "ja-JP", "timezone_id": "Asia/Tokyo", **options}
        context = browser.new_context(**given)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: complaints.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("console", lambda message: complaints.extend(complaint(message)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "the browser complained:\n  " + "\n  ".join(complaints)


def complaint(message: ConsoleMessage) -> list[str]:
    """What the browser complains of, if this message is a complaint.

    A page that answers 404 or 422 on purpose is logged as an error too: whether it should is the test's own question.
    """
    if message.type != "error" or "Failed to load resource" in message.text:
        return []
    return [f"{message.page and message.page.url}: {message.text}"]


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    """One person's browser, on a desktop's screen."""
    return new_context(viewport={"width": 1280, "height": 900})


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def follow(page: Page, place: Locator) -> None:
    """Press what leads to another page, and wait until that one is there."""
    with page.expect_navigation():
        place.click()


SignIn = Callable[[Page, str], None]


@pytest.fixture
def sign_in() -> SignIn:
    """Log in on a page as one of the demo's people."""

    def log_in(page: Page, username: str) -> None:
        page.goto("/login")
        page.fill('[name="username"]', username)
        page.fill('[name="password"]', "akita-demo")
        follow(page, page.locator('form[action*="/login"] button[type="submit"]').first)
        assert "/login" not in page.url, f"{username} was not let in"

    return log_in


@pytest.fixture
def album(pytestconfig: pytest.Config) -> Album:
    """Keeps pictures when the run was asked to."""
    return Album(pytestconfig.getoption("pictures"))


class Examine(Protocol):
    def __call__(self, page: Page, *, but: Sequence[str] = (), only: Sequence[str] = ()) -> None:
        """Fail on what axe finds on the page as it stands, `but` for these of its rules, or by these `only`."""


@pytest.fixture(scope="session")
def examine() -> Examine:
    """axe on the page as it stands: no violation, and nothing wider than the screen."""
    script = Axe().axe_script

    def look(page: Page, *, but: Sequence[str] = (), only: Sequence[str] = ()) -> None:
        # Not Axe.run, which hands half a megabyte of script to a page anew for each width it is looked at in.
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        options = {**_AXE, "rules": {rule: {"enabled": False} for rule in but}}
        if only:
            options["runOnly"] = {"type": "rule", "values": list(only)}
        found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        assert not found, f"{page.url} at {page.viewport_size}:\n" + "\n".join(map(_readable, found))
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{page.url} at {page.viewport_size} is {too_wide} px too wide"

    return look


def examine_at_both_widths(page: Page, examine: Examine) -> None:
    """On a phone and on a desktop."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        examine(page)


def _readable(violation: dict[str, Any]) -> str:
    places = "\n".join(
        f"      {' '.join(map(str, node['target']))}\n        {node['html'][:200]}\n"
        f"        {' '.join(node.get('failureSummary', '').split())[:400]}"
        for node in violation["nodes"][:8]
    )
    more = len(violation["nodes"]) - 8
    rest = f"\n      … and {more} more" if more > 0 else ""
    return f"  {violation['impact']}: {violation['id']} – {violation['help']}\n{places}{rest}"
