"""Two questions that the audit trail answers: who looked at this person, and what did this account do. And a third,
which nobody asked: what looks unusual.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from supportdesk.accounts import audit, queries
from supportdesk.accounts.actions import Action
from supportdesk.accounts.audit_views import blueprint, shown
from supportdesk.accounts.office import MANY_PEOPLE
from supportdesk.accounts.queries import AuditFilter
from supportdesk.accounts.reasons import in_words
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.accounts.unusual import MARKS, SHOWN, unusual
from supportdesk.core import clock
from supportdesk.core.activities import activity, describe
from supportdesk.core.addresses import day_of, row_id
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.tables import download

#: The unusual is looked for over so many days, unless others are asked for.
DAYS = 7
#: … and over no more than these at once.
MOST_DAYS = 92


@blueprint.get("/admin/audit/learner/<int:learner_id>")
@requires(Permission.SEE_AUDIT)
def of_learner(learner_id: int) -> str:
    """Who looked at this person, and did what. The page names nobody: it is about those who looked."""
    wanted = _in_period(AuditFilter(learner_id=learner_id))
    return render_template(
        "accounts/audit_learner.html",
        learner_id=learner_id,
        wanted=wanted,
        accounts=queries.who_looked(wanted),
        **shown(queries.audit_stretch(wanted, row_id(request.args.get("before", "")))),
    )


@blueprint.get("/admin/audit/account/<int:account_id>")
@requires(Permission.SEE_AUDIT)
def of_account(account_id: int) -> str:
    """What this account did, and what of it looks unusual."""
    account, wanted = _account(account_id), _in_period(AuditFilter(account_id=account_id))
    last = wanted.until or clock.today()
    first = max(wanted.since or last - timedelta(days=MOST_DAYS - 1), last - timedelta(days=MOST_DAYS - 1))
    return render_template(
        "accounts/audit_account.html",
        account=account,
        wanted=wanted,
        actions=queries.what_was_done(wanted),
        found=unusual(first, last, account_id=account_id),
        **_unusual_words(),
        **shown(queries.audit_stretch(wanted, row_id(request.args.get("before", "")))),
    )


@blueprint.get("/admin/audit/unusual")
@requires(Permission.SEE_AUDIT)
def unusual_looks() -> str:
    """Over the last week, or the days asked for: no proof of anything, but worth a question."""
    asked = _in_period(AuditFilter())
    last = asked.until or clock.today()
    first = asked.since or last - timedelta(days=DAYS - 1)
    first = min(last, max(first, last - timedelta(days=MOST_DAYS - 1)))
    return render_template(
        "accounts/audit_unusual.html",
        wanted=replace(asked, since=first, until=last),
        found=unusual(first, last),
        **_unusual_words(),
    )


@blueprint.get("/admin/audit/learner/<int:learner_id>/<any(xlsx, csv):ending>")
@requires(Permission.SEE_AUDIT)
@with_fresh_password
def learner_file(learner_id: int, ending: str) -> Response:
    """Who looked at this person, as a file."""
    wanted = _in_period(AuditFilter(learner_id=learner_id))
    return _file(_("受講者 %(number)s を見た記録", number=learner_id), ending, wanted, activity("learner", learner_id))


@blueprint.get("/admin/audit/account/<int:account_id>/<any(xlsx, csv):ending>")
@requires(Permission.SEE_AUDIT)
@with_fresh_password
def account_file(account_id: int, ending: str) -> Response:
    """What this account did, as a file."""
    account, wanted = _account(account_id), _in_period(AuditFilter(account_id=account_id))
    name = _("%(account)s の操作の記録", account=account.username)
    return _file(name, ending, wanted, activity("account", account_id))


def _file(name: str, ending: str, wanted: AuditFilter, subject: str) -> Response:
    rows = queries.audit_rows(wanted)
    besides = queries.learners_of_all(wanted)
    described = describe({row.subject for row in rows})
    words = {action.value: str(action.label) for action in Action}
    with transaction():
        audit.record(
            actor=current_actor(),
            action=Action.DOWNLOAD_AUDIT,
            subject=subject,
            now=clock.now(),
            detail={"file": ending, "rows": len(rows)},
        )
    return download(
        name,
        ending,
        [
            _("番号"), _("日時"), _("だれが"), _("ユーザー名"), _("何を"), _("対象"), _("対象の説明"),
            _("受講者の番号"), _("どこから"), _("アドレス"), _("理由"),
        ],
        [
            (
                row.id, row.at, row.name or _("システム"), row.username, words.get(row.action, row.action), row.subject,
                described[row.subject].title if row.subject in described else "",
                " ".join(map(str, besides.get(row.id, []))), row.surface, row.address, in_words(row.reason),
            )
            for row in rows
        ],
    )  # fmt: skip


def _in_period(wanted: AuditFilter) -> AuditFilter:
    """With the days that the address asks for; what is no day is none."""
    return replace(wanted, since=day_of(request.args.get("since", "")), until=day_of(request.args.get("until", "")))


def _account(account_id: int) -> Any:
    account = queries.who_is(account_id)
    if account is None:
        raise NotFound
    return account


def _unusual_words() -> dict[str, object]:
    return {"marks": MARKS, "many_people": MANY_PEOPLE.get(), "most": SHOWN}
