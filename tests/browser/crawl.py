"""Finds a page of every kind by following links, as each of the demo's people may: nobody has to list them."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Container, Iterable
from html import unescape

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.callers import HttpCaller
from tests.servers import Site

#: GET routes that are no pages.
FILES = {
    "audit.account_file",
    "audit.learner_file",
    "static",
    "language.choose",
    "health.alive",
    "health.ready",
    "schedule.calendar",
    "learners.pass_svg",
    "learners.record_json",
    "classes.roll_data",
    "classes.roll_shell",
    "offline.worker",
    "classes.meeting_code_svg",
    "classes.meeting_code_png",
    "videos.code_png",
    "videos.code_svg",
    "videos.media",
    "outreach.picture_file",
    "faq.picture",
    "helpdesk.card_picture",
    "helpdesk.moved",
    "helpdesk.number_here",
    "tutors.figures_file",
}
#: Where administrators say why they look at somebody.
WHY = "/account/why/"
#: How many pages of a kind are followed: not every booking can still be moved, not every case is open.
TRIED = 4
#: … of a kind that somebody else was led to: these may lead on to others.
AGAIN = 1
_WAYS_ON = (re.compile(r'href="(/[^"#]*)'), re.compile(r'action="(/[^"#]*)'))


def pages_found(site: Site, addresses: Map, who: str, starts: Iterable[str], known: Container[str]) -> dict[str, str]:
    """One address of each endpoint that `who` ("" for residents) is led to and that answers with a page; `known` are
    those that others were led to.
    """
    caller = HttpCaller(site.url)
    if who:
        caller.sign_in(who)
    found: dict[str, str] = {}
    asked: Counter[str] = Counter()
    seen: set[str] = set()
    queue = deque(starts)
    while queue:
        path = queue.popleft()
        endpoint = _endpoint(addresses, path)
        if endpoint is None or path in seen or asked[endpoint] == (AGAIN if endpoint in known else TRIED):
            continue
        seen.add(path)
        asked[endpoint] += 1
        answer = caller.get(path)
        if answer.location.startswith(WHY):  # once given, the reason lasts as long as the log-in
            found.setdefault("why.say", answer.location)
            fields = {**caller.fields(answer.location), "reason": "inquiry"}
            caller.send(answer.location, fields)
            answer = caller.get(path)
        if answer.status == 303:
            queue.append(answer.location)
        elif answer.status == 200 and "<!doctype html>" in answer.body[:100]:
            found.setdefault(endpoint, path)
            queue.extend(unescape(link) for way in _WAYS_ON for link in way.findall(answer.body))
    return found


def _endpoint(addresses: Map, path: str) -> str | None:
    """Which page it is, when it is one."""
    try:
        endpoint, _values = addresses.bind("127.0.0.1").match(path.partition("?")[0], "GET")
    except HTTPException:
        return None
    return None if endpoint in FILES else str(endpoint)
