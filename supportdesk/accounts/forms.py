"""The log-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from supportdesk.core.japanese import tidy


def tidy_or_none(text: str | None) -> str | None:
    """What was typed without the characters that no page can show."""
    return None if text is None else tidy(text)


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(
        _l("ユーザー名"),
        [InputRequired(_l("ユーザー名を入力してください。")), Length(max=100, message=_l("長すぎます。"))],
        filters=[tidy_or_none],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "maxlength": 100},
    )
    password = PasswordField(
        _l("パスワード"),
        [InputRequired(_l("パスワードを入力してください。")), Length(max=1000, message=_l("長すぎます。"))],
        render_kw={"autocomplete": "current-password", "maxlength": 1000},
    )
