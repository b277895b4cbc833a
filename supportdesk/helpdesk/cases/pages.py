"""The page of a case, as all its views draw it, and keeping what was typed in it. Called by views and way_views."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.helpdesk import queries
from supportdesk.helpdesk.cases import drafts, handing, history, operations
from supportdesk.helpdesk.cases import queries as case_queries
from supportdesk.helpdesk.cases.clocking import minutes_by_clock
from supportdesk.helpdesk.cases.forms import CaseForm, form_for
from supportdesk.helpdesk.cases.office import CONSUMER_NUMBER, POLICE_NUMBER
from supportdesk.helpdesk.cases.queries import CaseRow
from supportdesk.helpdesk.cases.scams import SCAM_STEPS, may_be_scam
from supportdesk.helpdesk.cases.suggesting import suggest
from supportdesk.helpdesk.cases.words import result_in_words
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.words import DEVICES, NEEDS
from supportdesk.skills.queries import skill_names


def own_booking(booking_id: int) -> BookingRow:
    """A booking that the actor holds, or a colleague of their desk; else there is no such page."""
    booking = queries.booking_row(booking_id)
    if booking is None or booking.state is BookingState.CANCELLED or not queries.may_hold(current_actor(), booking):
        raise NotFound
    return booking


def drawn(booking: BookingRow) -> tuple[CaseForm, CaseRow]:
    """The case as it is stored, and its form: filled from it, or from what was sent."""
    stored = case_queries.case_row(booking.id, booking.topic, booking.learner_id)
    return form_for(case_queries.areas_of(booking.learner_id), stored, _minutes_so_far(booking, stored)), stored


def _minutes_so_far(booking: BookingRow, stored: CaseRow) -> int | None:
    """What the clock says, once the day is there; of a consultation of before, how long it was booked for."""
    now = clock.now()
    if now < booking.starts_at - timedelta(hours=1) or booking.state is BookingState.NO_SHOW:
        return None
    return minutes_by_clock(booking.starts_at, booking.ends_at, stored.opened_at or now, now)


def is_over(booking: BookingRow, stored: CaseRow) -> bool:
    """Whether nothing is typed into the case any more."""
    return stored.closed_at is not None or booking.state is BookingState.NO_SHOW


def keep_typed(form: CaseForm, booking: BookingRow, stored: CaseRow) -> bool:
    """Keep what is typed so far; whether it is the case's own text now. Raises what `save_case` raises."""
    with transaction():
        return operations.save_case(
            booking.id,
            form.notes(stored),
            form=form.token,
            drawn_from=form.drawn_from.data or "",
            actor=current_actor(),
            now=clock.now(),
        )


def refused_typing(booking: BookingRow) -> tuple[str, int] | None:
    """Before one of the ways on from an open case: what stands in its form is kept. The page again when that cannot be;
    None when it is kept, or when nothing of the form was sent.
    """
    if "drawn_from" not in request.form:
        return None
    form, stored = drawn(booking)
    if form.validate_in_part():
        try:
            keep_typed(form, booking, stored)
            return None
        except DeskError as error:
            form.refuse(error)
    return case_page(form, booking, stored), 422


def case_page(form: CaseForm, booking: BookingRow, stored: CaseRow, *, changed: bool = False) -> str:
    """The case while it is typed; once it is closed, what came of it."""
    now, actor = clock.now(), current_actor()
    visitor = case_queries.visitor(booking.learner_id)
    finished = is_over(booking, stored) and not form.errors
    notes = form.notes(stored)
    return render_template(
        "helpdesk/case_closed.html" if finished else "helpdesk/case.html",
        form=form,
        booking=booking,
        case=stored,
        changed=changed,
        visitor=visitor,
        history=history.history_of(booking.learner_id, booking.id, now),
        suggested=suggest(booking.learner_id, booking.id, notes),
        scam=may_be_scam(notes.asked, notes.areas, notes.scam_steps),
        police=POLICE_NUMBER.get(),
        consumer=CONSUMER_NUMBER.get(),
        ticked=[words for step, words in SCAM_STEPS.items() if step in stored.scam_steps],
        handed=handing.waiting_of(booking.id),
        mine=(stored.adviser_id or booking.adviser_id) == actor.account_id,
        draft=drafts.place_for(booking.id, actor.account_id or 0),
        begun=now >= booking.starts_at,
        closable=clock.local(now).date() >= clock.local(booking.starts_at).date(),
        evidence=operations.evidence_of(booking.id),
        skills=skill_names(),
        result=result_in_words(stored.result, stored.referred_to),
        states=BOOKING_STATES,
        devices=DEVICES,
        needs_in_words=[NEEDS[need] for need in visitor.needs],
    )


def warning_of(own: bool, booking: BookingRow) -> str:
    """What the page is told when another screen has this case open too; empty when none has written."""
    if not own:
        return _(
            "ほかの画面でこの記録が変わりました。ここに入力した内容は別に保存しています。"
            "「とちゅうで保存する」を押すと、両方を見くらべられます。"
        )
    if case_queries.case_row(booking.id, booking.topic).asides:
        return _(
            "保存しました。ほかの画面でも入力されています。「とちゅうで保存する」を押すと、両方を見くらべられます。"
        )
    return ""
