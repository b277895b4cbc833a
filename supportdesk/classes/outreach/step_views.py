"""The pages of the steps that need more than a press: the day, the result, the letter, a step back, the end."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.attendance import named_at
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.finding import Instructor, Option, find_day, options
from supportdesk.classes.outreach.forms import (
    ENDS,
    ENDS_BEGUN,
    EndForm,
    FindForm,
    ReasonForm,
    ResultForm,
    typed_for,
    typed_result,
)
from supportdesk.classes.outreach.models import OutreachRequest, OutreachState
from supportdesk.classes.outreach.office import OUTREACH_LETTER_NOTE
from supportdesk.classes.outreach.pictures.operations import add_pictures
from supportdesk.classes.outreach.queries import Details, heads_by_age, request_details, request_to_work_on
from supportdesk.classes.outreach.reporting import report_result
from supportdesk.classes.outreach.steps import BACK, CAN_END, HAS_RUN, has_begun
from supportdesk.classes.outreach.travel import usual_travel
from supportdesk.classes.outreach.views import blueprint, goes_back, note_look_at
from supportdesk.classes.outreach.words import CHOICES, STATES
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import room_choices

S = OutreachState


@blueprint.route("/<int:request_id>/find", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def find(request_id: int) -> Answer:
    """Choose the day and who goes: for each preferred date who is free, and why the others are not.

    Another button looks who is free on a day that was typed, and holds nobody.
    """
    actor, now = current_actor(), clock.now()
    found = _in_step(request_to_work_on(actor, request_id), {S.CHECKED})
    asked = found.request
    preferred = [(choice.number, choice.starts_at) for choice in asked.choices]
    travel = usual_travel(found.district)
    dates = options(request_id, preferred, asked.minutes, travel, asked.district_code)
    first = _chosen(dates)
    form = FindForm(
        courses=run_queries.course_choices(),
        rooms=room_choices(),
        staff=[(one.account_id, one.name) for one in first.instructors],
        data={"course_code": asked.course_code, "travel": travel, **typed_for(first.starts_at, asked.minutes)},
    )

    def page() -> str:
        shown = _typed_option(asked, form, travel) or first
        form.staff.choices = [(one.account_id, _with_standing(one)) for one in shown.instructors]
        return render_template(
            "outreach/find.html", form=form, found=found, asked=asked, dates=dates, shown=shown, words=CHOICES
        )

    def act() -> str:
        find_day(request_id, form.found_day(), although=bool(form.although.data), actor=actor, now=now)
        return url_for("outreach.request_page", request_id=request_id)

    if form.is_submitted() and request.form.get("look"):
        return page()
    return answer_form(form, page, act, _("日と講師を決め、講師の予定に入れました。"))


def _chosen(dates: Iterable[Option]) -> Option:
    """The date that the address asks for; else the first on which somebody is free."""
    all_dates = list(dates)
    wanted = request.args.get("choice", "")
    asked_for = [one for one in all_dates if str(one.number) == wanted]
    return next(iter([*asked_for, *(one for one in all_dates if one.free), *all_dates]))


def _with_standing(one: Instructor) -> str:
    """A name to tick, and that they are not free."""
    return one.name if one.free else _("%(name)s（空いていません）", name=one.name)


def _typed_option(asked: OutreachRequest, form: FindForm, usual: int) -> Option | None:
    """Who is free at what was typed; None where nothing was, or no time that can be. `usual`: the way, if none was."""
    times = form.times
    if not form.is_submitted() or times is None or times[0] >= times[1]:
        return None
    minutes = int((times[1] - times[0]).total_seconds() // 60)
    travel = form.travel.data if form.travel.data is not None else usual
    return options(asked.id, [(0, times[0])], minutes, travel, asked.district_code)[0]


@blueprint.get("/<int:request_id>/letter")
@requires(Permission.SEE_OUTREACH)
def letter(request_id: int) -> str:
    """The letter that tells the group what was decided, on one sheet."""
    found = _in_step(request_details(current_actor(), request_id), HAS_RUN)
    note_look_at(found)
    return render_template(
        "outreach/letter.html", found=found, asked=found.request, note=OUTREACH_LETTER_NOTE.get(), today=clock.today()
    )


@blueprint.route("/<int:request_id>/result", methods=["GET", "POST"])
@requires(Permission.SEE_OUTREACH, surface="field")
def result(request_id: int) -> Answer:
    """How the lecture was."""
    actor, now = current_actor(), clock.now()
    found = _in_step(request_details(actor, request_id), {S.HELD})
    form = ResultForm(data=typed_result(found.request, heads_by_age(request_id)))

    def page() -> str:
        return render_template(
            "outreach/result.html", form=form, found=found, asked=found.request, named=named_at(found.meeting_id or 0)
        )

    def act() -> str:
        report_result(request_id, form.result(), actor=actor, now=now)
        if form.pictures.ready:
            consent, caption = bool(form.consent.data), form.caption.data
            add_pictures(request_id, form.pictures.ready, caption=caption, consent=consent, actor=actor, now=now)
        return url_for("outreach.request_page", request_id=request_id)

    return answer_form(form, page, act, _("結果を保存しました。"))


@blueprint.route("/<int:request_id>/back", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def back(request_id: int) -> Answer:
    """Take the last step back, and say why."""
    actor, now = current_actor(), clock.now()
    found = request_to_work_on(actor, request_id)
    note_look_at(found)
    asked = found.request
    form = ReasonForm(data={"seen": asked.state})
    if request.method == "GET" and not goes_back(found):
        raise NotFound

    def page() -> str:
        return render_template(
            "outreach/back.html",
            form=form,
            found=found,
            asked=asked,
            after=STATES[BACK.get(asked.state, asked.state)],
            calls_off=asked.state in (S.CONFIRMED, S.PREPARED),
        )

    def act() -> str:
        stepping.step_back(request_id, _seen(form), reason=form.reason.data, actor=actor, now=now)
        return url_for("outreach.request_page", request_id=request_id)

    return answer_form(form, page, act, _("ひとつ前にもどしました。"))


@blueprint.route("/<int:request_id>/end", methods=["GET", "POST"])
@requires(Permission.WORK_OUTREACH)
def end(request_id: int) -> Answer:
    """Refuse the request, or note that it was withdrawn, or that its lecture did not take place, and say why."""
    actor, now = current_actor(), clock.now()
    found = request_to_work_on(actor, request_id)
    note_look_at(found)
    asked = found.request
    begun = asked.state in HAS_RUN and has_begun(asked.starts_at, now)
    ends = ENDS_BEGUN if begun else ENDS
    form = EndForm(choices={"end": ends}, data={"seen": asked.state, "end": next(iter(ends)) if begun else None})
    if request.method == "GET" and asked.state not in CAN_END:
        raise NotFound

    def page() -> str:
        return render_template(
            "outreach/end.html", form=form, found=found, asked=asked, calls_off=asked.state in HAS_RUN, begun=begun
        )

    def act() -> str:
        assert form.end.data
        stepping.end_request(request_id, form.end.data, _seen(form), reason=form.reason.data, actor=actor, now=now)
        return url_for("outreach.request_page", request_id=request_id)

    return answer_form(form, page, act, _("申し込みを終わりにしました。"))


def _seen(form: ReasonForm) -> OutreachState:
    """The state in which the form was opened; nonsense is one in which nothing can be done."""
    return S(form.seen.data) if form.seen.data in set(S) else S.RECEIVED


def _in_step(found: Details, states: Iterable[OutreachState]) -> Details:
    """Raises NotFound where this step is not to be taken now. Whoever sends the form is told why by the operation."""
    if request.method == "GET" and found.request.state not in states:
        raise NotFound
    return found
