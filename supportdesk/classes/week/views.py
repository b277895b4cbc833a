"""The pages of a week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from supportdesk.accounts.sign_in import current_actor
from supportdesk.classes.views import LONGEST_WORD, blueprint
from supportdesk.classes.week.queries import By, days_of, first_day, own_week, rows_of
from supportdesk.core import clock
from supportdesk.core.addresses import day_of
from supportdesk.core.japanese import tidy
from supportdesk.core.permissions import Permission, requires
from supportdesk.places.choices import district_choices

#: What a row of the week can be.
ROWS = {By.VENUE: _l("会場ごと"), By.INSTRUCTOR: _l("講師ごと"), By.DISTRICT: _l("地区ごと")}
_A_WEEK = timedelta(days=7)


@blueprint.get("/week")
@requires(Permission.SEE_CLASSES)
def week() -> str:
    """The week of a day, by venue, instructor or district; on paper too."""
    written = request.args.get("by", "")
    by = By(written) if written in set(By) else By.VENUE
    district = tidy(request.args.get("district", ""))[:LONGEST_WORD]
    monday = _monday()
    return render_template(
        "classes/week/week.html",
        week=rows_of(monday, by, district=district),
        by=by,
        rows=ROWS,
        district=district,
        districts=district_choices(),
        **_days(monday),
    )


@blueprint.get("/my-week")
@requires(Permission.TAKE_ATTENDANCE, surface="field")
def my_week() -> str:
    """What an instructor is on duty for this week, for the phone."""
    actor, monday = current_actor(), _monday()
    assert actor.account_id is not None, "the system logs in nowhere"
    week = zip(days_of(monday), own_week(monday, actor.account_id), strict=True)
    return render_template("classes/week/my_week.html", week=list(week), **_days(monday))


def _monday() -> date:
    return first_day(day_of(request.args.get("day", "")) or clock.today())


def _days(monday: date) -> dict[str, Any]:
    return {
        "days": days_of(monday),
        "monday": monday,
        "before": monday - _A_WEEK,
        "after": monday + _A_WEEK,
        "today": clock.today(),
    }
