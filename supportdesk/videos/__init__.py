"""Follow-up videos: the library, their QR codes, who watched, and できた / まだ."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import activities, signposts
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.videos.answers import ANSWERS, describe_videos
    from supportdesk.videos.views import blueprint

    for more_pages in ("media_views", "code_views", "office_views"):
        import_module(f"supportdesk.videos.{more_pages}")
    app.register_blueprint(blueprint)
    signposts.put_up(app, {"videos": "videos.index", "video": "videos.watch"})
    add_to_menu(
        app,
        MenuItem("videos.index", _l("動画"), None),
        MenuItem("videos.hand_outs", _l("動画"), Permission.SEE_VIDEOS),
    )
    activities.register(app.extensions, "video", describe_videos)
    answer_for_learners(app, ANSWERS)
