"""The register of the people we serve: one learner, one record, one pass."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.accounts.unusual import know_people
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.answers import ANSWERS
    from supportdesk.learners.dropbox import views as dropbox_views
    from supportdesk.learners.office import SETTINGS
    from supportdesk.learners.queries import everybody
    from supportdesk.learners.rooms import answer_for_learners
    from supportdesk.learners.views import blueprint
    from supportdesk.learners.words import STATUSES

    for pages in (
        "pass_views",
        "import_views",
        "life_views",
        "link_views",
        "merging.views",
        "rights.views",
        "rights.request_views",
        "rights.retention_views",
    ):
        import_module(f"supportdesk.learners.{pages}")
    app.register_blueprint(blueprint)
    app.register_blueprint(dropbox_views.blueprint)
    app.jinja_env.filters["status_word"] = STATUSES.__getitem__
    add_to_menu(app, MenuItem("learners.index", _l("受講者"), Permission.SEE_LEARNERS))
    add_to_menu(app, MenuItem("learners.requests", _l("開示などの申し出"), Permission.TAKE_REQUESTS))
    answer_for_learners(app, ANSWERS)
    know_people(app, everybody)
    declare(app, "learners", _l("受講者"), *SETTINGS)
