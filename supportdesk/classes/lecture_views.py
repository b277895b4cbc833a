"""The pages of outreach lectures: the list, and recording one. Attendance and levels are those of any meeting."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.lecture_forms import LectureForm
from supportdesk.classes.lectures import LECTURE_ROLES, lectures_page, only_meeting
from supportdesk.classes.planning import plan_run
from supportdesk.classes.views import LONGEST_WORD
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import district_choices, room_choices

blueprint = Blueprint("lectures", __name__, url_prefix="/outreach/lectures", template_folder="templates")


@blueprint.get("/")
@requires(Permission.RECORD_LECTURE, surface="field")
def index() -> str:
    """Lectures to come, or those held."""
    text = tidy(request.args.get("q", ""))[:LONGEST_WORD]
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    past = request.args.get("when") == "past"
    return render_template(
        "classes/lectures.html",
        page=lectures_page(page_number(), now=clock.now(), text=text, district_code=district, past=past),
        text=text,
        district=district,
        past=past,
        districts=district_choices(),
        longest=LONGEST_WORD,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.RECORD_LECTURE, surface="field")
def record() -> Answer:
    """Record a lecture that was held, or is agreed; then its attendance, or its page while it lies ahead."""
    actor, now = current_actor(), clock.now()
    instructors = run_queries.instructor_choices(LECTURE_ROLES)
    form = LectureForm(
        courses=run_queries.course_choices(),
        rooms=room_choices(),
        districts=district_choices(),
        instructors=instructors,
        data={"staff": frozenset({actor.account_id} & {account_id for account_id, _name in instructors})},
    )

    def act() -> str:
        plan = form.plan(run_queries.course_minutes(str(form.course_code.data)) or 0)
        run_id = plan_run(plan, although=bool(form.although.data), actor=actor, now=now)
        if clock.local(plan.meetings[0].starts_at).date() > clock.today():
            return url_for("classes.run", run_id=run_id)
        return url_for("classes.attendance", meeting_id=only_meeting(run_id))

    return answer_form(
        form, lambda: render_template("classes/record_lecture.html", form=form), act, _("出前講座を記録しました。")
    )
