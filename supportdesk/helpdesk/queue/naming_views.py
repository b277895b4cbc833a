"""Saying whose number it is after all, for whoever gave no name at first: look for them, then confirm."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.queue.day_board import booked_today
from supportdesk.helpdesk.queue.errors import StepGone
from supportdesk.helpdesk.queue.forms import NameForm
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.helpdesk.queue.naming import may_be_named, name_number
from supportdesk.helpdesk.queue.views import NUMBER, day_page, own_number
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.helpdesk.views import LONGEST_WORD, blueprint, permitted
from supportdesk.learners.rooms import ahead_of, scope_of
from supportdesk.learners.search import find_learners


@blueprint.route(f"{NUMBER}/who", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def whose_number(number_id: int) -> Answer:
    """Look for whose number it is."""
    row, desk = own_number(number_id)
    if not may_be_named(row, clock.today()):
        raise StepGone(row.number, NUMBER_STATES[row.state])
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_learners(text, scope=scope_of(current_actor()))
    ids = [one.id for one in found]
    note_list(Action.SEARCH_LEARNERS, ids)
    return render_template(
        "helpdesk/queue/whose.html", number=row, desk=desk, text=text, found=found, ahead=ahead_of(ids, clock.now())
    )


@blueprint.route(f"{NUMBER}/name", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def name_of_number(number_id: int) -> Answer:
    """Confirm whose it is; where they sit at the adviser's counter, on to the case."""
    row, desk = own_number(number_id)
    form = NameForm(learner=request.args.get("learner", ""), before=str(row.learner_id or ""))
    if not form.learner.data:
        return redirect(url_for("helpdesk.whose_number", number_id=number_id), 303)
    learner = permitted(form.learner.data)
    actor, now = current_actor(), clock.now()

    def page() -> str:
        note_look(Action.VIEW_LEARNER, learner.id)
        booked = booked_today(learner.id, desk.id, clock.today())
        return render_template(
            "helpdesk/queue/name.html",
            form=form,
            number=row,
            desk=desk,
            learner=learner,
            booked=booked,
            sits=row.state is NumberState.BEGUN,
        )

    def act() -> str:
        before = row_id(form.before.data or "")
        booking_id = name_number(number_id, learner.id, instead_of=before, actor=actor, now=now)
        if booking_id is not None and actor.may(Permission.HOLD_CONSULTATION):
            return url_for("helpdesk.case", booking_id=booking_id)
        flash(_("%(number)s番は、%(name)s 様です。", number=row.number, name=learner.name), "good")
        return day_page(desk.id)

    return answer_form(form, page, act)
