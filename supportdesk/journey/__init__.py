"""Where the programmes meet: the desk, one learner's page and timeline, the next step, what a scan means."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import signposts
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.journey import desk_views, learner_views, pack_views, pass_views, public_views
    from supportdesk.journey.office import SETTINGS

    for blueprint in (
        public_views.blueprint,
        desk_views.blueprint,
        pack_views.blueprint,
        learner_views.blueprint,
        pass_views.blueprint,
    ):
        app.register_blueprint(blueprint)
    signposts.put_up(
        app,
        {
            "home": "home.home",
            "desk": "desk.index",
            "desk_learner": "desk.learner",
            "learner": "journey.learner",
            "pass": "passes.open_pass",
            "meeting_videos": "home.meeting_videos",
        },
    )
    add_to_menu(
        app,
        MenuItem("home.front", _l("はじめのページ"), None),
        MenuItem("desk.index", _l("受付"), Permission.USE_DESK, begins_day=Permission.USE_DESK),
    )
    declare(app, "journey", _l("はじめのページ"), *SETTINGS)
