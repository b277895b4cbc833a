"""The log-in and one's own password."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from supportdesk.accounts.passwords import SHORTEST_PASSWORD
from supportdesk.core.fields import DeskForm, PasswordField, TextField

PASSWORD_HINT = _l(
    "%(least)s文字以上。関係のない言葉を3つ以上ならべると、覚えやすくて当てられにくくなります。",
    least=SHORTEST_PASSWORD,
)


def same_as_new_password(form: DeskForm, field: PasswordField) -> None:
    """For the second of two fields for a new password."""
    if field.data != form["new_password"].data:
        raise ValidationError(_("2回の入力がちがいます。"))


class LoginForm(DeskForm):
    """User name and password."""

    username = TextField(
        _l("ユーザー名"),
        max_length=100,
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(_l("パスワード"), render_kw={"autocomplete": "current-password"})


class OwnPasswordForm(DeskForm):
    """The old password, and the new one twice: nobody sees what they type."""

    old_password = PasswordField(_l("今のパスワード"), render_kw={"autocomplete": "current-password"})
    new_password = PasswordField(_l("新しいパスワード"), hint=PASSWORD_HINT, render_kw={"autocomplete": "new-password"})
    new_password_again = PasswordField(
        _l("新しいパスワード（もう一度）"),
        validators=[same_as_new_password],
        render_kw={"autocomplete": "new-password"},
    )


class ChosenPasswordForm(DeskForm):
    """The first password, or a new one for whoever forgot theirs."""

    new_password = PasswordField(_l("パスワード"), hint=PASSWORD_HINT, render_kw={"autocomplete": "new-password"})
    new_password_again = PasswordField(
        _l("パスワード（もう一度）"), validators=[same_as_new_password], render_kw={"autocomplete": "new-password"}
    )


class CodeForm(DeskForm):
    """Six digits from the phone, or a recovery code."""

    code = TextField(
        _l("アプリの6けたの番号"),
        max_length=40,
        width="m",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ProofForm(DeskForm):
    """One's password once more, or six digits from the phone."""

    password = PasswordField(
        _l("パスワード（または、アプリの6けたの番号）"), render_kw={"autocomplete": "current-password"}
    )
