"""The pages of a day that cannot be held as planned: choosing, what was done, taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.actions import Action
from supportdesk.accounts.looking import note_list
from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.applying.queries import how_many_held
from supportdesk.classes.day_changes import queries
from supportdesk.classes.day_changes.forms import DayForm, Fate, day_form
from supportdesk.classes.day_changes.models import DayChange
from supportdesk.classes.day_changes.operations import change_day
from supportdesk.classes.day_changes.undoing import may_be_undone, undo_day_change
from supportdesk.classes.duty import districts_managed
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.models import RunState
from supportdesk.classes.outreach.queries import lectures_asked_for
from supportdesk.classes.views import LONGEST_WORD, blueprint
from supportdesk.core import clock
from supportdesk.core.addresses import day_of
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import tidy
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.learners.words import CHANNELS
from supportdesk.notices.words import LISTS
from supportdesk.places.choices import district_choices

PEOPLE_A_PAGE = 100


@blueprint.route("/day", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def day() -> Answer:
    """The meetings of a day: call off or move them at one go."""
    actor, now = current_actor(), clock.now()
    wanted = day_of(request.args.get("day", "")) or clock.today() + timedelta(days=1)
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    districts = districts_managed(actor)
    meetings = [one for one in queries.meetings_of_day(wanted, districts, district) if one.row.starts_at > now]
    form = day_form(meetings, fate=_fate(), day=day_of(request.args.get("to", "")))
    people = queries.affected({one.row.run_id for one in meetings})

    def act() -> str:
        if _gone(form):
            raise PlanRefused(
                _("えらんだ教室の中に、もう始まったか、ほかの人が変えたものがあります。たしかめてください。")
            )
        change_id = change_day(wanted, form.wanted(), reason=form.reason.data, agreed=form.agreed, actor=actor, now=now)
        return url_for("classes.day_change", change_id=change_id)

    def page() -> str:
        return render_template(
            "classes/day_changes/day.html",
            form=form,
            day=wanted,
            before=wanted - timedelta(days=1),
            after=wanted + timedelta(days=1),
            week=wanted + timedelta(days=7),
            district=district,
            districts=[one for one in district_choices() if districts is None or one[0] in districts],
            people=people,
            channels=CHANNELS,
            next_day=None if meetings else queries.next_day_with_meetings(wanted, districts, district, now),
            asked_for=lectures_asked_for(*clock.day_bounds(wanted), districts),
        )

    return answer_form(form, page, act)


def _gone(form: DayForm) -> bool:
    """Whether something was chosen for a meeting that is not on the form any more."""
    chosen = {name for name, value in request.form.items() if name.startswith("what_") and value != Fate.KEEP}
    return not chosen <= {one.what.name for one in form.rows}


def _fate() -> Fate:
    """What all meetings start with, as a link chose it."""
    written = request.args.get("all", "")
    return Fate(written) if written in set(Fate) else Fate.KEEP


@blueprint.get("/day-changes/<int:change_id>")
@requires(Permission.MANAGE_CLASSES, Permission.WORK_CALL_LIST)
def day_change(change_id: int) -> str:
    """What was changed, and how far everybody has been told."""
    actor, now = current_actor(), clock.now()
    change, meetings = _change(change_id)
    page = queries.people_told(change_id, page_number(), now, actor, per_page=PEOPLE_A_PAGE)
    note_list(Action.VIEW_RUN, [one.learner_id for one in page.rows if one.learner_id is not None])
    called_off = [one.run_id for one in meetings if one.state is RunState.CANCELLED]
    return render_template(
        "classes/day_changes/day_change.html",
        change=change,
        meetings=meetings,
        page=page,
        lists=LISTS,
        to_confirm=how_many_held(*called_off) if called_off else 0,
        undoable=_manages_all(meetings) and may_be_undone(change, now),
    )


@blueprint.post("/day-changes/<int:change_id>/undo")
@requires(Permission.MANAGE_CLASSES)
def undo_day(change_id: int) -> Response:
    """Take the change back, as long as nobody was told."""
    actor, now = current_actor(), clock.now()
    _found, meetings = _change(change_id)
    if not _manages_all(meetings):
        raise NotFound
    here = url_for("classes.day_change", change_id=change_id)

    def act() -> str:
        undo_day_change(change_id, actor=actor, now=now)
        return here

    return answer_press(act, _("元にもどしました。連絡も取り消しました。"), back=here)


def _change(change_id: int) -> tuple[DayChange, list[queries.ChangedMeeting]]:
    """A change, with the meetings of it that are the actor's business: all at the counter, where the calls are made.

    Raises NotFound when none is.
    """
    actor, change = current_actor(), queries.change_of_day(change_id)
    meetings, districts = queries.changed_meetings(change), districts_managed(actor)
    if districts is not None and not actor.may(Permission.USE_DESK):
        meetings = [one for one in meetings if one.district_code in districts]
    if not meetings:
        raise NotFound
    return change, meetings


def _manages_all(meetings: Iterable[queries.ChangedMeeting]) -> bool:
    """Whether the actor manages each of the meetings."""
    actor = current_actor()
    districts = districts_managed(actor)
    everywhere = districts is None or all(one.district_code in districts for one in meetings)
    return actor.may(Permission.MANAGE_CLASSES) and everywhere
