"""How pages, of this room and those above, answer a form: shown, refused with everything typed, or carried out once."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from supportdesk.core import clock
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.once import once

Answer = Response | str | tuple[str, int]


def answer_form(form: DeskForm, page: Callable[[], str], act: Callable[[], str], said: str) -> Answer:
    """`page` draws the form; `act` does what it asks for and returns where to go, with the message `said`."""
    if request.method == "GET":
        return page()
    if not form.validate_on_submit():
        return page(), 422
    try:
        location = once(form.token, clock.now(), act)
    except NotFound:
        raise
    except DeskError as error:
        form.refuse(error)
        return page(), 422
    flash(said, "good")
    return redirect(location, 303)
