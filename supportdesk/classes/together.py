"""Two who belong together apply for one run: seats for both, or what the clerk chose where there are not two.

Called by the pages on which a couple is enrolled with one press.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from supportdesk.classes.enrolment import Enrolled, enrol_learner, free_seats_of
from supportdesk.classes.errors import LearnerClash, NoSeatLeft, OneSeatLeft
from supportdesk.classes.locking import lock_run
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.core.database import connection
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Learner
from supportdesk.places.occupancy import person


class Together(StrEnum):
    """What the two were told: seats for both; places in line for both; or that the one seat is the first's, or the
    second's, and the other waits.
    """

    SEATS = "seats"
    WAIT = "wait"
    FIRST = "first"
    SECOND = "second"


class Comer(NamedTuple):
    """One of the two, and who called for them."""

    learner_id: int
    caller: Caller


def promise_of(free: int) -> Together | None:
    """What two can be told of a run with so many free seats; None where the clerk has to choose first."""
    if free == 1:
        return None
    return Together.SEATS if free else Together.WAIT


def whose_seat(first: str, second: str) -> dict[Together, str]:
    """What the clerk chooses from, with the names of the two."""
    return {
        Together.FIRST: _("%(seated)sさんの席にする（%(waits)sさんはキャンセル待ち）", seated=first, waits=second),
        Together.SECOND: _("%(seated)sさんの席にする（%(waits)sさんはキャンセル待ち）", seated=second, waits=first),
    }


def enrol_both(
    run_id: int,
    first: Comer,
    second: Comer,
    *,
    promised: Together,
    clash_reason: str = "",
    told: bool = True,
    actor: Actor,
    now: datetime,
) -> tuple[Enrolled, Enrolled]:
    """Enrol both or neither, in this order: side by side where two such seats are free, and never worse than promised.

    Raises OneSeatLeft and NoSeatLeft when it would be worse, and what `enrol_learner` raises. `clash_reason` is kept
    with whoever has something else at that time.
    """
    lock_run(run_id)
    seats = two_seats(free_seats_of(run_id))
    if len(seats) == 1 and promised not in {Together.FIRST, Together.SECOND}:
        raise OneSeatLeft
    if not seats and promised is not Together.WAIT:
        raise NoSeatLeft
    pair = [first, second] if promised is not Together.SECOND else [second, first]
    given = list(zip_longest(pair, seats))
    if len(seats) == len(pair):
        given = _in_order_of_occupancy(given)
    made = {
        one.learner_id: _enrol(run_id, one, seat, clash_reason, told=told, actor=actor, now=now) for one, seat in given
    }
    return made[first.learner_id], made[second.learner_id]


def _in_order_of_occupancy(given: list[tuple[Comer, int | None]]) -> list[tuple[Comer, int | None]]:
    """As everybody takes people's time: a couple at two desks at once would wait for each other in another order."""
    ids = [one.learner_id for one, _seat in given]
    people = connection().execute(select(Learner.id, Learner.person_id).where(Learner.id.in_(ids)))
    resource = {row.id: person(row.person_id) for row in people}
    return sorted(given, key=lambda one: resource.get(one[0].learner_id, ""))


def _enrol(
    run_id: int, one: Comer, seat: int | None, clash_reason: str, *, told: bool, actor: Actor, now: datetime
) -> Enrolled:
    """A reason is kept with whoever needs one."""
    for reason in ("", clash_reason):
        try:
            return enrol_learner(
                run_id,
                one.learner_id,
                caller=one.caller,
                clash_reason=reason,
                told=told,
                free_seat=seat,
                actor=actor,
                now=now,
            )
        except LearnerClash:
            if reason or not clash_reason:
                raise
    raise AssertionError("with a reason it is enrolled or refused")


def two_seats(free: Sequence[int]) -> list[int]:
    """The lowest two of the free seats that stand side by side, else the lowest two, or as many as there are."""
    beside = next((number for number in free if number + 1 in free), None)
    return [beside, beside + 1] if beside is not None else list(free[:2])


def enrolled_among(run_ids: Collection[int], learner_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """The live enrolment of each of these learners in each of these runs, by (run, learner). One statement."""
    if not run_ids or not learner_ids:
        return {}
    rows = db.session.execute(
        select(Enrolment.run_id, Enrolment.learner_id, Enrolment.id).where(
            Enrolment.run_id.in_(run_ids),
            Enrolment.learner_id.in_(learner_ids),
            Enrolment.state != EnrolmentState.CANCELLED,
        )
    )
    return {(row.run_id, row.learner_id): row.id for row in rows}
