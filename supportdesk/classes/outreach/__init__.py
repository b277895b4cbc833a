"""Lectures that groups ask for: from the public form or a telephone call to the closed result, step by step."""

from __future__ import annotations

from importlib import import_module

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by the room, which holds this as a part of it."""
    from supportdesk.classes.outreach import descriptions, public_views, views
    from supportdesk.classes.outreach.locking import KIND
    from supportdesk.core import activities

    for more in ("step_views", "pictures.views"):  # they stand on the blueprint of views
        import_module(f"supportdesk.classes.outreach.{more}")
    for blueprint in (public_views.blueprint, views.blueprint):
        app.register_blueprint(blueprint)
    activities.register(app.extensions, KIND, descriptions.describe_requests)
