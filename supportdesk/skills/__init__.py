"""The catalogue of skills, what was seen of each learner (evidence), and the level that follows from it."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
