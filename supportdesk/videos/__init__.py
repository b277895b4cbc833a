"""Follow-up videos: the library, their QR codes, who watched, and できた / まだ."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
