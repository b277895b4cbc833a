"""Where the programmes meet: the desk, one learner's page and timeline, the next step, what a scan means."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.journey import learner_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(learner_views.blueprint)
