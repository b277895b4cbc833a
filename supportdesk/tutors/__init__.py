"""Neighbours who teach neighbours: peer tutors, whom they are matched with, and the log of their sessions."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
