"""The question why a learner's record is opened, before it is shown."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supportdesk.accounts.reasons import ReasonForm, ReasonWanted, say_why
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.page_furniture import start_page
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.security import local_address

blueprint = Blueprint("why", __name__, template_folder="templates")


def plug_in(app: Flask) -> None:
    """Called by this room's `plug_in`."""
    app.register_blueprint(blueprint)
    app.register_error_handler(ReasonWanted, _ask)


def _ask(wanted: ReasonWanted) -> Response:
    here = request.full_path.rstrip("?")
    return redirect(url_for("why.say", learner_id=wanted.learner_id, next=here), 303)


@blueprint.route("/account/why/<int:learner_id>", methods=["GET", "POST"])
@requires(Permission.SAY_WHY, surface="field")
def say(learner_id: int) -> Answer:
    """Ask for the reason, note it, and go on to the page that was wanted."""
    form, actor = ReasonForm(), current_actor()
    wanted = local_address(request.args.get("next")) or start_page()

    def act() -> str:
        say_why(learner_id, str(form.reason.data), form.words.data or "", actor=actor, now=clock.now())
        return wanted

    return answer_form(
        form,
        lambda: render_template("accounts/why.html", form=form, learner_id=learner_id, wanted=wanted),
        act,
    )
