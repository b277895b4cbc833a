"""The audit trail for the administrator: who did or saw what of whom, by account, action, learner and day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.accounts import queries
from supportdesk.accounts.actions import Action
from supportdesk.accounts.reasons import in_words
from supportdesk.core.activities import describe
from supportdesk.core.addresses import day_of, row_id
from supportdesk.core.paging import Stretch
from supportdesk.core.permissions import Permission, requires

blueprint = Blueprint("audit", __name__, template_folder="templates")


@blueprint.get("/admin/audit")
@requires(Permission.SEE_AUDIT)
def trail() -> str:
    """Newest first. What is asked for stands in the address as ids: a link to it names nobody."""
    wanted = queries.AuditFilter(
        account_id=row_id(request.args.get("account", "")),
        action=_action(request.args.get("action", "")),
        learner_id=row_id(request.args.get("learner", "")),
        day=day_of(request.args.get("day", "")),
    )
    stretch = queries.audit_stretch(wanted, row_id(request.args.get("before", "")))
    return render_template(
        "accounts/audit.html",
        wanted=wanted,
        accounts=queries.account_choices(),
        not_understood=_not_understood(wanted),
        **shown(stretch),
    )


#: Where a row came from, in words.
SURFACES = {
    "public": _l("住民向けの画面"),
    "field": _l("現場の画面"),
    "staff": _l("職員の画面"),
    "command": _l("コマンド"),
}


def shown(stretch: Stretch[Any]) -> dict[str, object]:
    """What the template of the rows needs beside them."""
    return {
        "stretch": stretch,
        "words": {action.value: action.label for action in Action},
        "described": describe({row.subject for row in stretch.rows}),
        "learners": queries.learners_of(row.id for row in stretch.rows),
        "surfaces": SURFACES,
        "why": in_words,
    }


def _action(written: str) -> Action | None:
    return next((action for action in Action if action.value == written), None)


def _not_understood(wanted: queries.AuditFilter) -> str | None:
    """What to say when something was asked that is no account, action, learner or day: it was left out."""
    asked = {name for name in ("account", "action", "learner", "day") if request.args.get(name, "").strip()}
    read = {
        name
        for name, value in (
            ("account", wanted.account_id),
            ("action", wanted.action),
            ("learner", wanted.learner_id),
            ("day", wanted.day),
        )
        if value is not None
    }
    return _("読めない条件があったので、それをのぞいて表示しています。") if asked - read else None
