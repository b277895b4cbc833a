"""Neighbours who teach neighbours: peer tutors, whom they are matched with, and the log of their sessions."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import activities
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.ageing import Ageing
    from supportdesk.learners.office import SESSION_YEARS
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, Turn, answer_for_learners
    from supportdesk.places.plans import RoomPlans, answer_for_plans
    from supportdesk.tutors import descriptions, leaving, record_words, views
    from supportdesk.tutors.models import Match, PeerSession
    from supportdesk.tutors.office import SETTINGS

    import_module("supportdesk.tutors.matching_views")  # their pages stand on the blueprint of views
    import_module("supportdesk.tutors.people_views")
    import_module("supportdesk.tutors.session_views")
    import_module("supportdesk.tutors.figures_views")
    app.register_blueprint(views.blueprint)
    add_to_menu(
        app,
        MenuItem("tutors.index", _l("わたしの受講者"), Permission.LOG_PEER_SESSION, begins_day=True),
        MenuItem("tutors.matches", _l("教え合い"), Permission.MATCH_TUTORS, begins_day=True),
    )
    activities.register(app.extensions, "peer_session", descriptions.describe_sessions)
    activities.register(app.extensions, "match", descriptions.describe_matches)
    answer_for_plans(app, RoomPlans("tutors", of_account=descriptions.matches_of_tutor))
    tables = Match.metadata.tables
    answer_for_learners(
        app,
        RoomAnswers(
            room="tutors",
            tables=(
                LearnerTable(tables[Match.__tablename__], personal=("wish",)),
                LearnerTable(tables[PeerSession.__tablename__], personal=("note", "place")),
            ),
            timeline=descriptions.timeline_of,
            scope=descriptions.learners_of,
            obstacles=descriptions.matched_twice,
            parts=descriptions.parts_of,
            bindings=leaving.bindings,
            release=(Turn.MATCHES, leaving.release),
            words=record_words.WORDS,
            ageing=(
                Ageing(
                    _l("教え合いのようす"),
                    tables[PeerSession.__tablename__],
                    since="held_at",
                    years=SESSION_YEARS.get,
                    emptied=("note", "place"),
                ),
            ),
        ),
    )
    declare(app, "tutors", _l("教え合い"), *SETTINGS)
