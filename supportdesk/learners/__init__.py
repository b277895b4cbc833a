"""The register of the people we serve: one learner, one record, one pass."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.learners.answers import ANSWERS
    from supportdesk.learners.rooms import answer_for_learners

    answer_for_learners(app, ANSWERS)
