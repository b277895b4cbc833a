"""Logging in and out, and one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from supportdesk.accounts import operations, upkeep
from supportdesk.accounts.forms import LoginForm, OwnPasswordForm
from supportdesk.accounts.resuming import go_on, login_page
from supportdesk.accounts.sign_in import current_actor, end_session, start_session
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.kept_form import carried
from supportdesk.core.page_furniture import start_page
from supportdesk.core.permissions import Permission, door, requires
from supportdesk.core.security import local_address

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.route("/login", methods=["GET", "POST"])
@door
def login() -> Response | tuple[Response, int]:
    """The log-in page. Afterwards one goes on to the page one wanted, the form one had begun, or one's own start."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(start_page(), 303)
    form, kept, page = LoginForm(), carried(), local_address(request.args.get("next"))
    if request.method == "GET":
        return login_page(form, None, page)
    if not form.validate_on_submit():
        return login_page(form, kept, page), 422
    tried = operations.try_password(form.username.data or "", form.password.data or "")
    with transaction():
        outcome = operations.log_in(tried, now=clock.now())
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return login_page(form, kept, page), outcome.status
    start_session(outcome)
    return go_on(outcome, kept, page)


@blueprint.post("/logout")
@requires(Permission.OWN_ACCOUNT, surface="field")
def logout() -> Response:
    """End the session, for its cookie as well."""
    logout_user()
    end_session()
    return redirect(url_for("accounts.login"), 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, surface="field")
def own_password() -> Response | str | tuple[str, int]:
    """One's own new password. Wherever else one was signed in, one is no longer."""
    form = OwnPasswordForm()
    if not form.validate_on_submit():
        return _password_page(form) if request.method == "GET" else (_password_page(form), 422)
    try:
        actor = current_actor()
        tried = upkeep.try_own_password(form.old_password.data, form.new_password.data, actor=actor)
        with transaction():
            outcome = upkeep.change_own_password(tried, actor=actor, now=clock.now())
    except DeskError as error:
        outcome = error
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return _password_page(form), 422
    start_session(outcome)
    flash(_("パスワードを変えました。ほかの端末ではログアウトしました。"), "good")
    return redirect(start_page(), 303)


def _password_page(form: OwnPasswordForm) -> str:
    return render_template("accounts/own_password.html", form=form)
