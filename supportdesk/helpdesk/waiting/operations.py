"""Waiting for a desk, waiting no more, and waiting again. Called by the pages, and by what frees a learner of all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import connection, table_of, unique_or
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk import wording
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.availability import open_slots
from supportdesk.helpdesk.locking import BOOKING, DESK, lock_desks, lock_free_desks
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting.errors import (
    AlreadyWaiting,
    AskedMeanwhile,
    NoSuchPlace,
    NotInLine,
    StillInLine,
)
from supportdesk.helpdesk.waiting.line import (
    KIND,
    WISH,
    change_wish,
    district_of,
    end_wish,
    lock_line,
    open_wishes,
    wish_of,
)
from supportdesk.helpdesk.waiting.models import OPEN_WISH, HalfDay, WishState
from supportdesk.helpdesk.waiting.rule import fits, is_for
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.models import Device
from supportdesk.learners.standing import active_standing_of
from supportdesk.notices.operations import queue_notice
from supportdesk.places.models import District

_DISTRICT = table_of(District)
_APPLICATION = table_of(ConsultationApplication)
_APPLIED: Final = select(func.min(_APPLICATION.c.id)).where(
    _APPLICATION.c.wish_id.in_(bindparam("wishes", expanding=True))
)
_SLOT_OF: Final = select(BOOKING.c.desk_id, BOOKING.c.adviser_id, BOOKING.c.starts_at, BOOKING.c.ends_at).where(
    BOOKING.c.id == bindparam("booking")
)
_FULFIL: Final = update(_APPLICATION).where(_APPLICATION.c.id == bindparam("wanted"))
ANY_DESK: Final = "どの窓口でも"


class Place(NamedTuple):
    """For what somebody waits: one desk, any of a district, or any."""

    desk_id: int | None = None
    district_code: str | None = None


class _Wish(NamedTuple):
    """Where and when it suits somebody, as it is stored."""

    desk_id: int | None
    district_code: str | None
    weekdays: list[int]
    half_day: HalfDay


def wait_for_slot(
    learner_id: int,
    place: Place,
    *,
    weekdays: Collection[int] = (),
    half_day: HalfDay = HalfDay.ANY,
    topic: str = "",
    device: Device | None = None,
    caller: Caller = THE_LEARNER,
    told: bool = True,
    actor: Actor,
    now: datetime,
) -> int:
    """The learner waits, behind all who wait already: the wish's id. No weekdays: whichever.

    Raises NotFound, NotActive, NoSuchPlace, and AlreadyWaiting for the same desk, or for any.
    """
    name = _name_of(place)
    wish = _Wish(*place, sorted(weekdays), half_day)
    passed_up = next((slot.starts_at for slot in open_slots(after=now, limit=None) if fits(wish, slot)), None)
    _refuse_twice(lock_line(), learner_id, place.desk_id)
    standing = active_standing_of(learner_id, clock.local(now).date())
    with unique_or(AlreadyWaiting()):
        wish_id = connection().scalar(
            insert(WISH).returning(WISH.c.id),
            {
                "learner_id": learner_id,
                **wish._asdict(),
                "topic": topic,
                "device": device,
                "caller_name": caller.name,
                "caller_relation": caller.relation,
                "caller_phone": caller.phone,
                "state": WishState.WAITING,
                "since": now,
                "passed_up": passed_up,
                "noted_by": actor.account_id,
            },
        )
    assert wish_id is not None, "a row that was written has an id"
    queue_notice(
        standing=standing,
        kind="slot_wished",
        activity=activity(KIND, wish_id),
        text=wording.waits(name),
        told=told,
        call_to=caller.phone,
        now=now,
    )
    _note(Action.WAIT_FOR_SLOT, learner_id, wish_id, actor=actor, now=now)
    return wish_id


def _name_of(place: Place) -> str:
    """What is waited for, in words. Raises NoSuchPlace."""
    if place.desk_id is not None:
        name = connection().scalar(select(DESK.c.name).where(DESK.c.id == place.desk_id, DESK.c.active))
    elif place.district_code is not None:
        name = connection().scalar(select(_DISTRICT.c.name).where(_DISTRICT.c.code == place.district_code))
    else:
        return ANY_DESK
    if name is None:
        raise NoSuchPlace
    return f"「{name}」" if place.desk_id is not None else f"{name}地区の窓口"


def _refuse_twice(line: Iterable[Any], learner_id: int, desk_id: int | None) -> None:
    for one in line:
        if one.learner_id == learner_id and one.desk_id == desk_id:
            raise AlreadyWaiting(one.id)


def leave_line(wish_id: int, *, actor: Actor, now: datetime) -> None:
    """The learner waits no more; what is kept for them goes to the next. Raises NotFound, NotInLine, AskedMeanwhile."""
    wish = _locked(wish_id)
    if wish.state not in OPEN_WISH:
        raise NotInLine
    end_wish(wish, WishState.LEFT, actor=actor, now=now)
    _note(Action.WAIT_NO_MORE, wish.learner_id, wish_id, actor=actor, now=now)


def wait_again(wish_id: int, *, actor: Actor, now: datetime) -> None:
    """Who left by mistake, or after all wants to wait, has their old place in the line again.

    Raises NotFound, StillInLine, NotInLine for who has their consultation, NotActive and AlreadyWaiting.
    """
    line = lock_line()
    wish = wish_of(wish_id)
    if wish is None:
        raise NotFound
    if wish.state in OPEN_WISH:
        raise StillInLine
    if wish.state is WishState.BOOKED:
        raise NotInLine
    active_standing_of(wish.learner_id, clock.local(now).date())
    _refuse_twice(line, wish.learner_id, wish.desk_id)
    with unique_or(AlreadyWaiting()):
        change_wish(wish_id, state=WishState.WAITING, ended_at=None, ended_by=None)
    _note(Action.WAIT_AGAIN, wish.learner_id, wish_id, actor=actor, now=now)


def _locked(wish_id: int) -> Any:
    """The wish, with the line and the desk whose slot is kept for it. Raises NotFound, AskedMeanwhile."""
    before = wish_of(wish_id)
    if before is None:
        raise NotFound
    if before.offered_desk_id is not None:
        lock_desks([before.offered_desk_id])
    lock_line()
    wish = wish_of(wish_id)
    if wish.offered_desk_id not in (None, before.offered_desk_id):
        raise AskedMeanwhile
    return wish


class Waited(NamedTuple):
    """What a learner waited for as their booking began: nothing costs no more than one statement."""

    learner_id: int
    wish_ids: tuple[int, ...] = ()
    desks: frozenset[int] = frozenset()


def begin_booking(learner_id: int, *desk_ids: int) -> Waited:
    """Ask what the learner waits for, and lock the desks of a booking with those whose slots are kept for them, before
    anything else.
    """
    wishes = open_wishes(learner_id)
    if not wishes:
        return Waited(learner_id)
    desks = frozenset((*desk_ids, *_offered_at(wishes)))
    lock_desks(desks)
    return Waited(learner_id, tuple(one.id for one in wishes), desks)


def begin_booking_at(desk_id: int, learner_id: int) -> Waited:
    """The same of somebody who waits, when the desk of their booking is locked: one that is not free is not waited for,
    since whoever keeps it may wait for this one. Raises AskedMeanwhile.
    """
    wishes = open_wishes(learner_id)
    desks = frozenset((desk_id, *_offered_at(wishes)))
    if not lock_free_desks(desks):
        raise AskedMeanwhile
    lock_line()
    return Waited(learner_id, tuple(one.id for one in wishes), desks)


def _offered_at(wishes: Iterable[Any]) -> Iterable[int]:
    return (one.offered_desk_id for one in wishes if one.offered_desk_id)


def end_waiting(waited: Waited, wanted: Wanted, *, actor: Actor, now: datetime) -> list[int]:
    """Whoever is booked at a desk waits for it no more: the wishes that end. What was kept for them goes to the next,
    or is what they are booked for. Raises AskedMeanwhile.
    """
    if not waited.wish_ids:
        return []
    line = [one for one in lock_line() if one.id in waited.wish_ids]
    district = district_of(wanted.desk_id)
    # What is kept for one of them goes on last: it is not to be offered to another of their own.
    ended = sorted((one for one in line if is_for(one, wanted.desk_id, district)), key=_is_offered)
    for one in ended:
        if one.offered_desk_id is not None and one.offered_desk_id not in waited.desks:
            raise AskedMeanwhile
        end_wish(one, WishState.BOOKED, but=wanted, actor=actor, now=now)
    return [one.id for one in ended]


def _is_offered(wish: Any) -> bool:
    return wish.state is WishState.OFFERED


def leave_all(learner_id: int, *, actor: Actor, now: datetime) -> None:
    """The learner waits for nothing any more. Called under the locks of the desks whose slots are kept for them."""
    for one in sorted(open_wishes(learner_id), key=_is_offered):
        leave_line(one.id, actor=actor, now=now)


def note_booking(wish_ids: Sequence[int], booking_id: int, *, applied: bool) -> None:
    """The consultation for which they wait no more; where one of the wishes was applied for in public, what came of
    that, too, unless it is what came of another application (`applied`): one alone can lead there.
    """
    for wish_id in wish_ids:
        change_wish(wish_id, booking_id=booking_id)
    wanted = connection().scalar(_APPLIED, {"wishes": list(wish_ids)}) if wish_ids and not applied else None
    if wanted is not None:
        slot = connection().execute(_SLOT_OF, {"booking": booking_id}).one()
        connection().execute(_FULFIL.values(booking_id=booking_id, **slot._mapping), {"wanted": wanted})


def _note(action: Action, learner_id: int, wish_id: int, *, actor: Actor, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=f"learner:{learner_id}", now=now, detail={"slot_wish": wish_id})
