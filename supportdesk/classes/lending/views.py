"""The page on which a meeting is given loan phones."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.duty import run_to_manage
from supportdesk.classes.forms import MOST_PHONES
from supportdesk.classes.lending.phones import lend_phones, phones_of
from supportdesk.classes.models import RunState
from supportdesk.classes.queries import meeting_row
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm, IntegerField, TickField
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.phones import free_phones


class PhonesForm(DeskForm):
    """How many loan phones a meeting takes."""

    phones = IntegerField(_l("貸出スマホの台数"), most=MOST_PHONES, unit=_l("台"))
    later_too = TickField(_l("この先の回も、すべて同じ台数にする"))


@blueprint.route("/meetings/<int:meeting_id>/phones", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def phones(meeting_id: int) -> Answer:
    """How many loan phones this meeting takes, of those that are free."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_row(meeting_id)
    if meeting is None:
        abort(404)
    run_to_manage(actor, meeting.run_id)
    form = PhonesForm(data={"phones": len(phones_of([meeting_id]).get(meeting_id, ()))})
    (free,) = free_phones([(meeting.starts_at, meeting.ends_at)], besides={activity("meeting", meeting_id)})

    def page() -> str:
        ahead = meeting.state is RunState.OPEN and meeting.ends_at > now
        return render_template("classes/phones.html", form=form, meeting=meeting, free=len(free), open=ahead)

    def act() -> str:
        lend_phones(meeting_id, form.phones.data or 0, later_too=bool(form.later_too.data), actor=actor, now=now)
        return url_for("classes.run", run_id=meeting.run_id)

    return answer_form(form, page, act, _("貸出スマホの台数を決めました。"))
