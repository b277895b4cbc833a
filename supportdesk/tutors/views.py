"""A tutor's own pages, for a phone: whom they help, and one short form after each session."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.places.choices import district_choices
from supportdesk.tutors import matching, queries
from supportdesk.tutors.figures import month_of
from supportdesk.tutors.forms import LogForm, most_likely
from supportdesk.tutors.session_queries import hours_since
from supportdesk.tutors.sessions import log_session

blueprint = Blueprint("tutors", __name__, url_prefix="/tutors", template_folder="templates")


def own_account(actor: Actor) -> int:
    """The account at the screen; the system itself has none and opens no pages."""
    assert actor.account_id is not None
    return actor.account_id


def id_asked(written: str) -> int:
    """An id out of an address's query; what cannot be one is no page."""
    asked = row_id(written)
    if asked is None:
        abort(404)
    return asked


@blueprint.get("/")
@requires(Permission.LOG_PEER_SESSION, Permission.MATCH_TUTORS, surface="field")
def index() -> str:
    """A tutor's learners, with one big button each; for coordinators how things stand in their districts."""
    actor, now = current_actor(), clock.now()
    today = clock.local(now).date()
    helps = actor.may(Permission.LOG_PEER_SESSION)
    learners = queries.matches_of(own_account(actor)) if helps else []
    note_list(Action.LIST_OWN_LEARNERS, [row.learner_id for row in learners])
    return render_template(
        "tutors/index.html",
        helps=helps,
        appointed=helps and queries.is_appointed(own_account(actor)),
        learners=learners,
        month=hours_since(own_account(actor), month_of(today).first) if helps else None,
        overview=matching.overview(actor, month_of(today)) if actor.may(Permission.MATCH_TUTORS) else None,
    )


@blueprint.route("/log", methods=["GET", "POST"])
@requires(Permission.LOG_PEER_SESSION, surface="field")
def log() -> Answer:
    """The short form after a session. Only for a learner whom one is matched with; to all others there is no page."""
    if "learner" not in request.args:
        return redirect(url_for("tutors.index"), 303)
    actor, now, learner_id = current_actor(), clock.now(), id_asked(request.args["learner"])
    account_id = own_account(actor)
    places = queries.places_for(account_id)
    form = LogForm(
        places=places,
        districts=district_choices(),
        skills=queries.skills_to_see(account_id, learner_id),
        data=most_likely(places, next(iter(queries.own_districts(account_id)), None), now),
    )

    def act() -> str:
        session_id = log_session(form.logged_as, account_id, learner_id, form.held, actor=actor, now=now)
        return url_for("tutors.session", session_id=session_id, done=1)

    return answer_form(form, lambda: _log_page(form, learner_id), act)


def _log_page(form: LogForm, learner_id: int) -> str:
    learner = queries.match_with(own_account(current_actor()), learner_id)
    note_look(Action.OPEN_SESSION_LOG, learner_id)
    return render_template("tutors/log.html", form=form, learner=learner)
