"""The log-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import DeskForm, PasswordField, TextField


class LoginForm(DeskForm):
    """User name and password."""

    username = TextField(
        _l("ユーザー名"),
        max_length=100,
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(_l("パスワード"), render_kw={"autocomplete": "current-password"})
