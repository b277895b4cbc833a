"""On the process for phones in the field no page leads to one that it does not serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from turbohtml import parse
from werkzeug.exceptions import MethodNotAllowed, NotFound

from supportdesk import create_app
from supportdesk.core import clock as desk_clock
from supportdesk.core.codes import new_token
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.security import served
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import CaseResult
from supportdesk.helpdesk.cases.operations import Notes, close_case
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import TODAY
from tests.conftest import settings_for
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD


@pytest.fixture
def field(database_url: str, tmp_path: Path) -> Iterator[tuple[Flask, list[str]]]:
    """The application on the field surface, and the pages of one learner who has something of everything."""
    app = create_app(settings_for(database_url, tmp_path, SURFACE="field"))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        make_reference()
        instructor = make_account(Role.INSTRUCTOR).id
        make_account(Role.COORDINATOR, districts=("chuo",))
        for role in (Role.RECEPTION, Role.ADMIN):
            make_account(role)
        learner = make_learner(district_code="chuo")
        run = make_run(meeting_at(TODAY, 14, staff=[instructor]))
        enrolment = enrol(run, learner)
        adviser = make_adviser()
        desk = make_desk(adviser, weekday=TODAY.weekday(), opens=9, closes=17)
        held = book(desk, adviser, learner, at(11, day=TODAY))
        book(desk, adviser, learner, at(15, day=TODAY))
        with transaction():
            close_case(held.booking_id, Notes("LINE", result=CaseResult.SOLVED), actor=SYSTEM, now=desk_clock.now())
        pages = [
            f"/learners/{learner}",
            f"/classes/{run}",
            f"/classes/enrolments/{enrolment.enrolment_id}",
            f"/classes/meetings/{meeting_of(run)}/attendance",
            f"/classes/meetings/{meeting_of(run)}/roster",
            "/classes/",
        ]
        db.session.remove()
    yield app, pages
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _ways(client: FlaskClient, page: str) -> set[str]:
    """Where a page's links and forms lead, within the desk; none from a page that is not for this reader."""
    answer = client.get(page)
    if answer.headers.get("Location", "").startswith("/account/why/"):
        client.post(answer.headers["Location"], data={"reason": "inquiry", "one_time_token": new_token()})
        answer = client.get(page)
    if answer.status_code != 200:
        assert answer.status_code in (403, 404), page
        return set()
    ways = parse(answer.text).select("a[href], form")
    told = [attribute(way, "href") or attribute(way, "action") for way in ways]
    return {urlsplit(way).path for way in told if way.startswith("/")}


def _leads_somewhere(app: Flask, path: str) -> bool:
    urls = app.url_map.bind("desk.test")
    for method in ("GET", "POST"):
        try:
            endpoint, _values = urls.match(path, method)
        except (NotFound, MethodNotAllowed):
            continue
        with app.app_context():
            return served(endpoint)
    return False


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADVISER, Role.COORDINATOR, Role.RECEPTION, Role.ADMIN])
def test_every_way_leads_to_a_page_that_is_served(field: tuple[Flask, list[str]], role: Role) -> None:
    app, pages = field
    client = app.test_client()
    assert client.post("/login", data={"username": role.value, "password": DEMO_PASSWORD}).status_code == 303
    lost = [(page, way) for page in pages for way in sorted(_ways(client, page)) if not _leads_somewhere(app, way)]
    assert lost == []
