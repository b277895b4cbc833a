"""/media: films and captions. A phone that jumps about in a film asks for pieces of it (Range)."""

from __future__ import annotations

from typing import Final

from flask import Response, abort, send_file

from supportdesk.core.permissions import public
from supportdesk.videos.media import MIME_TYPES, media_file
from supportdesk.videos.views import blueprint

_YEAR: Final = 365 * 24 * 3600


@blueprint.get("/media/<name>")
@public
def media(name: str) -> Response:
    """One file, or the piece of it that was asked for. A name always stands for the same contents."""
    path = media_file(name)
    if path is None:
        abort(404)
    response = send_file(path, mimetype=MIME_TYPES[path.suffix], conditional=True, max_age=_YEAR)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.headers["Accept-Ranges"] = "bytes"
    return response
