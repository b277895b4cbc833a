"""The same rush through the front door: twenty receptionists press at once for one slot, and nobody sees an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from supportdesk.core.codes import new_token
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking
from tests.callers import HttpAnswer, HttpCaller
from tests.clocks import NOW
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, let_everybody_book, make_adviser, make_desk
from tests.racing import race_in_rounds
from tests.servers import serving

ROUNDS = 10
CALLERS = 20


def _press(caller: HttpCaller, form: dict[str, str], hour: int) -> Callable[[], HttpAnswer]:
    slot = {"at": f"{at(hour):%Y-%m-%dT%H:%M:%SZ}", "one_time_token": new_token()}
    return lambda: caller.send("/helpdesk/book", {**form, **slot})


def test_twenty_press_at_once_for_one_slot_ten_times_over(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        let_everybody_book()
        learners = [make_learner() for _ in range(CALLERS)]
        adviser = make_adviser()
        desk = make_desk(adviser, opens=8, closes=8 + ROUNDS)
        db.session.remove()
    settings = {"DATABASE_URL": database_url, "INSTANCE": str(tmp_path / "instance"), "NOW": NOW.isoformat()}
    with serving({**settings, "SECRET_KEY": "a key for tests, " * 3}, tmp_path) as site:
        first = HttpCaller(site.url)
        first.sign_in("reception")
        callers = [HttpCaller(site.url, dict(first.cookies)) for _ in learners]
        slot = f"desk={desk}&adviser={adviser}&at={at(8):%Y-%m-%dT%H:%M:%SZ}"
        forms = [
            caller.fields(f"/helpdesk/book?{slot}&learner={learner_id}", "book")
            for caller, learner_id in zip(callers, learners, strict=True)
        ]
        rounds = [
            [_press(caller, form, hour) for caller, form in zip(callers, forms, strict=True)]
            for hour in range(8, 8 + ROUNDS)
        ]
        for answers in race_in_rounds(app, rounds):
            statuses = sorted(getattr(answer, "status", str(answer)) for answer in answers)
            assert statuses == [303] + [422] * (CALLERS - 1), site.log()
            refused = [answer.body for answer in answers if answer.status == 422]
            assert all("この枠は、もうふさがっています" in body for body in refused)
        _one_booking_a_slot(app)


def _one_booking_a_slot(app: Flask) -> None:
    with app.app_context():
        booked = db.session.scalars(select(Booking.starts_at).order_by(Booking.starts_at)).all()
        assert booked == [at(hour) for hour in range(8, 8 + ROUNDS)]
        db.session.remove()
