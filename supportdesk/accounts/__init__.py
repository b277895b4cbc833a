"""Staff and volunteers who log in, what they may do, and the audit trail of what they did."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.accounts import (
        audit_views,
        factor_views,
        invited_views,
        office_views,
        own_views,
        reason_views,
        reauthentication,
        resuming,
        sign_in,
        views,
    )
    from supportdesk.accounts.office import SETTINGS
    from supportdesk.core import signposts
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission

    import_module("supportdesk.accounts.audit_answer_views")
    app.register_blueprint(views.blueprint)
    app.register_blueprint(own_views.blueprint)
    app.register_blueprint(invited_views.blueprint)
    app.register_blueprint(audit_views.blueprint)
    app.register_blueprint(office_views.blueprint)
    resuming.plug_in(app)
    reauthentication.plug_in(app)
    reason_views.plug_in(app)
    factor_views.plug_in(app)
    signposts.put_up(app, {"login": "accounts.login", "logout": "accounts.logout"})
    app.after_request(sign_in.note_activity)
    add_to_menu(app, MenuItem("office.index", _l("役所の設定"), Permission.MANAGE_OFFICE))
    add_to_menu(app, MenuItem("audit.trail", _l("操作の記録"), Permission.SEE_AUDIT))
    add_to_menu(app, MenuItem("own.index", _l("自分の設定"), Permission.OWN_ACCOUNT))
    declare(app, "accounts", _l("アカウントとログイン"), *SETTINGS)
