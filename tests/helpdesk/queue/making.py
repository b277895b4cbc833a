"""Numbers for tests, given and called by the desk's own operations."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.queue import calling, taking
from supportdesk.helpdesk.queue.models import NumberState, QueueNumber
from tests.clocks import TODAY
from tests.helpdesk.making import make_desk

TUESDAY = 1


def desk_today(*advisers: int, name: str = "スマホ相談") -> int:
    """A desk that these advisers keep on the tests' day from nine to twelve; each sits at a counter."""
    desk_id = make_desk(*advisers, name=name, weekday=TUESDAY, opens=9)
    with transaction():
        for place, adviser_id in enumerate(advisers, start=1):
            calling.choose_counter(desk_id, f"窓口{place}", actor=actor(adviser_id))
    return desk_id


def actor(account_id: int) -> Actor:
    """The one who acts with this account."""
    person_id = db.session.scalars(select(Account.person_id).where(Account.id == account_id)).one()
    return Actor(account_id=account_id, person_id=person_id, name="相談員", roles=frozenset({Role.ADVISER}))


def give(desk_id: int, learner_id: int | None = None, topic: str = "") -> int:
    """A number's id."""
    with transaction():
        given = taking.give_number(desk_id, learner_id=learner_id, topic=topic, actor=SYSTEM, now=clock.now())
    return given.number_id


def call(desk_id: int, adviser_id: int) -> int:
    """The id of the number that the adviser called as the next."""
    who = actor(adviser_id)
    with transaction():
        return calling.call_next(desk_id, actor=who, now=clock.now())


def states(desk_id: int, day: date = TODAY) -> dict[int, NumberState]:
    """How each number of the day stands."""
    rows = db.session.execute(
        select(QueueNumber.number, QueueNumber.state).where(QueueNumber.desk_id == desk_id, QueueNumber.day == day)
    )
    return {row.number: row.state for row in rows}
