"""Meetings that are held at other times, or not at all: what has to be looked at, and what moves with them.

Called by changing, for one class, and by changes of a day; each says on its own page what was refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.conditions import Conditions
from supportdesk.classes.day_changes.telling import withdraw_change
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lending.phones import phones_of
from supportdesk.classes.line import recall_offers
from supportdesk.classes.locking import LockedRun
from supportdesk.classes.models import Enrolment, EnrolmentState, Meeting, Run, RunState
from supportdesk.classes.office import PLANNED_AHEAD_DAYS
from supportdesk.classes.planning import check_deadline, check_open
from supportdesk.core.activities import activity
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim
from supportdesk.places.shifting import shift_all

Times = tuple[datetime, datetime]
#: What becomes of meetings, by their ids: when each is held, or None when it is not. Any other stays as it is.
Plans = Mapping[int, Times | None]


class TimeRefused(PlanRefused):
    """The meeting cannot be held then. `part` is what is wrong of it: its "day", or its "end"."""

    def __init__(self, message: object, meeting: Meeting, part: str = "day") -> None:
        super().__init__(message)
        self.meeting, self.part = meeting, part


def held(run: Run) -> list[Meeting]:
    """The meetings that were not called off alone."""
    return [meeting for meeting in run.meetings if meeting.called_off_at is None]


def stands(run: Run, meeting: Meeting) -> bool:
    """Whether neither the meeting nor its run was called off."""
    return meeting.called_off_at is None and run.state is RunState.OPEN


def as_planned(run: Run, plans: Plans) -> list[tuple[Meeting, Times]]:
    """The meetings that are held once the plans are carried out, by their numbers, and when."""
    times = {one.id: (one.starts_at, one.ends_at) if one.called_off_at is None else None for one in run.meetings}
    times.update((one.id, plans[one.id]) for one in run.meetings if one.id in plans)
    return [(one, found) for one in run.meetings if (found := times[one.id]) is not None]


def check_times(run: Run, plans: Plans, now: datetime) -> None:
    """Raises TimeRefused for a new time that cannot be: backwards, past, too far ahead, or out of the run's order."""
    days = PLANNED_AHEAD_DAYS.get()
    in_order = as_planned(run, plans)
    for meeting, (starts_at, ends_at) in in_order:
        if meeting.id not in plans:
            continue
        if starts_at >= ends_at:
            raise TimeRefused(_l("終わりの時刻は、始まりより後にしてください。"), meeting, "end")
        if starts_at <= now:
            raise TimeRefused(_l("これからの日時を入力してください。"), meeting)
        if starts_at - now > timedelta(days=days):
            raise TimeRefused(
                _l("日にちをたしかめてください。%(days)s日より離れた日は登録できません。", days=days), meeting
            )
    for (earlier, first), (later, second) in pairwise(in_order):
        if first[1] > second[0]:
            raise _out_of_order(earlier, later, plans)


def _out_of_order(earlier: Meeting, later: Meeting, plans: Plans) -> TimeRefused:
    """Said of the one that was moved."""
    if later.id in plans:
        return TimeRefused(_l("%(number)s回目は、その前の回より後にしてください。", number=later.number), later)
    return TimeRefused(
        _l(
            "%(number)s回目は、次の回より前にしてください。あとの回もいっしょに移すこともできます。",
            number=earlier.number,
        ),
        earlier,
    )


def check_plans(run: Run, plans: Plans, now: datetime) -> None:
    """Whether the run as it stands can be held so: its times, its venue, its deadline and conditions. Raises
    TimeRefused.
    """
    check_times(run, plans, now)
    in_order = as_planned(run, plans)
    moved = [(meeting, times) for meeting, times in in_order if meeting.id in plans]
    for meeting, times in moved:
        with _said_of(meeting):
            check_open(run.venue_id, [times[0]])
    if moved:
        begins = in_order[0][1][0]
        with _said_of(moved[0][0]):
            check_deadline(run.filling, run.apply_until, begins)
            Conditions(run.publish_at, run.least, run.decide_on).check(begins, run.capacity)


@contextmanager
def _said_of(meeting: Meeting) -> Iterator[None]:
    try:
        yield
    except PlanRefused as refused:
        raise TimeRefused(refused.message, meeting) from refused


def recall(runs: Collection[LockedRun], *, retell: bool = False, actor: Actor, now: datetime) -> None:
    """What was offered with the old times, and what was still to be told of a changed day, is not true any more.

    `retell`: what still stands of such a day is told again (`withdraw_change`).
    """
    for run in runs:
        recall_offers(run, actor=actor, now=now)
    withdraw_change([run.id for run in runs], retell=retell, now=now)


@contextmanager
def taking_along(meetings: Collection[Meeting]) -> Iterator[None]:
    """Whatever is written of the meetings meanwhile, rooms, people and phones follow, and so do those with a seat.

    Learners who have something else then come along all the same. Raises Occupied at the end.
    """
    occupancy.lock_several()
    had, learners, on_duty = _claims_of(meetings)
    yield
    db.session.flush()
    wanted, more_learners, more_on_duty = _claims_of(meetings)
    shift_all(had, wanted, twice=(learners | more_learners) - on_duty - more_on_duty)
    off = [activity("meeting", one.id) for one in meetings if one.called_off_at is not None]
    if off:
        occupancy.release(off)


def claims_of(meetings: Iterable[Meeting]) -> list[Claim]:
    """What those of the meetings that are held need: their rooms, who is on duty, who learns, the loan phones. Three
    statements.
    """
    return _claims_of(meetings)[0]


def _claims_of(meetings: Iterable[Meeting]) -> tuple[list[Claim], set[str], set[str]]:
    """And who of these learns, and who is on duty."""
    on = [one for one in meetings if one.called_off_at is None]
    lent, seated = phones_of(one.id for one in on), _seated({one.run_id for one in on})
    accounts = {staff.account_id for one in on for staff in one.staff}
    rows = db.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(accounts)))
    people = {row.id: occupancy.person(row.person_id) for row in rows}
    claims = [
        Claim(
            activity("meeting", one.id),
            (
                *((occupancy.room(one.room_id),) if one.room_id is not None else ()),
                *(people[staff.account_id] for staff in one.staff),
                *(occupancy.person(person_id) for person_id in sorted(seated.get(one.run_id, ()))),
                *(occupancy.equipment(phone) for phone in lent.get(one.id, ())),
            ),
            one.starts_at,
            one.ends_at,
        )
        for one in on
    ]
    learners = {occupancy.person(person_id) for persons in seated.values() for person_id in persons}
    return claims, learners, set(people.values())


def seated_persons(run_id: int) -> set[int]:
    """The persons who have a seat."""
    return _seated({run_id}).get(run_id, set())


def _seated(run_ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = db.session.execute(
        select(Enrolment.run_id, Learner.person_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Enrolment.run_id.in_(list(run_ids)), Enrolment.state == EnrolmentState.SEATED)
    )
    for run_id, person_id in rows:
        found.setdefault(run_id, set()).add(person_id)
    return found


def span_anew(run: Run) -> bool:
    """From when to when the run goes now. False when no meeting is left to be held: its time stays as it was."""
    times = sorted((one.starts_at, one.ends_at) for one in held(run))
    if times:
        run.starts_at, run.ends_at = times[0][0], times[-1][1]
        db.session.flush()
    return bool(times)
