"""The page on which a booking is repeated: how often, which days that makes, and one press."""

from __future__ import annotations

from typing import Final

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.moments import short_day
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.booking_views import booked
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.repeating.forms import RepeatForm
from supportdesk.helpdesk.repeating.operations import TIMES, WEEKS, Repeated, repeat_booking, turns
from supportdesk.helpdesk.views import BOOKING, blueprint

RHYTHMS: Final = {1: _l("毎週"), 2: _l("1週おき"), 4: _l("4週ごと")}


@blueprint.route(f"{BOOKING}/repeat", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def repeat(booking_id: int) -> Answer:
    """Show the days that follow the booking and whether they can be had; then book those that can."""
    row, learner = booked(booking_id)
    weeks, times = _one_of("weeks", WEEKS, 2), _one_of("times", TIMES, 4)
    form = RepeatForm(data={"weeks": str(weeks), "times": str(times)})
    actor, now = current_actor(), clock.now()
    results: list[Repeated] = []

    def page() -> str:
        return render_template(
            "helpdesk/repeat.html",
            form=form,
            booking=row,
            learner=learner,
            can_be=row.state is not BookingState.CANCELLED,
            turns=turns(row, weeks=weeks, times=times, now=now),
            weeks=weeks,
            times=times,
            rhythms=RHYTHMS,
            choices=TIMES,
        )

    def act() -> str:
        results.append(repeat_booking(booking_id, weeks=weeks, times=times, actor=actor, now=now))
        return url_for("helpdesk.booking", booking_id=booking_id)

    answer = answer_form(form, page, act)
    for result in results:
        if result.booked:
            flash(_("あと%(count)s回を予約しました。", count=result.booked), "good")
        for day, why in result.missed:
            flash(_("%(day)sは予約できませんでした。%(why)s", day=short_day(day), why=why), "warn")
    return answer


def _one_of(name: str, choices: tuple[int, ...], usual: int) -> int:
    """What was sent or stands in the address, when it is one of these."""
    written = request.form.get(name) or request.args.get(name, "")
    return next((choice for choice in choices if str(choice) == written), usual)
