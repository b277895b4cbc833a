"""One-on-one consultations: desks and their hours, bookings, and the case that comes of each."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
