"""The steps of a request that need no form of their own: checked, confirmed, held, closed; back, refused, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import delete, select

from supportdesk.accounts.models import Account
from supportdesk.classes.attendance import lock_meeting
from supportdesk.classes.lectures import only_meeting
from supportdesk.classes.models import Edition, RunKind
from supportdesk.classes.outreach.errors import (
    AskedBefore,
    Begun,
    BegunUnconfirmed,
    NotBegun,
    NotPacked,
    ReasonMissing,
    SomebodyCame,
)
from supportdesk.classes.outreach.locking import held_activity, lock_request, move_on
from supportdesk.classes.outreach.models import OutreachItem, OutreachRequest, OutreachState
from supportdesk.classes.outreach.office import OUTREACH_KIT
from supportdesk.classes.outreach.reporting import took_part
from supportdesk.classes.outreach.steps import BACK, CAN_END, HAS_RUN, has_begun
from supportdesk.classes.outreach.travel import travel_claims, window
from supportdesk.classes.outreach.words import INSTEAD
from supportdesk.classes.planning import MeetingPlan, RunPlan, cancel_run, plan_run
from supportdesk.core.database import unique_or
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places import occupancy

S = OutreachState
#: What stands between the things of the office's list.
_BETWEEN = re.compile(r"[、\r\n]+")


def check_request(request_id: int, *, actor: Actor, now: datetime) -> None:
    """What the group wrote was talked over with it. Raises NotFound, StepTaken."""
    move_on(lock_request(request_id, {S.RECEIVED}), S.CHECKED, actor=actor, now=now)


def confirm_request(request_id: int, *, begun: bool = False, actor: Actor, now: datetime) -> int:
    """Make the lecture for which time was held, its run with one meeting, and the list of what to pack; the run's id.

    `begun`: it is known that its time has come. Raises NotFound, StepTaken, BegunUnconfirmed unless that is known, and
    what planning refuses: a venue that was closed meanwhile, an instructor who is away by now.
    """
    request = lock_request(request_id, {S.FOUND})
    assert request.starts_at and request.ends_at and request.travel_minutes is not None
    if not begun and has_begun(request.starts_at, now):
        raise BegunUnconfirmed
    staff = tuple(one.account_id for one in request.instructors)
    # What was held is taken again in this very transaction, the lecture by its meeting and the way for itself: these
    # are the same cells, so nobody can have come between, and nobody waits for anything that they do not hold.
    occupancy.release(held_activity(request_id))
    run_id = plan_run(_plan(request, staff), actor=actor, now=now)
    when = window(request.starts_at, request.ends_at, request.travel_minutes)
    occupancy.take_all(travel_claims(request_id, when, _persons(staff)))
    _list_items(request)
    request.run_id = run_id
    move_on(request, S.CONFIRMED, actor=actor, now=now)
    return run_id


def _plan(request: OutreachRequest, staff: tuple[int, ...]) -> RunPlan:
    assert request.course_code and request.starts_at and request.ends_at
    return RunPlan(
        kind=RunKind.LECTURE,
        group_name=request.group_name,
        course_code=request.course_code,
        edition=Edition.BOTH,
        capacity=request.people,
        meetings=(MeetingPlan(request.starts_at, request.ends_at, request.room_id, staff),),
        place="" if request.at_city else request.place,
        district_code=request.district_code,
        listed=False,
    )


def _persons(staff: Iterable[int]) -> tuple[str, ...]:
    ids = db.session.scalars(select(Account.person_id).where(Account.id.in_(list(staff))))
    return tuple(occupancy.person(person_id) for person_id in ids)


def _list_items(request: OutreachRequest) -> None:
    """What to pack and see to: the office's list, and what the place has not. In Japanese, for whoever packs."""
    with force_locale("ja"):
        missing = [str(words) for name, words in INSTEAD.items() if not request.at_city and not getattr(request, name)]
        usual = [words.strip() for words in _BETWEEN.split(OUTREACH_KIT.get()) if words.strip()]
    for number, words in enumerate([*usual, *missing], 1):
        db.session.add(OutreachItem(request_id=request.id, number=number, words=words))


def tick_item(request_id: int, number: int, *, done: bool, actor: Actor, now: datetime) -> None:
    """Something is packed, or is not after all. Ticking twice changes nothing. Raises NotFound, StepTaken."""
    lock_request(request_id, {S.CONFIRMED})
    item = db.session.get(OutreachItem, (request_id, number))
    if item is None:
        raise NotFound
    if done != (item.done_at is not None):
        item.done_at, item.done_by = (now, actor.account_id) if done else (None, None)


def prepare_lecture(request_id: int, *, actor: Actor, now: datetime) -> None:
    """All is packed. Raises NotFound, StepTaken, NotPacked."""
    request = lock_request(request_id, {S.CONFIRMED})
    left = db.session.scalars(
        select(OutreachItem.words)
        .where(OutreachItem.request_id == request_id, OutreachItem.done_at.is_(None))
        .order_by(OutreachItem.number)
    ).all()
    if left:
        raise NotPacked("、".join(left))
    move_on(request, S.PREPARED, actor=actor, now=now)


def hold_lecture(request_id: int, *, actor: Actor, now: datetime) -> None:
    """It took place. Raises NotFound, StepTaken, NotBegun."""
    request = lock_request(request_id, {S.PREPARED})
    assert request.starts_at
    if now < request.starts_at:
        raise NotBegun
    move_on(request, S.HELD, actor=actor, now=now)


def close_request(request_id: int, *, actor: Actor, now: datetime) -> None:
    """What the group would like next is arranged. Raises NotFound, StepTaken."""
    move_on(lock_request(request_id, {S.REPORTED}), S.CLOSED, actor=actor, now=now)


def step_back(request_id: int, seen: OutreachState, *, reason: str, actor: Actor, now: datetime) -> OutreachState:
    """Undo the step that led to the state `seen`, and say why; the state it is in then.

    What was held is free again; a lecture that was confirmed is called off, which its learners are told. Raises
    NotFound, StepTaken, ReasonMissing, Begun, AskedBefore.
    """
    request = lock_request(request_id, BACK.keys() & {seen})
    _demand_reason(reason)
    after = BACK[seen]
    if after in (S.CHECKED, S.RECEIVED):
        _let_go(request, actor=actor, now=now)
    with unique_or(AskedBefore()):  # an ended one that lives again, when the group has asked anew
        if after in (S.CHECKED, S.RECEIVED):
            _forget_day(request)
        move_on(request, after, reason=reason, actor=actor, now=now)
        db.session.flush()
    return after


def end_request(
    request_id: int, end: OutreachState, seen: OutreachState, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Refuse the request, or note that the group withdrew it, and say why: what was held is free, a lecture is called
    off. Once its time has come it can only be noted that it did not take place (NOT_HELD): its day and its run stay.

    Raises NotFound, StepTaken, ReasonMissing, Begun, NotBegun, and SomebodyCame.
    """
    assert end in (S.REFUSED, S.WITHDRAWN, S.NOT_HELD)
    request = lock_request(request_id, CAN_END & {seen})
    _demand_reason(reason)
    if end is S.NOT_HELD:
        _note_not_held(request, actor=actor, now=now)
    else:
        _let_go(request, actor=actor, now=now)
        _forget_day(request)
    move_on(request, end, reason=reason, actor=actor, now=now)


def _demand_reason(reason: str) -> None:
    """Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing


def _note_not_held(request: OutreachRequest, *, actor: Actor, now: datetime) -> None:
    if request.state not in HAS_RUN or not has_begun(request.starts_at, now):
        raise NotBegun
    assert request.run_id is not None
    meeting_id = only_meeting(request.run_id)
    lock_meeting(meeting_id)
    if took_part(meeting_id):
        raise SomebodyCame
    cancel_run(request.run_id, begun=True, actor=actor, now=now)
    occupancy.release(held_activity(request.id))


def _let_go(request: OutreachRequest, *, actor: Actor, now: datetime) -> None:
    """Give up what was held for the day that was found, and the lecture."""
    if request.state in HAS_RUN:
        assert request.run_id is not None
        if has_begun(request.starts_at, now):
            raise Begun
        cancel_run(request.run_id, actor=actor, now=now)
        db.session.execute(delete(OutreachItem).where(OutreachItem.request_id == request.id))
    occupancy.release(held_activity(request.id))


def _forget_day(request: OutreachRequest) -> None:
    """No day is found any more: written together with the step, for the database lets neither be alone."""
    request.run_id = request.starts_at = request.ends_at = request.travel_minutes = request.room_id = None
    request.instructors = []
