"""The administrator's pages for desks: the list, a desk with its hours, its particulars, switching it off and on."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.permissions import Permission, requires
from supportdesk.helpdesk.desks import operations, queries
from supportdesk.helpdesk.desks.errors import BookingsAhead, DeskChanged
from supportdesk.helpdesk.desks.forms import DeskDetailsForm, HoursForm, SwitchForm
from supportdesk.helpdesk.desks.operations import Particulars
from supportdesk.helpdesk.views import DESK, blueprint
from supportdesk.places.choices import rooms_by_venue, venue_choices


@blueprint.get("/desks")
@requires(Permission.MANAGE_HELPDESK)
def desk_list() -> str:
    """All desks with their hours."""
    rows = queries.desk_rows(clock.now())
    hours = queries.hours_of([row.id for row in rows])
    return render_template("helpdesk/desks.html", desks=rows, hours=hours)


@blueprint.route("/desks/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_HELPDESK)
def new_desk() -> Answer:
    """Open a desk; its hours come next."""
    form = DeskDetailsForm(venue_choices(), rooms_by_venue())
    actor, now = current_actor(), clock.now()

    def act() -> str:
        desk_id = operations.open_desk(_particulars(form), actor=actor, now=now)
        return url_for("helpdesk.desk", desk_id=desk_id)

    return answer_form(
        form,
        lambda: render_template("helpdesk/desk_form.html", form=form, desk=None),
        act,
        _("窓口を登録しました。つぎに、開く曜日と時刻を入力してください。"),
    )


@blueprint.route(DESK, methods=["GET", "POST"])
@requires(Permission.MANAGE_HELPDESK)
def desk(desk_id: int) -> Answer:
    """A desk with its hours; the form adds hours."""
    actor, now = current_actor(), clock.now()
    row = queries.desk_row(desk_id, now)
    form = HoursForm(queries.adviser_choices())

    def page() -> str:
        hours = queries.hours_of([desk_id]).get(desk_id, [])
        return render_template("helpdesk/desk.html", form=form, desk=row, hours=hours)

    def act() -> str:
        operations.add_hours(desk_id, form.kept, adviser_id=cast(int, form.adviser_id.data), actor=actor, now=now)
        return url_for("helpdesk.desk", desk_id=desk_id)

    return answer_form(form, page, act, _("開く時間を加えました。"))


@blueprint.post(f"{DESK}/hours/<int(max=2147483647):hours_id>/remove")
@requires(Permission.MANAGE_HELPDESK)
def remove_hours(desk_id: int, hours_id: int) -> Answer:
    """Take hours away. What is booked in them stays booked."""
    queries.desk_row(desk_id, clock.now())
    actor, now = current_actor(), clock.now()

    def act() -> str:
        operations.remove_hours(desk_id, hours_id, actor=actor, now=now)
        return url_for("helpdesk.desk", desk_id=desk_id)

    return answer_press(act, _("開く時間をけしました。入っている予約はそのままです。"))


@blueprint.route(f"{DESK}/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_HELPDESK)
def edit_desk(desk_id: int) -> Answer:
    """Change a desk's name, place, length of slots or what to bring."""
    actor, now = current_actor(), clock.now()
    row = queries.desk_row(desk_id, now)
    stands = Particulars.of(row).fingerprint
    form = DeskDetailsForm(venue_choices(), rooms_by_venue(), data={**row._asdict(), "seen": stands})

    def page() -> str:
        if isinstance(form.refusal, DeskChanged):
            form.seen.data = stands  # they have read so, and may press again
        booked = form.refusal.booked if isinstance(form.refusal, BookingsAhead) else []
        return render_template("helpdesk/desk_form.html", form=form, desk=row, booked=booked)

    def act() -> str:
        told = operations.change_desk(desk_id, _particulars(form), seen=form.seen.data, actor=actor, now=now)
        flash(_("保存しました。%(people)s人に連絡します。", people=told) if told else _("保存しました。"), "good")
        return url_for("helpdesk.desk", desk_id=desk_id)

    return answer_form(form, page, act)


@blueprint.route(f"{DESK}/switch", methods=["GET", "POST"])
@requires(Permission.MANAGE_HELPDESK)
def switch_desk(desk_id: int) -> Answer:
    """Say what switching the desk off (or on again) does to whom; then do it."""
    actor, now = current_actor(), clock.now()
    row = queries.desk_row(desk_id, now)
    form = SwitchForm(data={"wanted": "off" if row.active else "on"})

    def act() -> str:
        operations.switch_desk(desk_id, active=form.wanted.data == "on", actor=actor, now=now)
        return url_for("helpdesk.desk", desk_id=desk_id)

    said = _("予約の受付を止めました。") if row.active else _("予約の受付を始めました。")
    return answer_form(form, lambda: render_template("helpdesk/switch_desk.html", form=form, desk=row), act, said)


def _particulars(form: DeskDetailsForm) -> Particulars:
    return Particulars(**{one.name: form[one.name].data for one in fields(Particulars)})
