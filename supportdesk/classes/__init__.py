"""Smartphone classes and outreach lectures: courses, runs, meetings, seats, the waiting list, attendance."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.classes import descriptions, lecture_views, outreach, schedule_views, views
    from supportdesk.classes.answers import ANSWERS
    from supportdesk.classes.applying import views as applying_views
    from supportdesk.classes.day_changes.telling import describe_day_changes
    from supportdesk.classes.line import LINE
    from supportdesk.classes.office import SETTINGS
    from supportdesk.classes.outreach.descriptions import planned_for
    from supportdesk.classes.outreach.office import SETTINGS as OUTREACH_SETTINGS
    from supportdesk.classes.roll import dropping, papers
    from supportdesk.classes.series import views as series_views
    from supportdesk.classes.sheets import public_views as sheet_views
    from supportdesk.classes.sheets.office import SETTINGS as SHEET_SETTINGS
    from supportdesk.core import activities, signposts
    from supportdesk.core.office import declare
    from supportdesk.core.offline import keep_offline
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.dropbox.kinds import take_in_kind
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.notices.offers import form_line
    from supportdesk.places.plans import RoomPlans, answer_for_plans

    for more_pages in (
        "enrolment_views",
        "line_views",
        "together_views",
        "attendance_views",
        "roster_views",
        "confirmation_views",
        "change_views",
        "roll.views",
        "day_changes.views",
        "roll.back_entry_views",
        "roll.newcomer_views",
        "series.copying",
        "staffing.views",
        "lending.views",
        "deciding.views",
        "week.views",
        "lottery.views",
        "making_up.views",
        "applying.desk_views",
        "sheets.views",
    ):
        import_module(f"supportdesk.classes.{more_pages}")  # they stand on the blueprint of views
    for blueprint in (
        schedule_views.blueprint,
        applying_views.blueprint,
        views.blueprint,
        series_views.blueprint,
        lecture_views.blueprint,
        papers.blueprint,
        sheet_views.blueprint,
    ):
        app.register_blueprint(blueprint)
    outreach.plug_in(app)
    schedule_views.keep_drawn_pages(app)
    ways = {
        "schedule": "schedule.index",
        "booking_code": "booking_codes.scan",
        "runs_to_decide": "classes.to_decide",
    }
    signposts.put_up(app, ways)
    add_to_menu(
        app,
        MenuItem("schedule.index", _l("教室の予定"), None),
        MenuItem("classes.today", _l("担当の教室"), Permission.TAKE_ATTENDANCE, begins_day=Permission.TAKE_ATTENDANCE),
        MenuItem("classes.index", _l("教室"), Permission.SEE_CLASSES),
        MenuItem("classes.applications", _l("市民の申し込み"), Permission.EDIT_LEARNERS),
        MenuItem("outreach.board", _l("出前講座"), Permission.SEE_OUTREACH),
    )
    activities.register(app.extensions, "meeting", descriptions.describe_meetings)
    activities.register(app.extensions, "day_change", describe_day_changes)
    activities.register(app.extensions, "enrolment", descriptions.describe_enrolments)
    activities.register(app.extensions, "lottery_entrant", descriptions.describe_entrants)
    answer_for_plans(
        app,
        RoomPlans("classes", at_venue=descriptions.meetings_at_venue, of_account=planned_for),
    )
    answer_for_learners(app, ANSWERS)
    form_line(app, LINE)
    take_in_kind(app, dropping.KIND)
    keep_offline(app, import_module("supportdesk.classes.roll.views").PAGE)
    declare(app, "classes", _l("教室と出前講座"), *SETTINGS, *OUTREACH_SETTINGS, *SHEET_SETTINGS)
