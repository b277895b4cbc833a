"""The pages of the second factor: set it up, print its recovery codes, and give a code after the password."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from supportdesk.accounts import second_factor
from supportdesk.accounts.forms import CodeForm
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.resuming import code_page, go_on
from supportdesk.accounts.sealing import seal, unseal
from supportdesk.accounts.sign_in import current_actor, half_signed_in, start_session
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.kept_form import carried
from supportdesk.core.office import OFFICE_NAME
from supportdesk.core.permissions import Permission, Role, access_of, door, requires
from supportdesk.core.qr import qr_in_page
from supportdesk.core.security import local_address

blueprint = Blueprint("factor", __name__, template_folder="templates")
#: Where a secret waits, sealed, for the first code made of it.
PENDING = "second_factor"
#: What is open to whoever has yet to set up a second factor: the way to do so, and the way out.
_OPEN = frozenset({"factor.set_up", "factor.renew", "proof.prove_again", "accounts.logout"})
#: Volunteers, with their own phones and no list of people, may do without.
_VOLUNTEERS = frozenset({Role.TUTOR})


def plug_in(app: Flask) -> None:
    """Called by this room's `plug_in`."""
    app.register_blueprint(blueprint)
    app.before_request(_demand_factor)


def _demand_factor() -> Response | None:
    """Where the city requires it, staff without a second factor come to its page first."""
    if current_app.config["SETTINGS"].second_factor != "required" or request.endpoint in _OPEN:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    if access is None or not access.permissions or not current_user.is_authenticated:
        return None
    if current_user.has_factor or current_user.roles <= _VOLUNTEERS:
        return None
    return redirect(url_for("factor.set_up"), 303)


@blueprint.route("/login/code", methods=["GET", "POST"])
@door
def enter_code() -> Response | tuple[Response, int]:
    """After the password: the six digits, or a recovery code."""
    form, kept, page = CodeForm(), carried(), local_address(request.args.get("next"))
    account_id = half_signed_in()
    if account_id is None:
        return redirect(url_for("accounts.login", next=page), 303)
    if request.method == "GET":
        return code_page(form, None, page)
    if not form.validate_on_submit():
        return code_page(form, kept, page), 422
    with transaction():
        outcome = second_factor.log_in_with_code(account_id, form.code.data or "", now=clock.now())
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return code_page(form, kept, page), outcome.status
    start_session(outcome)
    return go_on(outcome, kept, page)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, surface="field")
@with_fresh_password
def set_up() -> str | tuple[str, int]:
    """Let one's own phone make codes: scan, then type the first one. The recovery codes are shown once, then."""
    actor, form = current_actor(), CodeForm()
    if request.method == "GET":
        return _set_up_page(form)
    if not form.validate_on_submit():
        return _set_up_page(form), 422
    try:
        with transaction():
            codes = second_factor.set_up(_pending_secret(), form.code.data or "", actor=actor, now=clock.now())
    except DeskError as error:
        form.refuse(error)
        return _set_up_page(form), error.status
    session.pop(PENDING, None)
    return _codes_page(codes)


@blueprint.post("/account/second-factor/codes")
@requires(Permission.OWN_ACCOUNT, surface="field")
@with_fresh_password
def renew() -> str | Response:
    """Ten new recovery codes; those on the old sheet count no longer."""
    actor, made = current_actor(), list[str]()

    def act() -> str:
        made.extend(second_factor.renew_codes(actor=actor, now=clock.now()))
        return url_for("factor.set_up")

    answer = answer_press(act)
    return _codes_page(made) if made else answer


def _pending_secret() -> str:
    """The secret that the page shows: the same until it is used, so that a mistyped code does not ask to scan again."""
    secret = unseal(session.get(PENDING, ""))
    if secret is None:
        secret = second_factor.new_secret()
        session[PENDING] = seal(secret)
    return secret


def _set_up_page(form: CodeForm) -> str:
    account_id, secret = current_actor().account_id or 0, _pending_secret()
    settings, issuer = current_app.config["SETTINGS"], f"{OFFICE_NAME.get()} しえんデスク"
    address = second_factor.address_of(secret, current_user.name, issuer)
    has = second_factor.has_factor(account_id)
    return render_template(
        "accounts/second_factor.html",
        form=form,
        picture=qr_in_page(address),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        has=has,
        left=second_factor.codes_left(account_id) if has else 0,
        required=settings.second_factor == "required" and not current_user.roles <= _VOLUNTEERS,
    )


def _codes_page(codes: list[str]) -> str:
    """The sheet to be printed: the only time that the codes are to be seen."""
    return render_template("accounts/recovery_codes.html", codes=codes, made_at=clock.now())
