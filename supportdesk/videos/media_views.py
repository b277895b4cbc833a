"""/media: films and captions. A phone that jumps about in a film asks for pieces of it (Range)."""

from __future__ import annotations

from typing import Final

from flask import Response, abort, request, send_file

from supportdesk.core.permissions import public
from supportdesk.videos.media import MIME_TYPES, media_file
from supportdesk.videos.views import blueprint

_YEAR: Final = 365 * 24 * 3600
#: The largest piece sent at once. Phones on slow Wi-Fi ask for the whole rest of a film; sent in one go it would keep a
#: process of the desk busy for minutes. They ask on when they have got a piece.
PIECE: Final = 2 * 1024 * 1024


@blueprint.get("/media/<name>")
@public
def media(name: str) -> Response:
    """One file, or the piece of it that was asked for. A name always stands for the same contents."""
    path = media_file(name)
    if path is None:
        abort(404)
    _shorten_range()
    response = send_file(path, mimetype=MIME_TYPES[path.suffix], conditional=True, max_age=_YEAR)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _shorten_range() -> None:
    """Answer a request for much with its beginning, as RFC 9110 (14.2) lets a server do."""
    asked = request.range
    if asked is None or len(asked.ranges) != 1:
        return
    start, end = asked.ranges[0]
    if start >= 0 and (end is None or end - start > PIECE):
        request.environ["HTTP_RANGE"] = f"{asked.units}={start}-{start + PIECE - 1}"
