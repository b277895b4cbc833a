"""Whoever is shown a learner's name is noted with them: every page that staff can open, on the demo's own rows."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, cast, func, select, update
from werkzeug.exceptions import HTTPException

from supportdesk.accounts.models import Account, AuditEntry, AuditSubject
from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.lottery.models import LotteryEntrant, LotteryEntry
from supportdesk.classes.models import Enrolment, Meeting, Run
from supportdesk.core.codes import new_token
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.demo import PASSWORD
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.availability import open_slots
from supportdesk.helpdesk.models import Booking
from supportdesk.helpdesk.waiting.models import SlotWish
from supportdesk.learners.models import Learner, Pass
from supportdesk.tutors.models import Match, PeerSession
from tests.clocks import NOW, Clock
from tests.house.routes import ROUTES

pytestmark = pytest.mark.only_on("sqlite")  # whoever notes it does so in the same words on either

#: Nobody else is called this: a name on a page says whose it is.
NAME = re.compile(r"見本([0-9]+)号")
_ON = 'href="'
_LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
#: What an address' parts are the ids of; other parts stand for no learner's doings.
ROWS: Final[dict[str, Any]] = {
    "learner_id": Learner.id,
    "run_id": Run.id,
    "meeting_id": Meeting.id,
    "enrolment_id": Enrolment.id,
    "application_id": Application.id,
    "entry_id": LotteryEntry.id,
    "entrant_id": LotteryEntrant.id,
    "booking_id": Booking.id,
    "consultation_application_id": ConsultationApplication.id,
    "session_id": PeerSession.id,
    "match_id": Match.id,
    "wish_id": SlotWish.id,
    "token": Pass.token,
}
#: How many addresses of a kind a role asks for: not every meeting has people, not every booking can be moved.
TRIED = 4
#: … and when others have asked for so many: it is the same page, with other links on it.
AGAIN = 1
MADE_UP = 30
#: Pages without which the walk would not have seen much.
SHOW_NAMES = {
    "classes.attendance",
    "classes.cancel",
    "classes.cancel_enrolment",
    "classes.enrol",
    "classes.enrolment",
    "classes.levels",
    "classes.move",
    "classes.name_tags",
    "classes.paper_roster",
    "classes.run",
    "classes.slip",
    "desk.learner",
    "helpdesk.book",
    "helpdesk.booking",
    "helpdesk.cancel",
    "helpdesk.case",
    "helpdesk.case_next",
    "helpdesk.hand_over",
    "helpdesk.index",
    "helpdesk.move",
    "helpdesk.slip",
    "helpdesk.today",
    "helpdesk.waiting_list",
    "helpdesk.wish",
    "journey.learner",
    "learners.consents",
    "learners.consent_sheet",
    "learners.edit",
    "learners.index",
    "learners.new_request",
    "learners.pass_card",
    "learners.status",
    "notices.calls",
    "pack.pack",
    "passes.open_pass",
    "tutors.end",
    "tutors.index",
    "tutors.log",
    "tutors.match",
    "tutors.matches",
    "tutors.session",
    "tutors.sessions",
}


@pytest.fixture(scope="module")
def named(demo: Flask) -> Flask:
    """The demo, each of its learners called after their id."""
    with demo.app_context():
        with transaction() as session:
            name = "見本" + cast(Learner.id, String) + "号"
            session.execute(update(Learner).values(name=name, kana=name))
            known = "見本" + cast(Applicant.learner_id, String) + "号"
            applicants = update(Applicant).where(Applicant.learner_id.is_not(None))
            session.execute(applicants.values(name=known, kana=known))
            asker = "見本" + cast(ConsultationApplication.learner_id, String) + "号"
            askers = update(ConsultationApplication).where(ConsultationApplication.learner_id.is_not(None))
            session.execute(askers.values(name=asker, kana=asker))
        db.session.remove()
    return demo


class Walk:
    """One of the demo's people opens page after page, by links and by made up addresses."""

    def __init__(self, app: Flask, role: Role, asked: Counter[str] | None = None) -> None:
        self.app, self.role = app, role
        self.asked_by_others = Counter() if asked is None else asked
        self.shown: set[str] = set()
        self.unnoted: list[str] = []
        self.client: FlaskClient = app.test_client()
        signed_in = self.client.post("/login", data={"username": role.value, "password": PASSWORD})
        assert signed_in.status_code == 303
        with app.app_context():
            self.account_id = db.session.scalar(select(Account.id).where(Account.username == role.value))

    def go(self) -> None:
        asked: Counter[str] = Counter()
        seen: set[str] = set()
        queue = deque(["/home", *self.made_up()])
        while queue:
            path = queue.popleft()
            kind = self.kind_of(path)
            enough = TRIED if self.asked_by_others[str(kind)] < TRIED else AGAIN
            if kind is None or asked[kind] >= enough or path in seen:
                continue
            seen.add(path)
            answer = self.look_at(path)
            if answer is not None:
                asked[kind] += not answer.startswith(_ON)  # what leads on shows nobody
                queue.extend(unescape(link) for link in _LINK.findall(answer))
        self.asked_by_others.update(asked)

    def kind_of(self, path: str) -> str | None:
        """The page's endpoint with the names of what is asked for in the address, when it is a page."""
        path, _mark, query = path.partition("?")
        try:
            endpoint, _values = self.app.url_map.bind("desk.test").match(path, "GET")
        except HTTPException:
            return None
        if endpoint in ("static", "language.choose"):
            return None
        return "&".join([endpoint, *sorted(re.findall(r"(?:^|&)(\w+)=", query))])

    def made_up(self) -> Iterator[str]:
        with self.app.test_request_context():
            for rule in self.app.url_map.iter_rules():
                allowed = self.role in ROUTES[rule.endpoint][2]
                if (
                    allowed
                    and "GET" in (rule.methods or ())
                    and len(rule.arguments) == 1
                    and rule.arguments <= ROWS.keys()
                ):
                    name = next(iter(rule.arguments))
                    column = ROWS[name]
                    # the newest first: those can still be moved, cancelled, ended
                    for value in islice(db.session.scalars(select(column).order_by(column.desc())), MADE_UP):
                        yield self.app.url_map.bind("desk.test").build(rule.endpoint, {name: value})
            for address, _methods, allowed_to in ROUTES.values():
                if address.endswith("?learner=999999") and self.role in allowed_to:
                    for value in islice(db.session.scalars(select(Learner.id)), MADE_UP):
                        yield address.replace("999999", str(value))

    def look_at(self, path: str, typed: str = "") -> str | None:
        """The page, "" for a file, None for neither. Whom it names without a row of this very request is kept."""
        with self.app.app_context():
            before = db.session.scalar(select(func.max(AuditEntry.id))) or 0
        answer = self.client.post(path, data={"q": typed}) if typed else self.client.get(path)
        if answer.headers.get("Location", "").startswith("/account/why/"):
            self.client.post(answer.headers["Location"], data={"reason": "inquiry", "one_time_token": new_token()})
            answer = self.client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            answer.close()
            way_on = answer.headers.get("Location")
            return f'{_ON}{way_on}"' if way_on else "" if answer.status_code == 200 else None
        named = {int(number) for number in NAME.findall(answer.text)}
        if named:
            self.shown.add(str(self.kind_of(path)).partition("&")[0])
            missing = named - self.noted_since(before)
            if missing:
                self.unnoted.append(f"{path} names {sorted(missing)[:5]}")
        return answer.text

    def noted_since(self, before: int) -> set[int]:
        """Of whom the rows of this account tell."""
        with self.app.app_context():
            rows = db.session.execute(
                select(AuditEntry.subject, AuditSubject.learner_id)
                .outerjoin(AuditSubject, AuditSubject.entry_id == AuditEntry.id)
                .where(AuditEntry.id > before, AuditEntry.account_id == self.account_id)
            ).all()
        subjects = {row.subject.removeprefix("learner:") for row in rows if row.subject.startswith("learner:")}
        return {int(number) for number in subjects} | {row.learner_id for row in rows if row.learner_id is not None}


def test_who_is_shown_a_name_is_noted_with_that_learner(named: Flask, clock: Clock) -> None:
    asked: Counter[str] = Counter()
    walks = [Walk(named, role, asked) for role in Role]
    for walk in walks:
        walk.go()
    assert {walk.role.value: walk.unnoted for walk in walks if walk.unnoted} == {}
    assert set().union(*(walk.shown for walk in walks)) >= SHOW_NAMES


def test_whom_a_search_finds_is_noted_with_the_searcher(named: Flask, clock: Clock) -> None:
    with named.app_context():
        slot = urlencode(open_slots(after=NOW, limit=1)[0].wanted.address)
    searches = {
        Role.RECEPTION: [
            "/desk",
            "/learners/search",
            "/classes/1/who",
            f"/helpdesk/who?{slot}",
            "/helpdesk/desks/1/numbers/who",
        ],
        Role.COORDINATOR: ["/learners/search", "/tutors/matches/who"],
    }
    for role, addresses in searches.items():
        walk = Walk(named, role)
        for address in addresses:
            walk.look_at(address, typed="サトウ")
        assert walk.unnoted == []
        assert len(walk.shown) == len(addresses)
