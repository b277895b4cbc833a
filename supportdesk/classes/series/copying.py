"""Planning another run like one that was planned: its page, filled in, with its dates some weeks later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.changing import run_to_change
from supportdesk.classes.duty import districts_managed, run_to_manage
from supportdesk.classes.forms import copy_form
from supportdesk.classes.planning import plan_run
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import room_choices

MOST_WEEKS = 104


@blueprint.route("/<int:run_id>/copy", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def copy(run_id: int) -> Answer:
    """Plan a class like this one, so many weeks later."""
    actor, now = current_actor(), clock.now()
    run_to_manage(actor, run_id)
    run = run_to_change(run_id)
    weeks = _weeks(run.starts_at, now)
    form = copy_form(
        run,
        weeks,
        courses=run_queries.course_choices(),
        rooms=room_choices(districts_managed(actor)),
        instructors=run_queries.instructor_choices(),
    )

    def act() -> str:
        plan = form.plan(run_queries.course_minutes(str(form.course_code.data)) or 0)
        plan = replace(plan, asks_feedback=run.asks_feedback)
        if plan.course_code == run.course_code:
            plan = replace(plan, title=run.title)
        copied = plan_run(plan, although=bool(form.although.data), actor=actor, now=now)
        return url_for("classes.run", run_id=copied)

    def page() -> str:
        return render_template("series/copy.html", form=form, run=run, weeks=weeks, most=MOST_WEEKS)

    return answer_form(form, page, act, _("教室を登録しました。"))


def _weeks(starts_at: datetime, now: datetime) -> int:
    """As many as were asked for; else the fewest that lie ahead."""
    asked = request.args.get("weeks", "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= 3 and 1 <= int(asked) <= MOST_WEEKS:
        return int(asked)
    return min(max((now - starts_at) // timedelta(weeks=1) + 1, 1), MOST_WEEKS)
