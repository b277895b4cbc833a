"""The page after a meeting: one level for all who came, and what is different for whom."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance_forms import LevelsForm, levels_form
from supportdesk.classes.attendance_queries import record_of, roster
from supportdesk.classes.confirmation import ToConfirm, confirm_levels, to_confirm
from supportdesk.classes.duty import meeting_of
from supportdesk.classes.queries import MeetingRow
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Permission, requires
from supportdesk.skills.queries import skill_names


@blueprint.route("/meetings/<int:meeting_id>/levels", methods=["GET", "POST"])
@requires(Permission.CONFIRM_LEVELS, Permission.RECORD_LECTURE, surface="field")
def levels(meeting_id: int) -> Answer:
    """Confirm the levels of everybody who came, with exceptions. Confirming again corrects."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    asked = to_confirm(meeting_id)
    form = _form(asked)

    def act() -> str:
        changed = confirm_levels(meeting_id, form.exceptions, form.level.data or 0, actor=actor, now=now)
        flash(_("確認しました。%(count)s人の記録を書きました。", count=changed), "good")
        return url_for("classes.attendance", meeting_id=meeting_id)

    return answer_form(form, lambda: _page(meeting, form, asked), act)


def _form(asked: ToConfirm) -> LevelsForm:
    """Filled in, on a second visit, with what was written on the first."""
    names = skill_names(asked.skills)
    corrected = {learner_id for learner_id, _code in asked.seen} - asked.all_of - asked.declined
    for_all = _said_of_all(asked)
    return levels_form(
        sorted(asked.all_of),
        sorted(corrected),
        [(code, names[code]) for code in asked.skills],
        asked.seen,
        data={
            "level": for_all,
            **{
                f"level_{learner_id}_{code}": str(level)
                for (learner_id, code), level in asked.seen.items()
                if level != for_all or learner_id in corrected
            },
        },
    )


def _said_of_all(asked: ToConfirm) -> int:
    """The level that most have from this meeting, of those that can be said of all."""
    written = [level for level in asked.seen.values() if level in (1, 2)]
    return 1 if written.count(1) > written.count(2) else 2


def _page(meeting: MeetingRow, form: LevelsForm, asked: ToConfirm) -> str:
    people = [row for row in roster(meeting.id) if form.fields_of(row.learner_id)]
    note_list(Action.VIEW_LEVELS, [row.learner_id for row in people], subject=activity("meeting", meeting.id))
    return render_template(
        "classes/levels.html",
        meeting=meeting,
        form=form,
        there=[row for row in people if row.attended],
        corrected=[row for row in people if not row.attended],
        declined=len(asked.declined),
        skills=skill_names(asked.skills),
        confirmed_at=record_of(meeting.id).levels_confirmed_at,
        begun=meeting.starts_at <= clock.now(),
    )
