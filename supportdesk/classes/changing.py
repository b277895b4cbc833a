"""Changing a class that was planned: its words, room, people, seats and the times that lie ahead. Called by its page.

Rooms, people and learners move with it or not at all. Whoever is enrolled or waits is told when time or place change;
another room in the same house is told by the sign at its door.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import selectinload

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.classes import wording
from supportdesk.classes.applying.queries import how_many_held
from supportdesk.classes.conditions import UNCONDITIONED, Conditions
from supportdesk.classes.doubts import ask_about
from supportdesk.classes.enrolment import free_seats_of
from supportdesk.classes.errors import ChangedMeanwhile, NothingAhead, PlanRefused
from supportdesk.classes.known_ahead import take_back_known
from supportdesk.classes.line import hold_free_seats
from supportdesk.classes.locking import LockedRun, lock_run
from supportdesk.classes.lottery.entering import has_entries, persons_in_draw, tell_entrants
from supportdesk.classes.making_up.telling import tell_who_make_up
from supportdesk.classes.models import (
    AttendanceState,
    Duty,
    Edition,
    Enrolment,
    EnrolmentState,
    Filling,
    Meeting,
    MeetingStaff,
    Run,
    RunKind,
    Seat,
)
from supportdesk.classes.moving import (
    TimeRefused,
    Times,
    as_planned,
    check_times,
    recall,
    seated_persons,
    span_anew,
    stands,
    taking_along,
)
from supportdesk.classes.planning import LARGEST, away_from, check_deadline, check_open, people_on_duty
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.standing import standings_of
from supportdesk.notices.operations import ToTell, cancel_notices, queue_notices
from supportdesk.places import occupancy
from supportdesk.places.models import Room, Venue

_SEAT = table_of(Seat)
_ENROLMENT = table_of(Enrolment)


@dataclass(frozen=True)
class RunChange:
    """A class as it is to be. `times` are those of meetings by their number; room and instructors are for all that lie
    ahead. Without a room the venue stays.
    """

    title: str
    edition: Edition
    capacity: int
    listed: bool
    to_bring: str
    room_id: int | None
    staff: tuple[int, ...]
    times: Mapping[int, Times]
    conditions: Conditions = UNCONDITIONED
    filling: Filling = Filling.FIRST_COME
    apply_until: datetime | None = None


def run_to_change(run_id: int) -> Run:
    """The class with its meetings and people on duty, as it stands now. Raises NotFound, for lectures as well."""
    run = db.session.scalar(
        select(Run)
        .where(Run.id == run_id, Run.kind == RunKind.CLASS)
        .options(selectinload(Run.meetings).selectinload(Meeting.staff))
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise NotFound
    return run


def meetings_ahead(run: Run, now: datetime) -> list[Meeting]:
    """The meetings whose time can still be changed: none of a class that was called off."""
    return [meeting for meeting in run.meetings if meeting.starts_at > now and stands(run, meeting)]


def fingerprint(run: Run) -> str:
    """Stands for all that can be changed of the class: another one means that somebody changed it."""
    meetings = [
        (one.starts_at, one.ends_at, one.room_id, one.called_off_at, sorted(_on_duty(one))) for one in run.meetings
    ]
    stands = (
        run.title,
        run.edition.value,
        run.capacity,
        run.listed,
        run.to_bring,
        run.state.value,
        meetings,
        _conditions(run),
        run.filling.value,
        run.apply_until,
    )
    return blake2b(repr(stands).encode(), digest_size=12).hexdigest()


def _conditions(run: Run) -> Conditions:
    return Conditions(run.publish_at, run.least, run.decide_on)


def change_run(
    run_id: int, change: RunChange, *, seen: str | None = None, although: bool = True, actor: Actor, now: datetime
) -> int:
    """Let the class be as the change has it; how many learners are to be told of another time or place.

    `seen` is the `fingerprint` of what the change was made from. More seats are offered to those who wait. Raises
    NotFound, NothingAhead, ChangedMeanwhile, PlanRefused, Occupied with what is in the way; Doubtful for what is
    unusual, unless `although` says that it is meant.
    """
    before = lock_run(run_id)
    run = run_to_change(run_id)
    ahead = meetings_ahead(run, now)
    if not ahead:
        raise NothingAhead
    if seen not in (None, fingerprint(run)):
        raise ChangedMeanwhile
    times = {one.id: change.times.get(one.number, (one.starts_at, one.ends_at)) for one in ahead}
    _check_shape(run, change, times, now)
    venue_id, room = _place(run, change)
    new_days = [one for one in ahead if times[one.id] != (one.starts_at, one.ends_at)]
    elsewhere = venue_id != run.venue_id
    newly = [(times[one.id][0], _newly_there(change, one, moved=one in new_days)) for one in ahead]
    people = people_on_duty(change.staff, duties=newly)
    assistants = [(times[one.id][0], _on_duty(one) - instructors_at(one)) for one in new_days]
    if away := list(chain.from_iterable(away_from(assistants))):
        raise PlanRefused(" ".join(away), field="staff")
    check_open(venue_id, [times[one.id][0] for one in (ahead if elsewhere else new_days)])
    if not although:
        tighter = change.capacity > run.capacity or any(one.room_id != change.room_id for one in ahead)
        ask_about((times[one.id] for one in new_days), [room] if room and tighter else [], change.capacity)
    if (seated_persons(run_id) | persons_in_draw(run_id)) & set(people.values()):
        raise PlanRefused(_l("講師の中に、この教室の受講者がいます。"), field="staff")
    changed = _what_changes(run, change, ahead, new_days, elsewhere=elsewhere)
    larger, moved = change.capacity > run.capacity, bool(new_days) or elsewhere
    with taking_along(ahead):
        _write(run, change, times, venue_id)
        _reseat(run, change.capacity)
        run.capacity = change.capacity
    if moved:
        recall([before], actor=actor, now=now)
    after = lock_run(run_id)
    asked = hold_free_seats(after, actor=actor, now=now) if moved or larger else set()
    told = _tell(before, after, besides=asked, now=now) + tell_entrants(before, after, now=now) if moved else 0
    told += _tell_who_said_something(before, new_days, ahead if elsewhere else (), actor=actor, now=now)
    audit.record(actor=actor, action=Action.CHANGE_RUN, subject=f"run:{run_id}", now=now, detail={"changed": changed})
    return told


def _tell_who_said_something(
    before: LockedRun, new_days: Collection[Meeting], elsewhere: Collection[Meeting], *, actor: Actor, now: datetime
) -> int:
    """Who was to make up is told that it is not held as they know it, and is expected no more; who had said that they
    would not come may come to another day.
    """
    moved, away = [one.id for one in new_days], [one.id for one in elsewhere]
    other = {activity("meeting", one) for one in (*moved, *away)}
    told = tell_who_make_up(before.title, [one for one in before.claims if one.activity in other], now=now)
    take_back_known(moved, actor=actor, now=now)
    take_back_known(away, {AttendanceState.MAKING_UP}, actor=actor, now=now)
    return told


def _check_shape(run: Run, change: RunChange, times: Mapping[int, Times], now: datetime) -> None:
    if not change.title:
        raise PlanRefused(_l("教室の名前を入力してください。"), field="title")
    if not 1 <= change.capacity <= LARGEST:
        raise PlanRefused(_l("定員は1から%(most)sまでにしてください。", most=LARGEST), field="capacity")
    if change.capacity < run.taken:
        raise PlanRefused(
            _l("席のある人が%(taken)s人います。定員をそれより少なくはできません。", taken=run.taken), field="capacity"
        )
    try:
        check_times(run, times, now)
    except TimeRefused as refused:
        raise PlanRefused(refused.message, field=f"{refused.part}_{refused.meeting.number}") from refused
    newly = now if change.apply_until != run.apply_until else None
    begins = as_planned(run, times)[0][1][0]
    check_deadline(change.filling, change.apply_until, begins, newly)
    _check_filling(run, change)
    change.conditions.check(begins, change.capacity)


def _check_filling(run: Run, change: RunChange) -> None:
    """Whoever has applied was promised a seat or a draw: how seats are given changes before anybody applies."""
    applied = run.taken or run.waiting or run.drawn_at is not None or has_entries(run.id) or how_many_held(run.id)
    if change.filling is not run.filling and applied:
        raise PlanRefused(_l("もう申し込んだ方がいるため、申し込みの受け方は変えられません。"), field="filling")
    if run.drawn_at is not None and change.apply_until != run.apply_until:
        raise PlanRefused(_l("抽選が終わったため、申し込みの締め切りは変えられません。"), field="until_day")


def _place(run: Run, change: RunChange) -> tuple[int, Room | None]:
    room = db.session.get(Room, change.room_id) if change.room_id is not None else None
    if room is None and change.room_id is not None:
        raise PlanRefused(_l("部屋をえらびなおしてください。"), field="room_id")
    venue_id = room.venue_id if room else run.venue_id
    assert venue_id is not None, "a class has a venue"
    return venue_id, room


def _newly_there(change: RunChange, meeting: Meeting, *, moved: bool) -> set[int]:
    """Who has to be asked whether they are at work: all on another day, else who was not on duty until now."""
    return set(change.staff) - (set() if moved else _on_duty(meeting))


def _on_duty(meeting: Meeting) -> set[int]:
    return {one.account_id for one in meeting.staff}


def instructors_at(meeting: Meeting) -> set[int]:
    """The accounts that teach there; assistants are put on duty meeting by meeting (staffing/)."""
    return {one.account_id for one in meeting.staff if one.duty is Duty.INSTRUCTOR}


def _what_changes(
    run: Run, change: RunChange, ahead: Sequence[Meeting], new_days: Collection[Meeting], *, elsewhere: bool
) -> list[str]:
    """The names of what will be different, for the audit trail."""
    same = {
        "title": run.title == change.title,
        "edition": run.edition is change.edition,
        "capacity": run.capacity == change.capacity,
        "listed": run.listed == change.listed,
        "filling": run.filling is change.filling,
        "apply_until": run.apply_until == change.apply_until,
        "to_bring": run.to_bring == change.to_bring,
        "room": all(one.room_id == change.room_id for one in ahead),
        "staff": all(instructors_at(one) == set(change.staff) for one in ahead),
        "conditions": _conditions(run) == change.conditions,
        "time": not new_days,
        "venue": not elsewhere,
    }
    return [name for name, unchanged in same.items() if not unchanged]


def _write(run: Run, change: RunChange, times: Mapping[int, Times], venue_id: int) -> None:
    run.title, run.edition, run.listed, run.to_bring = change.title, change.edition, change.listed, change.to_bring
    conditions = change.conditions
    if (run.least, run.decide_on) != (conditions.least, conditions.decide_on):
        run.held_at = run.held_by = None  # it was decided about another number, or for another day
    run.publish_at, run.least, run.decide_on = conditions.publish_at, conditions.least, conditions.decide_on
    run.filling, run.apply_until = change.filling, change.apply_until
    if venue_id != run.venue_id:
        run.venue_id = venue_id
        run.district_code = db.session.scalars(select(Venue.district_code).where(Venue.id == venue_id)).one()
    for meeting in run.meetings:
        if meeting.id in times:
            meeting.starts_at, meeting.ends_at = times[meeting.id]
            meeting.room_id = change.room_id
            kept = [one for one in meeting.staff if one.duty is Duty.ASSISTANT or one.account_id in change.staff]
            new = sorted(set(change.staff) - _on_duty(meeting))
            for one in kept:
                one.duty = Duty.INSTRUCTOR if one.account_id in change.staff else one.duty
            meeting.staff = [*kept, *(MeetingStaff(account_id=account_id) for account_id in new)]
    span_anew(run)


def _reseat(run: Run, capacity: int) -> None:
    """As many seats as the class is to have. Whoever sits on one that goes gets the lowest that is free."""
    if capacity > run.capacity:
        new = [{"run_id": run.id, "number": number} for number in range(run.capacity + 1, capacity + 1)]
        db.session.execute(insert(_SEAT), new)
        return
    beyond = select(_ENROLMENT.c.id).where(_ENROLMENT.c.run_id == run.id, _ENROLMENT.c.seat > capacity)
    homeless = db.session.scalars(beyond.order_by(_ENROLMENT.c.seat)).all()
    for enrolment_id, seat in zip(homeless, free_seats_of(run.id), strict=False):
        db.session.execute(update(_ENROLMENT).where(_ENROLMENT.c.id == enrolment_id).values(seat=seat))
    db.session.execute(delete(_SEAT).where(_SEAT.c.run_id == run.id, _SEAT.c.number > capacity))


def _tell(before: LockedRun, after: LockedRun, *, besides: Collection[int], now: datetime) -> int:
    """Tell everybody who is enrolled or waits, but those who hear of it with the seat that they have now."""
    rows: Sequence[Any] = db.session.execute(
        select(
            *(Enrolment.id, Enrolment.learner_id, Enrolment.code, Enrolment.seat, Enrolment.caller_phone),
            Learner.person_id,
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Enrolment.run_id == after.id, Enrolment.state != EnrolmentState.CANCELLED, Enrolment.id.not_in(besides))
        .order_by(Enrolment.id)
    ).all()
    standings = standings_of([row.learner_id for row in rows], clock.local(now).date())
    busy = occupancy.busy_at(after.claims, {row.person_id for row in rows})
    to_come = [claim.starts_at for claim in after.claims if claim.starts_at > now]
    tell_by = min(to_come[0], *(claim.starts_at for claim in before.claims if claim.starts_at > now))
    cancel_notices([activity("enrolment", row.id) for row in rows], now=now)  # they name the old time or place
    queue_notices(
        (
            ToTell(
                standing=standings[row.learner_id],
                kind=wording.CHANGED,
                activity=activity("enrolment", row.id),
                text=wording.changed(
                    before, after, row.code, to_come, seated=row.seat is not None, clashes=row.person_id in busy
                ),
                call_to=row.caller_phone,
                tell_until=to_come[0],
                tell_by=tell_by,
            )
            for row in rows
        ),
        now=now,
    )
    return len(rows) + len(besides)
