"""The page on which a missed meeting is made up for in another run of the course."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.enrolment_views import booking_of
from supportdesk.classes.making_up.operations import give_up_making_up, make_up
from supportdesk.classes.making_up.queries import Offered, missed_of, offered_for
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.fields import ChoiceField, DeskForm
from supportdesk.core.moments import span
from supportdesk.core.permissions import Permission, requires


class MakeUpForm(DeskForm):
    """At which meeting."""

    meeting_id = ChoiceField(_l("受ける回"), coerce=int)

    def __init__(self, offered: Sequence[Offered]) -> None:
        super().__init__(choices={"meeting_id": [(one.meeting.id, _in_words(one)) for one in offered]})


def _in_words(one: Offered) -> str:
    meeting = one.meeting
    words = f"{span(meeting.starts_at, meeting.ends_at)} {meeting.nickname or meeting.venue}（{meeting.district}）"
    return _("%(meeting)s　※ほかの予定：%(what)s", meeting=words, what=one.clash) if one.clash else words


@blueprint.route("/enrolments/<int:enrolment_id>/make-up/<int:meeting_id>", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def make_up_meeting(enrolment_id: int, meeting_id: int) -> Answer:
    """Say at which meeting of another run the learner makes up for this one."""
    row, learner = booking_of(enrolment_id)
    actor, now = current_actor(), clock.now()
    missed = next((one for one in missed_of(enrolment_id) if one.meeting_id == meeting_id), None)
    if missed is None:
        abort(404)
    form = MakeUpForm(offered_for(missed, row.learner_id, now))

    def page() -> str:
        return render_template("classes/make_up.html", form=form, booking=row, learner=learner, missed=missed)

    def act() -> str:
        make_up(enrolment_id, meeting_id, form.meeting_id.data or 0, actor=actor, now=now)
        return url_for("classes.enrolment", enrolment_id=enrolment_id)

    return answer_form(form, page, act, _("補講の名簿にのせました。"))


@blueprint.post("/enrolments/<int:enrolment_id>/make-up/<int:meeting_id>/end")
@requires(Permission.BOOK_CLASS)
def end_make_up(enrolment_id: int, meeting_id: int) -> Response:
    """They do not make up at this meeting after all."""
    row, _learner = booking_of(enrolment_id)
    actor, now = current_actor(), clock.now()
    back = url_for("classes.enrolment", enrolment_id=enrolment_id)

    def act() -> str:
        give_up_making_up(row.learner_id, meeting_id, actor=actor, now=now)
        return back

    return answer_press(act, _("補講をやめました。"), back=back)
