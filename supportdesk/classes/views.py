"""The staff's pages for runs: the list, planning one, one with its people, calling one off."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.applying.queries import how_many_held, how_many_to_look_at
from supportdesk.classes.called_off import dismissed_from
from supportdesk.classes.deciding.queries import how_many_to_decide
from supportdesk.classes.duty import (
    districts_decided,
    districts_managed,
    held_by,
    may_manage,
    may_print_any,
    run_to_manage,
)
from supportdesk.classes.forms import PlanForm
from supportdesk.classes.lottery.queries import Entrant, entries_of, lottery_of
from supportdesk.classes.models import EnrolmentState, RunKind, RunState
from supportdesk.classes.outreach.queries import request_behind, request_to_show
from supportdesk.classes.planning import cancel_run, plan_run
from supportdesk.classes.sheets.queries import results_of
from supportdesk.classes.staffing.ratio import assistants_missing
from supportdesk.classes.words import EDITIONS, KINDS
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.fields import DeskForm
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, Role, requires
from supportdesk.learners.dropbox.queries import count_held
from supportdesk.places.choices import district_choices, room_choices

blueprint = Blueprint("classes", __name__, url_prefix="/classes", template_folder="templates")
LONGEST_WORD = 100


@blueprint.get("/")
@requires(Permission.SEE_CLASSES, surface="field")
def index() -> str:
    """Runs to come or past; an instructor sees their own first."""
    actor = current_actor()
    text = tidy(request.args.get("q", ""))[:LONGEST_WORD]
    whose = request.args.get("whose", "mine" if actor.roles == {Role.INSTRUCTOR} else "all")
    past = request.args.get("when") == "past"
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    page = run_queries.runs_page(
        page_number(),
        now=clock.now(),
        text=text,
        district_code=district,
        past=past,
        mine=actor.account_id if whose == "mine" else None,
    )
    return render_template(
        "classes/index.html",
        page=page,
        text=text,
        whose=whose,
        past=past,
        district=district,
        districts=district_choices(),
        editions=EDITIONS,
        kinds=KINDS,
        longest=LONGEST_WORD,
        held=count_held(actor),
        to_confirm=how_many_to_look_at() if actor.may(Permission.EDIT_LEARNERS) else 0,
        to_decide=how_many_to_decide(districts=districts_decided(actor), now=clock.now())
        if actor.may(Permission.DECIDE_RUN)
        else 0,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def plan() -> Answer:
    """Plan a class of up to five dates, in one's own districts."""
    form = PlanForm(
        courses=run_queries.course_choices(),
        rooms=room_choices(districts_managed(current_actor())),
        instructors=run_queries.instructor_choices(),
    )
    actor, now = current_actor(), clock.now()

    def act() -> str:
        minutes = run_queries.course_minutes(str(form.course_code.data)) or 0
        return url_for(
            "classes.run", run_id=plan_run(form.plan(minutes), although=bool(form.although.data), actor=actor, now=now)
        )

    return answer_form(form, lambda: render_template("classes/plan.html", form=form), act, _("教室を登録しました。"))


@blueprint.get("/<int:run_id>")
@requires(Permission.SEE_CLASSES, surface="field")
def run(run_id: int) -> str:
    """One run: its dates, its seats, who has them and who waits. That somebody looked is noted."""
    found, actor, now = run_queries.run_details(run_id), current_actor(), clock.now()
    people, meetings = _people_seen(run_id), run_queries.run_meetings(run_id)
    dismissed = dismissed_from(run_id, actor, now) if found.state is RunState.CANCELLED else []
    _note_names([one.person for one in dismissed], run_id)
    return render_template(
        "classes/run.html",
        run=found,
        lottery=lottery_of(run_id),
        to_confirm=how_many_held(run_id) if found.kind is RunKind.CLASS else 0,
        dismissed=dismissed,
        meetings=meetings,
        missing={
            meeting.id: assistants_missing(found.taken, len(meeting.assistants))
            for meeting in meetings
            if meeting.starts_at > now
            and not meeting.called_off
            and found.kind is RunKind.CLASS
            and found.state is RunState.OPEN
        },
        changeable=found.kind is RunKind.CLASS
        and found.state is RunState.OPEN
        and any(meeting.starts_at > now for meeting in meetings),
        seated=[person for person in people if person.state is EnrolmentState.SEATED],
        offered=[person for person in people if person.state is EnrolmentState.OFFERED],
        waiting=[person for person in people if person.state is EnrolmentState.WAITING],
        open=found.is_open(now),
        lecture=found.kind is RunKind.LECTURE,
        asked_for=request_to_show(actor, run_id) if found.kind is RunKind.LECTURE else None,
        held=held_by(actor, run_id),
        prints=may_print_any(actor),
        managed=may_manage(actor, found),
        edition=EDITIONS[found.edition],
        results=results_of(run_id),
        now=now,
    )


def _people_seen(run_id: int) -> list[run_queries.Person]:
    """Who is enrolled; that somebody looked at their names is noted."""
    people = run_queries.people_of(run_id, current_actor())
    _note_names(people, run_id)
    return people


def _note_names(people: Sequence[run_queries.Person | Entrant], run_id: int) -> None:
    named = [person.learner_id for person in people if person.learner_id is not None]
    if named and request.method == "GET":
        note_list(Action.VIEW_RUN, named, subject=activity("run", run_id))


@blueprint.route("/<int:run_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def cancel(run_id: int) -> Answer:
    """Say what calling the run off will do to whom; then do it."""
    found, actor, now = run_to_manage(current_actor(), run_id), current_actor(), clock.now()
    asked_for = request_behind(run_id)
    if asked_for is not None:  # its group is told, and another day is looked for
        return redirect(url_for("outreach.back", request_id=asked_for), 303)
    form = DeskForm()
    people = _people_seen(run_id)
    in_draw = [one for entry in entries_of(run_id, actor) if entry.place is None for one in entry.people]
    _note_names(in_draw, run_id)

    def page() -> str:
        ahead = found.is_open(now) and form.refusal is None
        held = how_many_held(run_id)
        return render_template(
            "classes/cancel_run.html", form=form, run=found, people=people, in_draw=in_draw, open=ahead, to_confirm=held
        )

    def act() -> str:
        told = cancel_run(run_id, actor=actor, now=now)
        flash(_("中止にしました。%(people)s人に連絡します。", people=told), "good")
        return url_for("classes.run", run_id=run_id)

    return answer_form(form, page, act)
