"""What is somebody else's is not found: another district, instructor, desk or tutor, on every route with an id.

tests/house/test_access.py asks who may knock, where nothing stands; here something stands behind each door. A pass is
no id: whoever is handed it may read it, so that an instructor checks in a learner of any district.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from supportdesk import create_app
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.slots import Wanted
from supportdesk.learners.passes import issue_pass
from tests.classes.lottery.drawing import enter, make_lottery
from tests.classes.making import enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.clocks import TODAY
from tests.conftest import settings_for
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk, venue_of
from tests.helpdesk.waiting.making import wait
from tests.house.routes import ROUTES
from tests.notices.making import queue
from tests.pages import DEMO_PASSWORD
from tests.tutors.making import log, make_tutor, match

NAME = "ヨソノ ヒト"
#: Those who see a part of the city: reception and administrators see all of it.
SCOPED = (Role.INSTRUCTOR, Role.ADVISER, Role.COORDINATOR, Role.TUTOR)
#: What stands open to whoever has the permission, as public pages do to all: nobody else's name is on it.
NAMELESS = {
    "classes.run": "which classes there are, and how full, is no secret among those who hold and plan them",
    "classes.who": "advisers book any class, for learners of their own",
    "classes.enrol": "… whom this asks for: without one it leads there",
    "classes.enrol_both": "… and without two it leads there",
    "classes.lottery": "how many are in a draw is no secret either: others' learners have no name there",
    "classes.enter_lottery": "without a learner it leads to the search for one",
    "classes.paper_roster": "coordinators print them all over the city: others' learners are a booking's code",
    "classes.name_tags": "… and so are their name tags, on which nobody else's learners stand",
    "classes.feedback": "what was said about a class has nobody's name",
    "classes.feedback_papers": "numbers of seats, as on the roster",
    "classes.meeting_code": "leads to the day's videos",
    "classes.meeting_code_svg": "leads to the day's videos",
    "classes.meeting_code_png": "leads to the day's videos",
}
Ids = Mapping[str, int]


class Doors(NamedTuple):
    """The application, and what stands in another district with other people."""

    app: Flask
    theirs: Ids
    slot: Wanted


@pytest.fixture
def doors(database_url: str, tmp_path: Path) -> Iterator[Doors]:
    """In 中央 each of SCOPED has work and learners of their own; all that is asked for stands in 西部."""
    app = create_app(settings_for(database_url, tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        make_reference()
        _furnish("", "chuo", "ウチノ ヒト", hour=13, place="いーぱる")
        theirs = _furnish("other_", "seibu", NAME, hour=14, place="ウェスター")
        make_account(Role.ADMIN)
        make_account(Role.RECEPTION)
        slot = Wanted(theirs["desk_id"], theirs["adviser_id"], at(11))
        db.session.remove()
    yield Doors(app, theirs, slot)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _furnish(prefix: str, district: str, name: str, *, hour: int, place: str) -> Ids:
    """An instructor, an adviser, a coordinator and a tutor of a district, who all know its one learner."""
    instructor = make_account(Role.INSTRUCTOR, username=f"{prefix}instructor").id
    make_account(Role.COORDINATOR, username=f"{prefix}coordinator", districts=(district,))
    tutor = make_tutor(username=f"{prefix}tutor", districts=(district,))
    adviser = make_adviser(f"{prefix}adviser")
    learner = make_learner(name, district_code=district)
    run = make_run(meeting_at(TODAY, hour, staff=[instructor]), venue_id=venue_of(place))
    lecture = make_lecture(
        meeting_at(TODAY, hour + 1, staff=[instructor]), district_code=district, venue_id=None, place="泉町内会館"
    )
    enrolment = enrol(run, learner)
    entry = enter(make_lottery(hour=hour + 3), learner)
    entrant = db.session.scalars(select(LotteryEntrant.id).where(LotteryEntrant.entry_id == entry.entry_id)).one()
    desk = make_desk(adviser, name=f"{prefix}相談", nickname=place)
    with transaction():
        issue_pass(learner, actor=SYSTEM, now=desk_clock.now())
    return {
        "learner_id": learner,
        "run_id": run,
        "meeting_id": meeting_of(run),
        "lecture": meeting_of(lecture),
        "enrolment_id": enrolment.enrolment_id,
        "entry_id": entry.entry_id,
        "entrant_id": entrant,
        "desk_id": desk,
        "adviser_id": adviser,
        "booking_id": book(desk, adviser, learner).booking_id,
        "wish_id": wait(learner, desk),
        "match_id": match(tutor, learner),
        "session_id": log(tutor, learner, district_code=district),
        "notice_id": queue(learner),
        "account_id": int(tutor.account_id or 0),
    }


def addresses(doors: Doors) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of everything that is about somebody or something of the others."""
    urls, theirs = doors.app.url_map.bind("desk.test"), doors.theirs
    found = []
    for rule in doors.app.url_map.iter_rules():
        if rule.arguments and rule.arguments <= theirs.keys():
            places = [{name: theirs[name] for name in rule.arguments}]
            if "meeting_id" in rule.arguments:
                places.append({**places[0], "meeting_id": theirs["lecture"]})
            paths = [urls.build(rule.endpoint, dict(place)) for place in places]
        else:
            paths = []
        learner = theirs["learner_id"]
        address = ROUTES[rule.endpoint][0]
        if address.endswith("?learner=999999"):
            paths.append(address.replace("999999", str(learner)))
        if rule.endpoint == "helpdesk.index":
            paths.append(f"/helpdesk/?learner={learner}")
        if rule.endpoint == "helpdesk.book":
            paths.append(f"/helpdesk/book?{urlencode({**doors.slot.address, 'learner': learner})}")
        found += [(rule.endpoint, method, path) for path in paths for method in sorted(ROUTES[rule.endpoint][1])]
    return sorted(found, key=lambda one: one[1])  # whatever may be done is done after all has been seen


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", data={"username": username, "password": DEMO_PASSWORD}).status_code == 303
    return client


@pytest.mark.parametrize("role", SCOPED)
def test_what_is_somebody_elses_is_not_found(doors: Doors, role: Role) -> None:
    client, wrong = signed_in(doors.app, role.value), []
    for endpoint, method, path in addresses(doors):
        answer = client.open(path, method=method)
        allowed = ROUTES[endpoint][2]
        if role not in allowed:
            right = answer.status_code == 403
        elif endpoint in NAMELESS or None in allowed:
            right = answer.status_code < 500 and NAME.encode() not in answer.data
        else:
            right = answer.status_code == 404
        if not right:
            wrong.append(f"{method} {endpoint} {path}: {answer.status_code}")
        answer.close()
    assert wrong == []


def test_the_doors_lead_somewhere(doors: Doors) -> None:
    """The same addresses, opened by those whose work it is."""
    asked = {(endpoint, path) for endpoint, method, path in addresses(doors) if method == "GET"}
    assert len(asked) > 35
    names = ["admin", "reception", *(f"other_{role}" for role in SCOPED)]
    for client in [signed_in(doors.app, name) for name in names]:
        asked -= {(endpoint, path) for endpoint, path in asked if client.get(path).status_code in (200, 303)}
    assert asked == set()
