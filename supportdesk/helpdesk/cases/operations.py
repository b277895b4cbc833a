"""The record of a consultation: kept while it is typed, closed with a result and evidence, corrected afterwards.

Called by the case's pages and the demo. A form names itself by its one-time token (`form`) and the one it was drawn
from (`drawn_from`), so that of two screens neither overwrites what it has not shown: the later text is kept aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import delete, insert, select, update

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.clocking import minutes_by_clock
from supportdesk.helpdesk.cases.errors import (
    BadMinutes,
    CaseChanged,
    CaseClosed,
    NotYet,
    ReferralMissing,
    ResultMissing,
    TooManyAsides,
    UnknownArea,
)
from supportdesk.helpdesk.cases.models import MOST_MINUTES, Case, CaseArea, CaseResult, ReferredTo
from supportdesk.helpdesk.cases.scams import SCAM_STEPS
from supportdesk.helpdesk.errors import AlreadyCancelled, NotWaiting
from supportdesk.helpdesk.locking import lock_booking
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.consents import declined
from supportdesk.learners.models import Device, Learner
from supportdesk.notices.operations import cancel_notices
from supportdesk.skills.models import EvidenceSource, SkillArea, SkillEvidence
from supportdesk.skills.operations import Observation, award_skills

#: As many texts of other screens as somebody can still read.
MOST_ASIDES = 20


@dataclass(frozen=True)
class Notes:
    """What the adviser typed and picked, complete or not. `levels` maps skills to the level seen; `minutes` of None
    leaves it to the clock.
    """

    asked: str = ""
    done: str = ""
    areas: frozenset[str] = frozenset()
    device: Device | None = None
    os: str = ""
    result: CaseResult | None = None
    referred_to: ReferredTo | None = None
    referral: str = ""
    minutes: int | None = None
    scam_steps: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict)


def open_case(booking_id: int, *, actor: Actor, now: datetime) -> int:
    """The booking's case; when there is none it is made with the learner's wish and their phone. Its id.

    Notes may be made before the day. Raises NotFound and AlreadyCancelled.
    """
    return opened_case(lock_booking(booking_id), actor=actor, now=now).id


def opened_case(booking: Any, *, actor: Actor, now: datetime) -> Case:
    """The case of a locked booking. Raises AlreadyCancelled."""
    if booking.state is BookingState.CANCELLED:
        raise AlreadyCancelled
    found = select(Case).where(Case.booking_id == booking.id).execution_options(populate_existing=True)
    case = db.session.scalar(found)
    if case is None:
        case = Case(
            booking_id=booking.id,
            learner_id=booking.learner_id,
            adviser_id=actor.account_id or booking.adviser_id,
            asked=booking.topic,
            **phone_of(booking.learner_id),
            opened_at=now,
            saved_at=now,
        )
        db.session.add(case)
        db.session.flush()
        note(Action.OPEN_CASE, booking, actor=actor, now=now)
    return case


class Phone(TypedDict):
    """A phone as a case describes it."""

    device: Device | None
    os: str


def phone_of(learner_id: int) -> Phone:
    """The learner's phone, with the system that was read off it last. Two statements."""
    device = db.session.scalar(select(Learner.device).where(Learner.id == learner_id))
    read = select(Case.os).where(Case.learner_id == learner_id, Case.device == device, Case.os != "")
    return {"device": device, "os": db.session.scalar(read.order_by(Case.opened_at.desc()).limit(1)) or ""}


def save_case(
    booking_id: int, notes: Notes, *, form: str = "", drawn_from: str | None = None, actor: Actor, now: datetime
) -> bool:
    """Keep what is typed so far; whether it is the case's own text now.

    It is kept aside instead when another form saved since this one was drawn and this one does not say all that stands
    there, or the case is closed or the learner did not come; the same text once, whatever number of forms say it.
    Raises NotFound, AlreadyCancelled, TooManyAsides, UnknownArea and BadMinutes.
    """
    booking = lock_booking(booking_id)
    case = opened_case(booking, actor=actor, now=now)
    over = case.closed_at is not None or booking.state is BookingState.NO_SHOW
    if over and case.saved_form == form:
        return True  # the form that closed it says the same once more while its page is left
    if not over and _may_write(case, notes, form, drawn_from):
        _write(case, notes, form, booking, actor=actor, now=now)
        return True
    _keep_aside(case, notes, form, actor, now)
    return False


def close_case(
    booking_id: int, notes: Notes, *, form: str = "", drawn_from: str | None = None, actor: Actor, now: datetime
) -> None:
    """Keep the notes for good: the booking is held, and the levels that are new or changed are evidence. Of those who
    want no record no level is kept. Where nobody said how long it took, the clock does.

    Raises NotFound, AlreadyCancelled, NotYet before the day, CaseClosed, CaseChanged when another form saved since
    this one was drawn what this one does not say, ResultMissing, ReferralMissing, UnknownArea and BadMinutes.
    """
    booking = lock_booking(booking_id)
    if clock.local(now).date() < clock.local(booking.starts_at).date():
        raise NotYet
    case = opened_case(booking, actor=actor, now=now)
    if case.closed_at is not None or booking.state is BookingState.NO_SHOW:
        raise CaseClosed
    if not _may_write(case, notes, form, drawn_from):
        raise CaseChanged
    _demand_result(notes)
    if declined([booking.learner_id]):
        notes = replace(notes, levels={})
    _write(case, notes, form, booking, actor=actor, now=now)
    case.minutes = notes.minutes or minutes_by_clock(booking.starts_at, booking.ends_at, case.opened_at, now)
    case.closed_at = now
    db.session.flush()
    _set_state(booking.id, BookingState.HELD)
    cancel_notices(activity("booking", booking.id), now=now)  # nobody need be told of what they have been to
    _award(booking, notes, actor=actor, now=now)
    note(Action.CLOSE_CASE, booking, actor=actor, now=now)


def _demand_result(notes: Notes) -> None:
    if notes.result is None or (notes.result is CaseResult.REFERRED and notes.referred_to is None):
        raise ResultMissing
    if notes.referred_to is ReferredTo.OFFICE and not notes.referral:
        raise ReferralMissing


def _award(booking: Any, notes: Notes, *, actor: Actor, now: datetime) -> None:
    """Write evidence of the levels that this consultation has not yet been evidence of, on the phone that was there."""
    name = activity("booking", booking.id)
    known = evidence_of(booking.id)
    award_skills(
        [
            Observation(booking.learner_id, code, level)
            for code, level in sorted(notes.levels.items())
            if known.get(code) != level
        ],
        source=EvidenceSource.CONSULTATION,
        activity=name,
        device=notes.device,
        observed_at=min(now, booking.ends_at),  # a correction speaks of that day, not of the day it is made
        actor=actor,
        now=now,
    )


def evidence_of(booking_id: int) -> dict[str, int]:
    """The level of each skill that this consultation is evidence of: what was written last."""
    rows = db.session.execute(
        select(SkillEvidence.skill_code, SkillEvidence.level)
        .where(SkillEvidence.activity == activity("booking", booking_id))
        .order_by(SkillEvidence.observed_at, SkillEvidence.id)
    )
    return {row.skill_code: row.level for row in rows}


def reopen_case(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a closed case be corrected, or take back that the learner did not come. Raises NotFound and NotWaiting."""
    booking = lock_booking(booking_id)
    if booking.state is BookingState.NO_SHOW:
        _set_state(booking.id, BookingState.BOOKED)
    elif booking.state is BookingState.HELD:
        db.session.execute(update(Case).where(Case.booking_id == booking.id).values(closed_at=None))
    else:
        raise NotWaiting
    note(Action.REOPEN_CASE, booking, actor=actor, now=now)


def mark_no_show(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """The learner did not come. Raises NotFound, NotYet before it begins, NotWaiting: of a walk-in too, who came."""
    booking = lock_booking(booking_id)
    if booking.state is not BookingState.BOOKED or booking.walk_in:
        raise NotWaiting
    if now < booking.starts_at:
        raise NotYet
    _set_state(booking.id, BookingState.NO_SHOW)
    note(Action.MARK_NO_SHOW, booking, actor=actor, now=now)


def drop_asides(booking_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody has read what other screens typed, and needs it no more. Raises NotFound."""
    booking = lock_booking(booking_id)
    db.session.execute(update(Case).where(Case.booking_id == booking.id).values(asides=None))
    note(Action.DROP_ASIDES, booking, actor=actor, now=now)


def _may_write(case: Case, notes: Notes, form: str, drawn_from: str | None) -> bool:
    """Whether the form shows what is stored, stored it itself, or says all of it, as when a page was loaded anew while
    the last words of the old one were saved. `drawn_from` of None asks for no such care.
    """
    return drawn_from is None or case.saved_form in ("", form, drawn_from) or _says_all_of(case, notes)


def _says_all_of(case: Case, notes: Notes) -> bool:
    areas = set(db.session.scalars(select(CaseArea.area_code).where(CaseArea.case_id == case.id)))
    picked = ("device", "os", "result", "referred_to", "referral", "minutes")
    return (
        notes.asked.startswith(case.asked)
        and notes.done.startswith(case.done)
        and all(getattr(case, name) in (None, "", getattr(notes, name)) for name in picked)
        and case.levels.items() <= notes.levels.items()
        and areas <= notes.areas
        and set(case.scam_steps or ()) <= notes.scam_steps
    )


def _write(case: Case, notes: Notes, form: str, booking: Any, *, actor: Actor, now: datetime) -> None:
    if notes.minutes is not None and not 1 <= notes.minutes <= MOST_MINUTES:
        raise BadMinutes
    _set_areas(case, notes.areas)
    if form and form != case.saved_form:
        note(Action.EDIT_CASE, booking, actor=actor, now=now)  # once a form, not once a key
    case.asked, case.done, case.device, case.os = notes.asked, notes.done, notes.device, notes.os
    case.result, case.minutes, case.levels = notes.result, notes.minutes, dict(notes.levels)
    referred = notes.result is CaseResult.REFERRED
    case.referred_to, case.referral = (notes.referred_to, notes.referral) if referred else (None, "")
    case.scam_steps = [step for step in SCAM_STEPS if step in notes.scam_steps] or None
    case.saved_form, case.saved_at = form, now
    case.asides = {other: text for other, text in (case.asides or {}).items() if other != form} or None
    db.session.flush()


def _set_areas(case: Case, wanted: frozenset[str]) -> None:
    areas = set(db.session.scalars(select(CaseArea.area_code).where(CaseArea.case_id == case.id)))
    if areas == wanted:
        return
    if wanted - set(db.session.scalars(select(SkillArea.code).where(SkillArea.code.in_(wanted)))):
        raise UnknownArea
    db.session.execute(delete(CaseArea).where(CaseArea.case_id == case.id, CaseArea.area_code.in_(areas - wanted)))
    new = [{"case_id": case.id, "area_code": code} for code in sorted(wanted - areas)]
    if new:
        db.session.execute(insert(CaseArea), new)


def _plain(notes: Notes) -> dict[str, Any]:
    return {**asdict(notes), "areas": sorted(notes.areas), "scam_steps": sorted(notes.scam_steps)}


def _keep_aside(case: Case, notes: Notes, form: str, actor: Actor, now: datetime) -> None:
    kept, typed = case.asides or {}, _plain(notes)
    if any(_without_sender(text) == _without_sender(typed) for text in kept.values()):
        return
    if form not in kept and len(kept) >= MOST_ASIDES:
        raise TooManyAsides
    case.asides = {**kept, form: {**typed, "at": now.isoformat(), "by": actor.name}}
    db.session.flush()


def _without_sender(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in typed.items() if name not in ("at", "by")}


def _set_state(booking_id: int, state: BookingState) -> None:
    db.session.execute(update(Booking).where(Booking.id == booking_id).values(state=state))


def note(action: Action, booking: Any, *, actor: Actor, now: datetime, **detail: int) -> None:
    """In the audit trail, under the learner."""
    audit.record(
        actor=actor,
        action=action,
        subject=f"learner:{booking.learner_id}",
        now=now,
        detail={"booking": booking.id, **detail},
    )
