"""The residents' pages: the library, one video on a phone, できた and まだ. Nobody logs in here."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supportdesk.core import clock
from supportdesk.core.activities import Description, describe
from supportdesk.core.answers import Answer, answer_press
from supportdesk.core.database import transaction
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import public
from supportdesk.skills.queries import areas
from supportdesk.videos import queries
from supportdesk.videos.links import NOTE, signed, verified, watch_path
from supportdesk.videos.operations import VideoRetired, answer_video, count_view
from supportdesk.videos.queries import VideoDetails
from supportdesk.videos.viewing import ask_again, choose_viewer, first_names, who_watches

blueprint = Blueprint("videos", __name__, template_folder="templates")
LONGEST_WORD = 100
#: What the two buttons send, and what it means.
SAID = {"can": True, "not_yet": False}


@blueprint.get("/videos")
@public
def index() -> str:
    """The library by area, searched by word."""
    text = tidy(request.args.get("q", ""))[:LONGEST_WORD]
    shelves = areas()
    area_code = request.args.get("area", "")
    area_code = area_code if area_code in {area.code for area in shelves} else ""
    page = queries.library(text, area_code, page_number())
    by_area = [(area, list(rows)) for area, rows in groupby(page.rows, key=lambda row: row.video.area)]
    return render_template(
        "videos/index.html", page=page, by_area=by_area, text=text, area_code=area_code, areas=shelves
    )


@blueprint.get("/v/<code>")
@public
def watch(code: str) -> Answer:
    """One video. That it was opened is counted; by whom only where that may be kept."""
    video, now = queries.video_by_code(code), clock.now()
    if video is None:
        return unknown_code()
    activity = verified(request.args.get(NOTE, ""))
    if video.retired:
        return render_template("videos/retired.html", video=video, came_from=_came_from(activity))
    viewer = who_watches(now)
    if viewer.asks:
        page = render_template("videos/who.html", video=video, people=first_names(viewer.asks), note=_note())
        return _page(page, "no-store")
    if not _only_looked_ahead():
        with transaction():
            count_view(video.row.id, viewer.learner_id, activity=activity, now=now)
    page = render_template(
        "videos/watch.html",
        video=video,
        viewer=viewer,
        more=_ways_on(video, activity),
        came_from=_came_from(activity),
        note=_note(),
    )
    return _page(page, "private, no-cache")


@blueprint.post("/v/<code>/who")
@public
def who(code: str) -> Answer:
    """Remember who of the phone's people is watching, or ask once more."""
    video = queries.video_by_code(code)
    if video is None:
        return unknown_code()
    if "again" in request.form:
        ask_again()
    else:
        choose_viewer(request.form.get("learner", ""), clock.now())
    return redirect(watch_path(video.row.code, verified(_note())), 303)


@blueprint.post("/v/<code>/answer")
@public
def answer(code: str) -> Answer:
    """Take できた or まだ. Pressed twice it counts once: each button has a token of its own."""
    video, now = queries.video_by_code(code), clock.now()
    if video is None:
        return unknown_code()
    activity, said = verified(_note()), request.form.get("answer", "")
    if said not in SAID:
        return redirect(watch_path(video.row.code, activity), 303)
    learner_id = who_watches(now).learner_id

    def act() -> str:
        answer_video(video.row.id, learner_id, SAID[said], activity=activity, now=now)
        return url_for("videos.thanks", code=video.row.code, said=said, a=signed(activity) if activity else None)

    try:
        return answer_press(act)
    except VideoRetired:  # the page there says so
        return redirect(watch_path(video.row.code, activity), 303)


@blueprint.get("/v/<code>/thanks")
@public
def thanks(code: str) -> Answer:
    """What to do after できた, and after まだ."""
    video = queries.video_by_code(code)
    if video is None:
        return unknown_code()
    activity = verified(_note())
    return render_template(
        "videos/thanks.html",
        video=video,
        can_do=SAID.get(request.args.get("said", ""), False),
        again=watch_path(video.row.code, activity),
        more=_ways_on(video, activity),
        came_from=_came_from(activity),
    )


def unknown_code() -> tuple[str, int]:
    """The page for a code that no video ever had: what to do now."""
    return render_template("videos/unknown.html"), 404


def _note() -> str:
    """The signed note of the meeting, as it came with the address or the button."""
    return request.values.get(NOTE, "")


def _ways_on(video: VideoDetails, activity: str) -> list[tuple[queries.VideoRow, str]]:
    """The next videos and their addresses; the meeting that led to this one led to them."""
    return [(row, watch_path(row.code, activity)) for row in queries.next_videos(video)]


def _came_from(activity: str) -> Description | None:
    """The meeting whose page led here, if there is a way back to it."""
    known = describe([activity]).get(activity) if activity else None
    return known if known and known.public_url else None


def _only_looked_ahead() -> bool:
    """Whether nobody opened the page: a browser fetches it ahead, or asks for its headers alone."""
    purposes = request.headers.get("Sec-Purpose", "") + request.headers.get("X-Moz", "")
    return request.method == "HEAD" or "prefetch" in purposes


def _page(page: str, kept: str) -> Response:
    """A page for this phone alone. Going back to a video does not fetch it anew: that would count as another view."""
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = kept
    return response
