"""What the bench compares is one thing twice: the same page, the same enrolment; and the keys are the register's.

Nothing is timed here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from turbohtml import parse

from bench import desks, parts, searching
from bench.filling import LISTED, SEATS
from bench.load import address_of, send
from bench.same_page import same
from bench.stage import Stage, empty_databases, set_up
from tests.callers import HttpCaller
from tests.conftest import _server_address

LEARNERS, RUNS = 200, 2


@pytest.fixture(scope="module")
def stage(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A small one, on the run's database."""
    folder = tmp_path_factory.mktemp("stage")
    with (
        empty_databases(pytestconfig.stash[_server_address] or None, folder) as (url, bare_url, _small),
        set_up(url, bare_url, folder, learners=LEARNERS, runs=RUNS) as made,
    ):
        yield made


def test_both_send_the_same_schedule(stage: Stage) -> None:
    ours, bare = (HttpCaller(site.url).get("/schedule").body for site in (stage.desk, stage.bare))
    assert same(ours, bare)
    assert len(parse(ours).select(".card")) == LISTED


def test_the_table_has_five_columns_of_every_class(stage: Stage) -> None:
    rows = parse(HttpCaller(stage.bare.url).get("/table").body).select("tr")
    assert [len(row.select("td")) for row in rows] == [5] * LISTED


@pytest.mark.parametrize("site", ["desk", "bare", "usual"])
def test_all_give_every_seat_once_to_whoever_is_logged_in(stage: Stage, site: str) -> None:
    url = getattr(stage, site).url
    take = parts.enrolments(stage, url)
    requests = take(RUNS * SEATS)
    assert len(requests) == RUNS * SEATS
    assert take(1) == []
    stranger = requests[0].replace(b"Cookie:", b"X-No-Cookie:")
    assert not send(address_of(url), stranger).startswith(b"HTTP/1.1 303")
    answers = [send(address_of(url), request) for request in requests]
    assert all(answer.startswith(b"HTTP/1.1 303 ") for answer in answers), answers[0]
    assert len({answer.split(b"Location: ")[1].split(b"\r\n")[0] for answer in answers}) == RUNS * SEATS


def test_what_reception_waits_for_is_answered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [len(one.each) for one in parts.waiting(stage)] == [parts.TIMES]
    monkeypatch.setattr(searching, "_TIMES", 3)
    searched = searching.searches(stage, stage.app)
    assert [one.kind for one in searched] == list(searching.KINDS)
    assert all(one.operation and one.town and one.http and one.crowded for one in searched)


def test_every_free_slot_is_booked_once_and_their_page_is_answered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "TIMES", 2)
    assert [len(one.each) for one in desks.slots(stage)] == [2, 2]
    take = desks.consultations(stage)
    answers = [send(address_of(stage.desk.url), request) for request in take(20)]
    assert all(answer.startswith(b"HTTP/1.1 303 ") for answer in answers), answers[0]
    assert len({answer.split(b"Location: ")[1].split(b"\r\n")[0] for answer in answers}) == 20
