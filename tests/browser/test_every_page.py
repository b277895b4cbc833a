"""Every page in Chromium: axe finds no violation, nothing is wider than the screen, on a phone and on a desktop.

The pages are found by following links; one that nobody is led to fails the test.
"""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask

from tests.browser.conftest import WIDTHS, Examine, NewContext, SignIn
from tests.browser.crawl import FILES, WHY, pages_found
from tests.databases import alone
from tests.servers import ROOT, Site

LANGUAGES = ("ja", "en")
#: To look at colours takes longer than all the rest: it is done once, since they are the same in every language and, as
#: is asked of the style sheets, at every width.
COLOURS_AT = ("ja", 390)
#: What axe asks of places on the screen. The rest was asked of the same page in English where it is narrow.
PLACES = ("target-size", "scrollable-region-focusable")
STYLES = ROOT / "supportdesk" / "static" / "css"
#: Residents, then staff: a page that several may open is looked at once.
EVERYBODY = ("", "reception", "instructor", "adviser", "tutor", "coordinator", "admin")

#: Where nothing is found, for some of EVERYBODY.
NOTHING_THERE = {
    "": ["/videos?q=zzz", "/schedule?q=zzz", "/v/V999999", "/no/such/page"],
    "reception": ["/no/such/page"],
}

#: Behind a link that opens once, a password that was just given, a phone that was set up: test_coming_in.py. Shown for
#: what was typed before: test_series.py.
LOOKED_AT_ELSEWHERE = {"invited.accept", "factor.enter_code", "staff.factor", "passes.cancel", "series.dates"}

Pages = dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def pages(site: Site, shared: Path) -> Pages:
    """For each of EVERYBODY an address of every kind of page that nobody before them was led to."""
    # Found once for the run: every worker's demo is a copy of the same.
    kept = shared / "pages.json"
    with alone(shared / "pages.lock"):
        if not kept.exists():
            kept.write_text(json.dumps(_found(site)))
    return cast("Pages", json.loads(kept.read_text()))


def _found(site: Site) -> Pages:
    from supportdesk import create_app
    from supportdesk.config import Settings

    addresses = create_app(Settings.from_environment({"SUPPORTDESK_INSTANCE": site.settings["INSTANCE"]})).url_map
    starts = _starts(site.settings["DATABASE_URL"].removeprefix("sqlite:///"))
    known: set[str] = set()
    found: Pages = {}
    for who in EVERYBODY:
        of_theirs = pages_found(site, addresses, who, starts.get(who, ["/home"]), known)
        found[who] = {endpoint: path for endpoint, path in of_theirs.items() if endpoint not in known}
        known.update(of_theirs)
    return found


def _starts(path: str) -> dict[str, list[str]]:
    """Where somebody begins who scanned a code, or searched for somebody: no link leads there."""
    with sqlite3.connect(path) as database:

        def first(statement: str) -> object:
            return database.execute(statement).fetchone()[0]

        token = first("SELECT token FROM pass WHERE revoked_at IS NULL")
        meeting = first("SELECT code FROM meeting")
        held_lately = first("SELECT code FROM meeting WHERE starts_at < '2026-11-24' ORDER BY starts_at DESC")
        video = first("SELECT code FROM video")
        booked = first(
            "SELECT id FROM enrolment e WHERE state = 'seated'"
            " AND (SELECT starts_at FROM run WHERE id = e.run_id) > '2026-11-26'"
        )
        changed = first("SELECT id FROM day_change")
        booked_as = first("SELECT code FROM enrolment")
        neighbour = first("SELECT id FROM learner WHERE district_code = 'tobu'")
        ahead = first("SELECT id FROM run WHERE starts_at > '2026-11-26' AND state = 'open' AND kind = 'class'")
        lottery = first("SELECT id FROM run WHERE filling = 'lottery'")
        applied = first("SELECT receipt FROM application")
        asked_about = first("SELECT id FROM application WHERE because = 'no_place' AND state = 'held'")
        consulted = first("SELECT receipt FROM consultation_application")
        closed = first(
            "SELECT c.booking_id FROM consultation_case c JOIN video_given g ON g.activity = 'booking:' || c.booking_id"
            " JOIN account a ON a.id = c.adviser_id WHERE a.username = 'adviser'"
        )
        couple = database.execute("SELECT learner_id, other_id FROM learner_link").fetchone()
        asked, asker = database.execute("SELECT id, learner_id FROM rights_request WHERE kind = 'erasure'").fetchone()
        receipt = first("SELECT receipt FROM outreach_request")
        confirmed, held, reported = (
            first(f"SELECT id FROM outreach_request WHERE state = '{state}'")
            for state in ("confirmed", "held", "reported")
        )
        together = database.execute(
            "SELECT one.id, other.id FROM enrolment one JOIN enrolment other ON other.run_id = one.run_id"
            " WHERE one.id < other.id AND one.state = 'seated' AND other.state = 'seated'"
        ).fetchone()
        series = first("SELECT id FROM series")
        nameless = first("SELECT id FROM queue_number WHERE state = 'waiting' AND learner_id IS NULL")
        missed = database.execute(
            "SELECT e.id, m.meeting_id FROM enrolment e JOIN meeting t ON t.run_id = e.run_id"
            " JOIN attendance_mark m ON m.meeting_id = t.id AND m.learner_id = e.learner_id AND m.current"
            " JOIN run r ON r.id = e.run_id"
            " WHERE m.state IN ('absent', 'absent_notified') AND e.state = 'seated' AND r.kind = 'class'"
        ).fetchone()
    both = f"/classes/{ahead}/enrol-both?learner={couple[0]}&companion={couple[1]}"
    return {
        "": [
            "/",
            "/login",
            f"/p/{token}",
            f"/m/{meeting}",
            f"/m/{held_lately}/feedback",
            f"/m/{held_lately}/feedback/thanks",
            f"/v/{video}/thanks?said=can",
            f"/b/{booked_as}",
            f"/outreach/received/{receipt}",
            f"/apply/receipt/{applied}",
            f"/consultations/receipt/{consulted}",
        ],
        "reception": [
            "/home",
            "/account/prove",
            f"/classes/enrolments/{booked}",
            f"/desk/{neighbour}",
            f"/helpdesk/?learner={neighbour}",
            f"/helpdesk/numbers/{nameless}/name?learner={neighbour}",
            f"/outreach/{confirmed}",
            f"/outreach/{held}",
            f"/outreach/{reported}",
            both,
            f"/classes/{lottery}/lottery/enter?learner={neighbour}",
            f"/classes/applications/{asked_about}/place",
            "/classes/enrolments/{}/both/{}".format(*together),
            "/classes/enrolments/{}/make-up/{}".format(*missed),
            "/account/prove",
            "/dropbox/held",
            f"/classes/day-changes/{changed}",
            "/learners/provisional",
        ],
        "adviser": ["/home", f"/helpdesk/bookings/{closed}/case"],
        "coordinator": ["/home", f"/tutors/matches/new?learner={neighbour}", f"/classes/series/{series}"],
        "admin": [
            "/home",
            f"/learners/{neighbour}/record",
            f"/classes/{lottery}/lottery/draw",
            f"/learners/requests/{asked}",
            f"/learners/{asker}/erase",
        ],
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who or "resident")
def test_pages_are_for_everyone(
    new_context: NewContext, sign_in: SignIn, examine: Examine, pages: Pages, who: str, language: str
) -> None:
    context = new_context()
    context.add_init_script(Axe().axe_script)  # handed to the browser once, and not for each page
    page = context.new_page()
    page.goto(f"/language/{language}")
    if who:
        sign_in(page, who)
    for address in [*pages[who].values(), *NOTHING_THERE.get(who, ())]:
        page.goto(address)
        if WHY in page.url and WHY not in address:
            page.locator("[name=reason][value=inquiry]").check()
            page.locator("main form button[type=submit]").click()
            page.wait_for_url(f"**{address}")
        assert page.locator("html").get_attribute("lang") == language
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            examine(
                page,
                but=() if (language, width) == COLOURS_AT else ("color-contrast",),
                only=PLACES if (language, width) == ("en", 1280) else (),
            )


def test_no_width_changes_a_colour() -> None:
    for sheet in STYLES.glob("*.css"):
        for condition, rules in re.findall(r"@media ([^{]*)\{((?:[^{}]*\{[^{}]*\})*)", sheet.read_text()):
            if "width" in condition:
                assert not re.search(r"[\s;{](color|background|fill|opacity|filter)(-color)?:", rules), sheet.name


def test_somebody_is_led_to_every_page(app: Flask, pages: Pages) -> None:
    offered = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    seen = {endpoint for of_theirs in pages.values() for endpoint in of_theirs}
    assert sorted(offered - seen - FILES - LOOKED_AT_ELSEWHERE) == []


def test_the_log_in_works_by_keyboard_and_without_scripts(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/login")
    page.focus('[name="username"]')
    page.keyboard.type("reception")
    page.keyboard.press("Tab")
    page.keyboard.type("akita-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
