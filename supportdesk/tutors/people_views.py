"""The coordinators' pages for the tutors themselves: who they are, appointing them, and what they have done."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.skills.queries import skill_choices, skill_names
from supportdesk.tutors import figures as reads
from supportdesk.tutors import matching
from supportdesk.tutors.chart import bars
from supportdesk.tutors.forms import AppointForm
from supportdesk.tutors.operations import appoint_tutor
from supportdesk.tutors.views import blueprint


@blueprint.get("/people")
@requires(Permission.MATCH_TUTORS)
def people() -> str:
    """The tutors, and who has the role but is not appointed yet."""
    actor = current_actor()
    page = matching.tutors_page(actor, page_number(), appointed=True)
    return render_template(
        "tutors/people.html",
        page=page,
        candidates=matching.tutors_page(actor, 1, appointed=False),
        skill_names=skill_names({code for tutor in page.rows for code in tutor.skills}),
    )


@blueprint.route("/people/<int:account_id>", methods=["GET", "POST"])
@requires(Permission.MATCH_TUTORS)
def appoint(account_id: int) -> Answer:
    """Say what somebody teaches and where. A coordinator changes their own districts only; others stay as they are."""
    actor, now = current_actor(), clock.now()
    tutor = matching.tutor_row(account_id, actor)
    offered = reads.districts_of(actor)
    served = reads.district_codes_of(account_id) & {code for code, _name in offered}
    form = AppointForm(
        districts=offered,
        skills=skill_choices(),
        data={"districts": frozenset(served), "skills": frozenset(tutor.skills)},
    )

    def act() -> str:
        appoint_tutor(
            account_id,
            skills=form.skills.data or (),
            districts=form.districts.data or (),
            actor=actor,
            now=now,
        )
        return url_for("tutors.people")

    return answer_form(
        form,
        lambda: render_template("tutors/appoint.html", form=form, tutor=tutor),
        act,
        _("%(name)sさんの内容を保存しました。", name=tutor.name),
    )


@blueprint.get("/figures")
@requires(Permission.SEE_TUTOR_FIGURES)
def figures() -> str:
    """Sessions, learners and hours by district: a coordinator's own districts, an administrator's all."""
    actor, today = current_actor(), clock.today()
    period = reads.period_named(request.args.get("period", ""), today)
    codes = [code for code, _name in reads.districts_of(actor)]
    rows = reads.figures_by_district(period.first, period.last, codes)
    return render_template(
        "tutors/figures.html",
        rows=rows,
        total=reads.figures_in_all(period.first, period.last, codes),
        chart=bars(rows),
        period=period,
        periods=reads.periods(today),
    )
