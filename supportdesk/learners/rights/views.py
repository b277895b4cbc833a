"""The pages of a learner's rights: the whole record, to be read, printed and taken along."""

from __future__ import annotations

import json

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_look
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.signposts import way_to
from supportdesk.learners.export import export_learner
from supportdesk.learners.found import described
from supportdesk.learners.models import Status
from supportdesk.learners.queries import name_of
from supportdesk.learners.rights.erasure import erase_learner, fates_of, reasons_of
from supportdesk.learners.rights.forms import EraseForm
from supportdesk.learners.rights.record import looks_of, sections_of
from supportdesk.learners.rooms import bindings_of, check_scope
from supportdesk.learners.views import blueprint


@blueprint.get("/<int:learner_id>/record")
@requires(Permission.HANDLE_RIGHTS)
@with_fresh_password
def record(learner_id: int) -> str:
    """All that is held of the learner, for paper."""
    check_scope(current_actor(), learner_id)
    sections, looks = sections_of(learner_id), looks_of(learner_id)
    note_look(Action.VIEW_RECORD, learner_id)
    return render_template(
        "learners/rights/record.html",
        learner_id=learner_id,
        name=name_of(learner_id),
        sections=sections,
        looks=looks,
        now=clock.now(),
        back=way_to("learner", learner_id=learner_id),
    )


@blueprint.route("/<int:learner_id>/erase", methods=["GET", "POST"])
@requires(Permission.HANDLE_RIGHTS)
@with_fresh_password
def erase(learner_id: int) -> Answer:
    """Say what will be gone and what stays; with the name typed once more, do it. There is no way back."""
    actor, now = current_actor(), clock.now()
    check_scope(actor, learner_id)
    form = EraseForm()

    def page() -> str:
        note_look(Action.VIEW_ERASURE, learner_id)
        return render_template(
            "learners/rights/erase.html",
            form=form,
            learner=described([learner_id])[0],
            fates=fates_of(learner_id),
            reasons=reasons_of(learner_id),
            bindings=bindings_of(learner_id, Status.LEFT, now),
            action=url_for("learners.erase", learner_id=learner_id),
            back=way_to("learner", learner_id=learner_id),
        )

    def act() -> str:
        erase_learner(learner_id, str(form.typed.data), actor=actor, now=now)
        return url_for("learners.index")

    return answer_form(form, page, act, _("消去しました。"))


@blueprint.get("/<int:learner_id>/record.json")
@requires(Permission.HANDLE_RIGHTS)
@with_fresh_password
def record_json(learner_id: int) -> Response:
    """The same for machines, as a file. Its name names nobody."""
    check_scope(current_actor(), learner_id)
    written = json.dumps(export_learner(learner_id), ensure_ascii=False, indent=2)
    note_look(Action.EXPORT_RECORD, learner_id)
    answer = Response(written, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{learner_id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
