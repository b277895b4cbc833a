"""Attendance: what was observed of a learner at a meeting. Called by the attendance pages, a scanned pass, the demo.

Every mark is kept. Which one stands is decided by when it was observed, not by when it arrived: a phone without network
hands in late what it saw early. Nobody is refused for want of a seat: whoever came, came.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Final, NamedTuple

from sqlalchemy import bindparam, exists, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes.errors import (
    AttendanceClosed,
    MeetingCalledOff,
    NotYetBegun,
    NotYetHeld,
    TooManyHeads,
    WalkInsClosed,
)
from supportdesk.classes.locking import MEETING, RUN
from supportdesk.classes.marks import ATTENDED, Disagreement, KeptMark, is_to_make_up, marks_of, settle
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment, EnrolmentState, RunKind, RunState
from supportdesk.classes.office import CORRECTION_DAYS
from supportdesk.classes.outreach.errors import HeadsReported
from supportdesk.classes.outreach.models import OutreachRequest, OutreachState
from supportdesk.classes.queries import MEETING_STATE
from supportdesk.classes.rules import takes_marks, takes_walk_ins, walk_in_days
from supportdesk.core import clock
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.standing import Standing, standings_of

_MARK = table_of(AttendanceMark)
_ENROLMENT = table_of(Enrolment)
_REQUEST = table_of(OutreachRequest)
_INSERT = insert(_MARK)

#: What may be known before the day.
_KNOWN_AHEAD: Final = frozenset({AttendanceState.ABSENT_NOTIFIED, AttendanceState.MAKING_UP, AttendanceState.UNMARKED})
MOST_HEADS: Final = 1000


@dataclass(frozen=True)
class Mark:
    """One observation. `observed_at` is the time on the clock of whoever saw it."""

    learner_id: int
    state: AttendanceState
    observed_at: datetime


class LockedMeeting(NamedTuple):
    """A meeting of which nobody else can record anything now, nor call it off."""

    id: int
    starts_at: datetime
    ends_at: datetime
    kind: RunKind
    state: RunState

    @property
    def day(self) -> date:
        """The day on which it is held."""
        return clock.local(self.starts_at).date()


# One at a time for one run: which mark stands is decided under its lock, and so is whether it is called off.
_LOCK = (
    select(MEETING.c.id, MEETING.c.starts_at, MEETING.c.ends_at, RUN.c.kind, MEETING_STATE)
    .join(RUN, RUN.c.id == MEETING.c.run_id)
    .where(MEETING.c.id == bindparam("wanted"))
    .with_for_update(key_share=True, of=(RUN, MEETING))
)
_SEAT_AT = (
    select(_ENROLMENT.c.seat)
    .join(MEETING, MEETING.c.run_id == _ENROLMENT.c.run_id)
    .where(
        MEETING.c.id == bindparam("meeting"),
        _ENROLMENT.c.learner_id == bindparam("learner"),
        _ENROLMENT.c.state == EnrolmentState.SEATED,
    )
)
#: Those with a seat of whom no mark stands, or one that was taken back.
_THE_REST = (
    select(_ENROLMENT.c.learner_id)
    .join(MEETING, MEETING.c.run_id == _ENROLMENT.c.run_id)
    .where(
        MEETING.c.id == bindparam("meeting"),
        _ENROLMENT.c.state == EnrolmentState.SEATED,
        ~exists().where(
            _MARK.c.meeting_id == MEETING.c.id,
            _MARK.c.learner_id == _ENROLMENT.c.learner_id,
            _MARK.c.current,
            _MARK.c.state != AttendanceState.UNMARKED,
        ),
    )
)


#: Those who are to make up for another meeting, and of whom nothing was seen.
_TO_MAKE_UP = select(_MARK.c.learner_id).where(
    _MARK.c.meeting_id == bindparam("meeting"), _MARK.c.current, _MARK.c.state == AttendanceState.MAKING_UP
)
_NAMED = (
    select(func.count())
    .select_from(_MARK)
    .where(_MARK.c.meeting_id == bindparam("meeting"), _MARK.c.current, _MARK.c.state.in_(ATTENDED))
)
_REPORTED = (
    select(_REQUEST.c.heads)
    .join(MEETING, MEETING.c.run_id == _REQUEST.c.run_id)
    .where(
        MEETING.c.id == bindparam("meeting"),
        _REQUEST.c.state.in_((OutreachState.REPORTED, OutreachState.CLOSED)),
    )
)


def lock_meeting(meeting_id: int) -> LockedMeeting:
    """Wait for the meeting's run and keep both until the transaction ends. Raises NotFound, MeetingCalledOff."""
    row = connection().execute(_LOCK, {"wanted": meeting_id}).one_or_none()
    if row is None:
        raise NotFound
    meeting = LockedMeeting._make(row)
    if meeting.state is RunState.CANCELLED:
        raise MeetingCalledOff
    return meeting


def record_attendance(
    meeting_id: int, marks: Sequence[Mark], *, actor: Actor, now: datetime
) -> tuple[Disagreement, ...]:
    """Keep the marks; of each learner the latest observation stands. Returns where somebody else saw it differently.

    The same observation handed in twice is kept once. A clock that runs ahead is set back to `now`. Raises NotFound,
    MeetingCalledOff, NotYetHeld for whoever is seen there before the day, and AttendanceClosed when it is `now` too
    late for this actor, whatever their clock said (`rules.takes_marks`).
    """
    return _record(lock_meeting(meeting_id), marks, actor=actor, now=now)


def _record(meeting: LockedMeeting, marks: Sequence[Mark], *, actor: Actor, now: datetime) -> tuple[Disagreement, ...]:
    held_on = meeting.day
    wanted = [replace(mark, observed_at=min(mark.observed_at, now)) for mark in marks]
    if any(clock.local(mark.observed_at).date() < held_on and mark.state not in _KNOWN_AHEAD for mark in wanted):
        raise NotYetHeld
    _demand_open(meeting, actor, now)
    learner_ids = sorted({mark.learner_id for mark in wanted})
    standings = standings_of(learner_ids, held_on)
    new = _not_kept_yet(wanted, marks_of(meeting.id, learner_ids), actor.account_id)
    for mark in new:
        _keep(meeting.id, mark, standings[mark.learner_id], actor=actor, now=now)
    if not new:
        return ()
    disagreements = settle(meeting.id, sorted({mark.learner_id for mark in new}))
    _count_anew(meeting)
    return disagreements


def _demand_open(meeting: LockedMeeting, actor: Actor, now: datetime) -> None:
    if not takes_marks(meeting, actor, now):
        raise AttendanceClosed(CORRECTION_DAYS.get())


def mark_the_rest(meeting_id: int, state: AttendanceState, *, actor: Actor, now: datetime) -> tuple[Disagreement, ...]:
    """Mark everybody who is expected and of whom nothing stands yet; what a colleague marked meanwhile stays as it is.

    Raises what `record_attendance` raises, and NotYetBegun.
    """
    meeting = lock_meeting(meeting_id)
    if now < meeting.starts_at:
        raise NotYetBegun
    seated = connection().scalars(_THE_REST, {"meeting": meeting_id}).all()
    expected = [*seated, *connection().scalars(_TO_MAKE_UP, {"meeting": meeting_id})]
    return _record(meeting, [Mark(learner_id, state, now) for learner_id in expected], actor=actor, now=now)


def add_walk_in(meeting_id: int, learner_id: int, *, actor: Actor, now: datetime) -> tuple[Disagreement, ...]:
    """The learner came without a seat, and is from now on among those whom the meeting's instructors may see.

    Raises what `record_attendance` raises, and WalkInsClosed once no one can be added any more.
    """
    return _walk_in(lock_meeting(meeting_id), learner_id, actor=actor, now=now)


def _walk_in(meeting: LockedMeeting, learner_id: int, *, actor: Actor, now: datetime) -> tuple[Disagreement, ...]:
    if clock.local(now).date() < meeting.day:
        raise NotYetHeld
    if not takes_walk_ins(meeting, actor, now):
        raise WalkInsClosed(walk_in_days(meeting.kind))
    return _record(meeting, [Mark(learner_id, AttendanceState.WALK_IN, now)], actor=actor, now=now)


def check_in(meeting_id: int, learner_id: int, *, actor: Actor, now: datetime) -> tuple[Disagreement, ...]:
    """The learner is here: present where they are expected, else a walk-in. Raises what `add_walk_in` raises."""
    meeting = lock_meeting(meeting_id)
    if not _expected(meeting_id, learner_id):
        return _walk_in(meeting, learner_id, actor=actor, now=now)
    return _record(meeting, [Mark(learner_id, AttendanceState.PRESENT, now)], actor=actor, now=now)


def _expected(meeting_id: int, learner_id: int) -> bool:
    """Whether they have a seat, or were to come to make up for another meeting."""
    if connection().scalar(_SEAT_AT, {"meeting": meeting_id, "learner": learner_id}) is not None:
        return True
    return is_to_make_up(mark.state for mark in marks_of(meeting_id, [learner_id]).get(learner_id, ()))


def record_heads(meeting_id: int, heads: int, *, actor: Actor, now: datetime) -> None:
    """How many took part who want no record of themselves (延べ人数); the latest count stands.

    Raises NotFound, MeetingCalledOff, NotYetHeld, AttendanceClosed, TooManyHeads, and HeadsReported once the result of
    the lecture says it.
    """
    meeting = lock_meeting(meeting_id)
    if _heads_reported(meeting) is not None:
        raise HeadsReported
    if clock.local(now).date() < meeting.day:
        raise NotYetHeld
    _demand_open(meeting, actor, now)
    if not 0 <= heads <= MOST_HEADS:
        raise TooManyHeads(MOST_HEADS)
    _count_unnamed(meeting_id, heads)
    audit.record(
        actor=actor, action=Action.RECORD_HEADS, subject=f"meeting:{meeting_id}", now=now, detail={"heads": heads}
    )


def named_at(meeting_id: int) -> int:
    """How many were marked as having taken part, by name."""
    return int(connection().scalar(_NAMED, {"meeting": meeting_id}) or 0)


def _heads_reported(meeting: LockedMeeting) -> int | None:
    """How many took part as the result of the lecture says; None before it is written, and of classes."""
    if meeting.kind is not RunKind.LECTURE:
        return None
    heads: int | None = connection().scalar(_REPORTED, {"meeting": meeting.id})
    return heads


def _count_anew(meeting: LockedMeeting) -> None:
    """Who is known by name by now is among those who were counted when the result was written: not counted twice."""
    heads = _heads_reported(meeting)
    if heads is not None:
        _count_unnamed(meeting.id, max(0, heads - named_at(meeting.id)))


def _count_unnamed(meeting_id: int, heads: int) -> None:
    connection().execute(update(MEETING).where(MEETING.c.id == meeting_id).values(unnamed_heads=heads))


def _not_kept_yet(wanted: Sequence[Mark], kept: Mapping[int, Sequence[KeptMark]], by: int | None) -> list[Mark]:
    """Those that are not the same observation once more, by its state, its time and who saw it.

    Only the mark after which it would stand is asked: whoever taps once round within an instant comes back to a state
    of before, and means it.
    """
    seen = {one: [(mark.observed_at, mark.state, mark.recorded_by) for mark in marks] for one, marks in kept.items()}
    new = []
    for mark in wanted:
        line, this = seen.setdefault(mark.learner_id, []), (mark.observed_at, mark.state, by)
        place = bisect_right(line, mark.observed_at, key=itemgetter(0))
        if line[:place][-1:] != [this]:
            line.insert(place, this)
            new.append(mark)
    return new


def _keep(meeting_id: int, mark: Mark, standing: Standing, *, actor: Actor, now: datetime) -> None:
    connection().execute(
        _INSERT,
        {
            "meeting_id": meeting_id,
            "learner_id": mark.learner_id,
            "state": mark.state,
            "current": False,
            "observed_at": mark.observed_at,
            "recorded_at": now,
            "recorded_by": actor.account_id,
            "residence": standing.residence,
            "age_band": standing.age_band,
        },
    )
    audit.record(
        actor=actor,
        action=Action.MARK_ATTENDANCE,
        subject=f"learner:{mark.learner_id}",
        now=now,
        detail={"meeting": meeting_id, "state": str(mark.state)},
    )
