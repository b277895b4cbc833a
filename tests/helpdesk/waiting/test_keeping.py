"""Who began to wait while somebody talked about a slot is asked, when nobody is booked there after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.holds.operations import talking
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.jobs import end_holds
from supportdesk.helpdesk.waiting.keeping import keep_while_talking, let_go
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.helpdesk.waiting.making import ASKED, WAITS, line, wait

CLERK = Actor(account_id=101, person_id=None, name="")
pytestmark = pytest.mark.usefixtures("context", "city")


def keep(desk: int, adviser: int, hour: int = 10) -> None:
    with transaction():
        keep_while_talking(Wanted(desk, adviser, at(hour)), actor=CLERK, now=desk_clock.now())


@pytest.fixture
def talked_about(desk: int, adviser: int, booked: int) -> None:
    """Of the desk's two slots one is booked, and a clerk talks about the other: somebody waits."""
    keep(desk, adviser, 11)
    wait(make_learner(), desk)
    assert line() == [WAITS]


@pytest.mark.usefixtures("talked_about")
def test_when_it_is_let_go() -> None:
    with transaction():
        assert let_go(talking(CLERK), actor=CLERK, now=desk_clock.now())
    assert line() == [ASKED]


@pytest.mark.usefixtures("talked_about")
def test_when_the_minutes_are_over(clock: Clock) -> None:
    assert end_holds(desk_clock.now()) == 0
    assert line() == [WAITS]
    clock.advance(minutes=6)
    assert end_holds(desk_clock.now()) == 1
    assert line() == [ASKED]


@pytest.mark.usefixtures("talked_about")
def test_when_another_slot_is_kept_in_its_place() -> None:
    keiko = make_adviser("keiko")
    keep(make_desk(keiko, name="別の窓口"), keiko)
    assert line() == [ASKED]


@pytest.mark.usefixtures("talked_about")
def test_not_while_one_goes_on_talking_about_it(desk: int, adviser: int) -> None:
    keep(desk, adviser, 11)
    assert line() == [WAITS]


@pytest.mark.usefixtures("talked_about")
def test_not_when_somebody_was_booked(desk: int, adviser: int, clock: Clock) -> None:
    book(desk, adviser, make_learner(), at(11), owner=talking(CLERK))
    clock.advance(minutes=6)
    assert end_holds(desk_clock.now()) == 0
    assert line() == [WAITS]


@pytest.mark.usefixtures("talked_about")
def test_not_after_it_began(clock: Clock) -> None:
    clock.set(at(11) + timedelta(minutes=1))
    assert end_holds(desk_clock.now()) == 1
    assert line() == [WAITS]
