"""Neighbours who teach neighbours: peer tutors, whom they are matched with, and the log of their sessions."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import activities
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, answer_for_learners
    from supportdesk.tutors import descriptions
    from supportdesk.tutors.models import Match, PeerSession

    activities.register(app.extensions, "peer_session", descriptions.describe_sessions)
    activities.register(app.extensions, "match", descriptions.describe_matches)
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
        ),
    )
