"""Calling off or moving the meetings of a day at one go. Called by the page of a day; undoing.py takes it back.

Rooms, people and seats move with a meeting. Everybody who has a place is told once, of all that changes for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.day_changes import telling
from supportdesk.classes.day_changes.asking import demand_agreed
from supportdesk.classes.day_changes.errors import BeforeTheDraw, NothingChanges
from supportdesk.classes.day_changes.models import DayChange, DismissedPlace, MeetingChange
from supportdesk.classes.dismissing import dismiss
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.known_ahead import take_back_known
from supportdesk.classes.line import KIND, hold_free_seats
from supportdesk.classes.locking import LockedRun, lock_run, lock_runs
from supportdesk.classes.lottery.entering import has_entries
from supportdesk.classes.making_up.telling import tell_who_make_up
from supportdesk.classes.models import Meeting, Run
from supportdesk.classes.moving import (
    Plans,
    TimeRefused,
    Times,
    check_plans,
    claims_of,
    held,
    recall,
    span_anew,
    stands,
    taking_along,
)
from supportdesk.classes.outreach.queries import demand_not_asked_for
from supportdesk.classes.planning import away_from
from supportdesk.core import clock
from supportdesk.core.activities import activity, row_of
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Occupied

_PLACE = table_of(DismissedPlace)


@dataclass(frozen=True)
class Wanted:
    """What is to become of a meeting: it is held at other times, or not at all. `later_too`: those of its run that
    follow move by as many days.
    """

    meeting_id: int
    times: Times | None = None
    later_too: bool = False


def change_day(
    day: date, wanted: Sequence[Wanted], *, reason: str, agreed: str | None = None, actor: Actor, now: datetime
) -> int:
    """Call off or move these meetings of that day: all or none; the id of the change.

    A run whose last meeting is called off is called off itself. `agreed` is the digest of what somebody was asked
    about and agreed to; None asks nothing. Raises NothingChanges, NotFound, AskedFor, PlanRefused and Occupied with the
    meeting as their field, and AskedOnceMore when other things will happen than were agreed to.
    """
    if not wanted:
        raise NothingChanges
    runs = lock_all(one.meeting_id for one in wanted)
    demand_not_asked_for(runs.keys())
    loaded = load_runs(runs)
    chosen = among(loaded, {one.meeting_id for one in wanted})
    if len(chosen) != len({one.meeting_id for one in wanted}):
        raise NotFound
    plans = _with_later(wanted, loaded, chosen)
    meetings = among(loaded, plans)
    _check(day, plans, chosen, loaded, now)
    change = _write_down(day, meetings, plans, reason, actor=actor, now=now)
    told = telling.people_of(runs)
    with _said_at_its_meeting(meetings, chosen), taking_along(meetings.values()):
        for meeting in meetings.values():
            times = plans[meeting.id]
            if times is None:
                meeting.called_off_at = now
            else:
                meeting.starts_at, meeting.ends_at = times
    ended = [run for run in loaded.values() if not span_anew(run)]
    for run in ended:
        if runs[run.id].to_draw and has_entries(run.id):
            raise BeforeTheDraw(next(one.id for one in run.meetings if one.id in plans))
    if agreed is not None:
        demand_agreed(agreed, change, ended, chosen, {place.learner_id for place in told})
    recall(runs.values(), retell=True, actor=actor, now=now)
    for run in ended:
        _dismiss(change, runs[run.id], actor=actor, now=now)
    asked = hold_all_free(runs, actor=actor, now=now)
    telling.tell(change, [place for place in told if row_of(place.name, KIND) not in asked], now=now)
    _tell_who_make_up(change, runs.values(), now)
    take_back_known([one for one, times in plans.items() if times is not None], actor=actor, now=now)
    note(Action.CHANGE_DAY, runs, change, actor=actor, now=now)
    return change.id


def lock_all(meeting_ids: Iterable[int]) -> dict[int, LockedRun]:
    """The runs of the meetings, locked in the order that everybody keeps."""
    run_ids = set(db.session.scalars(select(Meeting.run_id).where(Meeting.id.in_(list(meeting_ids)))))
    lock_runs(sorted(run_ids))
    return {run_id: lock_run(run_id) for run_id in sorted(run_ids)}


def load_runs(run_ids: Iterable[int]) -> dict[int, Run]:
    """The runs with their meetings and people on duty, as they stand under the lock."""
    runs = db.session.scalars(
        select(Run)
        .where(Run.id.in_(list(run_ids)))
        .options(selectinload(Run.meetings).selectinload(Meeting.staff))
        .order_by(Run.id)
        .execution_options(populate_existing=True)
    )
    return {run.id: run for run in runs}


def among(runs: Mapping[int, Run], wanted: Collection[int]) -> dict[int, Meeting]:
    """Those of the runs' meetings, in the order of their times."""
    found = [meeting for run in runs.values() for meeting in run.meetings if meeting.id in wanted]
    return {one.id: one for one in sorted(found, key=lambda one: (one.starts_at, one.id))}


def hold_all_free(run_ids: Iterable[int], *, actor: Actor, now: datetime) -> set[int]:
    """Whoever was being asked is asked anew, with the times that hold now: their enrolments."""
    asked = [hold_free_seats(lock_run(run_id), actor=actor, now=now) for run_id in sorted(run_ids)]
    return set().union(*asked)


def note(action: Action, run_ids: Iterable[int], change: DayChange, *, actor: Actor, now: datetime) -> None:
    """What was done, at each of the runs."""
    for run_id in sorted(run_ids):
        audit.record(actor=actor, action=action, subject=f"run:{run_id}", now=now, detail={"day_change": change.id})


def _with_later(wanted: Iterable[Wanted], runs: Mapping[int, Run], chosen: Mapping[int, Meeting]) -> Plans:
    """What was chosen, and what follows from it for the meetings after."""
    plans = {one.meeting_id: one.times for one in wanted}
    for one in wanted:
        meeting = chosen[one.meeting_id]
        if not one.later_too or one.times is None:
            continue
        by = clock.local(one.times[0]).date() - clock.local(meeting.starts_at).date()
        for later in held(runs[meeting.run_id]):
            if later.number > meeting.number and by:
                plans.setdefault(later.id, (later.starts_at + by, later.ends_at + by))
    return plans


def _check(day: date, plans: Plans, chosen: Mapping[int, Meeting], runs: Mapping[int, Run], now: datetime) -> None:
    """Raises PlanRefused, with the chosen meeting as its field, for a plan that cannot be carried out."""
    for meeting in chosen.values():
        field = f"what_{meeting.id}"
        if not stands(runs[meeting.run_id], meeting) or clock.local(meeting.starts_at).date() != day:
            raise PlanRefused(_l("この教室は、ほかの人が変えました。もう一度開いてください。"), field=field)
        if meeting.starts_at <= now:
            raise PlanRefused(_l("もう始まっているため、変えられません。"), field=field)
        if plans[meeting.id] == (meeting.starts_at, meeting.ends_at):
            raise PlanRefused(_l("いまと同じ日時です。移す先の日を入力してください。"), field=f"day_{meeting.id}")
    for run in runs.values():
        try:
            check_plans(run, plans, now)
        except TimeRefused as refused:
            raise PlanRefused(refused.message, field=_day_field(refused.meeting, chosen)) from refused
    _demand_at_work(plans, chosen, runs)


def _demand_at_work(plans: Plans, chosen: Mapping[int, Meeting], runs: Mapping[int, Run]) -> None:
    """Everybody on duty is at work on the day to which their meeting moves; whoever is not is named, all at once."""
    moved = [(meeting, times) for meeting in among(runs, plans).values() if (times := plans[meeting.id]) is not None]
    away = away_from((times[0], {one.account_id for one in meeting.staff}) for meeting, times in moved)
    said = dict.fromkeys(words for of_one in away for words in of_one)
    if said:
        first = next(meeting for (meeting, _times), of_one in zip(moved, away, strict=True) if of_one)
        raise PlanRefused(" ".join(said), field=_day_field(first, chosen))


def _day_field(meeting: Meeting, chosen: Mapping[int, Meeting]) -> str:
    """The field of the day to which the meeting moves, or that one moves with which it does."""
    leads = meeting if meeting.id in chosen else next(one for one in chosen.values() if one.run_id == meeting.run_id)
    return f"day_{leads.id}"


@contextmanager
def _said_at_its_meeting(meetings: Mapping[int, Meeting], chosen: Mapping[int, Meeting]) -> Iterator[None]:
    """What is in the way is said at the first meeting that it is in the way of."""
    try:
        yield
    except Occupied as refused:
        in_the_way = refused.details["in_the_way"]
        assert isinstance(in_the_way, Mapping)
        own = {activity("meeting", one) for one in meetings}
        claims = claims_of(meetings.values())
        for claim, found in zip(claims, occupancy.in_the_way_of_each(claims), strict=True):
            if any(found[resource] - own for resource in found.keys() & in_the_way.keys()):
                refused.field = _day_field(meetings[row_of(claim.activity, "meeting") or 0], chosen)
                break
        raise


def _write_down(
    day: date, meetings: Mapping[int, Meeting], plans: Plans, reason: str, *, actor: Actor, now: datetime
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
                ended_run=False,
            )
        )
    db.session.add(change)
    db.session.flush()
    return change


def _dismiss(change: DayChange, run: LockedRun, *, actor: Actor, now: datetime) -> None:
    """The run is called off; who had a place in it is written down."""
    places = dismiss(run, actor=actor, now=now)
    rows = [
        {"day_change_id": change.id, "enrolment_id": one.enrolment_id, "state": one.state, "seat": one.seat}
        for one in places
    ]
    if rows:
        connection().execute(insert(_PLACE), rows)
    theirs = {row_of(name, "meeting") for name in run.activities}
    for one in change.meetings:
        one.ended_run = one.ended_run or one.meeting_id in theirs
    db.session.flush()


def _tell_who_make_up(change: DayChange, runs: Iterable[LockedRun], now: datetime) -> None:
    about, changed = activity("day_change", change.id), {activity("meeting", one.meeting_id) for one in change.meetings}
    for locked in runs:
        theirs = [claim for claim in locked.claims if claim.activity in changed]
        tell_who_make_up(locked.title, theirs, about=about, now=now)
