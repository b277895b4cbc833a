"""Applying in public for a time at a desk, or for a place in the line, and taking it back: for the residents' pages.

The desk's lock comes first: of two who apply for the last slot of one time, one has it and the other is told.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import and_, exists, func, or_, select

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.codes import tidy_code
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.errors import TimeGone, TooManyAhead
from supportdesk.helpdesk.applying.free import is_offered
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.placing import (
    KIND,
    keep_slot,
    let_go,
    lock_for,
    locked_application,
    note,
    try_to_place,
)
from supportdesk.helpdesk.availability import free_slots
from supportdesk.helpdesk.errors import AlreadyCancelled, SlotSetAside, SlotTaken
from supportdesk.helpdesk.locking import BOOKING
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.office import MOST_OPEN
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.helpdesk.waiting.errors import NotInLine
from supportdesk.helpdesk.waiting.models import OPEN_WISH, HalfDay, SlotWish
from supportdesk.helpdesk.waiting.operations import leave_line
from supportdesk.learners.applying.doors import refuse_floods, refuse_guesses, settle, unused_receipt
from supportdesk.learners.applying.errors import AlreadySettled
from supportdesk.learners.applying.matching import candidates, learner_like, tie
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish, written_down
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.locking import lock_register
from supportdesk.learners.office import APPLICATIONS_MOST

PREFIX: Final = "S"
_BOOKED: Final = exists().where(Booking.id == ConsultationApplication.booking_id, Booking.state == BookingState.BOOKED)
_IN_LINE: Final = exists().where(SlotWish.id == ConsultationApplication.wish_id, SlotWish.state.in_(OPEN_WISH))
#: Still to be settled, or has a slot or a place in the line that was not given up since, by whatever door.
LIVE: Final = or_(
    ConsultationApplication.state == ApplicationState.HELD,
    and_(ConsultationApplication.state == ApplicationState.PLACED, or_(_BOOKED, _IN_LINE)),
)


def apply(
    desk_id: int,
    starts_at: datetime,
    one: Wish,
    *,
    question: str = "",
    caller: Caller = THE_LEARNER,
    sender: str = "",
    own: Collection[str] = (),
    now: datetime,
) -> str:
    """Somebody at the desk is kept free for them then: booked at once where it is certain who it is, or somebody new;
    else held until reception has said so. Returns the receipt. Which of the two is never to be seen from outside.

    `own`: the receipts that this sender has already; the same application of theirs again has the same one. Raises
    NotFound, TimeGone, TooMany, TooManyAhead, BadParticulars.
    """
    wanted = ConsultationApplication(desk_id=desk_id, starts_at=starts_at, question=question)
    return _apply(wanted, one, caller, sender, own, now)


def apply_to_wait(
    desk_id: int,
    one: Wish,
    *,
    anywhere: bool = False,
    weekdays: Collection[int] = (),
    half_day: HalfDay = HalfDay.ANY,
    question: str = "",
    caller: Caller = THE_LEARNER,
    sender: str = "",
    own: Collection[str] = (),
    now: datetime,
) -> str:
    """They wait for the desk, or `anywhere`, until something falls free that suits them: at once where it is certain
    who it is, or somebody new; else when reception has said so. Otherwise as `apply`. Raises TooMany, TooManyAhead and
    BadParticulars.
    """
    wanted = ConsultationApplication(
        desk_id=desk_id, anywhere=anywhere, weekdays=sorted(weekdays), half_day=half_day, question=question
    )
    return _apply(wanted, one, caller, sender, own, now)


def _apply(
    wanted: ConsultationApplication, one: Wish, caller: Caller, sender: str, own: Collection[str], now: datetime
) -> str:
    """`wanted` says for what, and becomes the application: its receipt."""
    phone, kana_key = one.key
    known_before = learner_like(kana_key, phone, one.birth_year)
    if known_before is None:
        lock_register()  # they may be entered, and the register's door comes before any row
    lock_for(known_before, wanted.desk_id)
    earlier = _sent_before(wanted, one, own)
    if earlier is not None:
        return earlier
    refuse_floods(ConsultationApplication, sender, APPLICATIONS_MOST.get(), now)
    _refuse_greed(one, now)
    slots = _slots(wanted.desk_id, wanted.starts_at, now) if wanted.starts_at is not None else []
    for slot in slots[:1]:
        wanted.adviser_id, wanted.ends_at = slot.adviser_id, slot.ends_at
    for name, value in written_down(one, asked=False).items():
        setattr(wanted, name, value)
    wanted.receipt = unused_receipt(ConsultationApplication, PREFIX)
    wanted.state, wanted.because = ApplicationState.HELD, HeldBecause.UNKNOWN
    wanted.caller_name, wanted.caller_relation, wanted.caller_phone = caller.name, caller.relation, caller.phone
    wanted.sender, wanted.applied_at = sender, now
    db.session.add(wanted)
    db.session.flush()
    if wanted.learner_id is None and known_before is None and not candidates(wanted):
        tie(wanted, None, application=wanted.id, kind=KIND, asked=False, actor=SYSTEM, now=now)
    if wanted.starts_at is not None:
        _keep(wanted, slots, now)
    elif wanted.learner_id is not None:
        try_to_place(wanted, actor=SYSTEM, now=now)
    note(Action.TAKE_APPLICATION, wanted, actor=SYSTEM, now=now)
    return wanted.receipt


def _sent_before(wanted: ConsultationApplication, one: Wish, own: Collection[str]) -> str | None:
    phone, kana_key = one.key
    return db.session.scalar(
        select(ConsultationApplication.receipt).where(
            ConsultationApplication.receipt.in_(own),
            ConsultationApplication.desk_id == wanted.desk_id,
            ConsultationApplication.starts_at.is_not_distinct_from(wanted.starts_at),
            ConsultationApplication.phone == phone,
            ConsultationApplication.kana_key == kana_key,
            LIVE,
        )
    )


def _refuse_greed(one: Wish, now: datetime) -> None:
    """What is kept for somebody is nobody else's: one person keeps only so much, and waits so often. Whoever is known
    or not is asked alike. Raises TooManyAhead.
    """
    phone, kana_key = one.key
    ahead = (
        select(func.count())
        .select_from(ConsultationApplication)
        .where(
            ConsultationApplication.phone == phone,
            ConsultationApplication.kana_key == kana_key,
            or_(ConsultationApplication.starts_at.is_(None), ConsultationApplication.starts_at > now),
            LIVE,
        )
    )
    if (db.session.scalar(ahead) or 0) >= MOST_OPEN.get():
        raise TooManyAhead


def _slots(desk_id: int, starts_at: datetime, now: datetime) -> list[SlotRow]:
    """Whoever is free then, the one with the fewest bookings of that day first. Raises TimeGone."""
    day = clock.local(starts_at).date()
    free = free_slots(day, day, after=now, desk_id=desk_id) if is_offered(starts_at, now) else []
    free = [slot for slot in free if slot.starts_at == starts_at]
    if not free:
        raise TimeGone
    first, end = clock.day_bounds(day)
    rows = connection().execute(
        select(BOOKING.c.adviser_id, func.count().label("booked"))
        .where(
            BOOKING.c.adviser_id.in_([slot.adviser_id for slot in free]),
            BOOKING.c.starts_at >= first,
            BOOKING.c.starts_at < end,
            BOOKING.c.state != BookingState.CANCELLED,
        )
        .group_by(BOOKING.c.adviser_id)
    )
    booked = {row.adviser_id: row.booked for row in rows}
    return sorted(free, key=lambda slot: (booked.get(slot.adviser_id, 0), slot.adviser_id))


def _keep(application: ConsultationApplication, slots: list[SlotRow], now: datetime) -> None:
    """Book the first of these slots that they may have, or hold the first that nobody took by another door at this
    moment. Raises TimeGone.
    """
    for slot in slots if application.learner_id is not None else ():
        application.adviser_id, application.ends_at = slot.adviser_id, slot.ends_at
        refusal = try_to_place(application, actor=SYSTEM, now=now)
        if refusal is None:
            return
        if not isinstance(refusal, SlotTaken | SlotSetAside):
            break
    for slot in slots:
        try:
            keep_slot(application, slot.wanted, now=now)
        except SlotTaken:
            continue
        return
    raise TimeGone


def withdraw_application(receipt: str, last_four: str, *, now: datetime) -> str | DeskError:
    """Take the application back, held or booked. Returns the receipt as it is stored, pressed twice too, or why not: a
    wrong guess is counted, and must not be rolled back. Raises AlreadyBegun.
    """
    code = tidy_code(receipt)[:20]
    found = db.session.execute(
        select(ConsultationApplication.id, ConsultationApplication.phone, ConsultationApplication.caller_phone).where(
            ConsultationApplication.receipt == code
        )
    ).one_or_none()
    refusal = refuse_guesses(code, last_four, [found.phone, found.caller_phone] if found else [], now)
    if refusal is not None or found is None:
        return refusal or AlreadySettled()
    application = locked_application(found.id)
    if application.state is ApplicationState.WITHDRAWN:
        return code
    if application.state is ApplicationState.REFUSED:
        return AlreadySettled()
    _give_back(application, now)
    settle(application, ApplicationState.WITHDRAWN, actor=SYSTEM, now=now)
    note(Action.WITHDRAW_APPLICATION, application, actor=SYSTEM, now=now)
    return code


def _give_back(application: ConsultationApplication, now: datetime) -> None:
    """What came of it, or is kept for it."""
    with suppress(AlreadyCancelled, NotInLine):
        if application.booking_id is not None:
            cancel_booking(application.booking_id, actor=SYSTEM, now=now)
        elif application.wish_id is not None:
            leave_line(application.wish_id, actor=SYSTEM, now=now)
        else:
            let_go(application, actor=SYSTEM, now=now)
