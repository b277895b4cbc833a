"""QR codes of videos as pictures, and the sheets that instructors and advisers hand out."""

from __future__ import annotations

from itertools import groupby

from flask import Response, abort, render_template, request

from supportdesk.core.permissions import Permission, public, requires
from supportdesk.core.qr import qr_png, qr_svg
from supportdesk.skills.queries import areas
from supportdesk.videos import queries
from supportdesk.videos.links import watch_address
from supportdesk.videos.views import blueprint

#: A code's picture changes only with the desk's own address.
_KEPT = 24 * 3600


@blueprint.get("/v/<code>/code.svg")
@public
def code_svg(code: str) -> Response:
    """The QR code for print, sharp at any size."""
    return _picture(qr_svg(_address(code)), "image/svg+xml")


@blueprint.get("/v/<code>/code.png")
@public
def code_png(code: str) -> Response:
    """The QR code for those who paste it elsewhere."""
    return _picture(qr_png(_address(code)), "image/png")


@blueprint.get("/v/<code>/sheet")
@requires(Permission.SEE_VIDEOS, surface="field")
def sheet(code: str) -> str:
    """One video on an A4 sheet, to hang on the wall."""
    video = queries.video_by_code(code)
    if video is None or video.retired:
        abort(404)
    return render_template("videos/sheet.html", video=video, address=watch_address(video.row.code))


@blueprint.get("/videos/handouts")
@requires(Permission.SEE_VIDEOS, surface="field")
def hand_outs() -> str:
    """What can be printed: a sheet for each video, a sheet of several for each area."""
    shelves = [
        (key, list(rows)) for key, rows in groupby(queries.shown_videos(), key=lambda row: (row.area_code, row.area))
    ]
    return render_template("videos/hand_outs.html", shelves=shelves)


@blueprint.get("/videos/sheets")
@requires(Permission.SEE_VIDEOS, surface="field")
def sheets() -> str:
    """Six videos of an area on an A4 sheet, to cut apart; of all areas where none is named."""
    area_code = request.args.get("area", "")
    names = {area.code: area.name for area in areas()}
    rows = queries.shown_videos(area_code) if area_code in ("", *names) else []
    return render_template(
        "videos/sheets.html",
        area=names.get(area_code, ""),
        cards=[(row, watch_address(row.code)) for row in rows],
    )


def _address(code: str) -> str:
    video = queries.video_by_code(code)
    if video is None:
        abort(404)
    return watch_address(video.row.code)


def _picture(picture: bytes, mime_type: str) -> Response:
    response = Response(picture, mimetype=mime_type)
    response.cache_control.public = True
    response.cache_control.max_age = _KEPT
    return response
