"""The pages of whoever holds a meeting: today's meetings, attendance at one tap a learner, walk-ins, the head-count.

All of it works on a telephone without scripts. Somebody else's meeting is not found.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance import Mark, add_walk_in, mark_the_rest, record_attendance, record_heads
from supportdesk.classes.attendance_forms import THE_REST, HeadsForm, MarkForm
from supportdesk.classes.attendance_queries import (
    is_on_roster,
    meetings_of_staff,
    record_of,
    roster,
    unfinished_of_staff,
)
from supportdesk.classes.duty import meeting_of
from supportdesk.classes.models import AttendanceState, RunKind, RunState
from supportdesk.classes.office import CORRECTION_DAYS
from supportdesk.classes.queries import MeetingRow, skills_of_meeting
from supportdesk.classes.rules import is_its_day, takes_marks, takes_walk_ins, walk_in_days
from supportdesk.classes.views import LONGEST_WORD, blueprint
from supportdesk.classes.walk_ins import find_walk_ins, seal, unseal
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.learners.dropbox.queries import count_held
from supportdesk.learners.words import DEVICES, NEEDS
from supportdesk.skills.queries import skill_names

DAYS_AHEAD = 60
SHOWN_AHEAD = 5
#: The four of which one is tapped for whoever has a seat.
TAPS = (AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.ABSENT, AttendanceState.ABSENT_NOTIFIED)


@blueprint.get("/today")
@requires(Permission.TAKE_ATTENDANCE, surface="field")
def today() -> str:
    """An instructor's meetings of today, the next ones, and those of before that are not dealt with."""
    actor, now = current_actor(), clock.now()
    assert actor.account_id is not None
    first, end = clock.day_bounds(clock.today())
    return render_template(
        "classes/today.html",
        today=meetings_of_staff(actor.account_id, first=first, end=end),
        coming=meetings_of_staff(actor.account_id, first=end, end=end + timedelta(days=DAYS_AHEAD), limit=SHOWN_AHEAD),
        unfinished=unfinished_of_staff(actor.account_id, now=now, days=CORRECTION_DAYS.get()),
        lecture=RunKind.LECTURE,
        held=count_held(actor),
    )


@blueprint.route("/meetings/<int:meeting_id>", methods=["GET", "POST"])
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def attendance(meeting_id: int) -> Answer:
    """Everybody on the roster with four buttons. That somebody looked is noted."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    form = MarkForm()

    def act() -> str:
        learner_id = _mark(form, meeting_id, actor, now)
        where = f"learner-{learner_id}" if learner_id else None
        return url_for("classes.attendance", meeting_id=meeting_id, _anchor=where)

    return answer_form(form, lambda: _page(meeting, form), act)


def _mark(form: MarkForm, meeting_id: int, actor: Actor, now: datetime) -> int | None:
    """Carry out one tap; whom it was about, None for the rest.

    Who is neither on the roster nor found by the search for walk-ins does not exist here.
    """
    assert form.state.data is not None
    if form.learner.data == THE_REST:
        mark_the_rest(meeting_id, form.state.data, actor=actor, now=now)
        return None
    found = unseal(form.walk_in.data, meeting_id, now) if form.walk_in.data else None
    learner_id = found or row_id(form.learner.data or "")
    if learner_id is None or not (found or is_on_roster(meeting_id, learner_id)):
        abort(404)
    if found or form.state.data is AttendanceState.WALK_IN:
        add_walk_in(meeting_id, learner_id, actor=actor, now=now)
    else:
        record_attendance(meeting_id, [Mark(learner_id, form.state.data, now)], actor=actor, now=now)
    return learner_id


def _page(meeting: MeetingRow, form: MarkForm | HeadsForm) -> str:
    rows, record, actor, now = roster(meeting.id), record_of(meeting.id), current_actor(), clock.now()
    note_list(Action.VIEW_ATTENDANCE, [row.learner_id for row in rows], subject=activity("meeting", meeting.id))
    _first, end = clock.day_bounds(clock.today())
    expected = [row for row in rows if row.expected]
    return render_template(
        "classes/attendance.html",
        meeting=meeting,
        expected=expected,
        waiting=[row for row in rows if row.waiting and row.state is None],
        unexpected=[row for row in rows if not row.expected and row.state is not None],
        unmarked=[row for row in expected if row.state is None],
        attended=sum(row.attended for row in rows),
        disputed=[row for row in rows if row.disputed],
        record=record,
        marks=form if isinstance(form, MarkForm) else MarkForm(formdata=None),
        heads=form if isinstance(form, HeadsForm) else HeadsForm(formdata=None, data={"heads": record.unnamed_heads}),
        taps=TAPS,
        states=ATTENDANCE,
        devices=DEVICES,
        needs=NEEDS,
        skills=skill_names(skills_of_meeting(meeting.id)),
        the_rest=THE_REST,
        too_early=meeting.starts_at >= end,
        begun=meeting.starts_at <= now,
        walk_ins=takes_walk_ins(meeting, actor, now),
        walk_in_days=walk_in_days(meeting.kind),
        closed=not takes_marks(meeting, actor, now),
        correction_days=CORRECTION_DAYS.get(),
        called_off=meeting.state is RunState.CANCELLED,
        held=count_held(actor, activity("meeting", meeting.id)),
    )


@blueprint.route("/meetings/<int:meeting_id>/walk-in", methods=["GET", "POST"])
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def walk_in(meeting_id: int) -> Answer:
    """Look for somebody who came without a seat. What was typed comes by POST; whom it showed is noted."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_walk_ins(text, meeting, actor=actor, now=now)
    note_list(Action.SEARCH_WALK_INS, [one.id for one in found], subject=activity("meeting", meeting_id))
    return render_template(
        "classes/walk_in.html",
        meeting=meeting,
        text=text,
        found=[(one, seal(meeting_id, one.id, now)) for one in found],
        more=found.more,
        open=takes_walk_ins(meeting, actor, now),
        later=not is_its_day(meeting, now),
        walk_in_days=walk_in_days(meeting.kind),
        walk_in_state=AttendanceState.WALK_IN,
    )


@blueprint.post("/meetings/<int:meeting_id>/heads")
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def heads(meeting_id: int) -> Answer:
    """How many came who want no record."""
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    form = HeadsForm()

    def act() -> str:
        record_heads(meeting_id, form.heads.data or 0, actor=actor, now=now)
        return url_for("classes.attendance", meeting_id=meeting_id, _anchor="heads")

    return answer_form(form, lambda: _page(meeting, form), act, _("人数を記録しました。"))
