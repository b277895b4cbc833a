"""Reception's pages for applications in public: who they are about, and what they have become."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.applying import operations, queries
from supportdesk.classes.applying.forms import RefuseForm
from supportdesk.classes.applying.matching import candidates
from supportdesk.classes.applying.models import Application, ApplicationState, RefusedBecause
from supportdesk.classes.applying.words import REASONS, REFUSALS, STATES
from supportdesk.classes.enrolment_views import all_dates
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.phones import shown_phone
from supportdesk.learners.found import Found, described
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.words import CHANNELS, DEVICES
from supportdesk.places.choices import district_choices


@blueprint.get("/applications")
@requires(Permission.EDIT_LEARNERS)
def applications() -> str:
    """What residents sent and nobody has settled yet, the oldest first."""
    return render_template("classes/applying/applications.html", page=queries.held_page(page_number()), reasons=REASONS)


@blueprint.get("/applications/<int:application_id>")
@requires(Permission.EDIT_LEARNERS)
def application(application_id: int) -> str:
    """One application: who wrote what, who that may be, and what to do with it."""
    found = queries.application_to_settle(application_id)
    known = [one.learner_id for one in found.people if one.learner_id]
    alike = {} if known and len(known) == len(found.people) else _alike(found)
    note_list(
        Action.VIEW_APPLICATION,
        [*known, *(one.id for people in alike.values() for one in people)],
        subject=activity("application", application_id),
    )
    other = queries.application_to_settle(found.differs_from) if found.differs_from else None
    return render_template(
        "classes/applying/application.html",
        application=found,
        run=run_queries.run_details(found.run_id),
        when=all_dates(found.run_id),
        people=[(one, alike.get(one.id, [])) for one in found.people],
        named={one.id: one for one in described(known)} if known else {},
        other=other,
        held=found.state is ApplicationState.HELD,
        all_known=len(known) == len(found.people),
        state=STATES[found.state],
        because=REASONS[found.because] if found.because else "",
        refused=REFUSALS[found.refused_because] if found.refused_because else "",
        districts=dict(district_choices()),
        devices=DEVICES,
        channels=CHANNELS,
        phone_of=shown_phone,
    )


def _alike(found: Application) -> dict[int, list[Found]]:
    return {one.id: candidates(one) for one in found.people if one.learner_id is None}


@blueprint.post("/applications/<int:application_id>/who")
@requires(Permission.EDIT_LEARNERS)
def say_who(application_id: int) -> Response:
    """It is this learner, or somebody new."""
    actor, now = current_actor(), clock.now()
    applicant_id, written = row_id(request.form.get("applicant", "")), request.form.get("learner", "")
    learner_id = row_id(written) if written else None
    if applicant_id is None or (written and learner_id is None):
        raise NotFound
    if learner_id is not None:
        check_scope(actor, learner_id)
    here = url_for("classes.application", application_id=application_id)

    def act() -> str:
        found = operations.say_who(applicant_id, learner_id, actor=actor, now=now)
        if found.state is ApplicationState.PLACED:
            flash(_("申し込みを受け付けました。結果を本人にお知らせします。"), "good")
        return here

    return answer_press(act, back=here)


@blueprint.post("/applications/<int:application_id>/place")
@requires(Permission.EDIT_LEARNERS)
def place_application(application_id: int) -> Response:
    """Everybody is known: give them what they applied for."""
    actor, now = current_actor(), clock.now()
    here = url_for("classes.application", application_id=application_id)

    def act() -> str:
        operations.place_application(application_id, actor=actor, now=now)
        return here

    return answer_press(act, _("申し込みを受け付けました。結果を本人にお知らせします。"), back=here)


@blueprint.route("/applications/<int:application_id>/refuse", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def refuse_application(application_id: int) -> Answer:
    """Say why it comes to nothing."""
    found, form = queries.application_to_settle(application_id), RefuseForm()
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.refuse_application(
            application_id, RefusedBecause(form.reason.data or RefusedBecause.TWICE), actor=actor, now=now
        )
        return url_for("classes.applications")

    def page() -> str:
        return render_template("classes/applying/refuse.html", form=form, application=found)

    return answer_form(form, page, act, _("申し込みを断りました。"))
