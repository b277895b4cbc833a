"""The pages of one booking: for whom, making it, the booking itself, its slip, cancelling, moving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.moments import span
from supportdesk.core.paging import page_number, page_of
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk import availability, operations, queries
from supportdesk.helpdesk.availability import SlotRow, SlotSeen
from supportdesk.helpdesk.errors import AlreadyBooked, SlotTaken
from supportdesk.helpdesk.forms import BookForm, MoveForm, read_slot
from supportdesk.helpdesk.holds.operations import talking
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.office import HOLD_MINUTES, OFFERED_DAYS
from supportdesk.helpdesk.phones import lend_phone, take_phone_back
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.views import BOOKING, LONGEST_WORD, blueprint, day_near, permitted, permitted_id
from supportdesk.helpdesk.waiting import keeping
from supportdesk.helpdesk.waiting.queries import Offered, wish_of_booking, wish_offered
from supportdesk.helpdesk.words import BOOKING_STATES
from supportdesk.learners.booking_fields import CancelForm
from supportdesk.learners.found import Found, described
from supportdesk.learners.known_callers import callers_of
from supportdesk.learners.rooms import ahead_of, check_scope, scope_of
from supportdesk.learners.search import find_learners
from supportdesk.places.choices import district_choices
from supportdesk.places.phones import free_phones

MOVES_OFFERED = 20
OTHERS_OFFERED = 6


@blueprint.route("/who", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def who() -> Answer:
    """Look for the learner who has the slot. What was typed comes by POST: no name stands in an address."""
    wanted = read_slot(*(request.args.get(name, "") for name in ("desk", "adviser", "at")))
    if wanted is None:
        return redirect(url_for("helpdesk.index"), 303)
    seen = _slot(wanted)
    text = tidy(request.form.get("q", ""))[:LONGEST_WORD]
    found = find_learners(text, scope=scope_of(current_actor()))
    ids = [one.id for one in found]
    note_list(Action.SEARCH_LEARNERS, ids)
    ahead = ahead_of(ids, clock.now())
    return render_template(
        "helpdesk/who.html",
        seen=seen,
        slot=seen.slot,
        hold_minutes=HOLD_MINUTES.get(),
        text=text,
        found=found,
        ahead=ahead,
    )


@blueprint.route("/book", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def book() -> Answer:
    """Confirm who has which slot, and who is calling; then book it."""
    form = BookForm(**{name: request.args.get(name, "") for name in ("desk", "adviser", "at", "learner")})
    wanted = form.slot
    if wanted is None:
        return redirect(url_for("helpdesk.index", learner=form.learner.data or None), 303)
    if not form.learner.data:
        return redirect(url_for("helpdesk.who", **wanted.address), 303)
    learner_id = permitted_id(form.learner.data)
    actor, now = current_actor(), clock.now()

    def act() -> str:
        booked = operations.book_consultation(
            *wanted,
            learner_id,
            topic=form.topic.data or "",
            caller=form.caller_for(learner_id, actor),
            clash_reason=form.clash_reason.data or "",
            told=form.tell.told,
            owner=talking(actor),
            actor=actor,
            now=now,
        )
        if form.loan_phone.data:
            lend_phone(booked.booking_id, actor=actor, now=now)
        return url_for("helpdesk.booking", booking_id=booked.booking_id, done=1)

    return answer_form(form, lambda: _book_page(form, wanted, permitted(str(learner_id))), act)


def _slot(wanted: Wanted, refusal: DeskError | None = None) -> SlotSeen:
    """The slot and what has it. One that does not exist has no page, only what refused it."""
    found = availability.slot_at(*wanted, owner=talking(current_actor()))
    if found is None:
        raise refusal or NotFound()
    return found


def _book_page(form: BookForm, wanted: Wanted, learner: Found) -> str:
    error = form.refusal
    seen = _slot(wanted, error)
    slot, in_the_way = seen.slot, seen.in_the_way
    known = callers_of(learner.id, current_actor())
    form.offer_callers(known)
    note_look(Action.VIEW_LEARNER, learner.id, beside=[one.learner_id for one in known if one.learner_id])
    free = not in_the_way and not isinstance(error, (SlotTaken, AlreadyBooked)) and wanted.starts_at > clock.now()
    others = [] if free else _others(slot)
    form.other.choices = [(one.wanted.key, f"{span(one.starts_at, one.ends_at)} {one.adviser}") for one in others]
    existing = error.details["booking_id"] if isinstance(error, AlreadyBooked) else None
    return render_template(
        "helpdesk/book.html",
        form=form,
        slot=slot,
        learner=learner,
        in_the_way=in_the_way,
        seen=seen,
        hold_minutes=HOLD_MINUTES.get(),
        existing=existing,
        free=free,
        others=others,
        clash=queries.clash_in_words(learner.id, slot.starts_at, slot.ends_at) if free else "",
        phones=len(free_phones([(slot.starts_at, slot.ends_at)])[0]) if free else 0,
    )


def _others(slot: SlotRow) -> list[SlotRow]:
    """The next free slots of the same desk, when this one is gone."""
    first = clock.local(max(clock.now(), slot.starts_at)).date()
    found = availability.free_slots(
        first, first + timedelta(days=OFFERED_DAYS.get()), after=clock.now(), desk_id=slot.desk_id
    )
    return found[:OTHERS_OFFERED]


@blueprint.post("/hold")
@requires(Permission.BOOK_CONSULTATION)
def hold() -> Answer:
    """Keep a slot while one talks; on to its booking, for the learner in hand if there is one."""
    actor, now = current_actor(), clock.now()
    return _press_on_slot(lambda wanted: keeping.keep_while_talking(wanted, actor=actor, now=now))


@blueprint.post("/hold/end")
@requires(Permission.BOOK_CONSULTATION)
def let_go() -> Answer:
    """The slot that the account keeps is anybody's again."""
    actor, now = current_actor(), clock.now()
    return _press_on_slot(
        lambda _wanted: keeping.let_go(talking(actor), actor=actor, now=now), _("おさえるのをやめました。")
    )


def _press_on_slot(press: Callable[[Wanted], object], said: str = "") -> Answer:
    """Do it with the slot that was sent, and show its booking again."""
    wanted = read_slot(*(request.form.get(name, "") for name in ("desk", "adviser", "at")))
    if wanted is None:
        return redirect(url_for("helpdesk.index"), 303)
    written = request.form.get("learner", "")
    page = url_for("helpdesk.book", **wanted.address, learner=permitted(written).id if written else None)

    def act() -> str:
        press(wanted)
        return page

    return answer_press(act, said, back=page)


@blueprint.get(BOOKING)
@requires(Permission.SEE_HELPDESK)
def booking(booking_id: int) -> str:
    """The booking; just after it was made, that it is done."""
    row, learner = booked(booking_id)
    offered = _offered(row)
    return render_template(
        "helpdesk/booking.html",
        booking=row,
        learner=learner,
        done="done" in request.args and row.state is BookingState.BOOKED,
        live=_is_live(row),
        fulfilled=wish_of_booking(booking_id) if "done" in request.args else None,
        offered=offered,
        again=_again(row) if offered is None else None,
        state=BOOKING_STATES[row.state],
        holds=row.state is not BookingState.CANCELLED and queries.may_hold(current_actor(), row),
    )


def _offered(row: BookingRow) -> Offered | None:
    """Whether what was given up is kept for somebody who waits."""
    if row.state is not BookingState.CANCELLED:
        return None
    return wish_offered(row.adviser_id, row.starts_at, scope_of(current_actor()))


def _again(row: BookingRow) -> Wanted | None:
    """The slot of a booking that was cancelled, for whoever cancelled the wrong one; while it is to come."""
    given_up = row.state is BookingState.CANCELLED and not row.walk_in and clock.now() < row.starts_at
    return Wanted(row.desk_id, row.adviser_id, row.starts_at) if given_up else None


@blueprint.get(f"{BOOKING}/slip")
@requires(Permission.SEE_HELPDESK)
def slip(booking_id: int) -> str:
    """The slip that the learner takes home."""
    row, learner = booked(booking_id)
    return render_template("helpdesk/slip.html", booking=row, learner=learner)


@blueprint.post(f"{BOOKING}/phone")
@requires(Permission.BOOK_CONSULTATION)
def phone(booking_id: int) -> Answer:
    """Keep a loan phone for the consultation, or keep it no more."""
    booked(booking_id)
    keep = request.form.get("keep") == "1"
    actor, now, page = current_actor(), clock.now(), url_for("helpdesk.booking", booking_id=booking_id)

    def act() -> str:
        (lend_phone if keep else take_phone_back)(booking_id, actor=actor, now=now)
        return page

    return answer_press(act, _("貸出スマホを用意します。") if keep else _("貸出スマホをやめました。"), back=page)


def booked(booking_id: int) -> tuple[BookingRow, Found]:
    """A booking and its learner, for whoever may see them. That somebody looked is noted. Raises NotFound."""
    row = queries.booking_row(booking_id)
    if row is None:
        raise NotFound
    check_scope(current_actor(), row.learner_id)
    if request.method == "GET":
        note_look(Action.VIEW_BOOKING, row.learner_id)
    return row, described([row.learner_id])[0]


def _is_live(row: BookingRow) -> bool:
    """Whether there is still something to cancel or move."""
    return row.state is BookingState.BOOKED and clock.now() < row.starts_at


def _afterwards(row: BookingRow, page: str) -> str:
    """Where to go on: the page, unless the learner is not one of this adviser's any more; then the calendar."""
    try:
        check_scope(current_actor(), row.learner_id)
    except NotFound:
        return url_for("helpdesk.index", day=clock.local(row.starts_at).date().isoformat())
    return page


@blueprint.route(f"{BOOKING}/cancel", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def cancel(booking_id: int) -> Answer:
    """Say what cancelling will do; then do it."""
    row, learner = booked(booking_id)
    form = CancelForm()
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.cancel_booking(booking_id, told=form.tell.told, actor=actor, now=now)
        return _afterwards(row, url_for("helpdesk.booking", booking_id=booking_id))

    return answer_form(form, lambda: _cancel_page(form, row, learner), act, _("取り消しました。"))


def _cancel_page(form: CancelForm, row: BookingRow, learner: Found) -> str:
    return render_template(
        "helpdesk/cancel.html", form=form, booking=row, learner=learner, live=_is_live(row), state=row.state
    )


@blueprint.route(f"{BOOKING}/move", methods=["GET", "POST"])
@requires(Permission.BOOK_CONSULTATION)
def move(booking_id: int) -> Answer:
    """Pick another slot; then leave this one and take that one, both or neither."""
    row, learner = booked(booking_id)
    form = MoveForm()
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    day = day_near(request.args.get("day", ""))
    free = page_of(
        availability.open_slots(
            after=clock.now(), limit=None, district_code=district or None, day=day, owner=talking(current_actor())
        ),
        page_number(),
        per_page=MOVES_OFFERED,
    )
    form.slot.choices = [(slot.wanted.key, in_short(slot)) for slot in free.rows]

    def page() -> str:
        return render_template(
            "helpdesk/move.html",
            form=form,
            booking=row,
            learner=learner,
            live=_is_live(row),
            slots=free,
            district=district,
            districts=district_choices(),
            day=day,
            days=[clock.today() + timedelta(days=number) for number in range(OFFERED_DAYS.get() + 1)],
        )

    actor, now = current_actor(), clock.now()

    def act() -> str:
        wanted = cast(Wanted, form.slot.data)
        moved = operations.move_booking(
            booking_id,
            *wanted,
            clash_reason=form.clash_reason.data or "",
            told=form.tell.told,
            owner=talking(actor),
            actor=actor,
            now=now,
        )
        return _afterwards(row, url_for("helpdesk.booking", booking_id=moved.booking_id, done=1))

    said = _(
        "%(when)sから移りました。前の予約番号（%(code)s）と予約票は、もう使えません。",
        when=span(row.starts_at, row.ends_at),
        code=row.code,
    )
    return answer_form(form, page, act, said)


def in_short(slot: SlotRow) -> str:
    """A slot in one line, for a field in which one picks."""
    return _(
        "%(when)s %(desk)s・%(place)s（%(adviser)s）",
        when=span(slot.starts_at, slot.ends_at),
        desk=slot.desk,
        place=slot.short_place,
        adviser=slot.adviser,
    )
