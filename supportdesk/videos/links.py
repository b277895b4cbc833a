"""Addresses of videos: what their QR codes say, and the signed note of the meeting where a code was scanned.

Called by the pages of meetings and by this room's own.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

#: The name of the note in an address.
NOTE: Final = "a"
_LONGEST: Final = 200


def watch_path(code: str, activity: str = "") -> str:
    """The path of a video's page; `activity` ("meeting:5") is who led there, kept with the view."""
    path = f"/v/{quote(code, safe='')}"
    return f"{path}?{NOTE}={signed(activity)}" if activity else path


def watch_address(code: str) -> str:
    """What a video's QR code says: the whole address, without a note."""
    return f"{current_app.config['SETTINGS'].base_url}{watch_path(code)}"


def signed(activity: str) -> str:
    """An activity as it may stand in an address."""
    return str(_signer().dumps(activity))


def verified(text: str) -> str:
    """The activity that we signed; empty for anything else, so that a forged note changes nothing."""
    if not text or len(text) > _LONGEST:
        return ""
    try:
        return str(_signer().loads(text))
    except BadData:
        return ""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="video-link")
