"""What the templates of every page call: the menus, the language switch, and dates and times in words (`moments`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from supportdesk.core import clock
from supportdesk.core.codes import new_token
from supportdesk.core.moments import birth, clock_time, day, day_of_era, short_day, span
from supportdesk.core.permissions import Permission, public
from supportdesk.core.phones import format_phone
from supportdesk.core.security import LANGUAGE_COOKIE, LANGUAGES, local_address, served
from supportdesk.core.signposts import is_open, way_to

blueprint = Blueprint("language", __name__)
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu: shown to whoever has the permission; without one, to residents.

    `begins_day`: the permission of those whose day begins there.
    """

    endpoint: str
    label: object
    permission: Permission | None
    begins_day: Permission | None = None


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
        "public_links": public_links,
        "start_page": start_page,
        "language_links": language_links,
        "one_time_token": new_token,
        "served": served,
        "span": span,
        "way_to": way_to,
        "way_is_open": is_open,
    }
    app.jinja_env.globals.update(globals_)
    app.jinja_env.filters.update(
        day=day, short_day=short_day, birth=birth, wareki=day_of_era, clock_time=clock_time, phone=format_phone
    )


def today_long() -> str:
    """Today, with the year in both reckonings."""
    return day(clock.today())


def navigation() -> list[MenuLink]:
    """The menu of whoever is signed in, as far as this process serves it."""
    if not current_user.is_authenticated:
        return []
    return [_link(item) for item in _menu() if _may_open(item)]


def public_links() -> list[MenuLink]:
    """The menu of the residents' pages."""
    return [_link(item) for item in _menu() if item.permission is None]


def start_page() -> str:
    """Where whoever is signed in begins: the page of their day; home for those with several or none, and for residents
    the front page.
    """
    if not current_user.is_authenticated:
        return "/"
    begin = [item for item in _menu() if item.begins_day and current_user.may(item.begins_day)]
    pages = [item.endpoint for item in begin if _may_open(item)]
    return url_for(pages[0]) if len(pages) == 1 else way_to("home")


def _may_open(item: MenuItem) -> bool:
    """Whether they may, and this process serves it."""
    return item.permission is not None and current_user.may(item.permission) and served(item.endpoint)


def _menu() -> list[MenuItem]:
    return current_app.extensions.get("menu", [])


def _link(item: MenuItem) -> MenuLink:
    return MenuLink(url_for(item.endpoint), str(item.label), request.endpoint == item.endpoint)


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
