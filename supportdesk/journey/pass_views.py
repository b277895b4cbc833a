"""The address behind the QR code of a pass: what it shows depends on who scans."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.enrolment_queries import enrolment_row, enrolments_ahead
from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.rules import can_be_left
from supportdesk.classes.run_queries import dates_of
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import DeskForm
from supportdesk.core.permissions import SYSTEM, Permission, public, requires
from supportdesk.core.security import keep_no_copy
from supportdesk.helpdesk.waiting.queries import wishes_of
from supportdesk.journey.appointments import appointments_of
from supportdesk.journey.forms import OwnPhoneForm
from supportdesk.journey.record import step_of
from supportdesk.journey.scanning import Meaning, meaning_for
from supportdesk.journey.words import AHEAD
from supportdesk.learners import admission
from supportdesk.learners.found import described
from supportdesk.learners.own_phone import learners_of_this_phone, remember
from supportdesk.learners.passes import live_pass, pass_by_token
from supportdesk.learners.queries import learner_to_edit
from supportdesk.notices.offer_queries import asked_by
from supportdesk.notices.offers import Answer as Given
from supportdesk.notices.offers import answer_offer
from supportdesk.skills.queries import levels_of
from supportdesk.videos.giving import given_to

#: To leave the line for good is said on the page of the booking, or to the desk.
_OWN_ANSWERS: Final = {"accept": Given.ACCEPT, "decline": Given.DECLINE}
_OWN_THANKS: Final = {
    "accept": _l("受付が完了しました。下の日時においでください。"),
    "decline": _l("お返事を受け付けました。今回は次の方にまわします。順番は続けてお待ちいただけます。"),
}
blueprint = Blueprint("passes", __name__, url_prefix="/p", template_folder="templates")

# These pages are public, but what they show is one person's: a phone that is cut off shows nothing from before.
blueprint.after_request(keep_no_copy)


@blueprint.get("/<token>")
@public
def open_pass(token: str) -> Answer:
    """Check in, log, open the record, show a learner their own things; to a stranger, nothing about the person."""
    learner_id = pass_by_token(token)
    if learner_id is None:
        return render_template("journey/pass_unknown.html"), 404
    if current_user.is_authenticated:
        return _for_staff(token, learner_id)
    if learner_id in learners_of_this_phone():
        return _for_the_learner(token, learner_id)
    if admission.window_is_open(learner_id, now=clock.now()):
        return render_template("journey/pass_admit.html", token=token)
    return render_template("journey/pass_stranger.html", token=token)


def _for_staff(token: str, learner_id: int) -> Answer:
    actor, now = current_actor(), clock.now()
    meaning: Meaning = meaning_for(actor, learner_id, now)
    if meaning.logs_session:
        return redirect(url_for("tutors.log", learner=learner_id), 303)
    if meaning.opens_record:
        return redirect(url_for("journey.learner", learner_id=learner_id), 303)
    if not meaning.meetings:
        return render_template("journey/pass_stranger.html", token="")
    note_look(Action.SCAN_PASS, learner_id)
    return render_template(
        "journey/pass_check_in.html",
        who=described([learner_id])[0],
        meetings=meaning.meetings,
        token=token,
        enrolled=meaning.seated,
    )


@blueprint.post("/<token>/check-in")
@requires(Permission.TAKE_ATTENDANCE, surface="field")
def check_in(token: str) -> Response:
    """Mark the learner present in one of the instructor's meetings of today, or as a walk-in."""
    learner_id, actor, now = pass_by_token(token), current_actor(), clock.now()
    wanted = request.form.get("meeting", "")
    if learner_id is None:
        abort(404)
    meeting = next((one for one in meaning_for(actor, learner_id, now).meetings if str(one.id) == wanted), None)
    if meeting is None:
        abort(404)
    with transaction():
        attendance.check_in(meeting.id, learner_id, actor=actor, now=now)
    flash(_("出席にしました。"), "good")
    return redirect(url_for("classes.attendance", meeting_id=meeting.id), 303)


@blueprint.post("/<token>/admit")
@public
def admit(token: str) -> Response:
    """Make this phone the learner's own, through the window that staff opened."""
    try:
        with transaction():
            secret = admission.admit_phone(token, now=clock.now())
    except admission.NoWindow as error:
        flash(str(error.message), "warn")
        return redirect(url_for("passes.open_pass", token=token), 303)
    return _admitted(token, secret)


@blueprint.route("/<token>/own", methods=["GET", "POST"])
@public
def own(token: str) -> Answer:
    """Make this phone the learner's own by two answers; wrong ones are counted."""
    if pass_by_token(token) is None:
        return render_template("journey/pass_unknown.html"), 404
    form = OwnPhoneForm()
    if request.method == "GET":
        return render_template("journey/pass_own.html", form=form, token=token)
    if not form.validate_on_submit() or form.birth_date.data is None:
        return render_template("journey/pass_own.html", form=form, token=token), 422
    with transaction():
        outcome = admission.admit_phone_by_answers(token, form.birth_date.data, str(form.digits.data), now=clock.now())
    if isinstance(outcome, DeskError):
        form.refuse(outcome)
        return render_template("journey/pass_own.html", form=form, token=token), outcome.status
    return _admitted(token, outcome)


@blueprint.post("/<token>/offers/<int:offer_id>")
@public
def answer(token: str, offer_id: int) -> Response:
    """On their own phone the learner answers whether they want the seat that is held for them."""
    learner_id = pass_by_token(token)
    if learner_id is None or learner_id not in learners_of_this_phone() or asked_by(offer_id) != learner_id:
        abort(404)
    given, back = request.form.get("answer", ""), url_for("passes.open_pass", token=token)
    if given not in _OWN_ANSWERS:
        return redirect(back, 303)

    def act() -> str:
        answer_offer(offer_id, _OWN_ANSWERS[given], actor=SYSTEM, now=clock.now())
        return back

    return answer_press(act, _OWN_THANKS[given], back=back)


@blueprint.route("/<token>/enrolments/<int:enrolment_id>/cancel", methods=["GET", "POST"])
@public
def cancel(token: str, enrolment_id: int) -> Answer:
    """On their own phone the learner gives up a place in a class."""
    learner_id, row = pass_by_token(token), enrolment_row(enrolment_id)
    if row is None or row.learner_id != learner_id or learner_id not in learners_of_this_phone():
        abort(404)
    back, form, dates = url_for("passes.open_pass", token=token), DeskForm(), dates_of(row.run_id)

    def act() -> str:
        cancel_enrolment(enrolment_id, actor=SYSTEM, now=clock.now())
        return back

    def page() -> str:
        return render_template(
            "journey/pass_cancel.html",
            form=form,
            token=token,
            booking=row,
            live=row.state is not EnrolmentState.CANCELLED and can_be_left((one[0] for one in dates), clock.now()),
            when=dates,
        )

    return answer_form(form, page, act, _("取り消しました。ご連絡ありがとうございます。"))


def _admitted(token: str, secret: str) -> Response:
    response = redirect(url_for("passes.open_pass", token=token), 303)
    remember(response, secret)
    flash(_("このスマホを登録しました。これからは、カードのQRコードを読み取ると、予定が見られます。"), "good")
    return response


def _for_the_learner(token: str, learner_id: int) -> str:
    person, now = learner_to_edit(learner_id), clock.now()
    enrolments = enrolments_ahead(learner_id, now)
    return render_template(
        "journey/pass_own_phone.html",
        learner=person,
        held=live_pass(learner_id),
        token=token,
        appointments=appointments_of(learner_id, enrolments, now),
        wishes=wishes_of(learner_id),
        step=step_of(person, levels_of(learner_id), enrolments, now),
        programmes=AHEAD,
        videos=given_to(learner_id),
    )
