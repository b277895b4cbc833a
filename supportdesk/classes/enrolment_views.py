"""The staff's pages for one learner's place in a run: applying, the booking itself, its slip, cancelling, moving."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import cancelling, enrolment_queries, queries, run_queries
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.enrolment_queries import EnrolmentRow
from supportdesk.classes.errors import AlreadyEnrolled, SeatsAreDrawn
from supportdesk.classes.forms import EnrolForm, MoveForm
from supportdesk.classes.lottery.entering import enter_lottery
from supportdesk.classes.lottery.queries import is_to_draw
from supportdesk.classes.making_up.queries import arranged_for, missed_of
from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.queries import RunRow
from supportdesk.classes.rules import can_be_left
from supportdesk.classes.run_queries import Person
from supportdesk.classes.together import Comer
from supportdesk.classes.views import LONGEST_WORD, blueprint
from supportdesk.classes.words import EDITIONS, ENROLMENT_STATES
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.moments import span
from supportdesk.core.paging import Page, page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.booking_fields import CancelForm
from supportdesk.learners.found import Found, described
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.rooms import ahead_of, check_scope, scope_of
from supportdesk.learners.search import find_learners
from supportdesk.notices.news import News, news_about
from supportdesk.notices.words import ANSWERS
from supportdesk.places.occupancy import in_words

MOVES_OFFERED = 20


@blueprint.route("/<int:run_id>/who", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def who(run_id: int) -> str:
    """Look for the learner who applies for this run. What was typed comes by POST: no name stands in an address."""
    run, actor = run_queries.run_details(run_id), current_actor()
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_learners(text, scope=scope_of(actor))
    ids = [one.id for one in found]
    note_list(Action.SEARCH_LEARNERS, ids)
    return render_template("classes/who.html", run=run, text=text, found=found, ahead=ahead_of(ids, clock.now()))


@blueprint.route("/<int:run_id>/enrol", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def enrol(run_id: int) -> Answer:
    """Confirm who applies for which run, and who is calling; then enrol them."""
    form = EnrolForm(learner=request.args.get("learner", ""))
    if not form.learner.data:
        run_queries.run_details(run_id)  # or there is no such page
        return redirect(url_for("classes.who", run_id=run_id), 303)
    if request.method == "GET" and is_to_draw(run_id):
        return redirect(url_for("classes.enter_lottery", run_id=run_id, learner=form.learner.data), 303)
    learner_id = permitted(form.learner.data)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        caller = form.caller_for(learner_id, actor)
        try:
            enrolled = enrol_learner(
                run_id,
                learner_id,
                caller=caller,
                clash_reason=form.clash_reason.data or "",
                told=form.tell.told,
                actor=actor,
                now=now,
            )
        except SeatsAreDrawn:
            one = [Comer(learner_id, caller)]
            entered = enter_lottery(run_id, one, told=form.tell.told, actor=actor, now=now)
            return url_for("classes.lottery_entry", entry_id=entered.entry_id, done=1)
        return url_for("classes.enrolment", enrolment_id=enrolled.enrolment_id, done=1)

    return answer_form(form, lambda: _enrol_page(form, run_id, learner_id), act)


def permitted(written: str) -> int:
    """The id of a learner whom the actor may see; else there is no such page. Whoever sees all asks nobody."""
    actor, learner_id = current_actor(), row_id(written)
    if learner_id is None:
        abort(404)
    if scope_of(actor) is not None:
        check_scope(actor, learner_id)
    return learner_id


def _enrol_page(form: EnrolForm, run_id: int, learner_id: int) -> str:
    learner, known = _described(learner_id), callers_of(learner_id, current_actor())
    form.offer_callers(known)
    note_look(Action.VIEW_LEARNER, learner_id, beside=[one.learner_id for one in known if one.learner_id])
    run = run_queries.run_details(run_id)
    existing = form.refusal.details["enrolment_id"] if isinstance(form.refusal, AlreadyEnrolled) else None
    existing = existing or run_queries.live_enrolment(run_id, learner_id)
    clash = {} if existing else run_queries.clash_of(run_id, learner_id)
    return render_template(
        "classes/enrol.html",
        form=form,
        run=run,
        when=all_dates(run_id),
        learner=learner,
        existing=existing,
        clash=in_words(clash) if clash else "",
        open=run.is_open(clock.now()),
        edition=EDITIONS[run.edition],
    )


def all_dates(run_id: int) -> str:
    """All dates of the run with their times."""
    return "、".join(span(starts_at, ends_at) for starts_at, ends_at in run_queries.dates_of(run_id))


@blueprint.get("/enrolments/<int:enrolment_id>")
@requires(Permission.SEE_CLASSES, surface="field")
def enrolment(enrolment_id: int) -> str:
    """The booking; just after it was made, that it is done."""
    row, learner = booking_of(enrolment_id)
    asked = _who_is_asked(row)
    news = _news_of(enrolment_id)
    return render_template(
        "classes/enrolment.html",
        booking=row,
        learner=learner,
        asked=asked,
        news=news,
        answers=ANSWERS,
        seat_free=row.line is not None and run_queries.has_free_seat(row.run_id, clock.now()),
        when=all_dates(row.run_id),
        done="done" in request.args and row.state is not EnrolmentState.CANCELLED,
        live=_is_live(row),
        missed=missed_of(enrolment_id) if row.state is not EnrolmentState.CANCELLED else [],
        arranged={one.number: one for one in arranged_for(row.learner_id, clock.now(), instead_of=row.run_id)},
        state=ENROLMENT_STATES[row.state],
        edition=EDITIONS[row.edition],
    )


def _who_is_asked(row: EnrolmentRow) -> Person | None:
    """For whom the seat is held that was just given up: the address names the enrolment, as cancelling answered it."""
    wanted = row_id(request.args.get("asked", "")) if row.state is EnrolmentState.CANCELLED else None
    if wanted is None:
        return None
    person = run_queries.asked_there(row.run_id, wanted, current_actor())
    _note_other(person)
    return person


def _note_other(person: Person | None) -> None:
    """The page names somebody beside the learner whose booking it is."""
    if person is not None and person.learner_id is not None and request.method == "GET":
        note_look(Action.VIEW_ENROLMENT, person.learner_id)


def _news_of(*enrolment_ids: int) -> dict[int, News]:
    """What was, or is still, to be told last about each of these enrolments."""
    told = news_about([activity("enrolment", one) for one in enrolment_ids], clock.now())
    return {one: told[activity("enrolment", one)][-1] for one in enrolment_ids if activity("enrolment", one) in told}


@blueprint.get("/enrolments/<int:enrolment_id>/slip")
@requires(Permission.SEE_CLASSES)
def slip(enrolment_id: int) -> str:
    """The slip that the learner takes home."""
    return render_template("classes/slip.html", slip=slip_of(*booking_of(enrolment_id)))


class Slip(NamedTuple):
    """A booking on paper: the next date large, those that follow it small."""

    booking: EnrolmentRow
    learner: Found
    starts_at: datetime
    ends_at: datetime
    others: str


def slip_of(booking: EnrolmentRow, learner: Found) -> Slip:
    """What the slip says: of dates that are over it says the last."""
    dates, now = run_queries.dates_of(booking.run_id), clock.now()
    shown = next((one for one in dates if one[1] > now), dates[-1])
    others = "、".join(span(*one) for one in dates if one != shown and one[1] > now)
    return Slip(booking, learner, *shown, others)


def booking_of(enrolment_id: int) -> tuple[EnrolmentRow, Found]:
    """The booking and its learner, for whoever may see them. That somebody looked is noted."""
    row = enrolment_queries.enrolment_row(enrolment_id)
    if row is None:
        abort(404)
    check_scope(current_actor(), row.learner_id)
    if request.method == "GET":
        note_look(Action.VIEW_ENROLMENT, row.learner_id)
    return row, _described(row.learner_id)


def _described(learner_id: int) -> Found:
    """The learner with what tells namesakes apart. Raises NotFound."""
    for learner in described([learner_id]):
        return learner
    raise NotFound


def _is_live(row: EnrolmentRow) -> bool:
    """Whether there is still something to cancel or move."""
    starts = (starts_at for starts_at, _ends_at in run_queries.dates_of(row.run_id))
    return row.state is not EnrolmentState.CANCELLED and can_be_left(starts, clock.now())


@blueprint.route("/enrolments/<int:enrolment_id>/cancel", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def cancel_enrolment(enrolment_id: int) -> Answer:
    """Say what cancelling will do; then do it."""
    row, learner = booking_of(enrolment_id)
    form = CancelForm()
    actor, now = current_actor(), clock.now()

    def act() -> str:
        asked = cancelling.cancel_enrolment(enrolment_id, told=form.tell.told, actor=actor, now=now)
        return url_for("classes.enrolment", enrolment_id=enrolment_id, asked=asked)

    return answer_form(form, lambda: _cancel_page(form, row, learner), act, _("取り消しました。"))


def _cancel_page(form: CancelForm, row: EnrolmentRow, learner: Found) -> str:
    run, now = run_queries.run_details(row.run_id), clock.now()
    next_asked = None
    if row.seat is not None and run.is_open(now):
        next_asked = run_queries.next_in_line(row.run_id, current_actor())
    _note_other(next_asked)
    return render_template(
        "classes/cancel_enrolment.html",
        form=form,
        booking=row,
        learner=learner,
        live=_is_live(row),
        begun=row.starts_at <= now,
        next_asked=next_asked,
    )


@blueprint.route("/enrolments/<int:enrolment_id>/move", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def move(enrolment_id: int) -> Answer:
    """Pick another run; then leave this one and enter that one, both or neither."""
    row, learner = booking_of(enrolment_id)
    text = tidy(request.args.get("q", ""))[:LONGEST_WORD]
    runs = queries.open_runs_page(
        page_number(), text=text, besides=row.run_id, after=clock.now(), per_page=MOVES_OFFERED
    )
    form = MoveForm([(one.id, _in_short(one)) for one in runs.rows])
    actor, now = current_actor(), clock.now()

    def act() -> str:
        moved = cancelling.move_enrolment(
            enrolment_id,
            int(form.run_id.data or 0),
            clash_reason=form.clash_reason.data or "",
            told=form.tell.told,
            actor=actor,
            now=now,
        )
        return url_for("classes.enrolment", enrolment_id=moved.enrolment_id, done=1)

    return answer_form(form, lambda: _move_page(form, row, learner, text, runs), act)


def _in_short(run: RunRow) -> str:
    seats = _("あと%(seats)s人", seats=run.free) if run.free else _("満席")
    place = run.nickname or run.venue
    return f"{span(run.starts_at, run.ends_at)} {run.title}・{place}（{seats}）"


def _move_page(form: MoveForm, row: EnrolmentRow, learner: Found, text: str, runs: Page[RunRow]) -> str:
    return render_template(
        "classes/move.html", form=form, booking=row, learner=learner, text=text, runs=runs, live=_is_live(row)
    )
