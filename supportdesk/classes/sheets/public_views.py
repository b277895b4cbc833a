"""The sheet on a phone, reached by the meeting's code. Nobody logs in, and nobody has to say who they are."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for

from supportdesk.classes.attendance_queries import is_on_roster
from supportdesk.classes.queries import MeetingRow, meeting_by_code
from supportdesk.classes.sheets.forms import AnswerForm
from supportdesk.classes.sheets.operations import answer_on_phone
from supportdesk.classes.sheets.queries import said_by, takes_answers
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.codes import tidy_code
from supportdesk.core.permissions import public
from supportdesk.core.security import keep_no_copy
from supportdesk.learners.own_phone import learners_of_this_phone
from supportdesk.skills.queries import areas
from supportdesk.videos.viewing import first_names

blueprint = Blueprint("feedback", __name__, url_prefix="/m", template_folder="../templates")
LONGEST_CODE = 20

# What somebody answered stays on nobody's telephone.
blueprint.after_request(keep_no_copy)


@blueprint.route("/<code>/feedback", methods=["GET", "POST"])
@public
def answer(code: str) -> Answer:
    """The three questions. On a learner's own phone what they said before stands in them."""
    meeting, now = _meeting(code), clock.now()
    open_now = takes_answers(meeting, now)
    people = _people(meeting.id) if open_now else ()
    said = said_by(meeting.id, people[0]) if len(people) == 1 else None
    form = AnswerForm(areas(), first_names(people), said=said)

    def page() -> str:
        return render_template("classes/sheets/answer.html", form=form, meeting=meeting, open=open_now, before=said)

    def act() -> str:
        learner_id = form.learner_id
        alone = people[0] if len(people) == 1 else None
        answer_on_phone(meeting.id, form.said, learner_id=learner_id, instead_of=alone, now=now)
        return url_for("feedback.thanks", code=meeting.code, named=1 if learner_id else None)

    return answer_form(form, page, act)


@blueprint.get("/<code>/feedback/thanks")
@public
def thanks(code: str) -> str:
    """It has arrived; what one may do now."""
    return render_template("classes/sheets/thanks.html", meeting=_meeting(code))


def _meeting(code: str) -> MeetingRow:
    meeting = meeting_by_code(tidy_code(code)[:LONGEST_CODE])
    if meeting is None:
        abort(404)
    return meeting


def _people(meeting_id: int) -> tuple[int, ...]:
    """Whose own phone this is, of those who are on the meeting's roster."""
    return tuple(one for one in learners_of_this_phone() if is_on_roster(meeting_id, one))
