"""Signposts to pages of rooms above, followed by name, so that a lower room need not know who serves a page or where.

The room that has the page puts its signpost up when the application is made; Python and templates alike ask `way_to`.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app

from supportdesk.core.activities import path_of
from supportdesk.core.security import served


def put_up(app: Flask, signposts: Mapping[str, str]) -> None:
    """Called by a room in `plug_in`: the endpoint of each of its pages that rooms below lead to, by its name."""
    app.extensions.setdefault("signposts", {}).update(signposts)


def is_open(name: str) -> bool:
    """Whether this process serves the page of that name."""
    return served(current_app.extensions["signposts"][name])


def way_to(name: str, **values: int | str) -> str:
    """The path of the page of that name; `values` are those that its address takes."""
    return path_of(current_app.extensions["signposts"][name], **values)
