"""The adviser's pages of one consultation: the case as it is typed, closing it, no-show, correcting it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_press
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.once import once
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk import queries
from supportdesk.helpdesk.cases import operations
from supportdesk.helpdesk.cases import queries as case_queries
from supportdesk.helpdesk.cases.forms import CaseForm, form_for
from supportdesk.helpdesk.cases.queries import CaseRow
from supportdesk.helpdesk.errors import CaseChanged, CaseClosed, TooManyAsides
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.views import BOOKING, blueprint
from supportdesk.helpdesk.words import BOOKING_STATES, CASE_RESULTS
from supportdesk.learners.words import DEVICES, NEEDS
from supportdesk.skills.queries import skill_names


@blueprint.route(f"{BOOKING}/case", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def case(booking_id: int) -> Answer:
    """The consultation with all that the adviser needs beside it; sent, it is closed."""
    booking = _own(booking_id)
    stored = case_queries.case_row(booking_id, booking.topic)
    form = form_for(case_queries.areas_of(booking.learner_id), stored)
    if request.method == "GET":
        note_list(Action.VIEW_CASE, [booking.learner_id], subject=activity("booking", booking.id))
        return _page(form, booking, stored)
    if stored.closed_at or booking.state is BookingState.NO_SHOW or "later" in request.form:
        return _keep(form, booking, stored)
    if not form.validate_on_submit():
        return _page(form, booking, stored), 422
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.close_case(
            booking_id, form.notes(stored), form=form.token, drawn_from=form.drawn_from.data or "", actor=actor, now=now
        )
        return url_for("helpdesk.case", booking_id=booking_id)

    try:
        location = once(form.token, now, act)
    except CaseClosed:
        return _keep(form, booking, stored)
    except DeskError as error:
        form.refuse(error)
        newest = case_queries.case_row(booking_id, booking.topic)
        form.drawn_from.data = newest.saved_form  # both texts are on the page now: the next press decides
        return _page(form, booking, newest, changed=isinstance(error, CaseChanged)), 422
    flash(_("相談の記録を終えました。"), "good")
    return redirect(location, 303)


def _keep(form: CaseForm, booking: BookingRow, stored: CaseRow) -> Answer:
    """Keep what was typed without closing: because it was asked for, or because the case is closed by now."""
    if not form.validate_in_part():
        return _page(form, booking, stored), 422
    try:
        own = _save(form, booking, stored)
    except TooManyAsides as error:
        form.refuse(error)
        return _page(form, booking, stored), 422
    if not own:
        flash(_("ほかの画面でこの記録が変わっていたため、入力した内容を別に保存しました。"), "warn")
    elif not stored.closed_at:
        flash(_("とちゅうまで保存しました。"), "good")
    return redirect(url_for("helpdesk.case", booking_id=booking.id), 303)


def _save(form: CaseForm, booking: BookingRow, stored: CaseRow) -> bool:
    with transaction():
        return operations.save_case(
            booking.id,
            form.notes(stored),
            form=form.token,
            drawn_from=form.drawn_from.data or "",
            actor=current_actor(),
            now=clock.now(),
        )


def _own(booking_id: int) -> BookingRow:
    """A booking that the actor holds, or a colleague of their desk; else there is no such page."""
    booking = queries.booking_row(booking_id)
    if booking is None or booking.state is BookingState.CANCELLED or not queries.may_hold(current_actor(), booking):
        raise NotFound
    return booking


def _page(form: CaseForm, booking: BookingRow, stored: CaseRow, *, changed: bool = False) -> str:
    now = clock.now()
    visitor = case_queries.visitor(booking.learner_id)
    finished = (stored.closed_at or booking.state is BookingState.NO_SHOW) and not form.errors
    return render_template(
        "helpdesk/case_closed.html" if finished else "helpdesk/case.html",
        form=form,
        booking=booking,
        case=stored,
        changed=changed,
        visitor=visitor,
        history=case_queries.history_of(booking.learner_id),
        begun=now >= booking.starts_at,
        closable=clock.local(now).date() >= clock.local(booking.starts_at).date(),
        evidence=operations.evidence_of(booking.id),
        skills=skill_names(),
        results=CASE_RESULTS,
        states=BOOKING_STATES,
        devices=DEVICES,
        needs_in_words=[NEEDS[need] for need in visitor.needs],
    )


@blueprint.post(f"{BOOKING}/case/save")
@requires(Permission.HOLD_CONSULTATION)
def save_case(booking_id: int) -> tuple[dict[str, object], int]:
    """Keep what is typed so far, complete or not; called by the page's script a moment after the last key."""
    booking = _own(booking_id)
    stored = case_queries.case_row(booking_id, booking.topic)
    form = form_for(case_queries.areas_of(booking.learner_id), stored)
    form.validate_in_part()
    try:
        own = _save(form, booking, stored)
    except TooManyAsides as error:
        return {"saved": False, "message": str(error.message)}, 422
    refused = form.refused("note") or form.refused("topic")
    if refused:
        return {"saved": False, "message": refused}, 422
    return {"saved": True, "aside": not own, "warning": _warning(own, booking)}, 200


def _warning(own: bool, booking: BookingRow) -> str:
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


@blueprint.post(f"{BOOKING}/case/no-show")
@requires(Permission.HOLD_CONSULTATION)
def no_show(booking_id: int) -> Answer:
    """The learner did not come."""
    return _press(booking_id, operations.mark_no_show, _("「来なかった」と記録しました。"))


@blueprint.post(f"{BOOKING}/case/reopen")
@requires(Permission.HOLD_CONSULTATION)
def reopen_case(booking_id: int) -> Answer:
    """Correct a closed case, or take back a no-show."""
    return _press(booking_id, operations.reopen_case, _("記録をなおせます。"))


@blueprint.post(f"{BOOKING}/case/drop-asides")
@requires(Permission.HOLD_CONSULTATION)
def drop_asides(booking_id: int) -> Answer:
    """What other screens typed has been read."""
    return _press(booking_id, operations.drop_asides, _("ほかの画面の内容をけしました。"))


def _press(booking_id: int, operation: Callable[..., None], said: str) -> Answer:
    """Carry out what one button does, and come back to the case with what became of it."""
    _own(booking_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operation(booking_id, actor=actor, now=now)
        return url_for("helpdesk.case", booking_id=booking_id)

    return answer_press(act, said, back=url_for("helpdesk.case", booking_id=booking_id))
