"""The quick screen by which a paper roster is typed in: seats, a look at the names, saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance_queries import roster
from supportdesk.classes.duty import meeting_of
from supportdesk.classes.marks import ATTENDED
from supportdesk.classes.queries import MeetingRow
from supportdesk.classes.roll.back_entry import RosterLine, enter, lines, seats_in
from supportdesk.classes.views import blueprint
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import DeskForm, HiddenField, TextField
from supportdesk.core.permissions import Permission, requires

#: What the button under the names sends.
SEEN: Final = "yes"


class BackEntryForm(DeskForm):
    """The seats of those who came. `seen`: the names were looked at."""

    seats = TextField(
        _l("出席した方の席の番号"),
        max_length=400,
        required=False,
        render_kw={"inputmode": "text", "autocomplete": "off"},
    )
    seen = HiddenField(max_length=3)


@blueprint.route("/meetings/<int:meeting_id>/back-entry", methods=["GET", "POST"])
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def back_entry(meeting_id: int) -> Answer:
    """Numbers first; then the names that they stand for, to be saved or typed anew."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    form = BackEntryForm()
    rows = roster(meeting_id)
    note_list(Action.VIEW_ATTENDANCE, [row.learner_id for row in rows], subject=activity("meeting", meeting_id))
    if form.is_submitted() and form.seen.data != SEEN and form.validate():
        try:
            return _page(meeting, form, lines(rows, seats_in(form.seats.data)))
        except DeskError as error:
            form.refuse(error)
            return _page(meeting, form), 422

    def act() -> str:
        wanted = lines(rows, seats_in(form.seats.data))
        enter(meeting_id, meeting.starts_at, wanted, actor=actor, now=now)
        return url_for("classes.attendance", meeting_id=meeting_id)

    return answer_form(form, lambda: _page(meeting, form), act, _("出欠を記録しました。"))


def _page(meeting: MeetingRow, form: BackEntryForm, wanted: Sequence[RosterLine] = ()) -> str:
    return render_template(
        "classes/roll/back_entry.html",
        meeting=meeting,
        form=form,
        came=[one for one in wanted if one.after in ATTENDED],
        missing=[one for one in wanted if one.after not in ATTENDED],
        states=ATTENDANCE,
        seen=SEEN,
    )
