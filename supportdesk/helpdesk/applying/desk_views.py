"""Reception's pages for consultations applied for in public: who they are about, and what they have become."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.fields import DeskForm
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.phones import shown_phone
from supportdesk.helpdesk.applying import free, queries, settling
from supportdesk.helpdesk.applying.forms import MoveApplicationForm, PlaceForm
from supportdesk.helpdesk.applying.models import ConsultationApplication
from supportdesk.helpdesk.applying.placing import KIND, owner_of
from supportdesk.helpdesk.availability import open_slots, slot_at
from supportdesk.helpdesk.booking_views import in_short
from supportdesk.helpdesk.forms import read_slot
from supportdesk.helpdesk.queries import clash_in_words
from supportdesk.helpdesk.slots import Wanted, how_far
from supportdesk.helpdesk.views import blueprint
from supportdesk.helpdesk.waiting.words import times_in_words
from supportdesk.learners.applying.fields import RefuseForm
from supportdesk.learners.applying.matching import candidates
from supportdesk.learners.applying.models import ApplicationState, RefusedBecause
from supportdesk.learners.applying.saying import read_said
from supportdesk.learners.applying.words import REASONS, REFUSALS, STATES, needs_in_words
from supportdesk.learners.found import described
from supportdesk.learners.standing import OUTSIDE
from supportdesk.learners.words import DEVICES
from supportdesk.places.choices import district_choices

_SLOTS_OFFERED: Final = 20
_ONE: Final = "/applications/<int(max=2147483647):consultation_application_id>"


@blueprint.get("/applications")
@requires(Permission.EDIT_LEARNERS)
def applications() -> str:
    """What residents sent and nobody has settled yet; the next time first."""
    page = queries.held_page(page_number())
    note_list(Action.VIEW_APPLICATION, [one.learner_id for one in page.rows if one.learner_id])
    return render_template("helpdesk/applying/applications.html", page=page, reasons=REASONS)


@blueprint.get(_ONE)
@requires(Permission.EDIT_LEARNERS)
def application(consultation_application_id: int) -> str:
    """One application: who wrote what, who that may be, and what to do with it."""
    found = queries.application_to_settle(consultation_application_id)
    known = [found.learner_id] if found.learner_id else []
    held = found.state is ApplicationState.HELD
    alike = candidates(found) if held and not known else []
    note_list(Action.VIEW_APPLICATION, [*known, *(one.id for one in alike)], subject=activity(KIND, found.id))
    return render_template(
        "helpdesk/applying/application.html",
        application=found,
        desk=free.any_desk(found.desk_id),
        alike=alike,
        named={one.id: one for one in described(known)} if known else {},
        held=held,
        slot_lost=_slot_lost(found) if held else "",
        state=STATES[found.state],
        because=REASONS[found.because] if found.because else "",
        refused=REFUSALS[found.refused_because] if found.refused_because else "",
        districts={**dict(district_choices()), OUTSIDE: _("市外")},
        devices=DEVICES,
        needs_of=needs_in_words,
        phone_of=shown_phone,
        times=times_in_words(found.weekdays, found.half_day),
    )


@blueprint.post(f"{_ONE}/who")
@requires(Permission.EDIT_LEARNERS)
def say_who(consultation_application_id: int) -> Response:
    """It is this learner, or somebody new: nobody of those whom the page showed."""
    actor, now = current_actor(), clock.now()
    who = read_said(actor)
    here = url_for("helpdesk.application", consultation_application_id=consultation_application_id)

    def act() -> str:
        said = settling.say_who(consultation_application_id, who.learner_id, others=who.others, actor=actor, now=now)
        if said.state is ApplicationState.PLACED:
            flash(_said(queries.application_to_settle(consultation_application_id)), "good")
        elif said.refusal is not None:
            flash(str(said.refusal.message), "warn")
        return here

    return answer_press(act, back=here)


@blueprint.route(f"{_ONE}/place", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def place_application(consultation_application_id: int) -> Answer:
    """It is known who it is: book it; where the desk refuses, say what was asked of them."""
    found = queries.application_to_settle(consultation_application_id)
    if (found.state is not ApplicationState.HELD or not found.learner_id) and request.method == "GET":
        return _cannot_be(found)
    actor, now, form = current_actor(), clock.now(), PlaceForm()

    def act() -> str:
        settling.place_application(found.id, clash_reason=form.clash_reason.data or "", actor=actor, now=now)
        return _page_of(found)

    def page() -> str:
        return _asking_page("helpdesk/applying/place.html", form, found, clash=_clash(found))

    return answer_form(form, page, act, _said(found))


@blueprint.route(f"{_ONE}/move", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def move_application(consultation_application_id: int) -> Answer:
    """Somebody is telephoned because the time cannot be: keep another slot for them, the nearest first."""
    found = queries.application_to_settle(consultation_application_id)
    if found.state is not ApplicationState.HELD and request.method == "GET":
        return _cannot_be(found)
    actor, now = current_actor(), clock.now()
    proposed = read_slot(*(request.args.get(name, "") for name in ("desk", "adviser", "at")))
    form = MoveApplicationForm(data={"slot": proposed})
    free_now = open_slots(after=now, limit=None)
    if (had := found.slot) is not None:
        free_now.sort(key=lambda slot: how_far(slot, had))
    form.slot.choices = [(slot.wanted.key, in_short(slot)) for slot in free_now[:_SLOTS_OFFERED]]

    def act() -> str:
        settling.move_application(found.id, *cast(Wanted, form.slot.data), actor=actor, now=now)
        return _page_of(found)

    def page() -> str:
        return _asking_page("helpdesk/applying/move.html", form, found, phone_of=shown_phone)

    return answer_form(form, page, act, _("ほかの枠をおさえました。"))


def _said(found: ConsultationApplication) -> str:
    return _("予約にしました。") if found.slot else _("あきを待つ方に加えました。")


def _cannot_be(found: ConsultationApplication) -> Response:
    flash(_("この申し込みは、いま受け付けられません。"), "warn")
    return redirect(_page_of(found), 303)


def _page_of(found: ConsultationApplication) -> str:
    return url_for("helpdesk.application", consultation_application_id=found.id)


def _asking_page(template: str, form: DeskForm, found: ConsultationApplication, **more: Any) -> str:
    """A page that names whoever applied. That somebody looked is noted."""
    known = [found.learner_id] if found.learner_id else []
    note_list(Action.VIEW_APPLICATION, known, subject=activity(KIND, found.id))
    return render_template(template, form=form, application=found, desk=free.any_desk(found.desk_id), **more)


def _slot_lost(found: ConsultationApplication) -> str:
    """Why what they applied for is not to be had, in words; empty when it is."""
    if found.slot is None:
        return ""
    seen = slot_at(*found.slot, owner=owner_of(found))
    return _("窓口か相談員の休み") if seen is None else seen.in_the_way


def _clash(found: ConsultationApplication) -> str:
    """What else they have then, in words."""
    if found.learner_id is None or found.starts_at is None or found.ends_at is None:
        return ""
    return clash_in_words(found.learner_id, found.starts_at, found.ends_at)


@blueprint.route(f"{_ONE}/refuse", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def refuse_application(consultation_application_id: int) -> Answer:
    """Say why it comes to nothing."""
    found, form = queries.application_to_settle(consultation_application_id), RefuseForm()
    actor, now = current_actor(), clock.now()

    def act() -> str:
        reason = RefusedBecause(str(form.reason.data))
        settling.refuse_application(found.id, reason, actor=actor, now=now)
        return url_for("helpdesk.applications")

    def page() -> str:
        return render_template("helpdesk/applying/refuse.html", form=form, application=found, phone_of=shown_phone)

    return answer_form(form, page, act, _("申し込みを断りました。枠はあきました。"))
