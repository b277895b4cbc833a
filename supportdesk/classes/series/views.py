"""The pages on which a term is planned: what it is to be, its dates looked through, and the runs that it became.

The dates travel in the form from page to page: nothing is written before all of them are saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes import run_queries
from supportdesk.classes.duty import districts_managed
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.models import RunKind
from supportdesk.classes.series import corrections, queries
from supportdesk.classes.series.examining import Examined, Finding, examine
from supportdesk.classes.series.forms import LookedThroughForm, RowFields, SeriesForm, looked_through_form
from supportdesk.classes.series.operations import plan_series
from supportdesk.classes.series.queries import CourseDefaults
from supportdesk.classes.series.shape import MOST_ROWS, Row
from supportdesk.classes.staffing.queries import roles_for
from supportdesk.core import clock, kept_form
from supportdesk.core.answers import Answer, answer_form
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import room_choices

blueprint = Blueprint("series", __name__, url_prefix="/classes/series", template_folder="templates")


@blueprint.get("/<int:series_id>")
@requires(Permission.SEE_CLASSES)
def series(series_id: int) -> str:
    """The runs that were planned at once."""
    found = queries.series(series_id)
    return render_template(
        "series/series.html", series=found, page=queries.runs_of(series_id, page_number()), now=clock.now()
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def new() -> Answer:
    """Say what the term is to be; its dates are looked through next."""
    if _kept_dates():
        return _draw(_sent_form())
    if "back" in request.form:
        return _gone_back()
    form = SeriesForm(**_choices())
    if not form.is_submitted():
        return _first_page(form)
    course = queries.course_defaults(str(form.course_code.data)) if form.validate() else None
    rows = form.rows_for(course) if course else None
    if course is None or rows is None:
        return _first_page(form), 422
    try:
        form.plan(course, rows).check_conditions(clock.now())
    except PlanRefused as refusal:
        form.refuse(refusal)
        return _first_page(form), 422
    changes = corrections.read(form.corrections.data)
    if changes:
        rows = corrections.carried_out(rows, changes, rooms=dict(form.rooms), people=form.people)
    dates = looked_through_form(len(rows), _choices())
    dates.show(rows)
    return _draw(dates, rows, course)


@blueprint.route("/dates", methods=["GET", "POST"])
@requires(Permission.MANAGE_CLASSES)
def dates() -> Answer:
    """Look through the dates again, changed as they were; or save all of them."""
    if request.method == "GET" and not _kept_dates():
        return redirect(url_for("series.new"), 303)
    form = _sent_form()
    if request.method == "GET":
        return _draw(form)
    valid = form.validate()
    course = queries.course_defaults(str(form.course_code.data))
    if form.wrong_before or course is None:
        return _first_page(form), 422
    if "check" in request.form:
        return _draw(form, course=course), 200 if valid else 422
    plan, actor, now = form.plan(course, form.looked_through(course)), current_actor(), clock.now()

    def act() -> str:
        series_id = plan_series(plan, although=bool(form.although.data), actor=actor, now=now)
        return url_for("series.series", series_id=series_id)

    return answer_form(form, lambda: _draw(form, course=course), act, _("まとめて登録しました。"))


def _gone_back() -> str:
    """What the term is to be, as it was sent with its dates; what was changed of these is kept."""
    first, sent = SeriesForm(**_choices()), _sent_form()
    sent.validate()
    course = None if sent.wrong_before else queries.course_defaults(str(sent.course_code.data))
    planned = sent.rows_for(course) if course else None
    if course and planned:
        first.corrections.data = corrections.written(planned, sent.looked_through(course))
    return _first_page(first)


def _kept_dates() -> bool:
    """Whether dates are to be shown that were sent when their sender had to log in again."""
    return kept_form.fields_for({"row_count"}) is not None


def _sent_form() -> LookedThroughForm:
    """The dates as they were sent."""
    kept = kept_form.fields_for({"row_count"})
    sent = (request.form if kept is None else kept).get("row_count", "")
    how_many = int(sent) if sent.isdecimal() and len(sent) <= 3 else 0
    return looked_through_form(min(how_many, MOST_ROWS), _choices())


def _choices() -> Mapping[str, Any]:
    return {
        "courses": run_queries.course_choices(),
        "rooms": room_choices(districts_managed(current_actor())),
        "instructors": run_queries.instructor_choices(),
        "assistants": run_queries.instructor_choices(roles_for(RunKind.CLASS)),
    }


def _first_page(form: SeriesForm) -> str:
    changed = len(corrections.read(form.corrections.data))
    return render_template("series/new.html", form=form, changed=changed)


class ShownRow(NamedTuple):
    """One date on the page; `row` is None when it cannot be read."""

    fields: RowFields
    row: Row | None
    number: int
    findings: Sequence[Finding]
    place: str
    staff: str
    assistants: str

    @property
    def blocked(self) -> bool:
        """Whether it has to be changed."""
        return self.row is None or any(one.blocks for one in self.findings)

    @property
    def doubtful(self) -> bool:
        """Whether it may stay if that is meant."""
        return any(not one.blocks for one in self.findings)

    @property
    def settled(self) -> bool:
        """Whether it can be saved as it stands."""
        return not self.blocked and (not self.doubtful or bool(self.row and self.row.meant))


class ShownGroup(NamedTuple):
    """Dates under one heading."""

    kind: str
    rows: Sequence[ShownRow]
    of_line: int = 0


def _draw(form: LookedThroughForm, rows: Sequence[Row] | None = None, course: CourseDefaults | None = None) -> str:
    """The page with all dates. The first time they are the rows given; then those that were sent."""
    course = course or queries.course_defaults(str(form.course_code.data))
    if course is None:
        return _first_page(form)
    if rows is None:
        rows = form.looked_through(course)
    each = form.each.data or course.meetings
    examined = examine(rows, each, clock.now(), phones=form.phones.data or 0)
    groups = _shown(form, rows, examined)
    return render_template(
        "series/dates.html",
        form=form,
        course=course,
        each=each,
        groups=groups,
        unsettled=[
            shown for group in groups for shown in group.rows if not shown.settled and group.kind in ("run", "unread")
        ],
        runs=len(examined.runs),
    )


def _shown(form: LookedThroughForm, rows: Sequence[Row], examined: Examined) -> list[ShownGroup]:
    """Run by run, line by line; after a line's runs what is left over and what is left out; unreadable dates first."""
    rooms, people, fields = dict(form.rooms), form.people, form.rows
    read = {row.number for row in rows}

    def shown(row: Row, number: int = 0) -> ShownRow:
        names = "、".join(people[one] for one in row.staff if one in people)
        helping = "、".join(people[one] for one in row.assistants if one in people and one not in row.staff)
        place = rooms.get(row.room_id, "") if row.room_id is not None else ""
        return ShownRow(fields[row.number], row, number, examined.findings.get(row.number, ()), place, names, helping)

    groups = []
    unread = [ShownRow(one, None, 0, (), "", "", "") for one in fields if one.number not in read]
    if unread:
        groups.append(ShownGroup("unread", unread))
    for line in sorted({row.line for row in rows}):
        of_line = [group for group in examined.groups if group.line == line]
        for count, group in enumerate(of_line, start=1):
            numbered = [shown(row, number) for number, row in enumerate(group.rows, start=1)]
            groups.append(ShownGroup("run" if group.complete else "left_over", numbered, count))
        skipped = [shown(row) for row in rows if row.line == line and row.skipped]
        if skipped:
            groups.append(ShownGroup("skipped", skipped))
    return groups
