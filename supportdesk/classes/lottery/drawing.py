"""The draw: tried as often as one likes, held once. Called by its page and by the worker at the deadline."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes import wording
from supportdesk.classes.enrolment import as_they_stand, free_seats_of, insert_enrolment, take_again
from supportdesk.classes.line import hold_free_seats
from supportdesk.classes.locking import RUN, LockedRun, count, lock_run
from supportdesk.classes.lottery import rule
from supportdesk.classes.lottery.errors import DrawnBefore, NoLottery, StillOpen
from supportdesk.classes.lottery.history import Past, pasts_of
from supportdesk.classes.lottery.models import Draw, LotteryEntrant, LotteryEntry
from supportdesk.classes.lottery.rule import Placed, Ticket, Weighing
from supportdesk.classes.models import EnrolmentState, Filling
from supportdesk.classes.office import (
    LOTTERY_LOSS_FACTOR,
    LOTTERY_LOSSES_MOST,
    LOTTERY_NEWCOMER_FACTOR,
    LOTTERY_WAIT_HOURS,
)
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of, unique_or
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.standing import Standing, standings_of
from supportdesk.notices.operations import cancel_notices, queue_notice
from supportdesk.places import occupancy

_ENTRY = table_of(LotteryEntry)
_ENTRANT = table_of(LotteryEntrant)
_SEED_BYTES = 32


class Drawn(NamedTuple):
    """What the draw came to: entries, people with a seat, people in line."""

    entries: int
    seated: int
    waiting: int


class Tickets(NamedTuple):
    """Everything that goes into a draw: the tickets by their numbers, whose they are, the seats and the factors."""

    tickets: Sequence[Ticket]
    people: Mapping[int, Sequence[Any]]
    seats: int
    weighing: Weighing


def weighing_now() -> Weighing:
    """The factors that the office has set."""
    return Weighing(LOTTERY_LOSS_FACTOR.get(), LOTTERY_LOSSES_MOST.get(), LOTTERY_NEWCOMER_FACTOR.get())


def waits_until(deadline: datetime, begins: datetime) -> datetime:
    """How long the draw by itself waits for who is still to be confirmed: half of the time until the class is for
    telling everybody.
    """
    return deadline + min(timedelta(hours=LOTTERY_WAIT_HOURS.get()), (begins - deadline) / 2)


def tickets_of(run_id: int) -> Tickets:
    """The tickets as they weigh now, whoever withdrew left out. A pair weighs what the weightier of the two does."""
    people: dict[int, list[Any]] = defaultdict(list)
    live = (
        select(_ENTRY.c.number, _ENTRANT)
        .join(_ENTRY, _ENTRY.c.id == _ENTRANT.c.entry_id)
        .where(_ENTRANT.c.run_id == run_id, _ENTRANT.c.withdrawn_at.is_(None))
        .order_by(_ENTRY.c.number, _ENTRANT.c.position)
    )
    for row in connection().execute(live):
        people[row.number].append(row)
    pasts = pasts_of([row.learner_id for rows in people.values() for row in rows])
    weighing = weighing_now()
    tickets = [
        max((_ticket(number, len(rows), pasts[row.learner_id], weighing) for row in rows), key=lambda one: one.weight)
        for number, rows in people.items()
    ]
    return Tickets(tickets, people, len(free_seats_of(run_id)), weighing)


def _ticket(number: int, people: int, past: Past, weighing: Weighing) -> Ticket:
    weight = rule.weight_of(past.losses, newcomer=past.newcomer, weighing=weighing)
    return Ticket(number, people, past.losses, past.newcomer, weight)


def try_draw(given: Tickets) -> list[Placed]:
    """How a draw might come out: with a seed of its own that is forgotten, so that it tells nothing of the real one."""
    return rule.draw(_new_seed(), given.tickets, given.seats)


def _new_seed() -> str:
    return secrets.token_hex(_SEED_BYTES)


def draw_run(run_id: int, *, actor: Actor, now: datetime) -> Drawn:
    """Draw the seats of the run, once: seats for the first, a place in line in drawn order for all others, and a notice
    for everybody. A seat that is left over, where only couples wait, is offered down the line. Seed, list and outcome
    are kept.

    Raises NotFound, NoLottery, DrawnBefore, RunNotOpen, and StillOpen before the deadline.
    """
    run = lock_run(run_id)
    if run.filling is not Filling.LOTTERY:
        raise NoLottery
    if run.drawn_at is not None:
        raise DrawnBefore(run.drawn_at)
    run.demand_open(now)
    if run.apply_until is not None and now < run.apply_until:
        raise StillOpen(run.apply_until)
    given, seed = tickets_of(run_id), _new_seed()
    placed = rule.draw(seed, given.tickets, given.seats)
    _keep(run_id, seed, given, placed, actor=actor, now=now)
    drawn = _carry_out(run, given, placed, actor=actor, now=now)
    connection().execute(update(RUN).where(RUN.c.id == run_id).values(drawn_at=now))
    count(run_id, seats=drawn.seated, in_line=drawn.waiting)
    hold_free_seats(lock_run(run_id), actor=actor, now=now)  # two do not fit on one seat: one who waits may want it
    return drawn


def _keep(run_id: int, seed: str, given: Tickets, placed: Sequence[Placed], *, actor: Actor, now: datetime) -> None:
    """What anybody needs to draw again. The audit trail bears the list's hash too: it cannot be changed unnoticed."""
    entries = rule.written(given.tickets, given.seats, given.weighing)
    kept = {
        "run_id": run_id,
        "seed": seed,
        "entries": entries,
        "entries_hash": rule.hash_of(entries),
        "result": rule.result_of(placed),
        "rule_version": rule.VERSION,
        "drawn_at": now,
        "drawn_by": actor.account_id,
    }
    with unique_or(DrawnBefore(now)):
        db.session.execute(insert(Draw), kept)
    audit.record(
        actor=actor,
        action=Action.DRAW_LOTS,
        subject=f"run:{run_id}",
        learners=[row.learner_id for rows in given.people.values() for row in rows],
        now=now,
        detail={"seed": seed, "entries_hash": kept["entries_hash"]},
    )


def _carry_out(run: LockedRun, given: Tickets, placed: Sequence[Placed], *, actor: Actor, now: datetime) -> Drawn:
    """Enrol everybody in drawn order: the waiting list is in order of the enrolments' ids."""
    tickets = {one.number: one for one in given.tickets}
    everybody = [row.learner_id for rows in given.people.values() for row in rows]
    standings = standings_of(everybody, clock.local(now).date())
    free = iter(free_seats_of(run.id))
    winners = {row.learner_id for one in placed if one.seated for row in given.people[one.number]}
    clashing = _take_time(run, [standings[one] for one in winners])
    line = 0
    for one in placed:
        _write_place(run.id, tickets[one.number], one)
        for row in given.people[one.number]:
            line += not one.seated
            seat = next(free) if one.seated else None
            clashes = row.learner_id in clashing
            _enrol(run, row, standings[row.learner_id], seat, line, clashes=clashes, actor=actor, now=now)
    return Drawn(len(placed), len(winners), line)


def _take_time(run: LockedRun, winners: Iterable[Standing]) -> set[int]:
    """Take the time of all who have a seat, in the order of resources; whoever has something else then too."""
    clashing = set()
    for resource, one in sorted((occupancy.person(one.person_id), one) for one in winners):
        claims = run.claims_for(resource)
        if occupancy.who_is_in_the_way(claims):
            clashing.add(one.learner_id)
        take_again(claims)
    return clashing


def _write_place(run_id: int, ticket: Ticket, placed: Placed) -> None:
    connection().execute(
        update(_ENTRY)
        .where(_ENTRY.c.run_id == run_id, _ENTRY.c.number == ticket.number)
        .values(
            losses=ticket.losses,
            newcomer=ticket.newcomer,
            weight=ticket.weight,
            place=placed.place,
            seated=placed.seated,
        )
    )


def _enrol(
    run: LockedRun,
    entrant: Any,
    standing: Standing,
    seat: int | None,
    line: int,
    *,
    clashes: bool,
    actor: Actor,
    now: datetime,
) -> None:
    enrolment_id, code = insert_enrolment(
        {
            "run_id": run.id,
            "state": EnrolmentState.WAITING if seat is None else EnrolmentState.SEATED,
            "seat": seat,
            "caller_name": entrant.caller_name,
            "caller_relation": entrant.caller_relation,
            "caller_phone": entrant.caller_phone,
            "clash_reason": "",
            "enrolled_at": now,
            "enrolled_by": actor.account_id,
            **as_they_stand(standing),
        }
    )
    connection().execute(update(_ENTRANT).where(_ENTRANT.c.id == entrant.id).values(enrolment_id=enrolment_id))
    cancel_notices(activity("lottery_entrant", entrant.id), now=now)  # that one has entered is old news
    if seat is None:
        kind, text = wording.LOST, wording.lost(run, code, line)
    else:
        kind, text = wording.WON, wording.won(run, code, clashes=clashes)
    queue_notice(
        standing=standing,
        kind=kind,
        activity=activity("enrolment", enrolment_id),
        text=text,
        call_to=entrant.caller_phone,
        tell_until=run.starts_at,
        now=now,
    )
