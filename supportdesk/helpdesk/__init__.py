"""One-on-one consultations: desks and their hours, bookings, and the case that comes of each."""

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
    from supportdesk.helpdesk import descriptions, leaving, record_words, views
    from supportdesk.helpdesk.models import Booking
    from supportdesk.helpdesk.office import SETTINGS
    from supportdesk.learners.ageing import Ageing
    from supportdesk.learners.office import CALLER_YEARS, CASE_YEARS
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, Turn, answer_for_learners
    from supportdesk.places.plans import RoomPlans, answer_for_plans

    for pages in ("booking_views", "case_views", "desk_views"):
        import_module(f"supportdesk.helpdesk.{pages}")  # their pages stand on the blueprint of views
    app.register_blueprint(views.blueprint)
    add_to_menu(
        app,
        MenuItem("helpdesk.index", _l("相談"), Permission.SEE_HELPDESK),
        MenuItem("helpdesk.today", _l("きょうの相談"), Permission.HOLD_CONSULTATION, begins_day=True),
    )
    activities.register(app.extensions, "booking", descriptions.describe_bookings)
    answer_for_plans(
        app,
        RoomPlans("helpdesk", at_venue=descriptions.bookings_at_venue, of_account=descriptions.work_of_adviser),
    )
    tables = Booking.metadata.tables
    answer_for_learners(
        app,
        RoomAnswers(
            room="helpdesk",
            tables=(
                LearnerTable(
                    tables["booking"],
                    personal=("topic", "caller_name", "caller_relation", "caller_phone", "clash_reason"),
                ),
                LearnerTable(tables["consultation_case"], personal=("topic", "note", "asides")),
            ),
            timeline=descriptions.timeline_of_bookings,
            scope=descriptions.learners_of,
            upcoming=descriptions.upcoming,
            parts=descriptions.parts_of_bookings,
            bindings=leaving.bindings,
            release=(Turn.BOOKINGS, leaving.release),
            words=record_words.WORDS,
            ageing=(
                Ageing(
                    _l("相談の予約で代わりに電話した方"),
                    tables["booking"],
                    since="starts_at",
                    years=CALLER_YEARS.get,
                    emptied=("caller_name", "caller_relation", "caller_phone", "clash_reason"),
                ),
                Ageing(
                    _l("相談したいこと"),
                    tables["booking"],
                    since="starts_at",
                    years=CASE_YEARS.get,
                    emptied=("topic",),
                ),
                Ageing(
                    _l("相談の内容"),
                    tables["consultation_case"],
                    since="opened_at",
                    years=CASE_YEARS.get,
                    emptied=("topic", "note", "asides"),
                ),
            ),
        ),
    )
    declare(app, "helpdesk", _l("相談"), *SETTINGS)
