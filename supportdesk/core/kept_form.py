"""A form that arrived when its sender's log-in had ended, or their password was wanted once more, and what was typed.

After a log-in (accounts/resuming.py) it is shown again, never carried out: `show_again` opens the form's page, and
every DeskForm on it fills itself in from `fields_for`. After a password in the middle of a session
(accounts/reauthentication.py) `send_on` sends it where it was going. In between a page carries the fields. Passwords,
files and CSRF tokens are not kept. The one-time token is: what had been carried out before is not carried out twice.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from flask import Request, Response, current_app, g, request
from flask.globals import request_ctx
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from supportdesk.core.security import local_address
from supportdesk.core.signposts import way_to

PREFIX: Final = "kept."
SEAL: Final = "kept_for"
CSRF: Final = "csrf_token"
_OWNED = re.compile(r"([0-9]{1,10})-")
#: What every form carries: having it does not make a form the one that was sent.
_COMMON: Final = frozenset({CSRF, "one_time_token"})


@dataclass(frozen=True)
class KeptForm:
    """What was typed, by whom, and on which page, or to which it was sent (a path of this site)."""

    owner: int
    page: str
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """(name, value) of the hidden fields that carry it through the log-in."""
        sealed = str(_serializer().dumps([self.owner, self.page]))
        return [(SEAL, sealed), *((PREFIX + name, value) for name, value in self.fields)]


def csrf_secret(account_id: int, random: str) -> str:
    """What a session signs its forms with. It names the account: a form says, signed, to whom it was shown."""
    return f"{account_id}-{random}"


def of_request() -> KeptForm | None:
    """The form being posted, or None when it was not this site that showed it, or not to somebody signed in.

    Another site's form is not kept: nobody is to find words in a form that somebody else put there.
    """
    owner = _owner(request.form.get(CSRF, ""))
    page = form_page()
    if owner is None or page is None:
        return None
    return KeptForm(owner, page, tuple(_worth_keeping(request.form.items(multi=True))))


def being_sent(owner: int) -> KeptForm:
    """The form being posted by this account, to be sent on later to where it is going."""
    return KeptForm(owner, request.full_path.rstrip("?"), tuple(_worth_keeping(request.form.items(multi=True))))


def carried() -> KeptForm | None:
    """The form that the posted form carries, if any."""
    try:
        owner, page = _serializer().loads(request.form.get(SEAL, ""))
    except BadData:
        return None
    sent = [(name.removeprefix(PREFIX), value) for name, value in request.form.items(multi=True) if PREFIX in name[:5]]
    return KeptForm(owner, page, tuple(_worth_keeping(sent)))


def form_page() -> str | None:
    """Where the posted form stood: the page that the browser came from, else the address that it was sent to."""
    came_from = urlsplit(request.referrer or "")
    candidates = []
    if came_from.netloc == request.host:
        candidates.append(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    candidates.append(request.full_path.rstrip("?"))
    return next((page for page in candidates if local_address(page) and _can_be_read(page)), None)


def show_again(kept: KeptForm) -> Response:
    """The form's page, filled in, under its reader's own permissions; reading it is all that happens."""
    g.kept_fields = MultiDict(kept.fields)
    return _answer_instead(kept.page, "GET", b"")


def send_on(kept: KeptForm) -> Response:
    """The form goes where it was going, as if its sender had pressed the button again: under their own permissions.

    Its CSRF token is that of the form being answered, which has brought it here.
    """
    fields = [*kept.fields, (CSRF, request.form.get(CSRF, ""))]
    return _answer_instead(kept.page, "POST", urlencode(fields).encode())


def _answer_instead(page: str, method: str, body: bytes) -> Response:
    _turn_to(page, method, body)
    try:
        answer = current_app.preprocess_request()
        return current_app.make_response(current_app.dispatch_request() if answer is None else answer)
    except Exception as error:  # noqa: BLE001  # for which there is a page; whatever has none is raised again
        return current_app.make_response(current_app.handle_user_exception(error))


def fields_for(names: Iterable[str]) -> MultiDict[str, str] | None:
    """What was typed into the form with these fields, when its page is shown again and it is the one that was sent."""
    kept: MultiDict[str, str] | None = g.get("kept_fields")
    if kept is None:
        return None
    own = set(names) - _COMMON
    sent_here = any(sent in own or sent.rpartition("-")[0] in own for sent in kept)
    return kept if sent_here else None


def _worth_keeping(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if name != CSRF and "password" not in name]


def _owner(token: str) -> int | None:
    """The account in whose session this CSRF token was signed."""
    try:
        secret = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token").loads(token)
    except BadData:
        return None
    found = _OWNED.match(secret) if isinstance(secret, str) else None
    return int(found[1]) if found else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="kept-form")


def _can_be_read(page: str) -> bool:
    """Whether the address is one of ours that answers to GET. The log-in page is no place to go back to."""
    path, adapter = unquote(urlsplit(page).path), current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return path != way_to("login")


def _turn_to(page: str, method: str, body: bytes) -> None:
    """Go on as if the browser had sent this instead: Flask offers no way to hand a session to a second request."""
    path, _, query = page.partition("?")
    environ: dict[str, Any] = {
        **request.environ,
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "wsgi.input": io.BytesIO(body),
    }
    environ.pop("werkzeug.request", None)
    request.close()
    context = request_ctx._get_current_object()  # type: ignore[attr-defined]  # a LocalProxy
    context.request = Request(environ)
    context.url_adapter = current_app.create_url_adapter(context.request)
    context.match_request()
