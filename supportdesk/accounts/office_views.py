"""The administrator's pages about the office's settings: all with meaning and default, one to change or to put back."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.office_forms import SettingForm, form_of
from supportdesk.accounts.office_keeping import change_setting, groups, history_of, line_of, setting_named
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.office import office
from supportdesk.core.permissions import Permission, requires

blueprint = Blueprint("office", __name__, url_prefix="/admin/settings", template_folder="templates")


@blueprint.get("/")
@requires(Permission.MANAGE_OFFICE)
def index() -> str:
    """All settings, room by room."""
    return render_template("accounts/office.html", groups=groups())


@blueprint.route("/<name>", methods=["GET", "POST"])
@requires(Permission.MANAGE_OFFICE)
def edit(name: str) -> Answer:
    """One setting: its meaning, its history, and what it is to be from now on."""
    actor, now = current_actor(), clock.now()
    office(current_app).forget()  # the form shows what stands, not what stood seconds ago
    setting, line = setting_named(name), line_of(name)
    stored = {"value": setting.get(), "seen_at": line.changed_at.isoformat() if line.changed_at else ""}
    form = form_of(setting, data=stored)

    def act() -> str:
        change_setting(name, form.stored, seen=form.seen, actor=actor, now=now)
        return url_for("office.index", _anchor=name)

    def page() -> str:
        return _page(form, name)

    answer = answer_form(form, page, act, _("設定を変えました。"))
    office(current_app).forget()  # others read it anew within seconds, whoever changed it at once
    return answer


def _page(form: SettingForm, name: str) -> str:
    return render_template("accounts/office_setting.html", form=form, line=line_of(name), history=history_of(name))


@blueprint.post("/<name>/reset")
@requires(Permission.MANAGE_OFFICE)
def reset(name: str) -> Response:
    """The default again."""
    actor, now = current_actor(), clock.now()
    setting_named(name)
    form = SettingForm()

    def act() -> str:
        change_setting(name, None, seen=form.seen, actor=actor, now=now)
        return url_for("office.index", _anchor=name)

    answer = answer_press(act, _("はじめの値にもどしました。"), back=url_for("office.edit", name=name))
    office(current_app).forget()
    return answer
