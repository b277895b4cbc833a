"""Name tags, and the code of a booking as rosters and tags bear it: it stands for that booking alone, and whoever finds
one learns nothing from it.
"""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance_queries import paper_people
from supportdesk.classes.duty import meeting_to_print
from supportdesk.classes.enrolment_queries import enrolment_by_code
from supportdesk.classes.queries import meetings_on
from supportdesk.classes.views import LONGEST_WORD
from supportdesk.classes.views import blueprint as classes
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer
from supportdesk.core.codes import tidy_code
from supportdesk.core.permissions import Permission, public, requires
from supportdesk.core.qr import qr_in_page
from supportdesk.core.signposts import way_to

blueprint = Blueprint("booking_codes", __name__, url_prefix="/b", template_folder="../templates")


def booking_qr(code: str) -> str:
    """The QR code of a booking, as an address for `src`."""
    return qr_in_page(f"{current_app.config['SETTINGS'].base_url}{way_to('booking_code', code=code)}")


@classes.get("/meetings/<int:meeting_id>/name-tags")
@requires(Permission.SEE_CLASSES, surface="field")
def name_tags(meeting_id: int) -> str:
    """Ten to a sheet of A4: the name as large as it goes, and the booking's code."""
    actor = current_actor()
    meeting = meeting_to_print(actor, meeting_id)
    people = [person for person in paper_people(meeting_id, actor) if person.seat and person.learner_id]
    named = [person.learner_id for person in people if person.learner_id is not None]
    note_list(Action.VIEW_ROSTER, named, subject=activity("meeting", meeting_id))
    return render_template("classes/roll/name_tags.html", meeting=meeting, people=people, qr=booking_qr)


@blueprint.get("/<code>")
@public
def scan(code: str) -> Answer:
    """Whoever holds the class today takes attendance, other staff open the booking; a stranger is told what it is."""
    if not current_user.is_authenticated or not current_user.may(Permission.SEE_CLASSES):
        return render_template("classes/roll/booking_code.html")  # of every code the same: which there are is nobody's
    found = enrolment_by_code(tidy_code(code[:LONGEST_WORD]))
    if found is None:
        flash(_("この予約番号の予約は見つかりません。番号をたしかめてください。"), "warn")
        return redirect(url_for("classes.index"), 303)
    today = meetings_on(clock.today(), staff_id=current_user.account_id)
    meeting = next((one for one in today if one.run_id == found.run_id), None)
    if meeting is not None and current_user.may(Permission.TAKE_ATTENDANCE):
        where = f"learner-{found.learner_id}"
        return redirect(url_for("classes.attendance", meeting_id=meeting.id, _anchor=where), 303)
    return redirect(url_for("classes.enrolment", enrolment_id=found.id), 303)
