"""The buttons of a place in line: what somebody answered to an offer, and a free seat for who waits nevertheless."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.enrolment_views import booking_of
from supportdesk.classes.line import give_free_seat
from supportdesk.classes.views import blueprint
from supportdesk.core import clock
from supportdesk.core.answers import answer_press
from supportdesk.core.permissions import Permission, requires
from supportdesk.notices.forms import AnswerForm
from supportdesk.notices.offers import OfferOver, answer_offer
from supportdesk.notices.words import ANSWERS


@blueprint.post("/enrolments/<int:enrolment_id>/answer")
@requires(Permission.BOOK_CLASS)
def answer_of(enrolment_id: int) -> Response:
    """They called back, or stand at the counter: note what they answered."""
    row, _learner = booking_of(enrolment_id)
    actor, now, form = current_actor(), clock.now(), AnswerForm()
    given = form.answer.data
    if not form.validate_on_submit() or given is None:
        flash(_("返事をえらんでください。"), "warn")
        return redirect(_booking(enrolment_id), 303)

    def act() -> None:
        if row.offer_id is None or str(row.offer_id) != request.form.get("offer"):
            raise OfferOver  # what was shown is not what is offered now
        answer_offer(row.offer_id, given, actor=actor, now=now)

    return _carry_out(enrolment_id, act, _("返事を記録しました：%(answer)s", answer=ANSWERS[given]))


@blueprint.post("/enrolments/<int:enrolment_id>/seat")
@requires(Permission.BOOK_CLASS)
def give_seat(enrolment_id: int) -> Response:
    """Who waits although a seat is free has it now."""
    booking_of(enrolment_id)
    actor, now = current_actor(), clock.now()
    return _carry_out(enrolment_id, lambda: give_free_seat(enrolment_id, actor=actor, now=now), _("席をわたしました。"))


def _carry_out(enrolment_id: int, operation: Callable[[], None], done: str) -> Response:
    def act() -> str:
        operation()
        return _booking(enrolment_id)

    return answer_press(act, done, back=_booking(enrolment_id))


def _booking(enrolment_id: int) -> str:
    return url_for("classes.enrolment", enrolment_id=enrolment_id)
