"""Somebody at the door who is not in the register: a given name is enough, and they are in the class."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance import add_walk_in
from supportdesk.classes.duty import meeting_of
from supportdesk.classes.rules import takes_walk_ins, walk_in_days
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm, TextField
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.particulars import LONGEST
from supportdesk.learners.provisional import enter_provisionally


class NewcomerForm(DeskForm):
    """What they are called."""

    name = TextField(_l("名前"), max_length=LONGEST["name"])


@blueprint.route("/meetings/<int:meeting_id>/newcomer", methods=["GET", "POST"])
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def newcomer(meeting_id: int) -> Answer:
    """Entered and marked in one transaction; reception completes the record."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    form = NewcomerForm()

    def act() -> str:
        learner_id = enter_provisionally(form.name.data, actor=actor, now=now)
        add_walk_in(meeting_id, learner_id, actor=actor, now=now)
        return url_for("classes.attendance", meeting_id=meeting_id, _anchor=f"learner-{learner_id}")

    def page() -> str:
        return render_template(
            "classes/roll/newcomer.html",
            form=form,
            meeting=meeting,
            open=takes_walk_ins(meeting, actor, now),
            walk_in_days=walk_in_days(meeting.kind),
        )

    return answer_form(form, page, act, _("飛び入りに加えました。登録は、あとで受付が完成させます。"))
