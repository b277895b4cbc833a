"""The ways on from a case, one press each: a video, the next consultation, a class, a tutor, another adviser.

A button that stands in the form of an open case sends what is typed along, and it is kept first.
"""

from __future__ import annotations

from typing import Final

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.helpdesk import availability
from supportdesk.helpdesk.cases import handing
from supportdesk.helpdesk.cases import queries as case_queries
from supportdesk.helpdesk.cases.forms import HandOverForm
from supportdesk.helpdesk.cases.pages import own_booking, refused_typing
from supportdesk.helpdesk.cases.views import press
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.views import BOOKING, blueprint
from supportdesk.learners.tutor_wishes import ask_for_tutor
from supportdesk.skills.queries import areas, skill_names
from supportdesk.videos.giving import give_video
from supportdesk.videos.links import watch_address
from supportdesk.videos.queries import video_by_code

SLOTS_SHOWN: Final = 12
#: What a button says of how a video is given.
_WAYS: Final = {"paper": True, "pass": False}
_LONGEST_CODE: Final = 40


@blueprint.post(f"{BOOKING}/case/give")
@requires(Permission.HOLD_CONSULTATION)
def case_video(booking_id: int) -> Answer:
    """Give a video ("paper:CODE" or "pass:CODE"): on to its sheet, or back to the case."""
    booking = own_booking(booking_id)
    if refusal := refused_typing(booking):
        return refusal
    way, _colon, code = request.form.get("give", "")[:_LONGEST_CODE].partition(":")
    back = url_for("helpdesk.case", booking_id=booking_id)
    if way not in _WAYS:
        return redirect(back, 303)
    try:
        with transaction():
            give_video(
                code,
                booking.learner_id,
                on_paper=_WAYS[way],
                activity=activity("booking", booking_id),
                actor=current_actor(),
                now=clock.now(),
            )
    except NotFound:
        raise
    except DeskError as error:
        flash(str(error.message), "warn")
        return redirect(back, 303)
    if _WAYS[way]:
        return redirect(url_for("helpdesk.case_sheet", booking_id=booking_id, code=code), 303)
    flash(_("受講者カードで見られるようにしました。"), "good")
    return redirect(back, 303)


@blueprint.get(f"{BOOKING}/case/videos/<code>")
@requires(Permission.HOLD_CONSULTATION)
def case_sheet(booking_id: int, code: str) -> str:
    """The sheet of a video, to be printed; then back to the case."""
    own_booking(booking_id)
    video = video_by_code(code)
    if video is None or video.retired:
        abort(404)
    back = url_for("helpdesk.case", booking_id=booking_id)
    return render_template("videos/sheet.html", video=video, address=watch_address(video.row.code), back=back)


@blueprint.post(f"{BOOKING}/case/ask-tutor")
@requires(Permission.HOLD_CONSULTATION)
def case_tutor(booking_id: int) -> Answer:
    """The coordinators see that the learner would like a peer tutor, and for what; nothing that was typed."""
    booking = own_booking(booking_id)
    if refusal := refused_typing(booking):
        return refusal
    with transaction():
        new = ask_for_tutor(
            booking.learner_id,
            _to_practise(booking),
            activity=activity("booking", booking_id),
            actor=current_actor(),
            now=clock.now(),
        )
    flash(
        _("地域サポーターの希望を、地区担当に伝えました。")
        if new
        else _("地域サポーターの希望は、もう伝わっています。"),
        "good",
    )
    return redirect(url_for("helpdesk.case", booking_id=booking_id), 303)


def _to_practise(booking: BookingRow) -> str:
    """The skills that were practised, else the fields that the case is about."""
    stored = case_queries.case_row(booking.id, booking.topic)
    if stored.levels:
        return "、".join(skill_names(stored.levels).values())
    return "、".join(area.name for area in areas() if area.code in stored.areas)


@blueprint.route(f"{BOOKING}/case/next", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def case_next(booking_id: int) -> Answer:
    """The same adviser's next free slots, each one press away from being booked for this learner."""
    booking = own_booking(booking_id)
    if refusal := refused_typing(booking):
        return refusal
    if request.method == "POST":
        return redirect(url_for("helpdesk.case_next", booking_id=booking_id), 303)
    actor = current_actor()
    free = availability.open_slots(after=clock.now(), limit=None)
    visitor = case_queries.visitor(booking.learner_id)
    note_list(Action.VIEW_CASE, [booking.learner_id], subject=activity("booking", booking.id))
    return render_template(
        "helpdesk/case_next.html",
        booking=booking,
        visitor=visitor,
        slots=[slot for slot in free if slot.adviser_id == actor.account_id][:SLOTS_SHOWN],
    )


@blueprint.post(f"{BOOKING}/case/class")
@requires(Permission.HOLD_CONSULTATION)
def case_class(booking_id: int) -> Answer:
    """To the desk, with the learner chosen, where a class is booked."""
    booking = own_booking(booking_id)
    return refused_typing(booking) or redirect(way_to("desk_learner", learner_id=booking.learner_id), 303)


@blueprint.route(f"{BOOKING}/case/hand-over", methods=["GET", "POST"])
@requires(Permission.HOLD_CONSULTATION)
def hand_over(booking_id: int) -> Answer:
    """Hand the case to another adviser of the desk, with a word why."""
    booking = own_booking(booking_id)
    if "drawn_from" in request.form:
        here = url_for("helpdesk.hand_over", booking_id=booking_id)
        return refused_typing(booking) or redirect(here, 303)
    actor, now = current_actor(), clock.now()
    others = handing.colleagues(booking.desk_id, but=actor.account_id)
    form = HandOverForm(choices={"to": [(one.account_id, one.name) for one in others]})

    def page() -> str:
        note_list(Action.VIEW_CASE, [booking.learner_id], subject=activity("booking", booking.id))
        visitor = case_queries.visitor(booking.learner_id)
        return render_template("helpdesk/hand_over.html", form=form, booking=booking, visitor=visitor, others=others)

    def act() -> str:
        handing.hand_over(booking_id, int(form.to.data or 0), str(form.why.data), actor=actor, now=now)
        return url_for("helpdesk.case", booking_id=booking_id)

    return answer_form(form, page, act, _("引きつぎました。相手の「きょうの相談」に出ます。"))


@blueprint.post(f"{BOOKING}/case/take-over")
@requires(Permission.HOLD_CONSULTATION)
def take_over(booking_id: int) -> Answer:
    """The case is mine from now on."""
    return press(booking_id, handing.take_over, _("この相談を引き受けました。"))
