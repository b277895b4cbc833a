"""What the templates of every page call: today's date, the menu, the language switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from supportdesk.core import clock
from supportdesk.core.permissions import Permission, public
from supportdesk.core.security import LANGUAGE_COOKIE, LANGUAGES, local_address
from supportdesk.core.wareki import format_date

blueprint = Blueprint("language", __name__)
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu: shown to whoever has the permission."""

    endpoint: str
    label: object
    permission: Permission


@dataclass(frozen=True)
class MenuLink:
    """An entry as this person sees it on this page."""

    url: str
    label: str
    current: bool


def add_to_menu(app: Flask, *items: MenuItem) -> None:
    """Called by a room when the application is made; entries stand in the order the rooms are plugged in."""
    app.extensions.setdefault("menu", []).extend(items)


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    app.register_blueprint(blueprint)
    globals_: dict[str, Callable[..., object]] = {
        "get_locale": get_locale,
        "today_long": today_long,
        "navigation": navigation,
        "language_links": language_links,
    }
    app.jinja_env.globals.update(globals_)


def today_long() -> str:
    """Today, with the year in both reckonings."""
    return format_date(clock.today(), str(get_locale()))


def navigation() -> list[MenuLink]:
    """The menu of whoever is signed in."""
    if not current_user.is_authenticated:
        return []
    items: list[MenuItem] = current_app.extensions.get("menu", [])
    return [
        MenuLink(url_for(item.endpoint), str(item.label), request.endpoint == item.endpoint)
        for item in items
        if current_user.may(item.permission)
    ]


def language_links() -> list[tuple[str, str, str, bool]]:
    """(code, name, address, whether it is this page's) of each language."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    now = str(get_locale())
    return [
        (code, name, url_for("language.choose", code=code, next=here), code == now) for code, name in LANGUAGES.items()
    ]


@blueprint.get("/language/<code>")
@public
def choose(code: str) -> Response:
    """Remember the language for a year and go back to the page."""
    response = redirect(local_address(request.args.get("next")) or "/", 303)
    if code in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=YEAR, httponly=True, samesite="Lax")
    return response
