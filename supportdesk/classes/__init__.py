"""Smartphone classes and outreach lectures: courses, runs, meetings, seats, the waiting list, attendance."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
