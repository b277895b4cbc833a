"""The front page for residents, and the page where staff start."""

from __future__ import annotations

from flask import Blueprint, render_template

from supportdesk.core.permissions import Permission, public, requires

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@public
def front() -> str:
    """What the city offers, for residents. Holds nothing about anybody."""
    return render_template("journey/front.html")


@blueprint.get("/home")
@requires(Permission.OWN_ACCOUNT, surface="field")
def home() -> str:
    """Where one lands after the log-in."""
    return render_template("journey/home.html")
