"""The administrator's pages about accounts: who there is, what they do where, how they come in, off and on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts import invitations, second_factor
from supportdesk.accounts.invitations import MadeInvitation
from supportdesk.accounts.office import INVITATION_HOURS
from supportdesk.accounts.passwords import SHORTEST_PASSWORD
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.activities import Description
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.fields import DeskForm
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.qr import qr_in_page
from supportdesk.places import staff
from supportdesk.places.choices import district_choices
from supportdesk.places.service import Days, Service, service_of, set_service
from supportdesk.places.staff_forms import NewStaffForm, ServiceForm, StaffForm, SwitchForm, service_form
from supportdesk.places.staff_queries import duties_of, staff_page, staff_row

blueprint = Blueprint("staff", __name__, url_prefix="/admin/accounts", template_folder="templates")
LONGEST_SEARCH = 100


@blueprint.route("/", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> str:
    """All accounts, a page at a time; what is looked for comes by POST, so that no name stands in an address."""
    text = tidy(request.form.get("q", ""))[:LONGEST_SEARCH]
    page = staff_page(text, 1 if text else page_number())
    ids = [row.id for row in page.rows]
    return render_template(
        "places/staff.html",
        page=page,
        text=text,
        duties=duties_of(ids),
        awaited=invitations.awaited(ids),
        now=clock.now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@with_fresh_password
def new() -> Answer:
    """Make an account, and the letter with which its holder comes in."""
    actor, now = current_actor(), clock.now()
    form = NewStaffForm(district_choices())
    made: list[staff.AddedStaff] = []

    def act() -> str:
        added = staff.add_staff(username=form.username.data or "", **_particulars(form), actor=actor, now=now)
        made.append(added)
        return url_for("staff.account", account_id=added.account_id)

    answer = answer_form(form, lambda: render_template("places/staff_new.html", form=form), act)
    return _letter(*made[0]) if made else answer


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
        "mail": row.mail or "",
        "roles": frozenset(duties.roles),
        "districts": frozenset(duties.districts),
    }
    form = StaffForm(district_choices(), data=stored)

    def act() -> str:
        staff.edit_staff(account_id, **_particulars(form), although=form.although.data, actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form,
        lambda: render_template(
            "places/staff_account.html",
            form=form,
            account=row,
            planned=_planned(form),
            standing=invitations.standing_invitation(account_id),
            service=service_of(account_id),
            districts=duties.districts,
            has_factor=second_factor.has_factor(account_id),
            now=now,
        ),
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


def _planned(form: StaffForm | SwitchForm | ServiceForm) -> list[Description]:
    """What stood in the way when the form was sent."""
    return form.refusal.planned if isinstance(form.refusal, staff.WorkAhead) else []


@blueprint.route("/<int:account_id>/service", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def service(account_id: int) -> Answer:
    """From when until when somebody serves: roles, districts, leave of absence, the last day."""
    actor, now = current_actor(), clock.now()
    row, duties, known = staff_row(account_id), duties_of([account_id])[account_id], service_of(account_id)
    days = {**_of("role", known.roles), **_of("district", known.districts), "leave": known.leave}
    stored = {f"{name}_{end}": day for name, of in days.items() for end, day in zip(_ENDS, of, strict=True)}
    form = service_form(duties.roles, duties.districts, {**stored, "ends_on": known.ends_on})

    def typed(name: str) -> Days:
        return Days(*(form[f"{name}_{end}"].data for end in _ENDS))

    def act() -> str:
        wanted = Service(
            roles={role: typed(f"role_{role}") for role in duties.roles},
            districts={code: typed(f"district_{code}") for code in duties.districts},
            leave=typed("leave"),
            ends_on=form.ends_on.data,
        )
        set_service(account_id, wanted, although=form.although.data, actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form,
        lambda: render_template(
            "places/staff_service.html", form=form, account=row, given=days, planned=_planned(form)
        ),
        act,
        _("期間を保存しました。"),
    )


_ENDS = ("first", "last")


def _of(kind: str, given: Mapping[Any, Days]) -> dict[str, Days]:
    return {f"{kind}_{name}": days for name, days in given.items()}


@blueprint.route("/<int:account_id>/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@with_fresh_password
def invite(account_id: int) -> Answer:
    """A new link for whoever forgot their password or lost their letter; shown this once."""
    actor, now = current_actor(), clock.now()
    row, form = staff_row(account_id), DeskForm()
    if not row.active:
        raise NotFound
    made: list[MadeInvitation] = []

    def act() -> str:
        made.append(invitations.invite(account_id, actor=actor, now=now))
        return url_for("staff.account", account_id=account_id)

    hours = INVITATION_HOURS.get()
    answer = answer_form(
        form, lambda: render_template("places/staff_invite.html", form=form, account=row, hours=hours), act
    )
    return _letter(account_id, made[0]) if made else answer


@blueprint.post("/<int:account_id>/invite/revoke")
@requires(Permission.MANAGE_ACCOUNTS)
def revoke(account_id: int) -> Response:
    """The link that was handed out opens nothing any more."""
    actor = current_actor()

    def act() -> str:
        invitations.revoke_invitation(account_id, actor=actor, now=clock.now())
        return url_for("staff.account", account_id=account_id)

    return answer_press(act, _("招待を取り消しました。"))


@blueprint.route("/<int:account_id>/second-factor", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@with_fresh_password
def factor(account_id: int) -> Answer:
    """Somebody lost their phone and their recovery codes: let them begin anew."""
    actor, now = current_actor(), clock.now()
    row, form = staff_row(account_id), DeskForm()

    def act() -> str:
        second_factor.reset_factor(account_id, actor=actor, now=now)
        return url_for("staff.account", account_id=account_id)

    return answer_form(
        form,
        lambda: render_template("places/staff_factor.html", form=form, account=row),
        act,
        _("2つ目のたしかめを取り消しました。"),
    )


@blueprint.get("/invitations")
@requires(Permission.MANAGE_ACCOUNTS)
def standing() -> str:
    """Who has a link and has not used it yet, and whose has run out."""
    return render_template(
        "places/staff_invitations.html", page=invitations.standing_invitations(page_number()), now=clock.now()
    )


def _letter(account_id: int, made: MadeInvitation) -> str:
    """The letter to be handed over: the only time that the link is to be seen, so it is no page to come back to."""
    return render_template(
        "places/staff_letter.html",
        account=staff_row(account_id),
        made=made,
        picture=qr_in_page(made.address),
        least=SHORTEST_PASSWORD,
    )


def _particulars(form: StaffForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "kana": form.kana.data or "",
        "phone": form.phone.data or "",
        "mail": form.mail.data or "",
        "roles": form.roles.data or frozenset(),
        "districts": form.districts.data or frozenset(),
    }
