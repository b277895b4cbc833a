"""The staff's pages for requests: the board, one request with its next step, the application taken by telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_contact
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.attendance import named_at
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.applying import amend_application, amend_contact, take_application
from supportdesk.classes.outreach.forms import ContactForm, StaffApplicationForm, typed_from
from supportdesk.classes.outreach.locking import held_activity
from supportdesk.classes.outreach.models import Door, OutreachState
from supportdesk.classes.outreach.office import OUTREACH_PICTURES
from supportdesk.classes.outreach.pictures.operations import TAKES_PICTURES
from supportdesk.classes.outreach.pictures.queries import pictures_of
from supportdesk.classes.outreach.queries import (
    Details,
    board_page,
    heads_by_age,
    history_of,
    items_of,
    request_details,
    request_to_work_on,
    step_counts,
)
from supportdesk.classes.outreach.steps import BACK, CAN_AMEND, CAN_END, HAS_RUN, OPEN, has_begun
from supportdesk.classes.outreach.summary import lecture_rows, result_rows, wish_rows
from supportdesk.classes.outreach.words import GROUPS, NEXT_STEPS, STATES
from supportdesk.classes.views import LONGEST_WORD
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import district_choices

blueprint = Blueprint("outreach", __name__, url_prefix="/outreach", template_folder="templates")
S = OutreachState
#: The steps that are one press, by the state in which they are taken.
PRESSED: Final[dict[OutreachState, Callable[..., object]]] = {
    S.RECEIVED: stepping.check_request,
    S.FOUND: stepping.confirm_request,  # once it has begun, with `begun`
    S.CONFIRMED: stepping.prepare_lecture,
    S.PREPARED: stepping.hold_lecture,
    S.REPORTED: stepping.close_request,
}
#: What whoever holds the lecture does too, on the way and there.
IN_THE_FIELD: Final = frozenset({S.CONFIRMED, S.PREPARED, S.HELD})


@blueprint.get("/")
@requires(Permission.SEE_OUTREACH, surface="field")
def board() -> str:
    """Requests by their next step, what is overdue first; or those that ended. Nobody's name stands on it."""
    actor, today = current_actor(), clock.today()
    state = request.args.get("step", "")
    text = tidy(request.args.get("q", ""))[:LONGEST_WORD]
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    ended = request.args.get("when") == "ended"
    wanted = S(state) if state in set(S) else None
    return render_template(
        "outreach/board.html",
        page=board_page(page_number(), actor, state=wanted, ended=ended, district_code=district, text=text),
        counts=step_counts(actor, today),
        today=today,
        wanted=wanted,
        ended=ended,
        text=text,
        district=district,
        districts=district_choices(),
        states=STATES,
        next_steps=NEXT_STEPS,
        longest=LONGEST_WORD,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def new() -> Answer:
    """The application of a group that telephones, or stands at the counter."""
    form = StaffApplicationForm(courses=run_queries.course_choices(), districts=district_choices())
    actor, now = current_actor(), clock.now()

    def act() -> str:
        taken = take_application(
            form.application(), door=Door.PHONE, although=bool(form.although.data), actor=actor, now=now
        )
        return _page_of(taken.request_id)

    return answer_form(form, lambda: render_template("outreach/new.html", form=form), act, _("受付が完了しました。"))


@blueprint.get("/<int:request_id>")
@requires(Permission.SEE_OUTREACH, surface="field")
def request_page(request_id: int) -> str:
    """One request: its next step, what the group wishes, what was done. That somebody looked is noted."""
    found, now = request_details(current_actor(), request_id), clock.now()
    pictures = pictures_of(request_id)
    note_look_at(found, shows_people=bool(pictures))
    asked = found.request
    return render_template(
        "outreach/request.html",
        found=found,
        asked=asked,
        history=history_of(request_id),
        items=items_of(request_id),
        lecture=lecture_rows(found),
        result=result_rows(found, heads_by_age(request_id), named_at(found.meeting_id or 0)),
        wish=wish_rows(found),
        pictures=pictures,
        can_add_pictures=asked.state in TAKES_PICTURES and len(pictures) < OUTREACH_PICTURES.get(),
        states=STATES,
        next_steps=NEXT_STEPS,
        groups=GROUPS,
        today=clock.today(),
        begun=has_begun(asked.starts_at, now),
        in_the_field=asked.state in IN_THE_FIELD,
        has_run=asked.state in HAS_RUN,
        can_amend=asked.state in CAN_AMEND,
        can_amend_contact=asked.state in OPEN,
        can_end=asked.state in CAN_END,
        goes_back=goes_back(found),
    )


@blueprint.route("/<int:request_id>/edit", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def edit(request_id: int) -> Answer:
    """Put right what the group asked for."""
    actor, now = current_actor(), clock.now()
    found = request_to_work_on(actor, request_id)
    if found.request.state not in CAN_AMEND:
        raise NotFound
    note_look_at(found)
    form = StaffApplicationForm(
        courses=run_queries.course_choices(), districts=district_choices(), data=typed_from(found.request)
    )

    def act() -> str:
        amend_application(
            request_id,
            form.application(),
            seen=form.seen.data,
            although=bool(form.although.data),
            actor=actor,
            now=now,
        )
        return _page_of(request_id)

    return answer_form(
        form, lambda: render_template("outreach/edit.html", form=form, found=found), act, _("直しました。")
    )


@blueprint.route("/<int:request_id>/contact", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def contact(request_id: int) -> Answer:
    """Put right whom to call and where the letter goes, also when a day is found already."""
    actor, now = current_actor(), clock.now()
    found = request_to_work_on(actor, request_id)
    if found.request.state not in OPEN:
        raise NotFound
    note_look_at(found)
    form = ContactForm(data=typed_from(found.request))

    def act() -> str:
        amend_contact(request_id, form.contact(), seen=form.seen.data, actor=actor, now=now)
        return url_for("outreach.request_page", request_id=request_id, _anchor="contact")

    return answer_form(
        form, lambda: render_template("outreach/contact.html", form=form, found=found), act, _("直しました。")
    )


@blueprint.post("/<int:request_id>/advance")
@requires(Permission.SEE_OUTREACH, surface="field")
def advance(request_id: int) -> Response:
    """The next step of a request, where it is one press. `seen` is the state in which the button stood."""
    actor, now = current_actor(), clock.now()
    found = request_details(actor, request_id)
    here = url_for("outreach.request_page", request_id=request_id)
    seen = request.form.get("seen", "")
    state = S(seen) if seen in set(S) else None
    if state not in PRESSED or not (found.works or state in IN_THE_FIELD):
        raise NotFound
    more = {"begun": True} if state is S.FOUND and request.form.get("begun") == "1" else {}

    def act() -> str:
        PRESSED[state](request_id, actor=actor, now=now, **more)
        return here

    return answer_press(act, _("次に進みました。"), back=here)


@blueprint.post("/<int:request_id>/items/<int:number>")
@requires(Permission.SEE_OUTREACH, surface="field")
def tick(request_id: int, number: int) -> Response:
    """Tick something that is packed, or take the tick away."""
    actor, now = current_actor(), clock.now()
    request_details(actor, request_id)
    here = url_for("outreach.request_page", request_id=request_id, _anchor="items")
    done = request.form.get("done") == "1"

    def act() -> str:
        stepping.tick_item(request_id, number, done=done, actor=actor, now=now)
        return here

    return answer_press(act, back=here)


def _page_of(request_id: int) -> str:
    """Where a request stands that was written just now; the board, where its district is another coordinator's."""
    try:
        request_details(current_actor(), request_id)
    except NotFound:
        return url_for("outreach.board")
    return url_for("outreach.request_page", request_id=request_id)


def goes_back(found: Details) -> bool:
    """Whether the actor can take the last step back now."""
    state = found.request.state
    calls_off = BACK.get(state) is S.CHECKED and state in HAS_RUN
    return found.works and state in BACK and not (calls_off and has_begun(found.request.starts_at, clock.now()))


def note_look_at(found: Details, *, shows_people: bool = False) -> None:
    """Whom the group named to be called stands on the page, or people can be seen: that somebody looked is noted."""
    if (found.request.contact_name or shows_people) and request.method == "GET":
        note_contact(Action.VIEW_OUTREACH, held_activity(found.request.id))
