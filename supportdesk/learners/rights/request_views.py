"""The pages of requests about one's own record: taking one, the work list, answering."""

from __future__ import annotations

from datetime import date
from typing import cast

from flask import render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list, note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.learners.queries import name_of
from supportdesk.learners.rights import requests as operations
from supportdesk.learners.rights.forms import RequestForm, SettleForm
from supportdesk.learners.rights.models import Asker, RequestKind, RequestState
from supportdesk.learners.rights.words import ASKERS, REQUEST_KINDS, REQUEST_STATES
from supportdesk.learners.rooms import check_scope
from supportdesk.learners.views import blueprint


@blueprint.get("/requests")
@requires(Permission.TAKE_REQUESTS)
def requests() -> str:
    """The work list, by the day on which each is due."""
    page = operations.requests_page(page_number())
    note_list(Action.LIST_REQUESTS, {row.learner_id for row in page.rows})
    return render_template(
        "learners/rights/requests.html",
        page=page,
        today=clock.today(),
        kinds=REQUEST_KINDS,
        askers=ASKERS,
        states=REQUEST_STATES,
    )


@blueprint.route("/<int:learner_id>/requests/new", methods=["GET", "POST"])
@requires(Permission.TAKE_REQUESTS)
def new_request(learner_id: int) -> Answer:
    """Note what a learner asks for, or somebody for them."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = RequestForm(data={"received_on": clock.today(), "asker": Asker.SELF})

    def page() -> str:
        note_look(Action.VIEW_LEARNER, learner_id)
        return render_template(
            "learners/rights/new_request.html",
            form=form,
            name=name_of(learner_id),
            action=url_for("learners.new_request", learner_id=learner_id),
            back=way_to("learner", learner_id=learner_id),
        )

    def act() -> str:
        operations.take_request(
            learner_id,
            cast(RequestKind, form.kind.data),
            received_on=cast(date, form.received_on.data),
            asker=cast(Asker, form.asker.data),
            asker_name=form.asker_name.data or "",
            note=form.note.data or "",
            actor=actor,
            now=now,
        )
        return url_for("learners.requests")

    return answer_form(form, page, act, _("申し出を受け付けました。"))


@blueprint.route("/requests/<int:request_id>", methods=["GET", "POST"])
@requires(Permission.HANDLE_RIGHTS)
def settle_request(request_id: int) -> Answer:
    """What is asked for, the ways to do it, and what became of it."""
    actor, now = current_actor(), clock.now()
    row = operations.request_row(request_id)
    form = SettleForm()

    def page() -> str:
        note_look(Action.VIEW_LEARNER, row.learner_id)
        return render_template(
            "learners/rights/settle.html",
            form=form,
            row=row,
            today=clock.today(),
            kind=RequestKind,
            kinds=REQUEST_KINDS,
            askers=ASKERS,
            states=REQUEST_STATES,
        )

    def act() -> str:
        state = cast(RequestState, form.state.data)
        operations.settle_request(request_id, state, form.answer.data or "", actor=actor, now=now)
        return url_for("learners.requests")

    return answer_form(form, page, act, _("記録しました。"))
