"""The same rush through the front door: forty receptionists press at once, and nobody sees an error page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from supportdesk.classes.models import Enrolment, Run
from supportdesk.core.codes import new_token
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.callers import HttpAnswer, HttpCaller
from tests.classes.making import make_run, meeting_at
from tests.clocks import NOW
from tests.factories import make_account, make_learner, make_reference
from tests.racing import race_in_rounds
from tests.servers import serving

ROUNDS = 10
CALLERS = 40
SEATS = 10


def _press(caller: HttpCaller, run_id: int, form: dict[str, str]) -> Callable[[], HttpAnswer]:
    return lambda: caller.send(f"/classes/{run_id}/enrol", {**form, "one_time_token": new_token()})


def test_forty_press_at_once_for_ten_seats_ten_times_over(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        learners = [make_learner() for _ in range(CALLERS)]
        runs = [make_run(meeting_at(hour=9 + number), capacity=SEATS) for number in range(ROUNDS)]
        db.session.remove()
    settings = {"DATABASE_URL": database_url, "INSTANCE": str(tmp_path / "instance"), "NOW": NOW.isoformat()}
    with serving({**settings, "SECRET_KEY": "a key for tests, " * 3}, tmp_path) as site:
        first = HttpCaller(site.url)
        first.sign_in("reception")
        callers = [HttpCaller(site.url, dict(first.cookies)) for _ in learners]
        forms = [
            caller.fields(f"/classes/{runs[0]}/enrol?learner={learner_id}", "enrol")
            for caller, learner_id in zip(callers, learners, strict=True)
        ]
        rounds = [
            [_press(caller, run_id, form) for caller, form in zip(callers, forms, strict=True)] for run_id in runs
        ]
        for run_id, answers in zip(runs, race_in_rounds(app, rounds), strict=True):
            assert [getattr(answer, "status", answer) for answer in answers] == [303] * CALLERS, site.log()
            assert len({answer.location for answer in answers}) == CALLERS
            _ten_seats_and_thirty_in_line(app, run_id)


def _ten_seats_and_thirty_in_line(app: Flask, run_id: int) -> None:
    with app.app_context():
        run = db.session.get_one(Run, run_id)
        assert (run.taken, run.waiting) == (SEATS, CALLERS - SEATS)
        seats = db.session.scalars(
            select(Enrolment.seat).where(Enrolment.run_id == run_id).order_by(Enrolment.id)
        ).all()
        assert seats == [*range(1, SEATS + 1), *[None] * (CALLERS - SEATS)]
        db.session.remove()
