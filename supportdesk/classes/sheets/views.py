"""The staff's pages of feedback sheets: what was said about a run, the papers to hand out, typing them in."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.duty import (
    held_by,
    may_manage,
    may_print_any,
    meeting_to_print,
    meetings_answered_for,
    run_to_manage,
)
from supportdesk.classes.models import RunState
from supportdesk.classes.queries import MeetingRow
from supportdesk.classes.rules import takes_marks
from supportdesk.classes.run_queries import run_details, run_meetings
from supportdesk.classes.sheets.forms import TypeForm
from supportdesk.classes.sheets.office import FEEDBACK_SATISFACTION, FEEDBACK_UNDERSTANDING, FEEDBACK_WISH
from supportdesk.classes.sheets.operations import ask_for_feedback, type_sheet
from supportdesk.classes.sheets.queries import asks, results_of, seats_on_paper, typed_at, wishes_page
from supportdesk.classes.sheets.words import SATISFACTION, UNDERSTANDING
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.core.qr import qr_in_page
from supportdesk.extensions import db
from supportdesk.skills.queries import areas

#: Sheets of paper to a page, and how many without a number are printed at least.
ON_A_PAGE = 4
WITHOUT_NUMBER = 4


@blueprint.get("/<int:run_id>/feedback")
@requires(Permission.SEE_CLASSES, surface="field")
def feedback(run_id: int) -> str:
    """What was said about a run, without any name; its papers; whether learners are asked."""
    actor, now = current_actor(), clock.now()
    run = run_details(run_id)
    results = results_of(run_id)
    prints, held = may_print_any(actor), held_by(actor, run_id)
    return render_template(
        "classes/sheets/feedback.html",
        run=run,
        results=results,
        wishes=wishes_page(run_id, page_number()) if results.shown and results.sheets else None,
        meetings=[one for one in run_meetings(run_id) if not one.called_off and (prints or one.id in held)],
        types=actor.may(Permission.TYPE_FEEDBACK),
        managed=may_manage(actor, run),
        called_off=run.state is RunState.CANCELLED,
        now=now,
    )


@blueprint.post("/<int:run_id>/feedback/asked")
@requires(Permission.MANAGE_CLASSES)
def ask_feedback(run_id: int) -> Response:
    """Ask the learners of this run, or ask them no more."""
    run_to_manage(current_actor(), run_id)
    wanted = request.form.get("asks") == "yes"
    here = url_for("classes.feedback", run_id=run_id)

    def act() -> str:
        ask_for_feedback(run_id, wanted, actor=current_actor(), now=clock.now())
        return here

    return answer_press(
        act, _("アンケートをとります。") if wanted else _("アンケートをとるのをやめました。"), back=here
    )


@blueprint.get("/meetings/<int:meeting_id>/feedback/papers")
@requires(Permission.SEE_CLASSES, surface="field")
def feedback_papers(meeting_id: int) -> str:
    """Four to a sheet of A4: one for each seat of the printed roster, by its number, then some without. No name."""
    meeting = meeting_to_print(current_actor(), meeting_id)
    seats: list[int | None] = [*seats_on_paper(meeting_id)]
    without = WITHOUT_NUMBER + -len(seats) % ON_A_PAGE
    address = f"{current_app.config['SETTINGS'].base_url}{url_for('feedback.answer', code=meeting.code)}"
    return render_template(
        "classes/sheets/papers.html",
        meeting=meeting,
        papers=[*seats, *(None for _paper in range(without))],
        on_a_page=ON_A_PAGE,
        questions=(FEEDBACK_UNDERSTANDING.get(), FEEDBACK_SATISFACTION.get(), FEEDBACK_WISH.get()),
        understanding=UNDERSTANDING,
        satisfaction=SATISFACTION,
        areas=areas(),
        asked=asks(meeting.run_id) and meeting.state is RunState.OPEN,
        qr=qr_in_page(address),
    )


@blueprint.route("/meetings/<int:meeting_id>/feedback/type", methods=["GET", "POST"])
@requires(Permission.TYPE_FEEDBACK, surface="field")
def type_feedback(meeting_id: int) -> Answer:
    """One paper after the other, by number. Whose number it is does not stand here: an answer has no name beside it."""
    actor, now = current_actor(), clock.now()
    meeting = _meeting_to_type(actor, meeting_id)
    form = TypeForm(areas())

    def page() -> str:
        return render_template(
            "classes/sheets/type.html",
            form=form,
            meeting=meeting,
            typed=typed_at(meeting_id),
            open=meeting.starts_at <= now and takes_marks(meeting, actor, now),
            asked=asks(meeting.run_id) and meeting.state is RunState.OPEN,
        )

    def act() -> str:
        type_sheet(meeting_id, form.number.data, form.said, again=bool(form.again.data), actor=actor, now=now)
        return url_for("classes.type_feedback", meeting_id=meeting_id)

    return answer_form(form, page, act, _("アンケートを記録しました。つぎの用紙を入力してください。"))


def _meeting_to_type(actor: Actor, meeting_id: int) -> MeetingRow:
    """Any at the counter; else those that the actor holds, or whose class they could call off. Raises NotFound."""
    meeting = meeting_to_print(actor, meeting_id)
    if not actor.may(Permission.USE_DESK) and meeting_id not in set(db.session.scalars(meetings_answered_for(actor))):
        raise NotFound
    return meeting
