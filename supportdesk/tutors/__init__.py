"""Neighbours who teach neighbours: peer tutors, whom they are matched with, and the log of their sessions."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import activities, signposts
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.places.plans import RoomPlans, answer_for_plans
    from supportdesk.tutors import descriptions, views
    from supportdesk.tutors.answers import ANSWERS
    from supportdesk.tutors.office import SETTINGS

    import_module("supportdesk.tutors.matching_views")  # their pages stand on the blueprint of views
    import_module("supportdesk.tutors.people_views")
    import_module("supportdesk.tutors.session_views")
    import_module("supportdesk.tutors.figures_views")
    app.register_blueprint(views.blueprint)
    signposts.put_up(app, {"matches": "tutors.matches"})
    add_to_menu(
        app,
        MenuItem(
            "tutors.index", _l("わたしの受講者"), Permission.LOG_PEER_SESSION, begins_day=Permission.LOG_PEER_SESSION
        ),
        MenuItem("tutors.matches", _l("教え合い"), Permission.MATCH_TUTORS, begins_day=Permission.MATCH_TUTORS),
    )
    activities.register(app.extensions, "peer_session", descriptions.describe_sessions)
    activities.register(app.extensions, "match", descriptions.describe_matches)
    answer_for_plans(app, RoomPlans("tutors", of_account=descriptions.matches_of_tutor))
    answer_for_learners(app, ANSWERS)
    declare(app, "tutors", _l("教え合い"), *SETTINGS)
