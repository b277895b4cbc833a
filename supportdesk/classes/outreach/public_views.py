"""The residents' pages: a group asks for a lecture, and gets a receipt to print."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for

from supportdesk.classes import run_queries
from supportdesk.classes.outreach import doors
from supportdesk.classes.outreach.applying import take_application
from supportdesk.classes.outreach.forms import PublicApplicationForm
from supportdesk.classes.outreach.models import Door
from supportdesk.classes.outreach.queries import receipt_of
from supportdesk.classes.outreach.words import CHOICES
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import SYSTEM, public
from supportdesk.core.security import keep_no_copy
from supportdesk.places.choices import district_choices

blueprint = Blueprint("outreach_public", __name__, url_prefix="/outreach", template_folder="templates")


@blueprint.route("/request", methods=["GET", "POST"])
@public
def ask() -> Answer:
    """The application of a group."""
    form = PublicApplicationForm(courses=run_queries.course_choices(), districts=district_choices())
    now = clock.now()

    def page() -> str:
        form.homepage.data = ""  # what a browser filled in by itself is not sent again
        return render_template("outreach/ask.html", form=form)

    def act() -> str:
        doors.demand_care(form.opened.data or "", form.homepage.data or "")
        doors.take_turn(request.remote_addr or "", now)
        taken = take_application(form.application(), door=Door.FORM, actor=SYSTEM, now=now)
        return url_for("outreach_public.received", token=taken.receipt)

    return answer_form(form, page, act)


@blueprint.get("/received/<token>")
@public
def received(token: str) -> Response:
    """The receipt: its number, and what was asked for. Nothing of whom to contact stands on it."""
    answer = make_response(render_template("outreach/received.html", receipt=receipt_of(token), words=CHOICES))
    return keep_no_copy(answer)
