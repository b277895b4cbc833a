"""Putting people on duty at a meeting, and letting somebody stand in. Called by its page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.classes.errors import AttendanceClosed, ChangedMeanwhile, MeetingCalledOff, PlanRefused
from supportdesk.classes.locking import lock_run
from supportdesk.classes.lottery.entering import persons_in_draw
from supportdesk.classes.models import Duty, Meeting, MeetingStaff, RunKind, RunState
from supportdesk.classes.moving import seated_persons
from supportdesk.classes.office import CORRECTION_DAYS
from supportdesk.classes.outreach.locking import lock_request
from supportdesk.classes.outreach.models import OutreachInstructor, OutreachRequest
from supportdesk.classes.outreach.queries import request_behind
from supportdesk.classes.outreach.steps import HAS_RUN
from supportdesk.classes.outreach.travel import travel_claims, window
from supportdesk.classes.planning import people_on_duty
from supportdesk.classes.queries import NOT_CALLED_OFF, meeting_row
from supportdesk.classes.rules import takes_marks
from supportdesk.classes.staffing.queries import roles_for
from supportdesk.core.activities import activity
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.occupancy import Claim
from supportdesk.places.shifting import shift_all

Duties = Mapping[int, Duty]


def put_on_duty(
    meeting_id: int,
    duties: Duties,
    *,
    seen: Duties | None = None,
    later_too: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Let these people, and nobody else, be on duty at the meeting; `later_too`: and at those of its run that follow.

    Also after the meeting, as long as its attendance is still corrected: whoever stood in has to be able to enter it.
    `seen` is who was on duty when the choice was made. Of a lecture that a group asked for, the instructors are those
    of its request too, and everybody is given the way there and back. Raises NotFound, MeetingCalledOff, StepTaken,
    AttendanceClosed, ChangedMeanwhile, PlanRefused, and Occupied with what somebody has to do at that time.
    """
    row = meeting_row(meeting_id)
    if row is None:
        raise NotFound
    asked_for = _lock_request(row.run_id)
    lock_run(row.run_id)
    row = meeting_row(meeting_id)
    if row is None or row.state is RunState.CANCELLED:
        raise MeetingCalledOff
    if not takes_marks(row, actor, now):
        raise AttendanceClosed(CORRECTION_DAYS.get())
    meetings = _meetings(row.run_id, row.number, later_too=later_too)
    standing = {one.account_id: one.duty for one in meetings[0].staff}
    if seen is not None and dict(seen) != standing:
        raise ChangedMeanwhile
    before_them = {one.account_id for meeting in meetings for one in meeting.staff}
    _check_new(duties, meetings, before_them, row.kind, now)
    if asked_for is not None and Duty.INSTRUCTOR not in duties.values():
        raise PlanRefused(_l("講師をえらんでください。"), field="instructors")
    persons = _persons(before_them | set(duties))
    if {persons[one] for one in duties} & (seated_persons(row.run_id) | persons_in_draw(row.run_id)):
        raise PlanRefused(_l("担当の中に、この教室の受講者がいます。"), field="instructors")
    before = _claims(meetings, persons, asked_for)
    for meeting in meetings:
        kept = [one for one in meeting.staff if one.account_id in duties]
        for one in kept:
            one.duty = duties[one.account_id]
        new = sorted(set(duties) - {one.account_id for one in kept})
        meeting.staff = [*kept, *(MeetingStaff(account_id=one, duty=duties[one]) for one in new)]
    if asked_for is not None:
        teaching = sorted(account_id for account_id, duty in duties.items() if duty is Duty.INSTRUCTOR)
        kept_there = {one.account_id: one for one in asked_for.instructors}
        asked_for.instructors = [kept_there.get(one) or OutreachInstructor(account_id=one) for one in teaching]
    db.session.flush()
    shift_all(before, _claims(meetings, persons, asked_for))
    changed = {"changed": ["staff"], "meetings": [meeting.number for meeting in meetings]}
    audit.record(actor=actor, action=Action.CHANGE_RUN, subject=f"run:{row.run_id}", now=now, detail=changed)


def _lock_request(run_id: int) -> OutreachRequest | None:
    """The request that the run is held for, locked before it, as everybody does."""
    request_id = request_behind(run_id)
    return None if request_id is None else lock_request(request_id, HAS_RUN)


def _check_new(
    duties: Duties, meetings: Sequence[Meeting], before_them: Collection[int], kind: RunKind, now: datetime
) -> None:
    """Who is put on duty has to be at work; whoever has left since may stay where they were. Raises PlanRefused."""
    new = set(duties) - set(before_them)
    ahead = [(meeting.starts_at, new) for meeting in meetings if meeting.starts_at > now]
    people_on_duty(new, duties=ahead, roles=roles_for(kind))


def _meetings(run_id: int, number: int, *, later_too: bool) -> list[Meeting]:
    """The meeting; with `later_too` also those that follow, but for what was called off."""
    wanted = and_(Meeting.number >= number, NOT_CALLED_OFF) if later_too else Meeting.number == number
    return list(
        db.session.scalars(
            select(Meeting)
            .where(Meeting.run_id == run_id, wanted)
            .options(selectinload(Meeting.staff))
            .order_by(Meeting.number)
            .execution_options(populate_existing=True)
        )
    )


def _persons(account_ids: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(select(Account.id, Account.person_id).where(Account.id.in_(set(account_ids))))
    return {row.id: row.person_id for row in rows}


def _claims(meetings: Iterable[Meeting], persons: Mapping[int, int], asked_for: OutreachRequest | None) -> list[Claim]:
    """What those on duty have taken: the meetings; and the way there, where they travel."""
    claims = []
    for meeting in meetings:
        them = tuple(sorted({occupancy.person(persons[one.account_id]) for one in meeting.staff}))
        claims.append(Claim(activity("meeting", meeting.id), them, meeting.starts_at, meeting.ends_at))
        if asked_for is not None and asked_for.travel_minutes is not None:
            when = window(meeting.starts_at, meeting.ends_at, asked_for.travel_minutes)
            claims += travel_claims(asked_for.id, when, them)
    return claims
