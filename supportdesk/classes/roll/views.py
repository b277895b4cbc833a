"""The roll: attendance on a telephone that may have no network. The page holds no name; a phone fetches those apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.attendance_queries import RosterRow, record_of, roster
from supportdesk.classes.descriptions import run_title
from supportdesk.classes.duty import meeting_of
from supportdesk.classes.models import AttendanceState, RunState
from supportdesk.classes.office import NAMES_ON_PHONE_DAYS
from supportdesk.classes.roll import decoder
from supportdesk.classes.roll.codes import codes_of
from supportdesk.classes.rules import takes_marks, takes_walk_ins
from supportdesk.classes.views import blueprint
from supportdesk.classes.words import ATTENDANCE
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.moments import clock_time, span
from supportdesk.core.offline import OfflinePage
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.security import CONTENT_SECURITY_POLICY
from supportdesk.learners.dropbox.keys import is_good
from supportdesk.learners.dropbox.queries import held_of
from supportdesk.learners.dropbox.views import KEY_HEADER
from supportdesk.places.choices import place_in_short

#: What one tap after the other makes of whoever has a seat; before the day, and of whoever has none.
_SEATED: Final = (
    AttendanceState.PRESENT,
    AttendanceState.LATE,
    AttendanceState.ABSENT,
    AttendanceState.ABSENT_NOTIFIED,
)
_AHEAD: Final = (AttendanceState.ABSENT_NOTIFIED, AttendanceState.UNMARKED)
_WITHOUT_SEAT: Final = (AttendanceState.WALK_IN, AttendanceState.UNMARKED)


def _draw() -> str:
    return render_template(
        "classes/roll/roll.html", states=ATTENDANCE, decoder=decoder.FILES if decoder.is_here() else ()
    )


PAGE: Final = OfflinePage(
    pattern=r"^/classes/meetings/\d+/roll$",
    endpoint="classes.roll_shell",
    draw=_draw,
    files=(
        "css/tokens.css",
        "css/base.css",
        "css/forms.css",
        "css/components.css",
        "css/print.css",
        "css/classes.css",
        "css/roll.css",
        "js/desk.js",
        "js/live-search.js",
        "js/autosave.js",
        "js/roll.js",
        "js/codes.js",
        "js/outbox.js",
    ),
    without={decoder.STANDS_IN_FOR: decoder.FILES},
)


@blueprint.get("/meetings/<int:meeting_id>/roll")
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def roll(meeting_id: int) -> Response:
    """Large rows, one tap each. Its script fills it."""
    meeting_of(current_actor(), meeting_id)
    return _with_camera()


@blueprint.get("/roll")
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def roll_shell() -> Response:
    """The same page, as the phone keeps it for every meeting."""
    return _with_camera()


def _with_camera() -> Response:
    """The one page that may use the camera: to read cards and bookings' codes. The decoder is a program in WebAssembly,
    for which this page alone has leave.
    """
    headers = {"Permissions-Policy": "camera=(self), geolocation=(), microphone=()"}
    if decoder.is_here():
        headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; script-src 'self' 'wasm-unsafe-eval'"
    return Response(_draw(), headers=headers)


@blueprint.get("/meetings/<int:meeting_id>/roll.json")
@requires(Permission.TAKE_ATTENDANCE, Permission.RECORD_LECTURE, surface="field")
def roll_data(meeting_id: int) -> Response:
    """Who is expected and what is recorded, with no more about anybody than taking attendance needs: no telephone, no
    note. That somebody looked is noted.
    """
    actor, now = current_actor(), clock.now()
    meeting = meeting_of(actor, meeting_id)
    rows = roster(meeting_id)
    note_list(Action.VIEW_ATTENDANCE, [row.learner_id for row in rows], subject=activity("meeting", meeting_id))
    day = clock.local(meeting.starts_at).date()
    _first, end = clock.day_bounds(day)
    codes = codes_of(meeting_id, rows)
    called_off, closed = meeting.state is RunState.CANCELLED, not takes_marks(meeting, actor, now)
    ahead, walk_ins = clock.local(now).date() < day, takes_walk_ins(meeting, actor, now)
    return jsonify(
        title=run_title(meeting.title, meeting.group_name),
        when=span(meeting.starts_at, meeting.ends_at),
        place=place_in_short(meeting.venue, meeting.nickname, meeting.room),
        page=url_for("classes.attendance", meeting_id=meeting_id),
        people=[
            {
                **_person(row),
                "taps": () if called_off or closed else _taps(row, ahead=ahead, walk_ins=walk_ins),
                "codes": codes[row.learner_id],
            }
            for row in rows
        ],
        heads=record_of(meeting_id).unnamed_heads,
        called_off=called_off,
        closed=closed,
        ahead=ahead,
        held_ids=held_of(actor, activity("meeting", meeting_id)),
        keep_seconds=_keep_for(end, now),
        account=actor.account_id,
        key_good=is_good(request.headers.get(KEY_HEADER, ""), actor.account_id, now),
        csrf=generate_csrf(),
    )


def _keep_for(end: datetime, now: datetime) -> int:
    """For how long the phone keeps the names: by its own clock, which may be wrong."""
    longest = timedelta(days=NAMES_ON_PHONE_DAYS.get())
    return max(0, int(min(longest, end - now).total_seconds()))


def _taps(row: RosterRow, *, ahead: bool, walk_ins: bool) -> Sequence[AttendanceState]:
    if row.expected:
        return _AHEAD if ahead else _SEATED
    return _WITHOUT_SEAT if walk_ins else ()


def _person(row: RosterRow) -> dict[str, Any]:
    told = row.disputed
    return {
        "id": row.learner_id,
        "seat": row.seat,
        "name": row.name,
        "kana": row.kana if row.kana != row.name else "",
        "waiting": row.waiting,
        "making_up": row.making_up,
        "expected": row.expected,
        "state": row.state or AttendanceState.UNMARKED,
        "disputed": _("%(by)sさんは%(time)sに「%(state)s」と見ています。", by=told.by or _("システム"),
                      time=clock_time(told.observed_at), state=ATTENDANCE[told.state]) if told else "",
    }  # fmt: skip
