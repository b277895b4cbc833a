"""What everybody looks after for themselves: the password, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts import own_sessions, upkeep
from supportdesk.accounts.forms import OwnPasswordForm
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor, start_session, this_session
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.page_furniture import start_page
from supportdesk.core.permissions import Permission, requires

blueprint = Blueprint("own", __name__, url_prefix="/account", template_folder="templates")
LONGEST_NAME = 64


@blueprint.get("/")
@requires(Permission.OWN_ACCOUNT, surface="field")
def index() -> str:
    """Where to go for what."""
    return render_template("accounts/own.html")


@blueprint.route("/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, surface="field")
def password() -> Response | str | tuple[str, int]:
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


@blueprint.get("/sessions")
@requires(Permission.OWN_ACCOUNT, surface="field")
def sessions() -> str:
    """Where one is signed in now."""
    living = own_sessions.living_sessions(current_actor().account_id or 0)
    return render_template("accounts/own_sessions.html", living=living, this=this_session())


@blueprint.post("/sessions/end")
@requires(Permission.OWN_ACCOUNT, surface="field")
@with_fresh_password
def end_session() -> Response:
    """One of them is over."""
    actor, name = current_actor(), request.form.get("session", "")[:LONGEST_NAME]

    def act() -> str:
        own_sessions.end_own_session(name, actor=actor, now=clock.now())
        return url_for("own.sessions")

    return answer_press(act, _("その端末では、もう一度ログインするまで使えません。"))


@blueprint.post("/sessions/end-others")
@requires(Permission.OWN_ACCOUNT, surface="field")
@with_fresh_password
def end_others() -> Response:
    """All of them but this one are over."""
    actor, this = current_actor(), this_session()

    def act() -> str:
        own_sessions.end_other_sessions(this, actor=actor, now=clock.now())
        return url_for("own.sessions")

    return answer_press(act, _("この端末のほかは、すべてログアウトしました。"))
