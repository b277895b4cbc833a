"""Smartphone classes and outreach lectures: courses, runs, meetings, seats, the waiting list, attendance."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.classes import (
        descriptions,
        leaving,
        lecture_views,
        merging,
        record_words,
        schedule_views,
        timeline,
        views,
    )
    from supportdesk.classes.models import AttendanceMark, Enrolment
    from supportdesk.classes.office import SETTINGS
    from supportdesk.core import activities, signposts
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.ageing import Ageing
    from supportdesk.learners.office import CALLER_YEARS
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, Turn, answer_for_learners
    from supportdesk.places.plans import RoomPlans, answer_for_plans

    for more_pages in (
        "enrolment_views",
        "together_views",
        "attendance_views",
        "roster_views",
        "confirmation_views",
        "change_views",
    ):
        import_module(f"supportdesk.classes.{more_pages}")  # they stand on the blueprint of views
    for blueprint in (schedule_views.blueprint, views.blueprint, lecture_views.blueprint):
        app.register_blueprint(blueprint)
    schedule_views.keep_drawn_pages(app)
    signposts.put_up(app, {"schedule": "schedule.index"})
    add_to_menu(
        app,
        MenuItem("schedule.index", _l("教室の予定"), None),
        MenuItem("classes.today", _l("担当の教室"), Permission.TAKE_ATTENDANCE, begins_day=True),
        MenuItem("classes.index", _l("教室"), Permission.SEE_CLASSES),
        MenuItem("lectures.index", _l("出前講座"), Permission.RECORD_LECTURE),
    )
    activities.register(app.extensions, "meeting", descriptions.describe_meetings)
    activities.register(app.extensions, "enrolment", descriptions.describe_enrolments)
    answer_for_plans(
        app,
        RoomPlans("classes", at_venue=descriptions.meetings_at_venue, of_account=descriptions.meetings_to_hold),
    )
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
            timeline=timeline.entries,
            scope=descriptions.learners_of,
            upcoming=timeline.upcoming,
            obstacles=merging.obstacles,
            lock=merging.lock,
            derive=merging.derive,
            parts=merging.parts,
            bindings=leaving.bindings,
            release=(Turn.RUNS, leaving.release),
            words=record_words.WORDS,
            ageing=(
                Ageing(
                    _l("教室の申し込みで代わりに電話した方"),
                    Enrolment.metadata.tables["enrolment"],
                    since="enrolled_at",
                    years=CALLER_YEARS.get,
                    emptied=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
                ),
            ),
        ),
    )
    declare(app, "classes", _l("教室と出前講座"), *SETTINGS)
