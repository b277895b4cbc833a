"""The page on which somebody is put on duty at a meeting, or stands in."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.duty import run_to_manage
from supportdesk.classes.models import RunState
from supportdesk.classes.queries import meeting_row
from supportdesk.classes.rules import takes_marks
from supportdesk.classes.staffing.forms import DutyForm
from supportdesk.classes.staffing.operations import put_on_duty
from supportdesk.classes.staffing.queries import candidates
from supportdesk.classes.staffing.ratio import assistants_needed
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Permission, requires


@blueprint.route("/meetings/<int:meeting_id>/staff", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def staff(meeting_id: int) -> Answer:
    """Who is on duty at this meeting; whoever is free can stand in."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_row(meeting_id)
    if meeting is None:
        abort(404)
    run_to_manage(actor, meeting.run_id)
    found = candidates(meeting)
    form = DutyForm(found)

    def page() -> str:
        return render_template(
            "classes/staff.html",
            form=form,
            meeting=meeting,
            busy=[one for one in found if one.why_not],
            needed=assistants_needed(meeting.taken),
            open=meeting.state is RunState.OPEN and takes_marks(meeting, actor, now),
        )

    def act() -> str:
        put_on_duty(
            meeting_id,
            form.duties,
            seen=form.duties_seen,
            later_too=bool(form.later_too.data),
            actor=actor,
            now=now,
        )
        return url_for("classes.run", run_id=meeting.run_id)

    return answer_form(form, page, act, _("担当を変えました。"))
