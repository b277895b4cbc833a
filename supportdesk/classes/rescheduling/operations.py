"""Calling off or moving the meetings of a day at one go, and taking that back. Called by the page of a day.

Rooms, people and seats move with a meeting. Everybody who has a place is told once, of all that changes for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.classes.lending.phones import phones_of
from supportdesk.classes.line import KIND, hold_free_seats, recall_offers
from supportdesk.classes.locking import LockedRun, count, lock_run, lock_runs
from supportdesk.classes.lottery.entering import has_entries
from supportdesk.classes.making_up.telling import tell_who_make_up
from supportdesk.classes.models import Enrolment, EnrolmentState, Meeting, Run, RunState
from supportdesk.classes.outreach.queries import demand_not_asked_for
from supportdesk.classes.planning import check_open
from supportdesk.classes.rescheduling import telling
from supportdesk.classes.rescheduling.checking import Times, check_plans, times_of
from supportdesk.classes.rescheduling.errors import BeforeTheDraw, CannotBeUndone, NothingChanges
from supportdesk.classes.rescheduling.models import DayChange, DismissedPlace, MeetingChange
from supportdesk.core.activities import activity, row_of
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.notices.operations import any_left, cancel_notices, give_back_notices
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim
from supportdesk.places.shifting import shift_all

_ENROLMENT = table_of(Enrolment)
_PLACE = table_of(DismissedPlace)


@dataclass(frozen=True)
class Wanted:
    """What is to become of a meeting: it is held at other times, or not at all."""

    meeting_id: int
    times: Times | None = None


def change_day(day: date, wanted: Sequence[Wanted], *, reason: str, actor: Actor, now: datetime) -> int:
    """Call off or move these meetings of that day: all or none; the id of the change.

    A run whose last meeting is called off is called off itself. Raises NothingChanges, NotFound, PlanRefused with the
    meeting as its field, AskedFor, and Occupied.
    """
    if not wanted:
        raise NothingChanges
    runs = _lock(one.meeting_id for one in wanted)
    demand_not_asked_for(runs.keys())
    loaded = _load(runs)
    plans = {one.meeting_id: one.times for one in wanted}
    meetings = _among(loaded, plans)
    if meetings.keys() != plans.keys():
        raise NotFound
    check_plans(meetings, plans, loaded, day, now)
    change = _write_down(day, meetings, plans, reason, actor=actor, now=now)
    told = telling.people_of(runs)
    telling.withdraw_change(runs, now=now)
    for locked in runs.values():
        recall_offers(locked, actor=actor, now=now)
    _shift(meetings, plans)
    for meeting in meetings.values():
        times = plans[meeting.id]
        if times is None:
            meeting.called_off_at = now
        else:
            meeting.starts_at, meeting.ends_at = times
    db.session.flush()
    for run in loaded.values():
        if not _span_anew(run):
            if runs[run.id].to_draw and has_entries(run.id):
                raise BeforeTheDraw(next(one.id for one in run.meetings if one.id in plans))
            _dismiss(change, run, actor=actor, now=now)
    asked = _hold_free_seats(runs, actor=actor, now=now)
    telling.tell(change, [place for place in told if row_of(place.name, KIND) not in asked], now=now)
    _tell_who_make_up(change, runs.values(), now)
    for run_id in sorted(runs):
        _note(Action.CHANGE_DAY, f"run:{run_id}", change, actor=actor, now=now)
    return change.id


def _tell_who_make_up(change: DayChange, runs: Iterable[LockedRun], now: datetime) -> None:
    about, changed = activity("day_change", change.id), {activity("meeting", one.meeting_id) for one in change.meetings}
    for locked in runs:
        theirs = [claim for claim in locked.claims if claim.activity in changed]
        tell_who_make_up(locked.title, theirs, about=about, now=now)


def _write_down(
    day: date,
    meetings: Mapping[int, Meeting],
    plans: Mapping[int, Times | None],
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> DayChange:
    """How each meeting stands now, and what becomes of it."""
    change = DayChange(day=day, reason=reason, made_at=now, made_by=actor.account_id)
    for one in meetings.values():
        starts_at, ends_at = plans[one.id] or (None, None)
        change.meetings.append(
            MeetingChange(
                meeting_id=one.id,
                was_starts_at=one.starts_at,
                was_ends_at=one.ends_at,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )
    db.session.add(change)
    db.session.flush()
    return change


def undo_day_change(change_id: int, *, actor: Actor, now: datetime) -> None:
    """Everything is held as it was planned before, and nobody is told of the change any more.

    Raises NotFound, and CannotBeUndone once somebody was told, one of the meetings would have begun, or was changed
    again; Occupied when a room or somebody has something else by now.
    """
    change = db.session.scalar(
        select(DayChange)
        .where(DayChange.id == change_id)
        .options(selectinload(DayChange.meetings))
        .execution_options(populate_existing=True)
    )
    if change is None:
        raise NotFound
    runs = _lock(one.meeting_id for one in change.meetings)
    loaded = _load(runs)
    meetings = _among(loaded, {one.meeting_id for one in change.meetings})
    db.session.refresh(change, with_for_update=True)
    _check_undo(change, meetings, loaded, now)
    for one in change.meetings:
        check_open(loaded[meetings[one.meeting_id].run_id].venue_id, [one.was_starts_at])
    for locked in runs.values():
        recall_offers(locked, actor=actor, now=now)
    _bring_back_places(change, loaded)
    plans: dict[int, Times | None] = {one.meeting_id: (one.was_starts_at, one.was_ends_at) for one in change.meetings}
    _shift(meetings, plans)
    for one in change.meetings:
        meeting = meetings[one.meeting_id]
        meeting.called_off_at = None
        meeting.starts_at, meeting.ends_at = one.was_starts_at, one.was_ends_at
    change.undone_at, change.undone_by = now, actor.account_id
    db.session.flush()
    for run in loaded.values():
        _span_anew(run)
    cancel_notices(activity("day_change", change.id), now=now)
    give_back_notices(telling.names_of(runs), withdrawn_at=change.made_at)
    _hold_free_seats(runs, actor=actor, now=now)
    for run_id in sorted(runs):
        _note(Action.UNDO_DAY_CHANGE, f"run:{run_id}", change, actor=actor, now=now)


def may_be_undone(change: DayChange, now: datetime) -> bool:
    """Whether the page offers to take it back; `undo_day_change` asks again under its locks."""
    begun = any(min(one.was_starts_at, one.starts_at or one.was_starts_at) <= now for one in change.meetings)
    return change.undone_at is None and not begun and not any_left(activity("day_change", change.id))


def _lock(meeting_ids: Iterable[int]) -> dict[int, LockedRun]:
    """The runs of the meetings, locked in the order that everybody keeps."""
    run_ids = set(db.session.scalars(select(Meeting.run_id).where(Meeting.id.in_(list(meeting_ids)))))
    lock_runs(sorted(run_ids))
    return {run_id: lock_run(run_id) for run_id in sorted(run_ids)}


def _load(run_ids: Iterable[int]) -> dict[int, Run]:
    """The runs with their meetings and people on duty, as they stand under the lock."""
    runs = db.session.scalars(
        select(Run)
        .where(Run.id.in_(list(run_ids)))
        .options(selectinload(Run.meetings).selectinload(Meeting.staff))
        .order_by(Run.id)
        .execution_options(populate_existing=True)
    )
    return {run.id: run for run in runs}


def _among(runs: Mapping[int, Run], wanted: Collection[int]) -> dict[int, Meeting]:
    """Those of the runs' meetings, in the order of their times."""
    found = [meeting for run in runs.values() for meeting in run.meetings if meeting.id in wanted]
    return {one.id: one for one in sorted(found, key=lambda one: (one.starts_at, one.id))}


def _shift(meetings: Mapping[int, Meeting], plans: Mapping[int, Times | None]) -> None:
    """What each meeting has taken is taken at its new times, or free. Raises Occupied."""
    learners, lent = _seated({one.run_id for one in meetings.values()}), phones_of(meetings)
    accounts = {one.account_id for meeting in meetings.values() for one in meeting.staff}
    people = {
        row.id: row.person_id
        for row in db.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(accounts)))
    }
    had, wanted = [], []
    for meeting in meetings.values():
        needs = (
            *((occupancy.room(meeting.room_id),) if meeting.room_id is not None else ()),
            *(occupancy.person(people[one.account_id]) for one in meeting.staff),
            *(occupancy.person(one) for one in learners.get(meeting.run_id, ())),
            *(occupancy.equipment(one) for one in lent.get(meeting.id, ())),
        )
        name, times = activity("meeting", meeting.id), plans[meeting.id]
        if meeting.called_off_at is None:
            had.append(Claim(name, needs, meeting.starts_at, meeting.ends_at))
        if times is not None:
            wanted.append(Claim(name, needs, *times))
    everybody = {occupancy.person(one) for persons in learners.values() for one in persons}
    on_duty = {occupancy.person(one) for one in people.values()}
    shift_all(had, wanted, twice=everybody - on_duty)
    freed = [activity("meeting", one.id) for one in meetings.values() if plans[one.id] is None]
    if freed:
        occupancy.release(freed)


def _seated(run_ids: Iterable[int]) -> dict[int, list[int]]:
    """The persons who have a seat, by run."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Enrolment.run_id, Learner.person_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Enrolment.run_id.in_(list(run_ids)), Enrolment.state == EnrolmentState.SEATED)
    )
    for run_id, person_id in rows:
        found.setdefault(run_id, []).append(person_id)
    return found


def _span_anew(run: Run) -> bool:
    """From when to when the run goes now. False when no meeting is left to be held: its time stays as it was."""
    held = sorted((one.starts_at, one.ends_at) for one in run.meetings if one.called_off_at is None)
    if held:
        run.starts_at, run.ends_at = held[0][0], held[-1][1]
        db.session.flush()
    return bool(held)


def _dismiss(change: DayChange, run: Run, *, actor: Actor, now: datetime) -> None:
    """The run is called off; who had a place in it is written down."""
    live = (_ENROLMENT.c.run_id == run.id) & (_ENROLMENT.c.state != EnrolmentState.CANCELLED)
    places = connection().execute(
        select(_ENROLMENT.c.id, _ENROLMENT.c.learner_id, _ENROLMENT.c.state, _ENROLMENT.c.seat).where(live)
    )
    rows = places.all()
    if rows:
        connection().execute(
            insert(_PLACE),
            [
                {"day_change_id": change.id, "enrolment_id": one.id, "state": one.state, "seat": one.seat}
                for one in rows
            ],
        )
    connection().execute(
        update(_ENROLMENT)
        .where(live)
        .values(state=EnrolmentState.CANCELLED, seat=None, cancelled_at=now, cancelled_by=actor.account_id)
    )
    seats = sum(row.seat is not None for row in rows)
    count(run.id, seats=-seats, in_line=seats - len(rows))
    run.state = RunState.CANCELLED
    for one in change.meetings:
        one.ended_run = one.ended_run or one.meeting_id in {meeting.id for meeting in run.meetings}
    db.session.flush()
    for row in rows:
        audit.record(
            actor=actor,
            action=Action.CANCEL_ENROLMENT,
            subject=f"learner:{row.learner_id}",
            now=now,
            detail={"enrolment": row.id},
        )


def _check_undo(change: DayChange, meetings: Mapping[int, Meeting], runs: Mapping[int, Run], now: datetime) -> None:
    known_since = any_left(activity("day_change", change.id), hold=True) or telling.known_since(change, runs)
    if known_since or not may_be_undone(change, now):
        raise CannotBeUndone
    back = [one for one in change.meetings if one.starts_at is not None]
    for one in change.meetings:
        meeting = meetings[one.meeting_id]
        if one.starts_at is None:
            stands = meeting.called_off_at == change.made_at
        else:
            stands = (meeting.starts_at, meeting.ends_at) == (one.starts_at, one.ends_at)
        before = times_of(runs[meeting.run_id], {it.meeting_id: (it.was_starts_at, it.was_ends_at) for it in back})
        stands = stands and all(earlier[1] <= later[0] for earlier, later in pairwise(before))
        if not stands or (runs[meeting.run_id].state is RunState.CANCELLED) is not one.ended_run:
            raise CannotBeUndone


def _bring_back_places(change: DayChange, runs: Mapping[int, Run]) -> None:
    """Who was dismissed has the seat, or the place in line, of before."""
    rows = connection().execute(
        select(_PLACE.c.enrolment_id, _PLACE.c.state, _PLACE.c.seat, _ENROLMENT.c.run_id, _ENROLMENT.c.learner_id)
        .join(_ENROLMENT, _ENROLMENT.c.id == _PLACE.c.enrolment_id)
        .where(_PLACE.c.day_change_id == change.id)
    )
    places = rows.all()
    if _booked_twice(places):
        raise CannotBeUndone
    ended = {one.meeting_id for one in change.meetings if one.ended_run}
    for run in runs.values():
        if ended & {meeting.id for meeting in run.meetings}:
            run.state = RunState.OPEN
            theirs = [row for row in places if row.run_id == run.id]
            seats = sum(row.seat is not None for row in theirs)
            count(run.id, seats=seats, in_line=len(theirs) - seats)
    for row in places:
        connection().execute(
            update(_ENROLMENT)
            .where(_ENROLMENT.c.id == row.enrolment_id)
            .values(state=row.state, seat=row.seat, cancelled_at=None, cancelled_by=None)
        )
    connection().execute(delete(_PLACE).where(_PLACE.c.day_change_id == change.id))
    db.session.flush()


def _booked_twice(places: Sequence[Any]) -> bool:
    """Whether two records that had a place in one run became one meanwhile."""
    return len({(row.run_id, row.learner_id) for row in places}) != len(places)


def _hold_free_seats(run_ids: Iterable[int], *, actor: Actor, now: datetime) -> set[int]:
    """Whoever was being asked is asked anew, with the times that hold now: their enrolments."""
    held = [hold_free_seats(lock_run(run_id), actor=actor, now=now) for run_id in sorted(run_ids)]
    return set().union(*held)


def _note(action: Action, subject: str, change: DayChange, *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=subject, now=now, detail={"day_change": change.id})
