"""Changing a learner's status: chosen, shown with all that it will do, confirmed."""

from __future__ import annotations

from typing import cast

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import ChoiceField, DeskForm, HiddenField
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.learners.found import described
from supportdesk.learners.life import change_status, status_history
from supportdesk.learners.models import Status, StatusReason
from supportdesk.learners.rooms import bindings_of, check_scope
from supportdesk.learners.views import blueprint
from supportdesk.learners.words import STATUS_REASONS, STATUSES


class StatusForm(DeskForm):
    """What the learner becomes, and why; `seen`: all that it will do has been shown."""

    status = ChoiceField(_l("これからの状態"), choices=STATUSES, coerce=Status)
    reason = ChoiceField(_l("理由"), choices=STATUS_REASONS, coerce=StatusReason)
    seen = HiddenField()


@blueprint.route("/<int:learner_id>/status", methods=["GET", "POST"])
@requires(Permission.EDIT_LEARNERS)
def status(learner_id: int) -> Answer:
    """Choose, see what will happen, confirm. Only the second time that the form is sent anything changes."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = StatusForm()
    if request.method == "POST" and not form.seen.data and form.validate():
        return _status_page(form, learner_id, chosen=True)

    def act() -> str:
        wanted, reason = cast(Status, form.status.data), cast(StatusReason, form.reason.data)
        change_status(learner_id, wanted, reason, actor=actor, now=now)
        return way_to("learner", learner_id=learner_id)

    return answer_form(form, lambda: _status_page(form, learner_id), act, _("状態を変えました。"))


def _status_page(form: StatusForm, learner_id: int, *, chosen: bool = False) -> str:
    note_look(Action.VIEW_STATUS, learner_id)
    (learner,) = described([learner_id])
    wanted = form.status.data if chosen else None
    form.status.choices = {one: words for one, words in STATUSES.items() if one is not learner.status}
    return render_template(
        "learners/status.html",
        form=form,
        learner=learner,
        wanted=wanted,
        bindings=bindings_of(learner_id, wanted, clock.now()) if wanted not in (None, Status.ACTIVE) else [],
        history=status_history(learner_id),
        statuses=STATUSES,
        reasons=STATUS_REASONS,
        action=url_for("learners.status", learner_id=learner_id),
        back=way_to("learner", learner_id=learner_id),
    )
