"""Sixty press at once for ten slots, half of them receptionists and half residents at home: nobody sees an error page,
no slot is had twice, and whoever comes too late is told what is free next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from turbohtml import parse

from supportdesk.core import clock
from supportdesk.core.codes import new_token
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.models import Booking
from supportdesk.learners.applying.models import ApplicationState
from tests.callers import HttpAnswer, HttpCaller
from tests.clocks import NOW, TODAY
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, keep, let_everybody_book, make_adviser, make_desk
from tests.markup import attribute
from tests.racing import race_in_rounds
from tests.servers import serving

ROUNDS = 10
AT_A_DOOR = 30
HOURS = range(8, 18)
#: A round has a working day for itself.
DAYS = [day for number in range(1, 15) if (day := TODAY + timedelta(days=number)).weekday() < 5][:ROUNDS]
KNOWN, PHONE = "サトウ ハナ", "018-800-1111"
_LETTERS = "アイウエオカキクケコ"
_FREE_NEXT = "input[name={}]"


class Desk:
    """The receptionists' door, with a form that needs only slot and learner."""

    def __init__(self, site: str, desk: int, adviser: int, learner: int) -> None:
        first = HttpCaller(site)
        first.sign_in("reception")
        slot = f"desk={desk}&adviser={adviser}&at={at(8, day=DAYS[0]):%Y-%m-%dT%H:%M:%SZ}"
        self.form = first.fields(f"/helpdesk/book?{slot}&learner={learner}", "book")
        self.cookies = dict(first.cookies)

    def press(self, caller: HttpCaller, learner: int, starts_at: datetime) -> Callable[[], HttpAnswer]:
        wanted = {"at": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}", "learner": str(learner), "one_time_token": new_token()}
        return lambda: caller.send("/helpdesk/book", {**self.form, **wanted})


class Home:
    """The residents' door. Who presses at once is asked to press again: that form is everybody's here."""

    def __init__(self, site: str, desk: int) -> None:
        first, self.desk = HttpCaller(site), desk
        page = self.page(at(8, day=DAYS[0]))
        quick = first.send(page, {**first.fields(page, "apply"), **self.person(0, 0)})
        assert "もう一度「申し込む」を押すか" in quick.body
        inputs = parse(quick.body).select("form#apply input[type=hidden]")
        self.form = {attribute(one, "name"): attribute(one, "value") for one in inputs}
        self.cookies = dict(first.cookies)

    def page(self, starts_at: datetime) -> str:
        return f"/consultations/{self.desk}/{clock.local(starts_at):%Y-%m-%dT%H:%M}"

    @staticmethod
    def person(number: int, when: int) -> dict[str, str]:
        """In each round another: nobody whom the register knows, or somebody much like one, for whom a slot is kept."""
        spelled = "".join(_LETTERS[int(digit)] for digit in f"{when}{number:02}")
        if number % 2:
            return {"kana": KNOWN + spelled, "phone": PHONE, "question": "地図の見方"}
        return {"kana": f"タナカ {spelled}", "phone": f"018-8{when}0-1{number:03}", "question": "地図の見方"}

    def press(self, caller: HttpCaller, number: int, when: int, starts_at: datetime) -> Callable[[], HttpAnswer]:
        fields = {**self.form, **self.person(number, when), "one_time_token": new_token()}
        return lambda: caller.send(self.page(starts_at), fields)


def test_sixty_press_at_once_for_ten_slots_ten_times_over(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
        let_everybody_book()
        make_learner(KNOWN, phone=PHONE)
        learners = [[make_learner() for _ in range(AT_A_DOOR)] for _ in DAYS]
        adviser = make_adviser()
        desk = make_desk()
        with transaction() as session:
            for weekday in range(5):
                keep(desk, adviser, weekday, HOURS.start, HOURS.stop)
            session.add(OfficeSetting(name="learners.applications_most", value="100"))  # all come from one address
        db.session.remove()
    settings = {"DATABASE_URL": database_url, "INSTANCE": str(tmp_path / "instance"), "NOW": NOW.isoformat()}
    with serving({**settings, "SECRET_KEY": "a key for tests, " * 3}, tmp_path) as site:
        counter, home = Desk(site.url, desk, adviser, learners[0][0]), Home(site.url, desk)
        at_the_desk = [HttpCaller(site.url, dict(counter.cookies)) for _ in range(AT_A_DOOR)]
        at_home = [HttpCaller(site.url, dict(home.cookies)) for _ in range(AT_A_DOOR)]
        rounds = [
            [
                *(
                    counter.press(caller, learner, slot)
                    for caller, learner, slot in zip(at_the_desk, learners[when], slots(day), strict=True)
                ),
                *(
                    home.press(caller, number, when, slot)
                    for number, (caller, slot) in enumerate(zip(at_home, slots(day), strict=True))
                ),
            ]
            for when, day in enumerate(DAYS)
        ]
        for day, answers in zip(DAYS, race_in_rounds(app, rounds), strict=True):
            statuses = [getattr(answer, "status", str(answer)) for answer in answers]
            assert sorted(statuses) == [303] * len(HOURS) + [422] * (len(answers) - len(HOURS)), site.log()
            won = Counter(slot for slot, status in zip(slots(day) * 2, statuses, strict=True) if status == 303)
            assert set(won.values()) == {1}
            for door, name in ((answers[:AT_A_DOOR], "other"), (answers[AT_A_DOOR:], "instead")):
                assert all(parse(one.body).select(_FREE_NEXT.format(name)) for one in door if one.status == 422)
        _each_slot_once(app)


def slots(day: date) -> list[datetime]:
    """Ten, each wanted by three at a door."""
    return [at(hour, day=day) for hour in HOURS] * (AT_A_DOOR // len(HOURS))


def _each_slot_once(app: Flask) -> None:
    """Booked or kept, and some by either door in either way."""
    with app.app_context():
        booked = db.session.scalars(select(Booking.starts_at)).all()
        kept = db.session.scalars(select(SlotHold.starts_at)).all()
        assert sorted([*booked, *kept]) == [at(hour, day=day) for day in DAYS for hour in HOURS]
        applied = Counter(db.session.scalars(select(ConsultationApplication.state)))
        assert applied[ApplicationState.HELD] == len(kept) > 0
        assert 0 < applied[ApplicationState.PLACED] < len(booked)
        db.session.remove()
