"""Where an invitation leads: somebody chooses their password, and is in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts import invitations, passwords
from supportdesk.accounts.forms import ChosenPasswordForm
from supportdesk.accounts.second_factor import has_factor
from supportdesk.accounts.sign_in import half_sign_in, start_session
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.page_furniture import start_page
from supportdesk.core.permissions import door

blueprint = Blueprint("invited", __name__, template_folder="templates")


@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@door
def accept(token: str) -> Response | str | tuple[str, int]:
    """Choose a password, once. Whoever was signed in here before is not any more."""
    form, guest = ChosenPasswordForm(), invitations.invited(token, clock.now())
    if request.method == "GET":
        return _page(form, guest, token)
    if not form.validate_on_submit():
        return _page(form, guest, token), 422
    password = form.new_password.data or ""
    try:
        passwords.demand_good_password(password, names=(guest.username, guest.name, guest.kana))
    except DeskError as error:
        form.refuse(error)
        return _page(form, guest, token), 422
    kept = passwords.kept_hash(password)  # before the transaction: it takes a tenth of a second
    with transaction():
        account = invitations.accept_invitation(token, kept, now=clock.now())
    flash(_("パスワードを決めました。次からは、ユーザー名とこのパスワードでログインします。"), "good")
    if has_factor(account.id):  # a new password does not stand in for the phone
        half_sign_in(account)
        return redirect(url_for("factor.enter_code"), 303)
    start_session(account)
    return redirect(start_page(), 303)


def _page(form: ChosenPasswordForm, guest: invitations.Invited, token: str) -> str:
    return render_template("accounts/invited.html", form=form, guest=guest, token=token)
