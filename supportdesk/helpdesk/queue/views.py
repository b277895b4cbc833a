"""A desk's day on one page, and the numbers that are given at the counter. For reception and advisers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor, nobody_asked
from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.security import keep_no_copy
from supportdesk.helpdesk.booking_views import booked
from supportdesk.helpdesk.cases import handing
from supportdesk.helpdesk.queue import day_board, queries, taking
from supportdesk.helpdesk.queue.day_board import DeskChoice
from supportdesk.helpdesk.queue.errors import AlreadyNumbered
from supportdesk.helpdesk.queue.forms import CounterForm, NumberForm
from supportdesk.helpdesk.queue.models import NumberState
from supportdesk.helpdesk.queue.naming import may_be_named
from supportdesk.helpdesk.queue.office import BOARD_SECONDS
from supportdesk.helpdesk.queue.queries import NumberRow
from supportdesk.helpdesk.queue.words import NUMBER_STATES
from supportdesk.helpdesk.views import BOOKING, DESK, LONGEST_WORD, blueprint, day_near, permitted
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.found import Found, described
from supportdesk.learners.rooms import ahead_of, scope_of
from supportdesk.learners.search import find_learners
from supportdesk.places.calendar import holiday_name

NUMBER: Final = "/numbers/<int(max=2147483647):number_id>"
_A_DAY: Final = timedelta(days=1)
#: Days before and after today that the filter offers; the arrows lead further.
_BACK, _AHEAD = 7, 14


@blueprint.get("/today")
@requires(Permission.SEE_HELPDESK)
def today() -> str:
    """The day of one desk, on screen and on paper: bookings, who waits, who is on duty, what is free."""
    actor, now, this_day = current_actor(), clock.now(), clock.today()
    day = day_near(request.args.get("day", "")) or this_day
    desks = day_board.desks_for(actor, day)
    desk = day_board.picked(desks, request.args.get("desk", ""))
    shown = day_board.day_board(desk, day, actor, now) if desk else None
    account_id = actor.account_id or 0
    handed = handing.handed_to(account_id)
    asked_for = {found.id: found for found in described([one.learner_id for one in handed])}
    note_list(Action.VIEW_BOOKINGS, asked_for.keys() | (shown.learners_shown if shown else set()))
    return render_template(
        "helpdesk/today.html",
        day=day,
        today=this_day,
        before=day - _A_DAY,
        after=day + _A_DAY,
        days=[this_day + timedelta(days=number) for number in range(-_BACK, _AHEAD + 1) if number],
        desks=desks,
        desk=desk,
        board=shown,
        handed=[(one, asked_for[one.learner_id]) for one in handed],
        taken={booking.id for booking in handing.taken_on(day, account_id)},
        holiday=holiday_name(day),
        counter=queries.counter_of(desk.id, account_id) if desk else "",
        counter_form=CounterForm(formdata=None),
        seconds=BOARD_SECONDS.get(),
        me=account_id,
        booking_states=BOOKING_STATES,
        number_states=NUMBER_STATES,
        now=now,
    )


@blueprint.get(f"{DESK}/moved")
@requires(Permission.SEE_HELPDESK)
def moved(desk_id: int) -> Response:
    """The mark of the desk's day as it stands: the open page asks, and draws itself anew when it is another."""
    desk = day_board.desk_of(current_actor(), desk_id)
    nobody_asked()
    answer = make_response(day_board.mark_of(desk.id, clock.today()))
    answer.mimetype = "text/plain"
    return keep_no_copy(answer)


def day_page(desk_id: int) -> str:
    """The address of the desk's day."""
    return url_for("helpdesk.today", desk=desk_id)


@blueprint.get("/numbers/new")
@requires(Permission.BOOK_CONSULTATION)
def number_here() -> Answer:
    """Where a number is given to whoever stands at the counter: at the desk asked for, or the one looked at last."""
    desks = day_board.desks_for(current_actor(), clock.today())
    desk, learner_id = day_board.picked(desks, request.args.get("desk", "")), row_id(request.args.get("learner", ""))
    if desk is None:
        return redirect(url_for("helpdesk.today"), 303)
    if learner_id is None:
        return redirect(url_for("helpdesk.number_for", desk_id=desk.id), 303)
    return redirect(url_for("helpdesk.give_number", desk_id=desk.id, learner=learner_id), 303)


@blueprint.route(f"{DESK}/numbers/who", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def number_for(desk_id: int) -> str:
    """Look for who comes without a booking, or give a number to somebody without a name."""
    desk = day_board.desk_of(current_actor(), desk_id)
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_learners(text, scope=scope_of(current_actor()))
    ids = [one.id for one in found]
    note_list(Action.SEARCH_LEARNERS, ids)
    return render_template(
        "helpdesk/queue/who.html",
        desk=desk,
        desks=_in_use(),
        text=text,
        found=found,
        ahead=ahead_of(ids, clock.now()),
        form=NumberForm(formdata=None),
    )


@blueprint.route(f"{DESK}/numbers/new", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def give_number(desk_id: int) -> Answer:
    """Give the next number to a learner, or to somebody who gives no name."""
    actor, now = current_actor(), clock.now()
    desk = day_board.desk_of(actor, desk_id)
    form = NumberForm(learner=request.args.get("learner", ""))
    learner = permitted(form.learner.data) if form.learner.data else None

    def act() -> str:
        given = taking.give_number(
            desk_id,
            learner_id=learner.id if learner else None,
            topic=form.topic.data or "",
            actor=actor,
            now=now,
        )
        return url_for("helpdesk.number", number_id=given.number_id, done=1)

    return answer_form(form, lambda: _give_page(form, desk, learner), act)


def _give_page(form: NumberForm, desk: DeskChoice, learner: Found | None) -> str:
    if learner:
        note_look(Action.VIEW_LEARNER, learner.id)
    has_number = form.refusal.details["number_id"] if isinstance(form.refusal, AlreadyNumbered) else None
    booked = day_board.booked_today(learner.id, desk.id, clock.today()) if learner else None
    return render_template(
        "helpdesk/queue/give.html",
        form=form,
        desk=desk,
        desks=_in_use(),
        learner=learner,
        has_number=has_number,
        booked=booked,
    )


def _in_use() -> list[DeskChoice]:
    """The desks at which they may give a number."""
    return [one for one in day_board.desks_for(current_actor(), clock.today()) if one.active]


@blueprint.post(f"{BOOKING}/came")
@requires(Permission.BOOK_CONSULTATION)
def check_in(booking_id: int) -> Answer:
    """The learner has come for their booking: a number, by which they are called."""
    row, _whose = booked(booking_id)
    day_board.desk_of(current_actor(), row.desk_id)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        given = taking.check_in(booking_id, actor=actor, now=now)
        return url_for("helpdesk.number", number_id=given.number_id, done=1)

    return answer_press(act, back=day_page(row.desk_id))


@blueprint.get(NUMBER)
@requires(Permission.SEE_HELPDESK)
def number(number_id: int) -> str:
    """The number, to be printed or read out. It bears no name."""
    row, desk = own_number(number_id)
    now = clock.now()
    waits = row.state is NumberState.WAITING and row.day == clock.today()
    ahead = day_board.before(row, now) if waits else 0
    return render_template(
        "helpdesk/queue/number.html",
        number=row,
        desk=desk,
        waits=waits,
        ahead=ahead,
        early=row.booked_at is not None and now < row.booked_at,
        about=day_board.wait_of(row, ahead, now) if ahead else 0,
        done="done" in request.args and waits,
        nameable=may_be_named(row, clock.today()),
        state=NUMBER_STATES[row.state],
    )


@blueprint.post(f"{DESK}/numbers/close")
@requires(Permission.BOOK_CONSULTATION)
def close_line(desk_id: int) -> Answer:
    """Nobody is called any more today: those left over are told so, and counted."""
    actor, now = current_actor(), clock.now()
    day_board.desk_of(actor, desk_id)

    def act() -> str:
        taking.close_line(desk_id, clock.local(now).date(), actor=actor, now=now)
        return day_page(desk_id)

    return answer_press(act, _("きょうの番号を終えました。"), back=day_page(desk_id))


def own_number(number_id: int) -> tuple[NumberRow, DeskChoice]:
    """A number and its desk, for whoever may see that desk's day. Raises NotFound."""
    row = queries.number_row(number_id)
    if row is None:
        raise NotFound
    return row, day_board.desk_of(current_actor(), row.desk_id)
