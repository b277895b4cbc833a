"""Smartphone classes and outreach lectures: courses, runs, meetings, seats, the waiting list, attendance."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.classes import descriptions
    from supportdesk.classes.models import AttendanceMark, Enrolment
    from supportdesk.core import activities
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, answer_for_learners

    activities.register(app.extensions, "meeting", descriptions.describe_meetings)
    activities.register(app.extensions, "enrolment", descriptions.describe_enrolments)
    answer_for_learners(
        app,
        RoomAnswers(
            room="classes",
            tables=(
                LearnerTable(
                    Enrolment.metadata.tables["enrolment"],
                    personal=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
                ),
                LearnerTable(AttendanceMark.metadata.tables["attendance_mark"]),
            ),
            scope=descriptions.learners_of,
        ),
    )
