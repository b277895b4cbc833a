"""What learners must be told: rows written with what they tell, delivered later or by a call from the desk."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
