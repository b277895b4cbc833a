"""The pages for what went wrong, in words, with a way on. An error of the desk keeps its own message."""

from __future__ import annotations

from flask import Flask, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from supportdesk.core.errors import DeskError
from supportdesk.core.page_furniture import start_page
from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    app.register_error_handler(DeskError, _refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, _http_error)


def _refused(error: DeskError) -> tuple[str, int]:
    return _page(error.status, str(error.message) or None)


def stale_form(_error: CSRFError) -> tuple[str, int]:
    """A form whose token is not this session's, on a page that is open to everybody."""
    return _page(400, _("画面を開いてから時間がたちました。前の画面にもどって、もう一度送ってください。"))


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    return _page(error.code, None)


def _page(status: int, message: str | None) -> tuple[str, int]:
    titles = {
        403: _("このページは使えません"),
        404: _("ページが見つかりません"),
        413: _("ファイルが大きすぎます"),
        409: _("受付できませんでした"),
    }
    messages = {
        403: _("あなたの役割では、このページを開けません。必要なときは管理者に相談してください。"),
        404: _("アドレスがまちがっているか、ページがなくなりました。"),
        413: _("%(most)sMBまでのファイルを選んでください。", most=LARGEST_UPLOAD // MEGABYTE),
    }
    title = titles.get(status, _("うまくいきませんでした"))
    text = message or messages.get(status, _("もう一度ためしてください。続くときは管理者に知らせてください。"))
    start = start_page() if status < 500 else None  # who is signed in stands in the database, which may be what broke
    return render_template("error.html", title=title, message=text, start=start, search=status == 404), status
