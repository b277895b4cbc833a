"""The pages on which two who belong together apply for one run, are told that it is done, and get a slip each."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries, together
from supportdesk.classes.enrolment_queries import EnrolmentRow
from supportdesk.classes.enrolment_views import all_dates, booking_of, permitted, slip_of
from supportdesk.classes.forms import BothForm
from supportdesk.classes.lottery.entering import enter_lottery
from supportdesk.classes.lottery.queries import is_to_draw
from supportdesk.classes.together import Comer, Together, enrolled_among, promise_of, whose_seat
from supportdesk.classes.views import blueprint
from supportdesk.classes.words import EDITIONS
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.learners.caller import THE_LEARNER, Caller
from supportdesk.learners.found import Found, described
from supportdesk.learners.known_callers import as_caller, callers_of
from supportdesk.learners.links import linked_to
from supportdesk.places.occupancy import in_words

BOTH = "/enrolments/<int:enrolment_id>/both/<int:other_id>"


@blueprint.route("/<int:run_id>/enrol-both", methods=["GET", "POST"])
@requires(Permission.BOOK_CLASS)
def enrol_both(run_id: int) -> Answer:
    """Say what two who are linked will get of this run; then enrol both or neither."""
    form = BothForm(**{name: request.args.get(name, "") for name in ("learner", "companion")})
    if not form.learner.data or not form.companion.data:
        run_queries.run_details(run_id)  # or there is no such page
        return redirect(url_for("classes.enrol", run_id=run_id, learner=form.learner.data or None), 303)
    if request.method == "GET" and is_to_draw(run_id):
        two = url_for("classes.enter_lottery", run_id=run_id, learner=form.learner.data, companion=form.companion.data)
        return redirect(two, 303)
    actor, now = current_actor(), clock.now()
    first, second = _couple(form, actor)

    def act() -> str:
        callers = _callers(form, first, second, actor)
        couple = Comer(first.id, callers[0]), Comer(second.id, callers[1])
        if is_to_draw(run_id):
            entered = enter_lottery(run_id, couple, told=form.tell.told, actor=actor, now=now)
            return url_for("classes.lottery_entry", entry_id=entered.entry_id, done=1)
        made = together.enrol_both(
            run_id,
            *couple,
            promised=Together(form.together.data or ""),
            clash_reason=form.clash_reason.data or "",
            told=form.tell.told,
            actor=actor,
            now=now,
        )
        return url_for("classes.both", enrolment_id=made[0].enrolment_id, other_id=made[1].enrolment_id)

    return answer_form(form, lambda: _page(form, run_id, first, second), act)


def _couple(form: BothForm, actor: Actor) -> tuple[Found, Found]:
    """The learner, and whoever comes along: one of those linked to them. Raises NotFound."""
    first_id, second_id = permitted(form.learner.data), permitted(form.companion.data)
    if second_id not in {one.who.id for one in linked_to(first_id, actor)}:
        raise NotFound
    first, second = described([first_id, second_id])
    return first, second


def _callers(form: BothForm, first: Found, second: Found, actor: Actor) -> tuple[Caller, Caller]:
    """Who called for each of them: either may call for both."""
    caller = form.caller_for(first.id, actor)
    if caller == THE_LEARNER:
        known = {one.key: one.caller for one in callers_of(second.id, actor)}
        return caller, known.get(as_caller(first.id), Caller(first.name))
    second_calls = form.caller_is.data == as_caller(second.id) and not form.caller_name.data
    return caller, THE_LEARNER if second_calls else caller


def _page(form: BothForm, run_id: int, first: Found, second: Found) -> str:
    run = run_queries.run_details(run_id)
    known = callers_of(first.id, current_actor())
    form.offer_callers(known)
    beside = {second.id, *(one.learner_id for one in known if one.learner_id)}
    note_look(Action.VIEW_LEARNER, first.id, beside=sorted(beside))
    promise = promise_of(run.free)
    form.together.choices = whose_seat(first.name, second.name)
    enrolled = enrolled_among([run_id], [first.id, second.id])
    clashes = {} if enrolled else {one.name: run_queries.clash_of(run_id, one.id) for one in (first, second)}
    return render_template(
        "classes/enrol_both.html",
        form=form,
        run=run,
        when=all_dates(run_id),
        couple=(first, second),
        existing=[(one, enrolled[run_id, one.id]) for one in (first, second) if (run_id, one.id) in enrolled],
        clashes=[(name, in_words(clash)) for name, clash in clashes.items() if clash],
        promise=promise,
        open=run.is_open(clock.now()),
        edition=EDITIONS[run.edition],
    )


@blueprint.get(BOTH)
@requires(Permission.BOOK_CLASS)
def both(enrolment_id: int, other_id: int) -> str:
    """Both bookings, just after they were made."""
    pair = _pair(enrolment_id, other_id)
    return render_template("classes/both.html", pair=pair, run=pair[0][0], when=all_dates(pair[0][0].run_id))


@blueprint.get(f"{BOTH}/slips")
@requires(Permission.BOOK_CLASS)
def both_slips(enrolment_id: int, other_id: int) -> str:
    """A slip for each, to be printed at once."""
    slips = [slip_of(*one) for one in _pair(enrolment_id, other_id)]
    return render_template("classes/both_slips.html", slips=slips, ids=(enrolment_id, other_id))


def _pair(enrolment_id: int, other_id: int) -> list[tuple[EnrolmentRow, Found]]:
    """Two enrolments in one run with their learners. That somebody looked is noted of each."""
    pair = [booking_of(enrolment_id), booking_of(other_id)]
    if pair[0][0].run_id != pair[1][0].run_id:
        abort(404)
    return pair
