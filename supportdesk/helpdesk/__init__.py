"""One-on-one consultations: desks and their hours, bookings, and the case that comes of each."""

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
    from supportdesk.helpdesk import descriptions, views
    from supportdesk.helpdesk.answers import ANSWERS
    from supportdesk.helpdesk.applying import public_views
    from supportdesk.helpdesk.applying.placing import KIND
    from supportdesk.helpdesk.applying.queries import describe_applications
    from supportdesk.helpdesk.cards import faq_views
    from supportdesk.helpdesk.cards.office import REVIEW_DAYS
    from supportdesk.helpdesk.cases.office import SETTINGS as CASE_SETTINGS
    from supportdesk.helpdesk.office import SETTINGS
    from supportdesk.helpdesk.queue import display_views
    from supportdesk.helpdesk.queue.answers import describe_numbers
    from supportdesk.helpdesk.queue.office import SETTINGS as QUEUE_SETTINGS
    from supportdesk.helpdesk.waiting.answering import LINE
    from supportdesk.helpdesk.waiting.descriptions import describe_wishes
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.notices.offers import form_line
    from supportdesk.places.plans import RoomPlans, answer_for_plans

    for pages in (
        "applying.desk_views",
        "booking_views",
        "cards.picture_views",
        "cards.views",
        "cases.views",
        "cases.way_views",
        "desks.off_views",
        "desks.strength_views",
        "desks.views",
        "queue.views",
        "queue.calling_views",
        "queue.naming_views",
        "repeating.views",
        "waiting.views",
    ):
        import_module(f"supportdesk.helpdesk.{pages}")  # their pages stand on the blueprint of views
    app.register_blueprint(display_views.blueprint)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(public_views.blueprint)
    app.register_blueprint(faq_views.blueprint)
    signposts.put_up(app, {"faq": "faq.index"})
    add_to_menu(
        app,
        MenuItem("consultations.index", _l("相談の予約"), None),
        MenuItem("helpdesk.index", _l("相談"), Permission.SEE_HELPDESK),
        MenuItem(
            "helpdesk.today", _l("きょうの相談"), Permission.SEE_HELPDESK, begins_day=Permission.HOLD_CONSULTATION
        ),
        MenuItem("helpdesk.displays", _l("待合室の画面"), Permission.MANAGE_DISPLAYS),
        MenuItem("helpdesk.cards", _l("答えのカード"), Permission.SEE_CARDS),
        MenuItem("faq.index", _l("よくある質問"), None),
    )
    activities.register(app.extensions, "booking", descriptions.describe_bookings)
    activities.register(app.extensions, "desk", descriptions.describe_desks)
    activities.register(app.extensions, "queue_number", describe_numbers)
    activities.register(app.extensions, KIND, describe_applications)
    activities.register(app.extensions, "slot_wish", describe_wishes)
    form_line(app, LINE)
    answer_for_plans(
        app,
        RoomPlans("helpdesk", at_venue=descriptions.bookings_at_venue, of_account=descriptions.work_of_adviser),
    )
    answer_for_learners(app, ANSWERS)
    declare(app, "helpdesk", _l("相談"), *SETTINGS, REVIEW_DAYS, *CASE_SETTINGS, *QUEUE_SETTINGS)
