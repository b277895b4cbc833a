"""Districts, venues and their rooms, days when nothing can be held, and who or what is taken when."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.places import staff_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(staff_views.blueprint)
    add_to_menu(app, MenuItem("places.index", _l("場所"), Permission.MANAGE_PLACES))
    add_to_menu(app, MenuItem("staff.index", _l("アカウント"), Permission.MANAGE_ACCOUNTS))
