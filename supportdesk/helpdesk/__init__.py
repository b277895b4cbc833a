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
    from supportdesk.helpdesk import descriptions, views
    from supportdesk.helpdesk.answers import ANSWERS
    from supportdesk.helpdesk.cards.office import REVIEW_DAYS
    from supportdesk.helpdesk.cases.office import SETTINGS as CASE_SETTINGS
    from supportdesk.helpdesk.office import SETTINGS
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.places.plans import RoomPlans, answer_for_plans

    for pages in (
        "booking_views",
        "cases.views",
        "cases.way_views",
        "desks.off_views",
        "desks.views",
    ):
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
    answer_for_learners(app, ANSWERS)
    declare(app, "helpdesk", _l("相談"), *SETTINGS, REVIEW_DAYS, *CASE_SETTINGS)
