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
from supportdesk.core.errors import DeskError
from supportdesk.core.once import once
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.cases import operations
from supportdesk.helpdesk.cases import queries as case_queries
from supportdesk.helpdesk.cases.errors import CaseChanged, CaseClosed
from supportdesk.helpdesk.cases.forms import CaseForm
from supportdesk.helpdesk.cases.pages import case_page, drawn, is_over, keep_typed, own_booking, warning_of
from supportdesk.helpdesk.cases.queries import CaseRow
from supportdesk.helpdesk.cases.scams import may_be_scam
from supportdesk.helpdesk.cases.suggesting import suggest
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.views import BOOKING, blueprint


@blueprint.route(f"{BOOKING}/case", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def case(booking_id: int) -> Answer:
    """The consultation with all that the adviser needs beside it; sent, it is closed."""
    booking = own_booking(booking_id)
    form, stored = drawn(booking)
    if request.method == "GET":
        note_list(Action.VIEW_CASE, [booking.learner_id], subject=activity("booking", booking.id))
        return case_page(form, booking, stored)
    if is_over(booking, stored) or "later" in request.form:
        return _keep(form, booking, stored)
    if not form.validate_on_submit():
        return case_page(form, booking, stored), 422
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.close_case(
            booking_id,
            form.notes(stored),
            form=form.token,
            drawn_from=request.form.get("knows") or form.drawn_from.data or "",
            actor=actor,
            now=now,
        )
        return url_for("helpdesk.case", booking_id=booking_id)

    try:
        location = once(form.token, now, act)
    except CaseClosed:
        return _keep(form, booking, stored)
    except DeskError as error:
        form.refuse(error)
        # Both texts are on the page now: the next press decides, and nothing that saves by itself.
        newest = case_queries.case_row(booking_id, booking.topic)
        return case_page(form, booking, newest, changed=isinstance(error, CaseChanged)), 422
    flash(_("相談の記録を終えました。"), "good")
    return redirect(location, 303)


def _keep(form: CaseForm, booking: BookingRow, stored: CaseRow) -> Answer:
    """Keep what was typed without closing: because it was asked for, or because the case is closed by now. Then on to
    where the button leads.
    """
    if not form.validate_in_part():
        return case_page(form, booking, stored), 422
    try:
        own = keep_typed(form, booking, stored)
    except DeskError as error:
        form.refuse(error)
        return case_page(form, booking, stored), 422
    if not own:
        flash(_("ほかの画面でこの記録が変わっていたため、入力した内容を別に保存しました。"), "warn")
    elif not stored.closed_at:
        flash(_("とちゅうまで保存しました。"), "good")
    anchor = "suggestions" if request.form.get("later") == "suggest" else None
    return redirect(url_for("helpdesk.case", booking_id=booking.id, _anchor=anchor), 303)


@blueprint.post(f"{BOOKING}/case/save")
@requires(Permission.HOLD_CONSULTATION)
def save_case(booking_id: int) -> tuple[dict[str, object], int]:
    """Keep what is typed so far, complete or not; called by the page's script a moment after the last key.

    What cannot be kept is told field by field; everything else is kept.
    """
    booking = own_booking(booking_id)
    form, stored = drawn(booking)
    form.validate_in_part()
    try:
        own = keep_typed(form, booking, stored)
    except DeskError as error:
        return {"saved": False, "message": str(error.message), "errors": {}}, 422
    refused = form.refusals
    if refused:
        return {"saved": False, "message": next(iter(refused.values())), "errors": refused}, 422
    return {"saved": True, "aside": not own, "warning": warning_of(own, booking)}, 200


@blueprint.post(f"{BOOKING}/case/suggestions")
@requires(Permission.HOLD_CONSULTATION)
def case_suggestions(booking_id: int) -> str:
    """What may help with what is being typed, as a part of the page; nothing of the text is kept here."""
    booking = own_booking(booking_id)
    form, stored = drawn(booking)
    notes = form.notes(stored)
    return render_template(
        "helpdesk/_suggested.html",
        suggested=suggest(booking.learner_id, booking.id, notes),
        scam=may_be_scam(notes.asked, notes.areas, notes.scam_steps),
        booking=booking,
    )


@blueprint.post(f"{BOOKING}/case/no-show")
@requires(Permission.HOLD_CONSULTATION)
def no_show(booking_id: int) -> Answer:
    """The learner did not come."""
    return press(booking_id, operations.mark_no_show, _("「来なかった」と記録しました。"))


@blueprint.post(f"{BOOKING}/case/reopen")
@requires(Permission.HOLD_CONSULTATION)
def reopen_case(booking_id: int) -> Answer:
    """Correct a closed case, or take back a no-show."""
    return press(booking_id, operations.reopen_case, _("記録をなおせます。"))


@blueprint.post(f"{BOOKING}/case/drop-asides")
@requires(Permission.HOLD_CONSULTATION)
def drop_asides(booking_id: int) -> Answer:
    """What other screens typed has been read."""
    return press(booking_id, operations.drop_asides, _("ほかの画面の内容をけしました。"))


def press(booking_id: int, operation: Callable[..., None], said: str) -> Answer:
    """Carry out what one button does, and come back to the case with what became of it."""
    own_booking(booking_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operation(booking_id, actor=actor, now=now)
        return url_for("helpdesk.case", booking_id=booking_id)

    return answer_press(act, said, back=url_for("helpdesk.case", booking_id=booking_id))
