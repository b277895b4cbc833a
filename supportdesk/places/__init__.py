"""Districts, venues and their rooms, days when nothing can be held, and who or what is taken when."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
