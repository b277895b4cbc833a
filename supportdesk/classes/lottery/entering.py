"""Entering the draw of a run, alone or with one other, and withdrawing from it. Called by the pages for that.

The run's lock comes first, as wherever seats are given: nobody enters or withdraws while it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes import wording
from supportdesk.classes.errors import OnDuty
from supportdesk.classes.locking import LockedRun, lock_run
from supportdesk.classes.lottery.errors import (
    AlreadyDrawn,
    AlreadyEntered,
    AlreadyWithdrawn,
    DeadlinePassed,
    NoLottery,
    NotTwoAlone,
    SamePerson,
)
from supportdesk.classes.lottery.models import LotteryEntrant, LotteryEntry
from supportdesk.classes.models import Filling
from supportdesk.classes.together import Comer
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.models import Learner
from supportdesk.learners.standing import Standing, standing_of, standings_of
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy

_ENTRY = table_of(LotteryEntry)
_ENTRANT = table_of(LotteryEntrant)
_LEARNER = table_of(Learner)


@dataclass(frozen=True)
class Entered:
    """An entry in the draw, with the number that stands for it in the public list."""

    entry_id: int
    number: int


def enter_lottery(
    run_id: int,
    people: Sequence[Comer],
    *,
    told: bool = True,
    applied_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Entered:
    """Put one person, or two who come together, into the draw: one entry, as long as the deadline has not come.

    `applied_at`: when they did, where it took until now to know who they are: by that the deadline is kept.
    Raises NotFound, RunNotOpen, NoLottery, AlreadyDrawn, DeadlinePassed, SamePerson, AlreadyEntered, NotActive, OnDuty.
    """
    run = _run_to_draw(run_id)
    run.demand_open(now)
    if run.apply_until is not None and (applied_at or now) >= run.apply_until:
        raise DeadlinePassed(run.apply_until)
    ids = [one.learner_id for one in people]
    if len(set(ids)) != len(ids):
        raise SamePerson
    standings = standings_of(ids, clock.local(now).date())
    for one in ids:
        standings[one].demand_active()
    _refuse_who_is_in_it(run, ids)
    _refuse_who_teaches(run, list(standings.values()))
    number = _next_number(run_id)
    entry_id = connection().scalar(insert(_ENTRY).returning(_ENTRY.c.id), {"run_id": run_id, "number": number})
    assert entry_id is not None
    entered = {"entry_id": entry_id, "run_id": run_id, "entered_at": now, "entered_by": actor.account_id}
    for position, person in enumerate(people, start=1):
        row = {**entered, **_row(position, person)}
        entrant_id = connection().scalar(insert(_ENTRANT).returning(_ENTRANT.c.id), row)
        assert entrant_id is not None
        queue_notice(
            standing=standings[person.learner_id],
            kind=wording.ENTERED,
            activity=activity("lottery_entrant", entrant_id),
            text=wording.entered(run, number),
            told=told,
            call_to=person.caller.phone,
            tell_until=run.starts_at,
            now=now,
        )
        _note(Action.ENTER_LOTTERY, person.learner_id, entry_id, actor=actor, now=now)
    return Entered(entry_id, number)


def _row(position: int, one: Comer) -> dict[str, Any]:
    return {
        "learner_id": one.learner_id,
        "position": position,
        "caller_name": one.caller.name,
        "caller_relation": one.caller.relation,
        "caller_phone": one.caller.phone,
    }


def _run_to_draw(run_id: int) -> LockedRun:
    """The run, locked, whose draw is still to come. Raises NotFound, NoLottery, AlreadyDrawn."""
    run = lock_run(run_id)
    if run.filling is not Filling.LOTTERY:
        raise NoLottery
    if run.drawn_at is not None:
        raise AlreadyDrawn
    return run


def _refuse_who_is_in_it(run: LockedRun, learner_ids: Sequence[int]) -> None:
    entry_id = connection().scalar(
        select(_ENTRANT.c.entry_id).where(
            _ENTRANT.c.run_id == run.id, _ENTRANT.c.learner_id.in_(learner_ids), _ENTRANT.c.withdrawn_at.is_(None)
        )
    )
    if entry_id is not None:
        raise AlreadyEntered(entry_id)


def _refuse_who_teaches(run: LockedRun, people: Sequence[Standing]) -> None:
    """What else they have at that time may have changed by the draw; that they teach there will not."""
    for one in people:
        person = occupancy.person(one.person_id)
        busy = occupancy.who_is_in_the_way(run.claims_for(person))
        if busy.get(person, set()) & set(run.activities):
            raise OnDuty


def _next_number(run_id: int) -> int:
    """Held by the run's lock. A number is nobody else's afterwards."""
    last = connection().scalar(select(func.max(_ENTRY.c.number)).where(_ENTRY.c.run_id == run_id))
    return (last or 0) + 1


def withdraw_entrant(entrant_id: int, *, told: bool = True, actor: Actor, now: datetime) -> None:
    """Take somebody out of the draw before it is held; whoever was to come with them goes on alone.

    Raises NotFound, AlreadyWithdrawn, and AlreadyDrawn once the draw has been held: then it is an enrolment.
    """
    run_id = connection().scalar(select(_ENTRANT.c.run_id).where(_ENTRANT.c.id == entrant_id))
    if run_id is None:
        raise NotFound
    run = _run_to_draw(run_id)
    entrant: Any = connection().execute(select(_ENTRANT).where(_ENTRANT.c.id == entrant_id)).one()
    if entrant.withdrawn_at is not None:
        raise AlreadyWithdrawn
    _withdraw(run, entrant, wording.WITHDRAWN, wording.withdrawn(run), told=told, actor=actor, now=now)


def has_entries(run_id: int) -> bool:
    """Whether anybody is in the draw of this run."""
    live = select(_ENTRANT.c.id).where(_ENTRANT.c.run_id == run_id, _ENTRANT.c.withdrawn_at.is_(None))
    return connection().scalar(live.limit(1)) is not None


def persons_in_draw(run_id: int) -> set[int]:
    """The persons who are in a draw that is still to come: whoever teaches there can have none of its seats."""
    return set(
        connection().scalars(
            select(_LEARNER.c.person_id)
            .join(_ENTRANT, _ENTRANT.c.learner_id == _LEARNER.c.id)
            .where(_ENTRANT.c.run_id == run_id, _ENTRANT.c.withdrawn_at.is_(None), _ENTRANT.c.enrolment_id.is_(None))
        )
    )


def dismiss_entrants(run: LockedRun, *, actor: Actor, now: datetime) -> int:
    """Take everybody out of the draw of a run that is called off, and tell them; how many that is."""
    live = select(_ENTRANT).where(_ENTRANT.c.run_id == run.id, _ENTRANT.c.withdrawn_at.is_(None))
    entrants = connection().execute(live.order_by(_ENTRANT.c.id)).all() if run.to_draw else []
    for one in entrants:
        _withdraw(run, one, wording.CALLED_OFF, wording.called_off(run), told=False, actor=actor, now=now)
    return len(entrants)


def tell_entrants(before: LockedRun, after: LockedRun, *, now: datetime) -> int:
    """Tell everybody in the draw that time or place have changed; how many that is."""
    live = select(_ENTRANT).where(_ENTRANT.c.run_id == after.id, _ENTRANT.c.withdrawn_at.is_(None))
    entrants = connection().execute(live.order_by(_ENTRANT.c.id)).all() if after.to_draw else []
    standings = standings_of([one.learner_id for one in entrants], clock.local(now).date()) if entrants else {}
    to_come = [claim.starts_at for claim in after.claims if claim.starts_at > now]
    for one in entrants:
        subject = activity("lottery_entrant", one.id)
        cancel_notices(subject, now=now)
        queue_notice(
            standing=standings[one.learner_id],
            kind=wording.CHANGED,
            activity=subject,
            text=wording.changed_before_draw(before, after, to_come),
            call_to=one.caller_phone,
            tell_until=to_come[0],
            now=now,
        )
    return len(entrants)


def _withdraw(run: LockedRun, entrant: Any, kind: str, text: str, *, told: bool, actor: Actor, now: datetime) -> None:
    standing = standing_of(entrant.learner_id, clock.local(now).date())
    connection().execute(
        update(_ENTRANT).where(_ENTRANT.c.id == entrant.id).values(withdrawn_at=now, withdrawn_by=actor.account_id)
    )
    subject = activity("lottery_entrant", entrant.id)
    cancel_notices(subject, now=now)
    if not told:
        queue_notice(
            standing=standing,
            kind=kind,
            activity=subject,
            text=text,
            call_to=entrant.caller_phone,
            tell_until=run.starts_at,
            now=now,
        )
    _note(Action.WITHDRAW_ENTRY, entrant.learner_id, entrant.entry_id, actor=actor, now=now)


def pair_entries(entry_id: int, other_id: int, *, actor: Actor, now: datetime) -> None:
    """Let two who entered one by one have seats together or not at all: the later joins the earlier entry.

    Raises NotFound, NotTwoAlone, and AlreadyDrawn.
    """
    first, second = sorted((entry_id, other_id))
    rows = connection().execute(select(_ENTRY.c.run_id).where(_ENTRY.c.id.in_({first, second}))).all()
    if len(rows) != 2 or len(set(rows)) != 1:
        raise NotFound
    run = _run_to_draw(rows[0].run_id)
    live = select(_ENTRANT).where(_ENTRANT.c.entry_id.in_({first, second}), _ENTRANT.c.withdrawn_at.is_(None))
    entrants = {row.entry_id: row for row in connection().execute(live)}
    if set(entrants) != {first, second} or len(connection().execute(live).all()) != 2:
        raise NotTwoAlone
    connection().execute(update(_ENTRANT).where(_ENTRANT.c.id == entrants[first].id).values(position=1))
    connection().execute(
        update(_ENTRANT).where(_ENTRANT.c.id == entrants[second].id).values(entry_id=first, position=2)
    )
    _tell_of_new_number(run, first, entrants[second], now=now)
    for one in entrants.values():
        _note(Action.PAIR_ENTRIES, one.learner_id, first, actor=actor, now=now)


def _tell_of_new_number(run: LockedRun, entry_id: int, entrant: Any, *, now: datetime) -> None:
    """Whoever joins another's entry was told, or was to be told, the number of their own."""
    number = connection().execute(select(_ENTRY.c.number).where(_ENTRY.c.id == entry_id)).scalar_one()
    subject = activity("lottery_entrant", entrant.id)
    cancel_notices(subject, now=now)
    queue_notice(
        standing=standing_of(entrant.learner_id, clock.local(now).date()),
        kind=wording.ENTERED,
        activity=subject,
        text=wording.paired(run, number),
        call_to=entrant.caller_phone,
        tell_until=run.starts_at,
        now=now,
    )


def _note(action: Action, learner_id: int, entry_id: int, *, actor: Actor, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"lottery_entry": entry_id}
    )
