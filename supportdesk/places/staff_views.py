"""The administrator's pages about accounts: who there is, what they do where, new, changed, switched off and on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts import upkeep
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import Description
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.places import staff
from supportdesk.places.choices import district_choices
from supportdesk.places.staff_forms import NewPasswordForm, NewStaffForm, StaffForm, SwitchForm
from supportdesk.places.staff_queries import duties_of, staff_page, staff_row

blueprint = Blueprint("staff", __name__, url_prefix="/admin/accounts", template_folder="templates")
LONGEST_SEARCH = 100


@blueprint.route("/", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> str:
    """All accounts, a page at a time; what is looked for comes by POST, so that no name stands in an address."""
    text = tidy(request.form.get("q", ""))[:LONGEST_SEARCH]
    page = staff_page(text, 1 if text else page_number())
    return render_template("places/staff.html", page=page, text=text, duties=duties_of([row.id for row in page.rows]))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def new() -> Answer:
    """Make an account."""
    actor, now = current_actor(), clock.now()
    form = NewStaffForm(district_choices())

    def act() -> str:
        account_id = staff.add_staff(
            username=form.username.data or "",
            password=form.new_password.data or "",
            **_particulars(form),
            actor=actor,
            now=now,
        )
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form, lambda: render_template("places/staff_new.html", form=form), act, _("アカウントを作りました。")
    )


@blueprint.route("/<int:account_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def account(account_id: int) -> Answer:
    """One account, and its particulars to change."""
    actor, now = current_actor(), clock.now()
    row, duties = staff_row(account_id), duties_of([account_id])[account_id]
    stored = {
        "name": row.name,
        "kana": row.kana,
        "phone": row.phone or "",
        "roles": frozenset(duties.roles),
        "districts": frozenset(duties.districts),
    }
    form = StaffForm(district_choices(), data=stored)

    def act() -> str:
        staff.edit_staff(account_id, **_particulars(form), although=form.although.data, actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form,
        lambda: render_template("places/staff_account.html", form=form, account=row, planned=_planned(form)),
        act,
        _("変更を保存しました。"),
    )


@blueprint.route("/<int:account_id>/switch", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def switch(account_id: int) -> Answer:
    """Say what switching the account off (or on again) does; then do it."""
    actor, now = current_actor(), clock.now()
    row = staff_row(account_id)
    form = SwitchForm(data={"wanted": "off" if row.active else "on"})

    def act() -> str:
        active, although = form.wanted.data == "on", form.although.data
        staff.switch_staff(account_id, active=active, although=although, actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    said = _("アカウントを止めました。") if row.active else _("アカウントをまた使えるようにしました。")
    return answer_form(
        form,
        lambda: render_template("places/staff_switch.html", form=form, account=row, planned=_planned(form)),
        act,
        said,
    )


def _planned(form: StaffForm | SwitchForm) -> list[Description]:
    """What stood in the way when the form was sent."""
    return form.refusal.planned if isinstance(form.refusal, staff.WorkAhead) else []


@blueprint.route("/<int:account_id>/password", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def password(account_id: int) -> Answer:
    """A new password for somebody who forgot theirs."""
    actor, now = current_actor(), clock.now()
    row = staff_row(account_id)
    form = NewPasswordForm()

    def act() -> str:
        upkeep.set_password(account_id, form.new_password.data or "", actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form,
        lambda: render_template("places/staff_password.html", form=form, account=row),
        act,
        _("新しいパスワードにしました。本人に伝えてください。"),
    )


def _particulars(form: StaffForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "kana": form.kana.data or "",
        "phone": form.phone.data or "",
        "roles": form.roles.data or frozenset(),
        "districts": form.districts.data or frozenset(),
    }
