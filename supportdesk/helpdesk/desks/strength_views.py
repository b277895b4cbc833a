"""The administrator's pages for what advisers help with."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.desks.forms import PHONES, StrengthsForm
from supportdesk.helpdesk.desks.queries import adviser_choices
from supportdesk.helpdesk.desks.strengths import Strengths, set_strengths, strengths
from supportdesk.helpdesk.views import blueprint
from supportdesk.skills.queries import areas


@blueprint.get("/advisers")
@requires(Permission.MANAGE_HELPDESK)
def advisers() -> str:
    """All advisers with what they help with."""
    return render_template(
        "helpdesk/advisers.html",
        advisers=adviser_choices(),
        strengths=strengths(),
        nothing=Strengths(),
        areas=areas(),
        devices=PHONES,
    )


@blueprint.route("/advisers/<int(max=2147483647):adviser_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_HELPDESK)
def adviser_strengths(adviser_id: int) -> Answer:
    """Tick what one adviser helps with."""
    name = dict(adviser_choices()).get(adviser_id)
    if name is None:
        raise NotFound
    known = strengths([adviser_id]).get(adviser_id, Strengths())
    form = StrengthsForm(
        data=known._asdict(), choices={"areas": [(area.code, f"{area.code} {area.name}") for area in areas()]}
    )
    actor, now = current_actor(), clock.now()

    def act() -> str:
        set_strengths(adviser_id, form.areas.data or (), form.devices.data or (), actor=actor, now=now)
        return url_for("helpdesk.advisers")

    def page() -> str:
        return render_template("helpdesk/adviser.html", form=form, name=name, adviser_id=adviser_id)

    return answer_form(form, page, act, _("保存しました。"))
