"""Applying in public for a time at a desk, and taking it back. Called by the residents' pages.

The desk's lock comes first: of two who apply for the last slot of one time, one has it and the other is told.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import and_, exists, func, or_, select

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.codes import tidy_code
from supportdesk.core.database import connection
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.applying.errors import TimeGone, TooManyAhead
from supportdesk.helpdesk.applying.free import is_offered
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.placing import keep_slot, let_go, lock_for, locked_application, try_to_place
from supportdesk.helpdesk.errors import AlreadyCancelled, SlotSetAside, SlotTaken
from supportdesk.helpdesk.locking import BOOKING
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.office import MOST_OPEN
from supportdesk.helpdesk.operations import cancel_booking
from supportdesk.helpdesk.queries import free_slots
from supportdesk.helpdesk.slots import SlotRow
from supportdesk.learners.applying.doors import refuse_floods, refuse_guesses, settle, unused_receipt
from supportdesk.learners.applying.errors import AlreadySettled
from supportdesk.learners.applying.matching import candidates, learner_like, tie
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish, written_down
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.locking import lock_register
from supportdesk.learners.office import APPLICATIONS_MOST

PREFIX: Final = "S"
#: What this door is called on the audit trail, beside the id.
KIND: Final = "consultation_application"
_BOOKED: Final = exists().where(Booking.id == ConsultationApplication.booking_id, Booking.state == BookingState.BOOKED)
#: Still waits, or has a slot that was not given up since, by whatever door.
LIVE: Final = or_(
    ConsultationApplication.state == ApplicationState.HELD,
    and_(ConsultationApplication.state == ApplicationState.PLACED, _BOOKED),
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
    phone, kana_key = one.key
    known_before = learner_like(kana_key, phone, one.birth_year)
    if known_before is None:
        lock_register()  # they may be entered, and the register's door comes before any row
    lock_for(known_before, desk_id)
    earlier = _sent_before(desk_id, starts_at, one, own)
    if earlier is not None:
        return earlier
    refuse_floods(ConsultationApplication, sender, APPLICATIONS_MOST.get(), now)
    _refuse_greed(one, now)
    slots = _slots(desk_id, starts_at, now)
    application = ConsultationApplication(
        desk_id=desk_id,
        adviser_id=slots[0].adviser_id,
        starts_at=starts_at,
        ends_at=slots[0].ends_at,
        receipt=unused_receipt(ConsultationApplication, PREFIX),
        state=ApplicationState.HELD,
        because=HeldBecause.UNKNOWN,
        sender=sender,
        question=question,
        caller_name=caller.name,
        caller_relation=caller.relation,
        caller_phone=caller.phone,
        applied_at=now,
        **written_down(one, asked=False),
    )
    db.session.add(application)
    db.session.flush()
    if application.learner_id is None and known_before is None and not candidates(application):
        tie(application, None, application=application.id, kind=KIND, asked=False, actor=SYSTEM, now=now)
    _keep(application, slots, now)
    known = [application.learner_id] if application.learner_id else []
    audit.record(
        actor=SYSTEM,
        action=Action.TAKE_APPLICATION,
        subject=activity(KIND, application.id),
        learners=known,
        now=now,
    )
    return application.receipt


def _sent_before(desk_id: int, starts_at: datetime, one: Wish, own: Collection[str]) -> str | None:
    phone, kana_key = one.key
    return db.session.scalar(
        select(ConsultationApplication.receipt).where(
            ConsultationApplication.receipt.in_(own),
            ConsultationApplication.desk_id == desk_id,
            ConsultationApplication.starts_at == starts_at,
            ConsultationApplication.phone == phone,
            ConsultationApplication.kana_key == kana_key,
            LIVE,
        )
    )


def _refuse_greed(one: Wish, now: datetime) -> None:
    """What is held for somebody is nobody else's: one person keeps only so much. Whoever is known or not is asked
    alike. Raises TooManyAhead.
    """
    phone, kana_key = one.key
    ahead = (
        select(func.count())
        .select_from(ConsultationApplication)
        .where(
            ConsultationApplication.phone == phone,
            ConsultationApplication.kana_key == kana_key,
            ConsultationApplication.starts_at > now,
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
    known = [application.learner_id] if application.learner_id else []
    audit.record(
        actor=SYSTEM,
        action=Action.WITHDRAW_APPLICATION,
        subject=activity(KIND, application.id),
        learners=known,
        now=now,
    )
    return code


def _give_back(application: ConsultationApplication, now: datetime) -> None:
    if application.booking_id is None:
        let_go(application, actor=SYSTEM, now=now)
        return
    try:
        cancel_booking(application.booking_id, actor=SYSTEM, now=now)
    except AlreadyCancelled:
        return
