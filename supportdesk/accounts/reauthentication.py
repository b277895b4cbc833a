"""The password once more, in the middle of a session, before what must not be done at a screen left alone.

A view that gives many people's data away, or does what cannot be undone, is marked `@with_fresh_password`, or calls
`demand_fresh_password()` before it does anything. Who has not given the password within ten minutes is asked for it;
what they had posted is kept meanwhile, and sent on after the right password.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update
from werkzeug.wrappers import Response

from supportdesk.accounts import audit, passwords
from supportdesk.accounts.actions import Action
from supportdesk.accounts.forms import ProofForm
from supportdesk.accounts.models import Account, SignedInSession
from supportdesk.accounts.office import FRESH_MINUTES
from supportdesk.accounts.operations import TooManyTries
from supportdesk.accounts.second_factor import check_code, looks_like_code
from supportdesk.accounts.sign_in import current_actor, this_session
from supportdesk.core import clock, kept_form, throttle
from supportdesk.core.database import connection, table_of, transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.kept_form import KeptForm, carried
from supportdesk.core.page_furniture import start_page
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.core.security import local_address
from supportdesk.extensions import db

P = ParamSpec("P")
R = TypeVar("R")
blueprint = Blueprint("proof", __name__, template_folder="templates")
_SESSION = table_of(SignedInSession)
_PROVED = update(_SESSION).where(_SESSION.c.token_hash == bindparam("wanted")).values(proved_at=bindparam("now"))


class PasswordWanted(Exception):  # no error: the way to what was asked for
    """Answered, by whichever view it is raised in, with the question for the password."""


class WrongProof(DeskError):
    """Whoever sits at the screen does not know the account's password."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("パスワードがちがいます。"), field="password")


def demand_fresh_password() -> None:
    """For views, before they do anything. Raises PasswordWanted unless the password was given a few minutes ago."""
    proved_at: datetime | None = g.get("proved_at")
    if proved_at is None or clock.now() - proved_at >= timedelta(minutes=FRESH_MINUTES.get()):
        raise PasswordWanted


def with_fresh_password(view: Callable[P, R]) -> Callable[P, R]:
    """The same as a mark, between `@requires` and the view."""

    @wraps(view)
    def asked_first(*arguments: P.args, **options: P.kwargs) -> R:
        demand_fresh_password()
        return view(*arguments, **options)

    return asked_first


def plug_in(app: Flask) -> None:
    """Called by this room's `plug_in`."""
    app.register_blueprint(blueprint)
    app.register_error_handler(PasswordWanted, _ask)


def try_own_password(password: str, *, actor: Actor) -> str | None:
    """The actor's kept hash, if this password fits it: before the transaction, for `prove`."""
    kept = db.session.scalar(select(Account.password_hash).where(Account.id == actor.account_id))
    return kept if kept is not None and passwords.fits(kept, password) else None


def prove(fits: str | None, code: str, *, session: str, actor: Actor, now: datetime) -> DeskError | None:
    """Note that the actor's password was given in this session, where `fits` is the hash that is kept of it, or a good
    code of their second factor.

    A refusal is returned, not raised, because the failure it counts must be kept: it is counted like a failed log-in.
    """
    account = db.session.scalar(select(Account).where(Account.id == actor.account_id).with_for_update(key_share=True))
    assert account is not None
    bucket, subject = throttle.bucket_name("login", account.username), f"account:{account.id}"
    throttle.wait_in_turn(bucket, now)
    until = throttle.blocked_until(bucket, now)
    if until is not None:
        return TooManyTries(until)
    by_code = fits is None and looks_like_code(code) and check_code(account.id, code, now=now) is None
    if account.password_hash != fits and not by_code:
        throttle.count_failure(bucket, now)
        audit.record(actor=actor, action=Action.PROOF_REFUSED, subject=subject, now=now)
        return WrongProof()
    throttle.clear(bucket)
    connection().execute(_PROVED, {"wanted": session, "now": now})
    audit.record(actor=actor, action=Action.PROVE_AGAIN, subject=subject, now=now)
    return None


def _ask(_wanted: PasswordWanted) -> Response | tuple[str, int]:
    """A page is led to afterwards, a form sent on. A file is not kept: it is to be chosen again."""
    if request.method == "POST" and not any(file.filename for file in request.files.values()):
        kept = kept_form.being_sent(current_actor().account_id or 0)
        return _page(ProofForm(formdata=None), kept, kept_form.form_page()), 401
    if request.method == "POST":
        flash(_("ファイルは送られていません。たしかめたあと、もう一度えらんでください。"), "warn")
    wanted = kept_form.form_page() if request.method == "POST" else request.full_path.rstrip("?")
    return redirect(url_for("proof.prove_again", next=wanted, back=_came_from()), 303)


@blueprint.route("/account/prove", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, surface="field")
def prove_again() -> Response | str | tuple[str, int]:
    """Ask for the password, and go on: to the page wanted, or with the form that waits."""
    form, kept = ProofForm(), carried()
    if request.method == "GET":
        return _page(form, None, local_address(request.args.get("back")))
    if not form.validate_on_submit():
        return _page(form, kept, None), 422
    actor = current_actor()
    fits = try_own_password(form.password.data or "", actor=actor)
    now = clock.now()
    with transaction():
        refusal = prove(fits, form.password.data or "", session=this_session(), actor=actor, now=now)
    if refusal is not None:
        form.refuse(refusal)
        return _page(form, kept, None), refusal.status
    g.proved_at = now
    if kept is not None and kept.owner == actor.account_id:
        return kept_form.send_on(kept)
    return redirect(local_address(request.args.get("next")) or start_page(), 303)


def _page(form: ProofForm, kept: KeptForm | None, back: str | None) -> str:
    wanted = local_address(request.args.get("next"))
    return render_template("accounts/prove.html", form=form, kept=kept, wanted=wanted, back=back)


def _came_from() -> str | None:
    """The page whose link was followed, to go back to: after a download the browser stays where it was."""
    here = urlsplit(request.referrer or "")
    return here.path if here.netloc == request.host else None
