"""The staff's pages of answer cards: the list, one card (to hand out, too), writing, changing, checking, taking out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from flask import render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.addresses import row_id
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Actor, Permission, requires
from supportdesk.helpdesk import queries as bookings
from supportdesk.helpdesk.cards import operations, queries
from supportdesk.helpdesk.cards.errors import BadSuccessorCard, CardChanged
from supportdesk.helpdesk.cards.forms import (
    LONGEST_CARD_QUESTION,
    LONGEST_STEPS,
    CardForm,
    RetireCardForm,
    stored_values,
)
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cards.pictures import MOST_PICTURES, pictures_of
from supportdesk.helpdesk.cards.queries import CardDetails, CardState
from supportdesk.helpdesk.cards.search import LONGEST_QUESTION
from supportdesk.helpdesk.cards.words import CARD_DEVICES, CARD_STATES, CARD_VERBS, PHONES
from supportdesk.helpdesk.cases.queries import CaseRow, case_row
from supportdesk.helpdesk.queries import BookingRow
from supportdesk.helpdesk.views import blueprint
from supportdesk.learners.models import Device
from supportdesk.skills.queries import areas

#: What a card written from a case is about, by the learner's phone.
_CARD_DEVICE: Final = {Device.IPHONE: CardDevice.IPHONE, Device.ANDROID: CardDevice.ANDROID}


#: What a box takes: more than is looked for, so that the page can say that it was cut, and what fits in an address.
LONGEST_TYPED: Final = LONGEST_QUESTION + 50


class Narrowed(NamedTuple):
    """What the address of a list asks for; nonsense asks for nothing."""

    text: str
    cut: bool
    single: bool
    device: str
    area_code: str
    longest: int = LONGEST_TYPED


def asked_for(known_areas: frozenset[str]) -> Narrowed:
    """Read from the address of the page, for staff and residents."""
    typed = tidy(request.args.get("q", "")[: 4 * LONGEST_QUESTION])
    device, area_code = request.args.get("device", ""), request.args.get("area", "")
    return Narrowed(
        typed[:LONGEST_QUESTION],
        len(typed) > LONGEST_QUESTION,
        len(typed) == 1,
        device if device in PHONES else "",
        area_code if area_code in known_areas else "",
    )


@blueprint.get("/cards")
@requires(Permission.SEE_CARDS)
def cards() -> str:
    """The cards in use, searched and narrowed; those to be looked through; those taken out."""
    fields, today = areas(), clock.today()
    wanted = asked_for(frozenset(area.code for area in fields))
    state = next((one for one in CardState if one == request.args.get("state")), None)
    return render_template(
        "helpdesk/cards/list.html",
        page=queries.shelf(
            wanted.text, page_number(), device=wanted.device, area_code=wanted.area_code, state=state, today=today
        ),
        wanted=wanted,
        state=state,
        states=CARD_STATES,
        counts=queries.counts_of_states(today),
        areas=fields,
        phones=PHONES,
        devices=CARD_DEVICES,
        today=today,
    )


@blueprint.get("/cards/<code>")
@requires(Permission.SEE_CARDS)
def card(code: str) -> str:
    """One card, as it is handed out on paper."""
    found = found_card(code)
    return render_template(
        "helpdesk/cards/card.html",
        card=found,
        changes=queries.changes_of(found.id),
        pictures=pictures_of(found.id),
        most_pictures=MOST_PICTURES,
        devices=CARD_DEVICES,
        verbs=CARD_VERBS,
        today=clock.today(),
    )


@blueprint.route("/cards/new", methods=["GET", "POST"])
@requires(Permission.WRITE_CARDS)
def new_card() -> Answer:
    """Write a card, from nothing or from a case that is closed."""
    actor, now = current_actor(), clock.now()
    booking, case = _case_of(request.args.get("case", ""), actor)
    form = CardForm(data=_from_case(case) if case else None)
    if booking and request.method == "GET":
        note_list(Action.VIEW_CASE, [booking.learner_id], subject=activity("booking", booking.id))

    def act() -> str:
        written = operations.write_card(
            form.plan(), about=booking.learner_id if booking else None, actor=actor, now=now
        )
        return url_for("helpdesk.card", code=written.code)

    def page() -> str:
        return render_template("helpdesk/cards/form.html", form=form, card=None, booking=booking, changed=False)

    return answer_form(form, page, act, _("カードを書きました。"))


@blueprint.route("/cards/<code>/edit", methods=["GET", "POST"])
@requires(Permission.WRITE_CARDS)
def edit_card(code: str) -> Answer:
    """Change a card. When somebody else did so meanwhile, both texts are shown."""
    found, actor, now = found_card(code), current_actor(), clock.now()
    form = CardForm(data=stored_values(found))

    def act() -> str:
        operations.save_card(found.id, form.plan(), version=form.drawn_from, actor=actor, now=now)
        return url_for("helpdesk.card", code=found.code)

    def page() -> str:
        changed = isinstance(form.refusal, CardChanged)
        newest = found_card(code) if changed else found
        if changed:
            form.version.data = str(newest.version)  # both texts are on the page now: the next press decides
        return render_template(
            "helpdesk/cards/form.html", form=form, card=newest, booking=None, changed=changed, devices=CARD_DEVICES
        )

    return answer_form(form, page, act, _("カードをなおしました。"))


@blueprint.post("/cards/<code>/check")
@requires(Permission.WRITE_CARDS)
def check_card(code: str) -> Answer:
    """Read today, and right."""
    return _press(code, operations.check_card, _("「今日たしかめた」と記録しました。"))


@blueprint.post("/cards/<code>/again")
@requires(Permission.WRITE_CARDS)
def show_card_again(code: str) -> Answer:
    """Use a card again that was taken out."""
    return _press(code, operations.show_card_again, _("カードをまた使います。"))


@blueprint.route("/cards/<code>/retire", methods=["GET", "POST"])
@requires(Permission.WRITE_CARDS)
def retire_card(code: str) -> Answer:
    """Take a card out, and say which is read in its place."""
    found, actor, now = found_card(code), current_actor(), clock.now()
    form = RetireCardForm(data={"successor": found.successor[0] if found.successor else ""})

    def act() -> str:
        successor_id = queries.card_in_use(form.successor.data) if form.successor.data else None
        if form.successor.data and successor_id is None:
            raise BadSuccessorCard
        operations.retire_card(found.id, successor_id, actor=actor, now=now)
        return url_for("helpdesk.card", code=found.code)

    def page() -> str:
        return render_template("helpdesk/cards/retire.html", form=form, card=found)

    return answer_form(form, page, act, _("カードを使うのをやめました。"))


def _press(code: str, operation: Callable[..., None], said: str) -> Answer:
    found, actor, now = found_card(code), current_actor(), clock.now()
    back = url_for("helpdesk.card", code=found.code)

    def act() -> str:
        operation(found.id, actor=actor, now=now)
        return back

    return answer_press(act, said, back=back)


def found_card(code: str) -> CardDetails:
    """The card, or no such page."""
    found = queries.card_by_code(code)
    if found is None:
        raise NotFound
    return found


def _case_of(written: str, actor: Actor) -> tuple[BookingRow | None, CaseRow | None]:
    """The closed case that the address names, for whoever may see it; else there is no such page."""
    if not written:
        return None, None
    booking_id = row_id(written)
    booking = bookings.booking_row(booking_id) if booking_id else None
    if booking is None or not bookings.may_hold(actor, booking):
        raise NotFound
    case = case_row(booking.id, booking.topic)
    if case.closed_at is None:
        raise NotFound
    return booking, case


def _from_case(case: CaseRow) -> dict[str, object]:
    """What was asked and done, to be made a card of."""
    return {
        "question": case.asked.replace("\n", " ")[:LONGEST_CARD_QUESTION],
        "steps": case.done[:LONGEST_STEPS].replace("。", "。\n"),
        "device": _CARD_DEVICE.get(case.device or Device.NONE, CardDevice.BOTH),
        "area_code": min(case.areas, default=None),
        "skills": frozenset(case.levels),
        "public": False,  # until somebody read it through: it was written about one person
    }
