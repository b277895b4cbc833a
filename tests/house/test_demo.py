"""The demo: something to see on every page, the same for the same seed, on either database."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy import text

from supportdesk.core.database import transaction
from supportdesk.demo import make_demo
from supportdesk.extensions import db
from supportdesk.skills.operations import rebuild_levels

#: What is the same for the same seed: everything but random codes, tokens and password hashes.
CONTENT = (
    "SELECT title, starts_at, capacity, taken, waiting, state FROM run ORDER BY id",
    "SELECT run_id, learner_id, state, seat, enrolled_at, caller_name FROM enrolment ORDER BY id",
    "SELECT meeting_id, learner_id, state, observed_at FROM attendance_mark ORDER BY id",
    "SELECT adviser_id, learner_id, starts_at, state, topic FROM booking ORDER BY id",
    "SELECT booking_id, asked, done, result, minutes FROM consultation_case ORDER BY id",
    "SELECT video_id, learner_id, on_paper, given_at FROM video_given ORDER BY id",
    "SELECT tutor_id, learner_id, held_at, minutes, note FROM peer_session ORDER BY id",
    "SELECT video_id, learner_id, viewed_at FROM video_view ORDER BY id",
    "SELECT learner_id, skill_code, level, self_level, awaits_staff FROM skill_level ORDER BY 1, 2",
)


def content() -> list[str]:
    """A fingerprint of each of CONTENT; an empty one fails."""
    found = [[tuple(row) for row in db.session.execute(text(statement))] for statement in CONTENT]
    assert all(found)
    return [hashlib.sha256(repr(rows).encode()).hexdigest() for rows in found]


@pytest.mark.only_on("sqlite")
def test_the_same_seed_makes_the_same_demo(demo: Flask, app: Flask) -> None:
    with app.app_context():
        make_demo(seed=1)
        again = content()
    with demo.app_context():
        assert content() == again


def test_four_weeks_past_and_four_ahead_in_all_programmes_and_levels_that_follow(demo: Flask) -> None:
    with demo.app_context():
        for table, column in (("run", "starts_at"), ("booking", "starts_at")):
            first, last = db.session.execute(text(f"SELECT min({column}), max({column}) FROM {table}")).one()
            assert str(first)[:7] == "2026-10"
            assert str(last)[:7] == "2026-12"
        kinds = set(db.session.execute(text("SELECT DISTINCT source FROM skill_evidence")).scalars())
        assert {kind.lower() for kind in kinds} == {
            "class",
            "lecture",
            "consultation",
            "peer_session",
            "self_check",
        }
        before = content()[-1]
        with transaction():
            rebuild_levels()
        assert content()[-1] == before
        db.session.remove()
