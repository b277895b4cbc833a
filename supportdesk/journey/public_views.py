"""Pages without a log-in that bring rooms together: the front page, and a meeting's code with that day's videos."""

from __future__ import annotations

from flask import Blueprint, render_template

from supportdesk.classes.queries import meeting_by_code, open_runs, skills_of_meeting
from supportdesk.classes.sheets.queries import takes_answers
from supportdesk.core import clock
from supportdesk.core.codes import tidy_code
from supportdesk.core.permissions import Permission, public, requires
from supportdesk.journey.office import FRONT_LEAD, FRONT_NOTICE
from supportdesk.videos.links import watch_path
from supportdesk.videos.queries import videos_for

blueprint = Blueprint("home", __name__, template_folder="templates")
RUNS_ON_FRONT = 5
LONGEST_CODE = 20


@blueprint.get("/")
@public
def front() -> str:
    """What the city offers, for residents. Holds nothing about anybody."""
    return render_template(
        "journey/front.html",
        lead=FRONT_LEAD.get(),
        notice=FRONT_NOTICE.get(),
        runs=open_runs(listed=True, after=clock.now(), limit=RUNS_ON_FRONT),
    )


@blueprint.get("/home")
@requires(Permission.OWN_ACCOUNT, surface="field")
def home() -> str:
    """Every page one may open; where one lands after the log-in whose day begins on several of them, or on none."""
    return render_template("journey/home.html")


@blueprint.get("/m/<code>")
@public
def meeting_videos(code: str) -> str | tuple[str, int]:
    """All videos for what one meeting taught: the code on its hand-out, for everybody."""
    meeting = meeting_by_code(tidy_code(code)[:LONGEST_CODE])
    if meeting is None:
        return render_template("journey/meeting_unknown.html"), 404
    videos = videos_for(skills_of_meeting(meeting.id))
    return render_template(
        "journey/meeting.html",
        meeting=meeting,
        asks=takes_answers(meeting, clock.now()),
        today=clock.local(meeting.starts_at).date() == clock.today(),
        videos=[(video, watch_path(video.code, f"meeting:{meeting.id}")) for video in videos],
    )
