"""The list of classes about which somebody has to decide, and the decision to hold one."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.deciding.operations import hold_run
from supportdesk.classes.deciding.queries import runs_to_decide
from supportdesk.classes.duty import districts_decided, run_to_decide
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires


@blueprint.get("/to-decide")
@requires(Permission.DECIDE_RUN)
def to_decide() -> str:
    """Classes whose day of decision has come and to which too few are coming."""
    actor = current_actor()
    page = runs_to_decide(page_number(), districts=districts_decided(actor), now=clock.now())
    return render_template("classes/to_decide.html", page=page)


@blueprint.post("/<int:run_id>/hold")
@requires(Permission.DECIDE_RUN)
def hold(run_id: int) -> Response:
    """Hold the class all the same."""
    actor, now = current_actor(), clock.now()
    run_to_decide(actor, run_id)
    back = url_for("classes.to_decide")

    def act() -> str:
        hold_run(run_id, actor=actor, now=now)
        return back

    return answer_press(act, _("開くことにしました。"), back=back)
