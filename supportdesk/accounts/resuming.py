"""Asking for the log-in, in the middle of a form too: what was typed waits in the log-in page and is shown after it.

`core.security` comes here when nobody is signed in, Flask-WTF when a form bears another session's token (somebody
logged in again in another window).
"""

from __future__ import annotations

from flask import Flask, Response, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from supportdesk.accounts.forms import CodeForm, LoginForm
from supportdesk.accounts.models import Account
from supportdesk.core import error_pages, kept_form
from supportdesk.core.kept_form import KeptForm
from supportdesk.core.page_furniture import start_page
from supportdesk.core.security import local_address
from supportdesk.extensions import login_manager

Answer = BaseResponse | tuple[BaseResponse | str, int]


def plug_in(app: Flask) -> None:
    """Called by this room's `plug_in`."""
    login_manager.unauthorized_handler(ask_to_log_in)
    app.register_error_handler(CSRFError, token_refused)


def ask_to_log_in() -> Answer:
    """A page leads to the log-in and back; a form is answered with the log-in that carries what was typed."""
    if request.method != "POST":
        wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("accounts.login", next=wanted), 303)
    kept, page = kept_form.of_request(), kept_form.form_page()
    session.clear()
    g.pop(kept_form.CSRF, None)
    return login_page(LoginForm(formdata=None), kept, page), 401


def login_page(form: LoginForm, kept: KeptForm | None, page: str | None) -> Response:
    """The log-in, the way on after it, and the form that waits for it, of which no copy is to stay behind."""
    words = render_template("accounts/login.html", form=form, kept=kept, page=kept.page if kept else page)
    return Response(words, headers={"Cache-Control": "no-store"})


def code_page(form: CodeForm, kept: KeptForm | None, page: str | None) -> Response:
    """The second question of the log-in, with the same behind it."""
    words = render_template("accounts/login_code.html", form=form, kept=kept, page=kept.page if kept else page)
    return Response(words, headers={"Cache-Control": "no-store"})


def go_on(account: Account, kept: KeptForm | None, page: object) -> Response | BaseResponse:
    """Where somebody goes who has just logged in: to the form they had begun, the page they wanted, or their own start.

    What another person had typed is not shown to them.
    """
    if kept is None:
        return redirect(local_address(page) or start_page(), 303)
    if kept.owner != account.id:
        flash(_("ほかの人が入力していた内容は消しました。"), "warn")
        return redirect(start_page(), 303)
    flash(_("まだ保存していません。内容をたしかめて、もう一度送ってください。"), "warn")
    return kept_form.show_again(kept)


def token_refused(error: CSRFError) -> Answer:
    """A form whose token is not this session's: filled in again for whoever was shown it, else begun again."""
    if request.endpoint == "accounts.login":
        form = LoginForm(formdata=None)
        form.form_errors.append(_("画面を開いてから時間がたちました。もう一度ログインしてください。"))
        return login_page(form, kept_form.carried(), local_address(request.args.get("next"))), 400
    kept = kept_form.of_request() if current_user.is_authenticated else None
    if kept is None or kept.owner != current_user.account_id:
        return error_pages.stale_form(error)
    flash(_("まだ保存していません。内容をたしかめて、もう一度送ってください。"), "warn")
    answer = kept_form.show_again(kept)
    answer.status_code = 400 if answer.status_code == 200 else answer.status_code
    return answer
