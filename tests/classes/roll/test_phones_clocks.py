"""Phones whose clocks are off, or whose letters are long under way: what they saw keeps its order and its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.extensions import db
from supportdesk.learners.dropbox.models import Entry, EntryState, PhoneKey
from supportdesk.learners.jobs import forget_handed_in
from tests.classes.attending import BEGINS, come_back, learner, standing
from tests.classes.roll.phones import Phone, marks, outcomes
from tests.clocks import Clock
from tests.factories import make_reference
from tests.pages import PageClient

Taught = Callable[..., tuple[int, int]]
ROUND = ("present", "late", "absent", "absent_notified", "present")


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def test_once_round_on_a_phone_that_is_a_few_seconds_fast_keeps_the_last_tap(
    app: Flask, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one, other = learner(app), learner(app)
    _run, meeting_id = taught(one, other)
    now = clock.set(BEGINS)
    fast = timedelta(seconds=8)
    taps = [
        phone.entry(meeting_id, one, state, at=now + fast + timedelta(seconds=n - 4)) for n, state in enumerate(ROUND)
    ]
    phone.hand_in(*taps, clock_says=now + fast)
    # Without a word about its own clock nothing can be put right, and all is seen at one instant.
    mute = [
        phone.entry(meeting_id, other, state, at=now + fast + timedelta(seconds=n)) for n, state in enumerate(ROUND)
    ]
    phone.hand_in(*mute, clock_says=now + fast)
    assert standing(app, meeting_id) == {one: "present", other: "present"}
    assert len(marks(app, meeting_id)) == 2 * len(ROUND)


def test_a_letter_that_was_long_under_way_does_not_turn_the_order_round(
    app: Flask, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    slow = timedelta(minutes=10)
    clock.set(BEGINS + timedelta(seconds=12))
    phone.hand_in(phone.entry(meeting_id, one, "absent", at=BEGINS - slow), clock_says=BEGINS - slow)
    now = clock.advance(seconds=1)
    later = phone.entry(meeting_id, one, "present", at=BEGINS - slow + timedelta(seconds=5))
    phone.hand_in(later, clock_says=now - slow)
    assert standing(app, meeting_id) == {one: "present"}
    clock.advance(minutes=20)  # and its clock is set
    phone.hand_in(phone.entry(meeting_id, one, "late"))
    assert standing(app, meeting_id) == {one: "late"}
    with app.app_context():
        assert db.session.scalars(select(PhoneKey.correction)).one() == 0


def test_receipts_and_keys_go_in_time_and_what_is_held_stays(
    app: Flask, instructor: PageClient, taught: Taught, phone: Phone, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    phone.hand_in(phone.entry(meeting_id, one), phone.entry(987, one))
    at = clock.advance(days=380)
    come_back(instructor, clock, at)
    told = instructor.raw.get(f"/classes/meetings/{meeting_id}/roll.json", headers={"X-Phone-Key": phone.key})
    assert told.get_json()["key_good"] is False, "a key in use is changed before it is forgotten"
    with app.app_context():
        assert forget_handed_in(clock.set(at)) == 0
        assert forget_handed_in(clock.advance(days=30)) == 2
        assert db.session.scalar(select(func.count()).select_from(PhoneKey)) == 0
        assert db.session.scalars(select(Entry.state)).all() == [EntryState.HELD]
    assert outcomes(app) == [(EntryState.HELD, "NotYourMeeting")]


def test_nothing_is_to_be_tapped_once_attendance_is_closed(
    app: Flask, instructor: PageClient, taught: Taught, clock: Clock
) -> None:
    one = learner(app)
    _run, meeting_id = taught(one)
    come_back(instructor, clock, BEGINS + timedelta(days=90))
    told = instructor.raw.get(f"/classes/meetings/{meeting_id}/roll.json").get_json()
    assert (told["closed"], told["people"][0]["taps"]) == (True, [])
