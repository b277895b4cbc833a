"""Reception's pages for applications in public: who they are about, and what they have become."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.applying import queries, settling
from supportdesk.classes.applying.forms import PlaceForm
from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.placing import there_already
from supportdesk.classes.enrolment_views import all_dates
from supportdesk.classes.lottery.queries import draws_among
from supportdesk.classes.models import RunState
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.phones import shown_phone
from supportdesk.learners.applying.fields import RefuseForm
from supportdesk.learners.applying.matching import candidates
from supportdesk.learners.applying.models import ApplicationState, RefusedBecause
from supportdesk.learners.applying.saying import read_said
from supportdesk.learners.applying.words import REASONS, REFUSALS, STATES, needs_in_words
from supportdesk.learners.found import Found, described
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.standing import OUTSIDE
from supportdesk.learners.words import CHANNELS, DEVICES
from supportdesk.places.choices import district_choices
from supportdesk.places.occupancy import in_words

PAIR = 2


@blueprint.get("/applications")
@requires(Permission.EDIT_LEARNERS)
def applications() -> str:
    """What residents sent and nobody has settled yet: who has to hear that a class was called off, then the oldest."""
    page = queries.held_page(page_number())
    note_list(Action.VIEW_APPLICATION, [learner_id for one in page.rows for learner_id in one.learner_ids])
    return render_template("classes/applying/applications.html", page=page, reasons=REASONS)


@blueprint.get("/applications/<int:application_id>")
@requires(Permission.EDIT_LEARNERS)
def application(application_id: int) -> str:
    """One application: who wrote what, who that may be, and what to do with it."""
    found = queries.application_to_settle(application_id)
    known = [one.learner_id for one in found.people if one.learner_id]
    alike = {} if known and len(known) == len(found.people) else _alike(found)
    other = queries.application_to_settle(found.differs_from) if found.differs_from else None
    besides = [one.learner_id for one in other.people if one.learner_id] if other else []
    note_list(
        Action.VIEW_APPLICATION,
        dict.fromkeys([*known, *besides, *(one.id for people in alike.values() for one in people)]),
        subject=activity("application", application_id),
    )
    run = run_queries.run_details(found.run_id)
    return render_template(
        "classes/applying/application.html",
        application=found,
        run=run,
        when=all_dates(found.run_id),
        people=[(one, alike.get(one.id, [])) for one in found.people],
        named={one.id: one for one in described(known)} if known else {},
        other=other,
        held=found.state is ApplicationState.HELD,
        to_be_told=found.state is ApplicationState.HELD and run.state is RunState.CANCELLED,
        there=there_already(found.run_id, known),
        drawn=bool(draws_among([found.run_id])),
        differs=queries.channels_that_differ(application_id) if known else {},
        all_known=len(known) == len(found.people),
        state=STATES[found.state],
        because=REASONS[found.because] if found.because else "",
        refused=REFUSALS[found.refused_because] if found.refused_because else "",
        districts={**dict(district_choices()), OUTSIDE: _("市外")},
        devices=DEVICES,
        channels=CHANNELS,
        needs_of=needs_in_words,
        phone_of=shown_phone,
    )


def _alike(found: Application) -> dict[int, list[Found]]:
    return {one.id: candidates(one) for one in found.people if one.learner_id is None}


@blueprint.post("/applications/<int:application_id>/who")
@requires(Permission.EDIT_LEARNERS)
def say_who(application_id: int) -> Response:
    """It is this learner, or somebody new: nobody of those whom the page showed."""
    actor, now = current_actor(), clock.now()
    applicant_id, who = row_id(request.form.get("applicant", "")), read_said(actor)
    if applicant_id is None:
        raise NotFound
    here = url_for("classes.application", application_id=application_id)

    def act() -> str:
        said = settling.say_who(applicant_id, who.learner_id, others=who.others, actor=actor, now=now)
        if said.state is ApplicationState.PLACED:
            flash(_("申し込みを受け付けました。結果を本人にお知らせします。"), "good")
        elif said.refusal is not None:
            flash(str(said.refusal.message), "warn")
        return here

    return answer_press(act, back=here)


@blueprint.post("/applications/<int:application_id>/channel")
@requires(Permission.EDIT_LEARNERS)
def settle_channel(application_id: int) -> Response:
    """Which of two ways to be told holds: the one that was named, or the register's."""
    actor, now, here = current_actor(), clock.now(), url_for("classes.application", application_id=application_id)
    person = next((one for one in queries.application_to_settle(application_id).people if _is_named(one)), None)
    if person is None or person.learner_id is None:
        raise NotFound
    applicant_id, taken = person.id, request.form.get("take") == "1"
    check_scope(actor, person.learner_id)

    def act() -> str:
        settling.settle_channel(applicant_id, taken=taken, actor=actor, now=now)
        return here

    said = _("連絡の方法を、申し込みのとおりに変えました。") if taken else _("連絡の方法は、登録のままにしました。")
    return answer_press(act, said, back=here)


def _is_named(person: Applicant) -> bool:
    return person.id == row_id(request.form.get("applicant", ""))


@blueprint.route("/applications/<int:application_id>/place", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def place_application(application_id: int) -> Answer:
    """Everybody is known: give them what they applied for; where the desk refuses, say what was asked of them."""
    found = queries.application_to_settle(application_id)
    known = [one.learner_id for one in found.people if one.learner_id]
    here = url_for("classes.application", application_id=application_id)
    settled = found.state is not ApplicationState.HELD or len(known) != len(found.people)
    if settled and request.method == "GET":
        flash(_("この申し込みは、いま受け付けられません。"), "warn")
        return redirect(here, 303)
    actor, now = current_actor(), clock.now()
    form = PlaceForm([one.name or one.kana for one in found.people])

    def act() -> str:
        settling.place_application(application_id, asked=form.asked, actor=actor, now=now)
        return here

    def page() -> str:
        note_list(Action.VIEW_APPLICATION, known, subject=activity("application", application_id))
        run = run_queries.run_details(found.run_id)
        draws = draws_among([run.id])
        there = there_already(run.id, known)
        clashes = {} if draws else {one: run_queries.clash_of(run.id, one) for one in known if one not in there}
        return render_template(
            "classes/applying/place.html",
            form=form,
            application=found,
            run=run,
            when=all_dates(run.id),
            drawn=bool(draws),
            there=there,
            clashes={one: in_words(clash) for one, clash in clashes.items() if clash},
            one_seat=not draws and len(set(known) - set(there)) == PAIR and run.free == 1,
        )

    return answer_form(form, page, act, _("申し込みを受け付けました。結果を本人にお知らせします。"))


@blueprint.route("/applications/<int:application_id>/refuse", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def refuse_application(application_id: int) -> Answer:
    """Say why it comes to nothing."""
    found, form = queries.application_to_settle(application_id), RefuseForm()
    actor, now = current_actor(), clock.now()

    def act() -> str:
        settling.refuse_application(application_id, RefusedBecause(str(form.reason.data)), actor=actor, now=now)
        return url_for("classes.applications")

    def page() -> str:
        return render_template("classes/applying/refuse.html", form=form, application=found)

    over = form.reason.data is RefusedBecause.OVER
    return answer_form(form, page, act, _("この申し込みは、かたづきました。") if over else _("申し込みを断りました。"))
