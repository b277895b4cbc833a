"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from supportdesk.accounts import operations
from supportdesk.accounts.forms import CodeForm, LoginForm
from supportdesk.accounts.operations import CodeWanted
from supportdesk.accounts.resuming import code_page, go_on, login_page
from supportdesk.accounts.sign_in import end_session, half_sign_in, start_session
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
    if isinstance(outcome, CodeWanted):
        half_sign_in(outcome.account)
        return code_page(CodeForm(formdata=None), kept, page)
    start_session(outcome)
    return go_on(outcome, kept, page)


@blueprint.post("/logout")
@requires(Permission.OWN_ACCOUNT, surface="field")
def logout() -> Response:
    """End the session, for its cookie as well."""
    logout_user()
    end_session()
    return redirect(url_for("accounts.login", left=1), 303)  # there the phone forgets names, if it did not before
