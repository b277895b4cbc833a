"""The pages of those who wait for a desk: putting somebody in line, the list, one wish with what is offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import PER_PAGE, page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.queries import bookings_ahead
from supportdesk.helpdesk.views import blueprint, permitted
from supportdesk.helpdesk.waiting import operations, queries
from supportdesk.helpdesk.waiting.errors import AlreadyWaiting
from supportdesk.helpdesk.waiting.forms import DESK, WishForm, read_place
from supportdesk.helpdesk.waiting.models import HalfDay, WishState
from supportdesk.helpdesk.waiting.queries import WishRow
from supportdesk.helpdesk.waiting.words import WISH_STATES
from supportdesk.learners.found import Found, described
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.rooms import check_scope, scope_of
from supportdesk.learners.words import DEVICES
from supportdesk.notices.forms import AnswerForm
from supportdesk.notices.offers import OfferOver, answer_offer

WISH: Final = "/waiting/<int(max=2147483647):wish_id>"


@blueprint.get("/waiting")
@requires(Permission.BOOK_CONSULTATION)
def waiting_list() -> str:
    """Who waits, in the order in which they are asked, and for how long already."""
    desk_id = row_id(request.args.get("desk", ""))
    page = queries.wishes_page(page_number(), desk_id=desk_id, scope=scope_of(current_actor()))
    learners = {one.id: one for one in described([row.learner_id for row in page.rows])}
    note_list(Action.LIST_WISHES, learners)
    return render_template(
        "helpdesk/waiting/list.html",
        page=page,
        learners=learners,
        desk_id=desk_id,
        desks=queries.desk_choices(),
        states=WISH_STATES,
        today=clock.today(),
        first=(page.number - 1) * PER_PAGE,
    )


@blueprint.route("/waiting/new", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def new_wish() -> Answer:
    """Nothing suits: put the learner in line, for one desk or for any."""
    desk_id = row_id(request.args.get("desk", ""))
    form = WishForm(
        queries.place_choices(),
        learner=request.args.get("learner", ""),
        place=f"{DESK}:{desk_id}" if desk_id else None,
        caller_is=request.args.get("caller", ""),
    )
    if not form.learner.data:
        return redirect(url_for("helpdesk.index"), 303)
    learner = permitted(form.learner.data)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        wish_id = operations.wait_for_slot(
            learner.id,
            read_place(form.place.data or ""),
            weekdays=form.weekdays.data or (),
            half_day=form.half_day.data or HalfDay.ANY,
            topic=form.topic.data or "",
            device=form.device.data,
            caller=form.caller_for(learner.id, actor),
            told=form.tell.told,
            actor=actor,
            now=now,
        )
        return url_for("helpdesk.wish", wish_id=wish_id, done=1)

    return answer_form(form, lambda: _new_page(form, learner), act)


def _new_page(form: WishForm, learner: Found) -> str:
    known = callers_of(learner.id, current_actor())
    form.offer_callers(known)
    note_look(Action.VIEW_LEARNER, learner.id, beside=[one.learner_id for one in known if one.learner_id])
    refusal = form.refusal
    return render_template(
        "helpdesk/waiting/new.html",
        form=form,
        learner=learner,
        wishes=queries.wishes_of(learner.id),
        existing=refusal.details["wish_id"] if isinstance(refusal, AlreadyWaiting) else None,
        states=WISH_STATES,
    )


@blueprint.get(WISH)
@requires(Permission.BOOK_CONSULTATION)
def wish(wish_id: int) -> str:
    """One wish: what is offered and until when, and the buttons for what they answer."""
    row, learner = _permitted_wish(wish_id)
    return render_template(
        "helpdesk/waiting/wish.html",
        wish=row,
        learner=learner,
        done="done" in request.args and row.is_open,
        may_return=row.state is WishState.LEFT,
        ahead=bookings_ahead(row.learner_id, clock.now()) if row.is_open else [],
        state=WISH_STATES[row.state],
        devices=DEVICES,
    )


def _permitted_wish(wish_id: int) -> tuple[WishRow, Found]:
    """A wish and its learner, for whoever may see them. That somebody looked is noted. Raises NotFound."""
    row = queries.wish_row(wish_id)
    if row is None:
        raise NotFound
    check_scope(current_actor(), row.learner_id)
    if request.method == "GET":
        note_look(Action.VIEW_WISH, row.learner_id)
    return row, described([row.learner_id])[0]


@blueprint.post(f"{WISH}/answer")
@requires(Permission.BOOK_CONSULTATION)
def answer_wish(wish_id: int) -> Response:
    """They called back, or stand at the counter: note what they answered."""
    row, _learner = _permitted_wish(wish_id)
    actor, now, form = current_actor(), clock.now(), AnswerForm()
    given = form.answer.data
    if not form.validate_on_submit() or given is None:
        flash(_("返事をえらんでください。"), "warn")
        return redirect(_page(wish_id), 303)

    def act() -> str:
        if row.offer_id is None or str(row.offer_id) != request.form.get("offer"):
            raise OfferOver  # what was shown is not what is offered now
        answer_offer(row.offer_id, given, actor=actor, now=now)
        after = queries.wish_row(wish_id)
        if after is None or after.booking_id is None:
            return _page(wish_id)
        return url_for("helpdesk.booking", booking_id=after.booking_id, done=1)

    return answer_press(act, _("返事を記録しました。"), back=_page(wish_id))


@blueprint.post(f"{WISH}/leave")
@requires(Permission.BOOK_CONSULTATION)
def leave_line(wish_id: int) -> Response:
    """They wait no more; the page that follows offers to take that back."""
    _permitted_wish(wish_id)
    actor, now = current_actor(), clock.now()
    return _carry_out(
        wish_id, lambda: operations.leave_line(wish_id, actor=actor, now=now), _("あきを待つのをやめました。")
    )


@blueprint.post(f"{WISH}/again")
@requires(Permission.BOOK_CONSULTATION)
def wait_again(wish_id: int) -> Response:
    """That was a mistake: they wait again, at their place."""
    _permitted_wish(wish_id)
    actor, now = current_actor(), clock.now()
    return _carry_out(
        wish_id, lambda: operations.wait_again(wish_id, actor=actor, now=now), _("もとの順番にもどしました。")
    )


def _carry_out(wish_id: int, operation: Callable[[], None], done: str) -> Response:
    def act() -> str:
        operation()
        return _page(wish_id)

    return answer_press(act, done, back=_page(wish_id))


def _page(wish_id: int) -> str:
    return url_for("helpdesk.wish", wish_id=wish_id)
