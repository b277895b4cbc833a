"""The pages for what went wrong, in words, with a way on. An error of the desk keeps its own message."""

from __future__ import annotations

import sqlite3
from typing import Final

from flask import Flask, Response, current_app, g, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from supportdesk.core.errors import DeskError
from supportdesk.core.page_furniture import start_page
from supportdesk.core.security import LARGEST_UPLOAD, MEGABYTE
from supportdesk.extensions import login_manager

#: Seconds: a long import is over by then.
RETRY_AFTER: Final = 60


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    app.register_error_handler(DeskError, _refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(HTTPException, _http_error)


def _refused(error: DeskError) -> tuple[str, int]:
    return _page(error.status, str(error.message) or None)


def stale_form(_error: CSRFError) -> tuple[str, int]:
    """A form whose token is not this session's, on a page that is open to everybody."""
    return _page(400, _("画面を開いてから時間がたちました。前の画面にもどって、もう一度送ってください。"))


def _busy(error: OperationalError) -> Response:
    """The database could not be written to or reached. Nothing was kept; the form's own page still has what was typed.

    What else the driver calls operational (no such table) is a fault of ours, and stays one.
    """
    if not _passes(error):
        raise error
    current_app.logger.error("The database is busy or out of reach", exc_info=error)
    words = _(
        "今は混み合っていて、保存も表示もできませんでした。1分ほど待って、前の画面にもどり、もう一度送ってください。"
    )
    g._login_user = login_manager.anonymous_user()  # or the page would ask the database who is reading it
    answer = make_response(_page(503, words))
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _passes(error: OperationalError) -> bool:
    """Whether it is a matter of waiting: a locked or closed database, a server that is not there or is giving up."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return any(word in str(error.orig) for word in ("locked", "busy", "unable to open"))
    return True


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
        410: _("消去した記録です"),
        503: _("少し待ってください"),
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
