"""The page on which a class that was planned is changed."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.changing import change_run, instructors_at, meetings_ahead, run_to_change
from supportdesk.classes.duty import districts_managed, run_to_manage
from supportdesk.classes.forms import change_form
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import room_choices


@blueprint.route("/<int:run_id>/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def change(run_id: int) -> Answer:
    """Change a class as far as it lies ahead; who is enrolled is told when time or place change."""
    actor, now = current_actor(), clock.now()
    found, run = run_to_manage(actor, run_id), run_to_change(run_id)
    ahead = meetings_ahead(run, now)
    form = change_form(
        run,
        now,
        rooms=room_choices(districts_managed(actor)),
        instructors=run_queries.instructor_choices(
            besides={account_id for meeting in ahead for account_id in instructors_at(meeting)}
        ),
    )
    mixed = len({(one.room_id, frozenset(instructors_at(one))) for one in ahead}) > 1
    started = len(run.meetings) > len(ahead)

    def act() -> str:
        told = change_run(
            run_id, form.change(), seen=form.seen.data, although=bool(form.although.data), actor=actor, now=now
        )
        said = _("変更しました。%(people)s人に連絡します。", people=told) if told else _("変更しました。")
        flash(said, "good")
        return url_for("classes.run", run_id=run_id)

    def page() -> str:
        return render_template(
            "classes/change_run.html", form=form, run=found, ahead=bool(ahead), mixed=mixed, started=started
        )

    return answer_form(form, page, act)
