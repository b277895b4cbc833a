"""How a page answers whoever sends it: a form is shown, refused with everything typed, or carried out once; so is a
button that stands alone. For views; what goes another way than these two is written out in its own view.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from supportdesk.core import clock
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.once import once

Answer = Response | str | tuple[str, int]


def answer_form(form: DeskForm, page: Callable[[], str], act: Callable[[], str], said: str = "") -> Answer:
    """`page` draws the form; `act` does what it asks for and returns where to go, with the message `said`.

    Why `act` refused stands in the form, and as `form.refusal` for a page that shows more of it. What does not exist
    has no form to be shown in: NotFound is answered with the page for that.
    """
    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), 422
    try:
        location = once(form.token, clock.now(), act)
    except NotFound:
        raise
    except DeskError as error:
        form.refuse(error)
        return page(), 422
    return _go(location, said)


def answer_press(act: Callable[[], str], said: object = "", *, back: str | None = None) -> Response:
    """One press of a button that bears a token. A refusal is told on the page `back`, or on one of its own."""
    try:
        location = once(DeskForm().token, clock.now(), act)
    except NotFound:
        raise
    except DeskError as error:
        if back is None:
            raise
        flash(str(error.message), "warn")
        return redirect(back, 303)
    return _go(location, said)


def _go(location: str, said: object) -> Response:
    if said:
        flash(str(said), "good")
    return redirect(location, 303)
