"""Reads for the pages of a draw: who is in it, what it weighs, what came of it. Constant numbers of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from supportdesk.classes.lottery.models import Draw, LotteryEntrant, LotteryEntry
from supportdesk.classes.models import Filling, Meeting, Run, RunState
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.rooms import scope_of
from supportdesk.places.models import Venue


class Lottery(NamedTuple):
    """How the draw of a run stands."""

    run_id: int
    apply_until: datetime
    drawn_at: datetime | None
    state: RunState
    starts_at: datetime
    entries: int
    people: int

    def takes_entries(self, now: datetime) -> bool:
        """Whether one may still enter."""
        return self.state is RunState.OPEN and self.drawn_at is None and now < self.apply_until

    def can_be_drawn(self, now: datetime) -> bool:
        """Whether the draw is to be held: after the deadline, before the class begins, once."""
        due = self.apply_until <= now < self.starts_at
        return self.state is RunState.OPEN and self.drawn_at is None and due


def lottery_of(run_id: int) -> Lottery | None:
    """The draw of a run; None where seats are not drawn, or there is no such run. One statement."""
    live = LotteryEntrant.withdrawn_at.is_(None)
    row = db.session.execute(
        select(
            *(Run.id, Run.apply_until, Run.drawn_at, Run.state, Run.starts_at),
            func.count(LotteryEntrant.entry_id.distinct()).label("entries"),
            func.count(LotteryEntrant.id).label("people"),
        )
        .outerjoin(LotteryEntrant, (LotteryEntrant.run_id == Run.id) & live)
        .where(Run.id == run_id, Run.filling == Filling.LOTTERY)
        .group_by(Run.id, Run.apply_until, Run.drawn_at, Run.state, Run.starts_at)
    ).one_or_none()
    return Lottery._make(row) if row else None


def is_to_draw(run_id: int) -> bool:
    """Whether nobody can have a seat yet: whoever wants one enters the draw."""
    undrawn = exists().where(Run.id == run_id, Run.filling == Filling.LOTTERY, Run.drawn_at.is_(None))
    return bool(db.session.scalar(select(undrawn)))


def lottery_to_see(run_id: int) -> Lottery:
    """The draw of a run. Raises NotFound."""
    found = lottery_of(run_id)
    if found is None:
        raise NotFound
    return found


class Entrant(NamedTuple):
    """Somebody in an entry. Neither id nor name for whoever may not see this learner."""

    id: int
    learner_id: int | None
    name: str
    kana: str
    caller: str
    enrolment_id: int | None


class EntryRow(NamedTuple):
    """An entry on the page of its draw. Weight, place and seats are there once it has been drawn."""

    id: int
    number: int
    weight: int | None
    place: int | None
    seated: bool | None
    entered_at: datetime
    people: Sequence[Entrant]


def entries_of(run_id: int, actor: Actor) -> list[EntryRow]:
    """The entries of a run's draw: by number, once drawn by place. Learners outside the actor's scope have no name
    here. One statement.
    """
    statement = _ENTRANTS.where(LotteryEntrant.run_id == run_id, LotteryEntrant.withdrawn_at.is_(None))
    return _entries(statement, actor)


def given_up_entries(run_id: int, actor: Actor) -> list[Entrant]:
    """Who was in the draw of a run and is not any more. Learners outside the actor's scope have no name here. One
    statement.
    """
    statement = _ENTRANTS.where(
        LotteryEntrant.run_id == run_id,
        LotteryEntrant.withdrawn_at.is_not(None),
        LotteryEntrant.enrolment_id.is_(None),
    )
    return [one for entry in _entries(statement, actor) for one in entry.people]


def entry_of(entry_id: int, actor: Actor) -> EntryRow:
    """One entry with whoever is still in it. Raises NotFound."""
    statement = _ENTRANTS.where(LotteryEntrant.entry_id == entry_id, LotteryEntrant.withdrawn_at.is_(None))
    for row in _entries(statement, actor):
        return row
    raise NotFound


_ENTRANTS = (
    select(
        *(LotteryEntry.id, LotteryEntry.number, LotteryEntry.weight, LotteryEntry.place, LotteryEntry.seated),
        *(LotteryEntrant.entered_at, LotteryEntrant.id.label("entrant_id"), LotteryEntrant.learner_id),
        *(LotteryEntrant.enrolment_id, Learner.name, Learner.kana),
        func.coalesce(func.nullif(LotteryEntrant.caller_name, ""), LotteryEntrant.caller_relation).label("caller"),
    )
    .join(LotteryEntrant, LotteryEntrant.entry_id == LotteryEntry.id)
    .join(Learner, Learner.id == LotteryEntrant.learner_id)
    .order_by(LotteryEntry.place, LotteryEntry.number, LotteryEntrant.position)
)


def _entries(statement: Any, actor: Actor) -> list[EntryRow]:
    scope = scope_of(actor)
    visible = select(Learner.id) if scope is None else select(Learner.id).where(Learner.id.in_(scope))
    people: dict[int, list[Entrant]] = defaultdict(list)
    rows: dict[int, Any] = {}
    for row in db.session.execute(statement.add_columns(LotteryEntrant.learner_id.in_(visible).label("known"))):
        rows.setdefault(row.id, row)
        one = Entrant(
            row.entrant_id, row.learner_id, known_as(row.name, row.kana), row.kana, row.caller, row.enrolment_id
        )
        people[row.id].append(one if row.known else Entrant(row.entrant_id, None, "", "", "", row.enrolment_id))
    return [
        EntryRow(row.id, row.number, row.weight, row.place, row.seated, row.entered_at, people[row.id])
        for row in rows.values()
    ]


def live_entry(run_id: int, learner_ids: Sequence[int]) -> int | None:
    """An entry of this draw in which one of these learners is, if any."""
    return db.session.scalar(
        select(LotteryEntrant.entry_id)
        .where(
            LotteryEntrant.run_id == run_id,
            LotteryEntrant.learner_id.in_(learner_ids),
            LotteryEntrant.withdrawn_at.is_(None),
        )
        .limit(1)
    )


def entered_among(run_ids: Collection[int], learner_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """The entry of each of these learners in the draw, still to come, of each of these runs, by (run, learner). One
    statement.
    """
    if not run_ids or not learner_ids:
        return {}
    rows = db.session.execute(
        select(LotteryEntrant.run_id, LotteryEntrant.learner_id, LotteryEntrant.entry_id).where(
            LotteryEntrant.run_id.in_(run_ids),
            LotteryEntrant.learner_id.in_(learner_ids),
            LotteryEntrant.withdrawn_at.is_(None),
            LotteryEntrant.enrolment_id.is_(None),
        )
    )
    return {(row.run_id, row.learner_id): row.entry_id for row in rows}


def draws_among(run_ids: Collection[int]) -> dict[int, datetime]:
    """Of these runs those whose seats are still to be drawn, and until when one may enter. One statement."""
    if not run_ids:
        return {}
    rows = db.session.execute(
        select(Run.id, Run.apply_until).where(
            Run.id.in_(run_ids), Run.filling == Filling.LOTTERY, Run.drawn_at.is_(None)
        )
    )
    return {row.id: row.apply_until for row in rows}


class EntryAhead(NamedTuple):
    """A learner's entry in a draw that is still to come."""

    entry_id: int
    run_id: int
    number: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    to_bring: str
    apply_until: datetime


def entries_ahead(learner_id: int, now: datetime) -> list[EntryAhead]:
    """The draws to come in which the learner is, the next class first. One statement."""
    rows = db.session.execute(
        select(
            *(LotteryEntry.id, Run.id.label("run_id"), LotteryEntry.number, Run.title, Meeting.starts_at),
            *(Meeting.ends_at, func.coalesce(Venue.nickname, Venue.name, Run.place).label("place"), Run.to_bring),
            Run.apply_until,
        )
        .join(LotteryEntrant, LotteryEntrant.entry_id == LotteryEntry.id)
        .join(Run, Run.id == LotteryEntry.run_id)
        .join(Meeting, (Meeting.run_id == Run.id) & (Meeting.starts_at == Run.starts_at))
        .outerjoin(Venue, Venue.id == Run.venue_id)
        .where(
            LotteryEntrant.learner_id == learner_id,
            LotteryEntrant.withdrawn_at.is_(None),
            Run.drawn_at.is_(None),
            Run.state == RunState.OPEN,
            Run.starts_at > now,
        )
        .order_by(Run.starts_at, Run.id)
    )
    return [EntryAhead._make(row) for row in rows]


class EntrantRow(NamedTuple):
    """Somebody in a draw, to be taken out of it."""

    id: int
    entry_id: int
    run_id: int
    number: int
    learner_id: int
    withdrawn_at: datetime | None
    drawn_at: datetime | None
    enrolment_id: int | None
    people: int


def entrant_row(entrant_id: int) -> EntrantRow:
    """One entrant, with how many are in the entry. Raises NotFound."""
    others = (
        select(func.count())
        .select_from(LotteryEntrant)
        .where(LotteryEntrant.entry_id == LotteryEntry.id, LotteryEntrant.withdrawn_at.is_(None))
        .correlate(LotteryEntry)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            *(LotteryEntrant.id, LotteryEntrant.entry_id, LotteryEntrant.run_id, LotteryEntry.number),
            *(LotteryEntrant.learner_id, LotteryEntrant.withdrawn_at, Run.drawn_at, LotteryEntrant.enrolment_id),
            others,
        )
        .join(LotteryEntry, LotteryEntry.id == LotteryEntrant.entry_id)
        .join(Run, Run.id == LotteryEntrant.run_id)
        .where(LotteryEntrant.id == entrant_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return EntrantRow._make(row)


def draw_of(run_id: int) -> Draw | None:
    """The stored draw of a run, if it was held."""
    return db.session.get(Draw, run_id)
