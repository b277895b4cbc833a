"""Reception's one screen: a box that answers every call, today at a glance, and one press that books."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.deciding.queries import how_many_to_decide
from supportdesk.classes.duty import districts_decided
from supportdesk.classes.enrolment_queries import enrolments_ahead
from supportdesk.classes.lottery.queries import draws_among, entered_among
from supportdesk.classes.queries import meetings_on
from supportdesk.classes.together import enrolled_among, promise_of
from supportdesk.core import clock
from supportdesk.core.answers import Answer
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.queries import bookings_on, last_adviser
from supportdesk.helpdesk.waiting.queries import wishes_of
from supportdesk.journey import desk
from supportdesk.journey.appointments import appointments_of
from supportdesk.journey.record import step_of
from supportdesk.journey.typed import LONGEST, read_typed
from supportdesk.journey.words import AHEAD
from supportdesk.learners.found import described
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.links import family_of
from supportdesk.learners.queries import learner_to_edit, stands_for
from supportdesk.learners.rooms import ahead_of, check_scope
from supportdesk.learners.words import DEVICES, LINKS, NEEDS
from supportdesk.skills.queries import areas, levels_of

blueprint = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.USE_DESK)
def index() -> str:
    """The box and today. What is typed comes by POST, so that no name stands in an address."""
    actor, now, today = current_actor(), clock.now(), clock.today()
    typed = read_typed(request.form.get("q", "")[: 2 * LONGEST], today)
    answer = desk.search(typed, actor, now)
    alone = "X-Fragment" in request.headers
    bookings = [] if alone else bookings_on(today)
    named = dict.fromkeys([*answer.learner_ids, *(booking.learner_id for booking in bookings)])
    note_list(Action.SEARCH_LEARNERS, named)
    holders = {one.id: one for one in described(list(named))} if answer.booked or bookings else {}
    ahead = ahead_of([one.id for one in answer.people], now)
    if alone:
        return render_template("journey/_answer.html", typed=typed, answer=answer, holders=holders, ahead=ahead)
    return render_template(
        "journey/desk.html",
        typed=typed,
        answer=answer,
        holders=holders,
        ahead=ahead,
        meetings=meetings_on(today, cancelled=True),
        bookings=bookings,
        to_decide=how_many_to_decide(districts=districts_decided(actor), now=now),
        now=now,
    )


@blueprint.get("/<int:learner_id>")
@requires(Permission.USE_DESK, Permission.BOOK_CLASS)
def learner(learner_id: int) -> Answer:
    """One learner on the line: what they have booked, what comes next near them, and a button that books it."""
    actor, now = current_actor(), clock.now()
    if kept := stands_for(learner_id):
        return redirect(url_for("desk.learner", learner_id=kept), 303)
    check_scope(actor, learner_id)
    person = learner_to_edit(learner_id)
    enrolments = enrolments_ahead(learner_id, now)
    wanted = read_typed(request.args.get("q", "")[: 2 * LONGEST], clock.today())
    family = family_of(person, actor)
    callers = callers_of(learner_id, actor, family.linked)
    calls = request.args.get("caller", "")
    adviser = last_adviser(learner_id)
    fields = areas()
    slots_wanted = _slots_wanted({area.code for area in fields})
    offers = desk.offers_for(
        person,
        words=wanted.words,
        day=wanted.day,
        pages=(page_number(desk.RUNS), page_number(desk.SLOTS)),
        wanted=slots_wanted,
        adviser=adviser,
        actor=actor,
        now=now,
    )
    companions = desk.companions(family)
    step = step_of(person, levels_of(learner_id), enrolments, now)
    run_ids = [run.id for run in (*offers.runs.rows, *([step.run] if step and step.run else ()))]
    draws = draws_among(run_ids)
    people = [learner_id, *(one.who.id for one in companions)]
    entered = entered_among(draws, people)
    note_look(Action.VIEW_LEARNER, learner_id, beside=family.ids)
    return render_template(
        "journey/desk_learner.html",
        learner=person,
        who=described([learner_id])[0],
        wanted=wanted,
        family=family,
        links=LINKS,
        callers=[("", _("ご本人")), *((one.key, one.label) for one in callers)] if callers else [],
        caller=calls if calls in {one.key for one in callers} else "",
        step=step,
        draws=draws,
        now=now,
        appointments=appointments_of(learner_id, enrolments, now),
        wishes=wishes_of(learner_id),
        offers=offers,
        orders=[
            (desk.NEAR, _("近い順")),
            (desk.SOONEST, _("どこでも、早い順")),
            *([(desk.SAME_ADVISER, _("前と同じ相談員（%(name)s）", name=adviser.name))] if adviser else []),
        ],
        slots_wanted=slots_wanted,
        areas=[(area.code, area.name) for area in fields],
        companions=companions,
        booked_too=enrolled_among([run.id for run in offers.runs.rows], people[1:]) | entered,
        promise_of=promise_of,
        booked={
            **{row.run_id: url_for("classes.enrolment", enrolment_id=row.id) for row in enrolments},
            **{
                run_id: url_for("classes.lottery_entry", entry_id=entry_id)
                for (run_id, who), entry_id in entered.items()
                if who == learner_id
            },
        },
        programmes=AHEAD,
        devices=DEVICES,
        needs=NEEDS,
    )


def _slots_wanted(fields: set[str]) -> desk.SlotsWanted:
    """In which order and about what slots are looked for, as the address has it."""
    order, area = request.args.get("order", ""), request.args.get("area", "")
    return desk.SlotsWanted(order if order in desk.ORDERS else desk.NEAR, area if area in fields else None)
