"""The waiting room's screen, which asks for no log-in, and the page on which its address is made and made anew."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, public, requires
from supportdesk.core.security import keep_no_copy
from supportdesk.helpdesk.queue import queries
from supportdesk.helpdesk.queue.displays import displays_of, renew_display
from supportdesk.helpdesk.queue.office import DISPLAY_SECONDS
from supportdesk.helpdesk.views import DESK
from supportdesk.helpdesk.views import blueprint as helpdesk

blueprint = Blueprint("called", __name__, template_folder="../templates")


@blueprint.get("/called/<token>")
@public
def display(token: str) -> Response:
    """The numbers called last and their counters, large, and nothing else. A script asks for the numbers alone."""
    shown = queries.display_of(token, clock.today())
    if shown is None:
        raise NotFound
    fragment = request.headers.get("X-Fragment") == "1"
    template = "helpdesk/queue/_called.html" if fragment else "helpdesk/queue/display.html"
    return keep_no_copy(
        make_response(render_template(template, display=shown, token=token, seconds=DISPLAY_SECONDS.get()))
    )


@helpdesk.get("/displays")
@requires(Permission.MANAGE_DISPLAYS)
def displays() -> str:
    """The addresses of the waiting rooms' screens."""
    return render_template("helpdesk/queue/displays.html", displays=displays_of(current_actor()))


@helpdesk.post(f"{DESK}/display")
@requires(Permission.MANAGE_DISPLAYS)
def make_display(desk_id: int) -> Answer:
    """A new address for the desk's screen: the one before shows nothing any more."""
    actor, now = current_actor(), clock.now()
    if desk_id not in {one.desk_id for one in displays_of(actor)}:
        raise NotFound

    def act() -> str:
        renew_display(desk_id, actor=actor, now=now)
        return url_for("helpdesk.displays")

    return answer_press(act, _("待合室の画面のアドレスを作りました。テレビで開いてください。"))
