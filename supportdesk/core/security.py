"""What holds for every request: who may call which view, the security headers, the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, abort, current_app, has_request_context, request
from flask_login import current_user

from supportdesk.core.permissions import Access, access_of
from supportdesk.extensions import login_manager

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from supportdesk.config import Settings

LANGUAGES = {"ja": "日本語", "en": "English"}
LANGUAGE_COOKIE = "language"

#: Scripts, styles and pictures come from this host alone, none of them inline; nobody may put a page into a frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
MEGABYTE = 1024 * 1024
#: The largest upload; a request beyond it is answered 413 before it is read.
LARGEST_UPLOAD = 20 * MEGABYTE


def protect(app: Flask, settings: Settings) -> None:
    """Cookies, headers and the log-in demanded before every view that is not marked public."""
    over_https = settings.base_url.startswith("https:")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=over_https,
        WTF_CSRF_SSL_STRICT=over_https,
    )
    app.before_request(_demand_permission)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if over_https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint != "static" and _access(request.endpoint) != PUBLIC:
            keep_no_copy(response)
        return response


def keep_no_copy(response: Response) -> Response:
    """No copy of the page stays behind: for public pages that show one person's things."""
    response.headers["Cache-Control"] = "no-store"
    return response


PUBLIC = Access(frozenset(), "public")


def _access(endpoint: str | None) -> Access | None:
    if endpoint is None:
        return None
    if endpoint == "static":
        return PUBLIC
    return access_of(current_app.view_functions[endpoint])


def _demand_permission() -> BaseResponse | None:
    """Deny by default: an unmarked view answers nobody; a marked one asks for a log-in, then for the permission."""
    if request.endpoint is None:
        return None  # no such page: 404
    access = _access(request.endpoint)
    if access is None:
        abort(403)
    if not served(request.endpoint):
        abort(404)
    if not access.permissions:
        return None
    if not current_user.is_authenticated:
        answer: BaseResponse = current_app.make_response(login_manager.unauthorized())  # accounts asks for the log-in
        return answer
    if not any(current_user.may(permission) for permission in access.permissions):
        abort(403)
    return None


#: Whose views a process serves, by its SUPPORTDESK_SURFACE. Residents' pages are part of each: staff scan passes, hand
#: out videos, look at the schedule. Staff need what phones need too, so that "staff" leaves nothing out.
_SERVED: Final = {
    "public": frozenset({"public"}),
    "field": frozenset({"public", "field"}),
    "staff": frozenset({"public", "field", "staff"}),
    "all": frozenset({"public", "field", "staff"}),
}


def served(endpoint: str) -> bool:
    """Whether this process serves the view, so that a page may lead there. Unmarked views are served nowhere."""
    access = _access(endpoint)
    return access is not None and access.surface in _SERVED[current_app.config["SETTINGS"].surface]


def refuse_unmarked_views(app: Flask) -> None:
    """Raises RuntimeError, naming the views, when one bears no mark of core/permissions.py."""
    unmarked = [name for name, view in app.view_functions.items() if name != "static" and access_of(view) is None]
    if unmarked:
        raise RuntimeError(f"views without @requires or @public: {', '.join(sorted(unmarked))}")


def chosen_language() -> str:
    """The language of the page: the switch in the footer, else the browser's wish, else Japanese."""
    if not has_request_context():
        return "ja"  # the office's commands
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES)) or "ja"


def local_address(address: Any) -> str | None:
    """The address if it is a path on this site, else None: nobody is sent elsewhere by a crafted link."""
    if not isinstance(address, str) or not address.startswith("/"):
        return None
    if address.startswith(("//", "/\\")) or any(ord(character) < 32 for character in address):
        return None
    return address
