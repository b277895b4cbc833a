"""Logging in and out, and the audit trail."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from supportdesk.accounts import operations, queries
from supportdesk.accounts.forms import LoginForm
from supportdesk.accounts.sign_in import start_session
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, public, requires
from supportdesk.core.security import local_address

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> Response | str | tuple[str, int]:
    """The log-in page. Afterwards one goes on to the page one wanted, else home."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(url_for("home.home"), 303)
    form = LoginForm()
    if request.method == "GET":
        return render_template("accounts/login.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/login.html", form=form), 422
    with transaction():
        outcome = operations.log_in(form.username.data or "", form.password.data or "", now=clock.now())
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return render_template("accounts/login.html", form=form), outcome.status
    start_session(outcome)
    return redirect(local_address(request.args.get("next")) or url_for("home.home"), 303)


@blueprint.post("/logout")
@requires(Permission.OWN_ACCOUNT, surface="field")
def logout() -> Response:
    """End the session and forget everything in it."""
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"), 303)


@blueprint.get("/admin/audit")
@requires(Permission.SEE_AUDIT)
def audit_trail() -> str:
    """Who did what, newest first."""
    page = queries.audit_page(page_number())
    return render_template("accounts/audit.html", page=page)
