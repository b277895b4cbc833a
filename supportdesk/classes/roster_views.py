"""What a meeting is printed as: the roster with boxes to tick, and the sheet with the code for that day's videos."""

from __future__ import annotations

from flask import Response, current_app, render_template

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance_queries import paper_people
from supportdesk.classes.called_off import dismissed_from
from supportdesk.classes.duty import meeting_to_print
from supportdesk.classes.models import RunState
from supportdesk.classes.queries import meeting_row, skills_of_meeting
from supportdesk.classes.roll.papers import booking_qr
from supportdesk.classes.run_queries import staff_of
from supportdesk.classes.sheets.queries import asks
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.qr import qr_png, qr_svg
from supportdesk.core.signposts import way_to
from supportdesk.learners.words import NEEDS
from supportdesk.skills.queries import skill_names
from supportdesk.skills.words import LEVELS

#: Lines to write walk-ins on.
EMPTY_LINES = 5


@blueprint.get("/meetings/<int:meeting_id>/roster")
@requires(Permission.SEE_CLASSES, surface="field")
def paper_roster(meeting_id: int) -> str:
    """The roster for the wall or the clipboard: booking codes, no pass; names of whom the actor may see."""
    actor = current_actor()
    meeting = meeting_to_print(actor, meeting_id)
    people = paper_people(meeting_id, actor)
    called_off = meeting.state is RunState.CANCELLED
    dismissed = dismissed_from(meeting.run_id, actor, clock.now()) if called_off else []
    shown = [person.learner_id for person in people] + [one.person.learner_id for one in dismissed]
    named = [learner_id for learner_id in shown if learner_id is not None]
    note_list(Action.VIEW_ROSTER, named, subject=activity("meeting", meeting_id))
    return render_template(
        "classes/roster.html",
        meeting=meeting,
        seated=[person for person in people if person.seat],
        waiting=[person for person in people if not person.seat],
        skills=skill_names(skills_of_meeting(meeting_id)),
        staff=staff_of(meeting_id),
        needs=NEEDS,
        words=LEVELS,
        empty_lines=EMPTY_LINES,
        called_off=called_off,
        dismissed=dismissed,
        qr=booking_qr,
    )


@blueprint.get("/meetings/<int:meeting_id>/code")
@requires(Permission.SEE_CLASSES, surface="field")
def meeting_code(meeting_id: int) -> str:
    """The sheet to show round the room: it leads learners' telephones to the day's videos. Holds nobody's name."""
    meeting = meeting_row(meeting_id)
    if meeting is None:
        raise NotFound
    return render_template(
        "classes/meeting_code.html", meeting=meeting, address=_address(meeting.code), asks=asks(meeting.run_id)
    )


@blueprint.get("/meetings/<int:meeting_id>/code.svg")
@requires(Permission.SEE_CLASSES, surface="field")
def meeting_code_svg(meeting_id: int) -> Response:
    """The code as a picture that prints sharp at any size."""
    return Response(qr_svg(_address_of(meeting_id)), mimetype="image/svg+xml")


@blueprint.get("/meetings/<int:meeting_id>/code.png")
@requires(Permission.SEE_CLASSES, surface="field")
def meeting_code_png(meeting_id: int) -> Response:
    """The code as a picture for hand-outs made elsewhere."""
    return Response(qr_png(_address_of(meeting_id)), mimetype="image/png")


def _address_of(meeting_id: int) -> str:
    meeting = meeting_row(meeting_id)
    if meeting is None:
        raise NotFound
    return _address(meeting.code)


def _address(code: str) -> str:
    """What the QR code says."""
    return f"{current_app.config['SETTINGS'].base_url}{way_to('meeting_videos', code=code)}"
