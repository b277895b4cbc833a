"""Whoever came without a seat is found and added, and those who want no record are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.models import Meeting
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.passes import issue_pass
from tests.classes.attending import BEGINS, account_id, come_back, learner, standing
from tests.classes.making import make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.trail import noted


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


class TestWalkIns:
    def test_somebody_without_a_seat_is_found_by_name_and_added_though_the_class_is_full(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        seated, came = learner(app), learner(app, "トビイリ タロウ")
        _run, meeting_id = taught(seated, capacity=1)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        assert page.texts(".card h2") == ["トビイリ タロウ"]
        page = instructor.submit(page, "トビイリ タロウさんを加える", follow=True)
        assert page.texts(f"#learner-{came} .tag") == ["飛び入り"]
        assert standing(app, meeting_id) == {came: "walk_in"}
        with app.app_context():
            assert noted(Action.SEARCH_WALK_INS) == [("search_walk_ins", f"meeting:{meeting_id}", [came])]

    def test_whoever_was_added_by_mistake_and_taken_back_is_out_of_sight_again(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        came = learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        page = instructor.submit(page, "さんを加える", follow=True)
        instructor.get(f"/learners/{came}/consents")
        page = instructor.submit(page, "トビイリ タロウさんの記録を取り消す", follow=True)
        assert "トビイリ" not in page.text
        instructor.get(f"/learners/{came}/consents", expect=404)

    def test_a_pass_code_finds_its_holder(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        came = learner(app)
        with app.app_context(), transaction():
            code = issue_pass(came, actor=SYSTEM, now=desk_clock.now()).code
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": code.lower()}, expect=200)
        instructor.submit(page, "さんを加える")
        assert standing(app, meeting_id) == {came: "walk_in"}

    def test_whoever_waits_in_line_is_added_with_one_button(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        seated, waiting = learner(app), learner(app, "マチ ヒト")
        _run, meeting_id = taught(seated, waiting, capacity=1)
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "マチ ヒトさんが来た", follow=True)
        assert standing(app, meeting_id) == {waiting: "walk_in"}
        assert "マチ ヒトさんが来た" not in page.text

    def test_who_was_found_for_one_meeting_is_not_added_to_another(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.submit(
            instructor.get(f"/classes/meetings/{meeting_id}"), "さがす", {"q": "とびいり"}, expect=200
        )
        sealed = attribute(page.field("walk_in"), "value")
        with app.app_context():
            clock.set(BEGINS - timedelta(days=9))
            other = meeting_of(make_run(meeting_at(hour=14, staff=[account_id("instructor")])))
            clock.set(BEGINS - timedelta(minutes=10))
        instructor.post(f"/classes/meetings/{other}", {"walk_in": sealed, "state": "walk_in"}, expect=404)

    def test_who_was_found_is_added_within_the_hour_or_searched_for_again(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        came = learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        for _half in range(2):  # the log-in does not end meanwhile
            clock.advance(minutes=30)
            instructor.get("/classes/today")
        refused = instructor.submit(page, "さんを加える", expect=422)
        assert "もう一度さがしてください" in refused.text
        page = instructor.submit(refused, "さがす", {"q": "とびいり"}, expect=200)
        instructor.submit(page, "さんを加える")
        assert standing(app, meeting_id) == {came: "walk_in"}

    def test_a_search_kept_till_long_after_adds_nobody_and_opens_no_record(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        came = learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "さがす", {"q": "とびいり"}, expect=200)
        sealed = attribute(page.field("walk_in"), "value")
        come_back(instructor, clock, BEGINS + timedelta(days=200))
        for state in ("walk_in", "present"):
            sent = {"walk_in": sealed, "state": state}
            instructor.post(f"/classes/meetings/{meeting_id}", sent, expect=422)
        assert standing(app, meeting_id) == {}
        instructor.get(f"/learners/{came}/consents", expect=404)

    def test_the_whole_register_is_open_for_the_days_of_the_meeting_only(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        for days in (-1, 8):
            come_back(instructor, clock, BEGINS + timedelta(days=days))
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": "とびいり"}, expect=200)
            assert page.all(".card") == []

    def test_a_lecture_takes_names_for_longer_because_it_is_recorded_at_the_office(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        learner(app, "トビイリ タロウ")
        _run, meeting_id = taught(lecture=True)
        for days, found in ((30, ["トビイリ タロウ"]), (61, [])):
            come_back(instructor, clock, BEGINS + timedelta(days=days))
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": "とびいり たろう"}, expect=200)
            assert page.texts(".card h2") == found

    def test_after_the_day_a_part_of_a_name_opens_nobody_elses_record(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]], clock: Clock
    ) -> None:
        ours = learner(app, "トビイリ ハナコ")
        learner(app, "トビイリ タロウ", phone="018-888-1542")
        _run, meeting_id = taught(ours)
        come_back(instructor, clock, BEGINS + timedelta(days=1))
        for typed, found in (("とびいり", ["トビイリ ハナコ"]), ("1542", []), ("トビイリタロウ", ["トビイリ タロウ"])):
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": typed}, expect=200)
            assert page.texts(".card h2") == found

    def test_the_search_says_when_there_are_more_than_it_shows(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        for _ in range(9):
            learner(app, "トビイリ タロウ")
        _run, meeting_id = taught()
        page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": "とびいり"}, expect=200)
        assert len(page.all(".cards .card")) == 8
        assert "ほかにもいます。つづけて入力してください。" in page.text

    def test_too_little_or_nothing_typed_shows_nobody(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        learner(app, "ト ト")
        _run, meeting_id = taught()
        for text in ("", "と", " ", "%", "x" * 5000):
            page = instructor.post(f"/classes/meetings/{meeting_id}/walk-in", {"q": text}, expect=200)
            assert page.all(".card") == []


class TestHeads:
    def test_those_without_a_record_are_counted_and_corrected_down_to_none(
        self, app: Flask, instructor: PageClient, taught: Callable[..., tuple[int, int]]
    ) -> None:
        _run, meeting_id = taught()
        page = instructor.get(f"/classes/meetings/{meeting_id}")
        page = instructor.submit(page, "heads-form", {"heads": "３"}, follow=True)
        assert "参加 3人" in page.text
        page = instructor.submit(page, "heads-form", {"heads": "0"}, follow=True)
        assert "参加 0人" in page.text
        for absurd in ("-1", "1001", "たくさん", ""):
            refused = instructor.submit(page, "heads-form", {"heads": absurd}, expect=422)
            assert refused.error("heads")
        with app.app_context():
            assert db.session.scalars(select(Meeting.unnamed_heads)).all() == [0]
