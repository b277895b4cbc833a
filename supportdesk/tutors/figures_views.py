"""What stands behind the figures: a district's sessions, and the figures as a file for Excel."""

from __future__ import annotations

from flask import Response, render_template, request
from flask_babel import gettext as _

from supportdesk.accounts import audit
from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.core.tables import download
from supportdesk.tutors import figures as reads
from supportdesk.tutors.session_queries import district_page
from supportdesk.tutors.views import blueprint


@blueprint.get("/figures/<code>")
@requires(Permission.SEE_TUTOR_FIGURES)
def district(code: str) -> str:
    """The sessions that a district's figures count."""
    actor = current_actor()
    name = dict(reads.districts_of(actor)).get(code)
    if name is None:
        raise NotFound
    period = reads.period_named(request.args.get("period", ""), clock.today())
    page = district_page(actor, code, period.first, period.last, page_number())
    note_list(Action.LIST_SESSIONS, [row.learner_id for row in page.rows if row.name])
    return render_template("tutors/district.html", name=name, period=period, page=page)


@blueprint.get("/figures/file/<any(xlsx, csv):ending>")
@requires(Permission.SEE_TUTOR_FIGURES)
def figures_file(ending: str) -> Response:
    """The table of figures, as it is on the page; times in minutes, to be reckoned with."""
    actor = current_actor()
    period = reads.period_named(request.args.get("period", ""), clock.today())
    codes = [code for code, _name in reads.districts_of(actor)]
    rows = reads.figures_by_district(period.first, period.last, codes)
    rows.append(reads.figures_in_all(period.first, period.last, codes))
    with transaction():
        audit.record(
            actor=actor,
            action=Action.DOWNLOAD_FIGURES,
            now=clock.now(),
            detail={"period": period.code, "districts": codes, "file": ending},
        )
    return download(
        _("教え合いの実績 %(period)s", period=period.code),
        ending,
        [_("地区"), _("回数"), _("受講者"), _("サポーター"), _("時間（分）")],
        [(row.name, row.sessions, row.learners, row.tutors, row.minutes) for row in rows],
    )
