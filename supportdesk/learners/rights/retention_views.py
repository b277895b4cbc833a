"""The yearly erasing of what has been kept for as long as it may be: shown, then confirmed."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.reauthentication import with_fresh_password
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm, HiddenField
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.found import described
from supportdesk.learners.rights.retention import erase_aged, plan_retention
from supportdesk.learners.views import blueprint


class RetentionForm(DeskForm):
    """As of when what is past its time was shown: nothing else is erased."""

    as_of = HiddenField()


@blueprint.route("/retention", methods=["GET", "POST"])
@requires(Permission.HANDLE_RIGHTS)
@with_fresh_password
def retention() -> Answer:
    """What is past its time, kind by kind and person by person; then erase it."""
    actor, now = current_actor(), clock.now()
    form = RetentionForm(data={"as_of": now.isoformat()})
    as_of = min(_instant(form.as_of.data or "", now), now)

    def page() -> str:
        plan = plan_retention(as_of)
        note_list(Action.VIEW_ERASURE, plan.gone)
        return render_template("learners/rights/retention.html", form=form, plan=plan, gone=described(plan.gone))

    def act() -> str:
        erase_aged(as_of, actor=actor, now=now)
        return url_for("learners.retention")

    return answer_form(form, page, act, _("保存期間をすぎた記録を消しました。"))


def _instant(written: str, otherwise: datetime) -> datetime:
    """The instant that the form bears; nonsense is now."""
    try:
        instant = datetime.fromisoformat(written)
        return instant.astimezone(UTC) if instant.tzinfo else otherwise
    except (ValueError, OverflowError):
        return otherwise
