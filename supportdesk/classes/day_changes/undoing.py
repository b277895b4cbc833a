"""Taking a day's change back, as long as nobody was told of it. Called by its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from supportdesk.accounts.actions import Action
from supportdesk.classes.applying.queries import any_told_of_the_end
from supportdesk.classes.day_changes import telling
from supportdesk.classes.day_changes.errors import CannotBeUndone
from supportdesk.classes.day_changes.models import DayChange, DismissedPlace
from supportdesk.classes.day_changes.operations import among, hold_all_free, load_runs, lock_all, note
from supportdesk.classes.known_ahead import give_back_known
from supportdesk.classes.line import recall_offers
from supportdesk.classes.locking import count
from supportdesk.classes.models import Enrolment, Run, RunState
from supportdesk.classes.moving import Plans, as_planned, span_anew, taking_along
from supportdesk.classes.planning import check_open
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Status
from supportdesk.learners.standing import standings_of
from supportdesk.notices.operations import any_left, cancel_notices, give_back_notices

_ENROLMENT = table_of(Enrolment)
_PLACE = table_of(DismissedPlace)


def undo_day_change(change_id: int, *, actor: Actor, now: datetime) -> None:
    """Everything is held as it was planned before, and nobody is told of the change any more.

    Who is not with us any more gets no place back; it goes to whoever waits. Raises NotFound, and CannotBeUndone once
    somebody was told, one of the meetings would have begun, or was changed again; Occupied when a room or somebody has
    something else by now.
    """
    change = db.session.scalar(
        select(DayChange)
        .where(DayChange.id == change_id)
        .options(selectinload(DayChange.meetings))
        .execution_options(populate_existing=True)
    )
    if change is None:
        raise NotFound
    runs = lock_all(one.meeting_id for one in change.meetings)
    loaded = load_runs(runs)
    meetings = among(loaded, {one.meeting_id for one in change.meetings})
    db.session.refresh(change, with_for_update=True)
    _check(change, loaded, now)
    for one in change.meetings:
        check_open(loaded[meetings[one.meeting_id].run_id].venue_id, [one.was_starts_at])
    for locked in runs.values():
        recall_offers(locked, actor=actor, now=now)
    with taking_along(meetings.values()):
        _bring_back_places(change, loaded, now)
        for one in change.meetings:
            meeting = meetings[one.meeting_id]
            meeting.called_off_at = None
            meeting.starts_at, meeting.ends_at = one.was_starts_at, one.was_ends_at
    change.undone_at, change.undone_by = now, actor.account_id
    for run in loaded.values():
        span_anew(run)
    cancel_notices(activity("day_change", change.id), now=now)
    telling.tell_what_stands_again(change, runs, now=now)
    give_back_notices(telling.names_of(runs), withdrawn_at=change.made_at)
    give_back_known(meetings, taken_back_at=change.made_at, actor=actor, now=now)
    hold_all_free(runs, actor=actor, now=now)
    note(Action.UNDO_DAY_CHANGE, runs, change, actor=actor, now=now)


def may_be_undone(change: DayChange, now: datetime) -> bool:
    """Whether the page offers to take it back; `undo_day_change` asks again under its locks."""
    begun = any(min(one.was_starts_at, one.starts_at or one.was_starts_at) <= now for one in change.meetings)
    if change.undone_at is not None or begun or any_left(activity("day_change", change.id)):
        return False
    return not any_told_of_the_end([one.meeting_id for one in change.meetings], change.made_at)


def _check(change: DayChange, runs: Mapping[int, Run], now: datetime) -> None:
    known_since = any_left(activity("day_change", change.id), hold=True) or telling.known_since(change, runs)
    if known_since or not may_be_undone(change, now):
        raise CannotBeUndone
    if sum(len(changed) for changed in telling.what_stands(change).values()) != len(change.meetings):
        raise CannotBeUndone
    before: Plans = {one.meeting_id: (one.was_starts_at, one.was_ends_at) for one in change.meetings}
    for run in runs.values():
        in_order = [times for _meeting, times in as_planned(run, before)]
        if any(earlier[1] > later[0] for earlier, later in pairwise(in_order)):
            raise CannotBeUndone


def _bring_back_places(change: DayChange, runs: Mapping[int, Run], now: datetime) -> None:
    """Who was dismissed and is still with us has the seat, or the place in line, of before."""
    rows = connection().execute(
        select(_PLACE.c.enrolment_id, _PLACE.c.state, _PLACE.c.seat, _ENROLMENT.c.run_id, _ENROLMENT.c.learner_id)
        .join(_ENROLMENT, _ENROLMENT.c.id == _PLACE.c.enrolment_id)
        .where(_PLACE.c.day_change_id == change.id)
    )
    places = rows.all()
    if len({(row.run_id, row.learner_id) for row in places}) != len(places):
        raise CannotBeUndone  # two records that had a place in one run became one meanwhile
    standings = standings_of([row.learner_id for row in places], clock.local(now).date()) if places else {}
    places = [row for row in places if standings[row.learner_id].status is Status.ACTIVE]
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
