"""The residents' pages of this room: the schedule, one class, the calendar feed. Nothing on them is personal.

The schedule is asked of the database every time, and drawn only when what came back has not been drawn before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from supportdesk.classes import schedule
from supportdesk.classes.applying.queries import terms_of
from supportdesk.classes.calendar_feed import as_calendar
from supportdesk.classes.models import Edition, RunState
from supportdesk.classes.office import SCHEDULE_MONTHS
from supportdesk.classes.queries import RunRow
from supportdesk.classes.words import EDITIONS
from supportdesk.core import clock
from supportdesk.core.addresses import day_of
from supportdesk.core.japanese import tidy
from supportdesk.core.office import OFFICE_NAME, values_now
from supportdesk.core.paging import page_number
from supportdesk.core.permissions import public
from supportdesk.core.security import chosen_language

blueprint = Blueprint("schedule", __name__, template_folder="templates")
LONGEST_WORD = 100
LAST_PAGE = 1000
KEPT = 64


@dataclass(frozen=True)
class Filters:
    """What a resident looks for."""

    text: str
    district: str
    edition: Edition | None
    month: date | None
    day: date | None
    page: int

    @property
    def any(self) -> bool:
        """Whether something was asked for."""
        return bool(self.text or self.district or self.edition or self.month or self.day)

    def address(self, page: int) -> str:
        """The same search at another page."""
        return url_for(
            "schedule.index",
            q=self.text or None,
            district=self.district or None,
            edition=self.edition,
            month=f"{self.month:%Y-%m}" if self.month else None,
            day=self.day,
            page=page,
        )


EVERYTHING = Filters(text="", district="", edition=None, month=None, day=None, page=1)


@blueprint.get("/schedule")
@public
def index() -> bytes:
    """The classes to come, by date; filtered by district, phone, month, day or word."""
    wanted = _filters() if request.args else EVERYTHING
    rows = schedule.listed_runs(
        now=clock.now(),
        text=wanted.text,
        district_code=wanted.district,
        edition=wanted.edition,
        days=_days(wanted),
        page=wanted.page,
    )
    draw = current_app.extensions["drawn_schedules"]
    return cast(bytes, draw(request.full_path, chosen_language(), clock.today(), wanted, rows, values_now()))


def keep_drawn_pages(app: Flask) -> None:
    """The application remembers the last pages drawn. Called when it is made."""
    app.extensions["drawn_schedules"] = lru_cache(maxsize=KEPT)(_draw)


def _draw(_address: str, language: str, today: date, wanted: Filters, rows: schedule.RawRuns, _office: object) -> bytes:
    """The page, ready to send, as these arguments make it: no token and no name may ever be on it.

    The address is among them for the language links; the names of districts are read here, when a page is drawn.
    """
    page = render_template(
        "classes/schedule.html",
        today=today,
        wanted=wanted,
        days=_by_day(schedule.read_runs(rows)),
        more=len(rows) > schedule.PER_PAGE,
        months=_months(today),
        districts=_in_language(schedule.district_names(), language),
        editions=EDITIONS,
        words_most=LONGEST_WORD,
    )
    return page.encode()


def _filters() -> Filters:
    """What the address asks for; nonsense asks for nothing."""
    edition = request.args.get("edition", "")
    return Filters(
        text=tidy(request.args.get("q", ""))[:LONGEST_WORD],
        district=tidy(request.args.get("district", ""))[:LONGEST_WORD],
        edition=Edition(edition) if edition in set(Edition) else None,
        month=day_of(request.args.get("month", "") + "-01"),
        day=day_of(request.args.get("day", "")),
        page=min(page_number(), LAST_PAGE),
    )


def _days(wanted: Filters) -> tuple[date, date] | None:
    """First and last day to look at, or None for all."""
    if wanted.day:
        return wanted.day, wanted.day
    if wanted.month:
        return wanted.month, _next_month(wanted.month) - timedelta(days=1)
    return None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _months(today: date) -> list[tuple[str, date]]:
    """This month and the next ones, for the filter."""
    months = [today.replace(day=1)]
    while len(months) < SCHEDULE_MONTHS.get():
        months.append(_next_month(months[-1]))
    return [(f"{first:%Y-%m}", first) for first in months]


def _by_day(rows: list[RunRow]) -> list[tuple[date, list[RunRow]]]:
    days: dict[date, list[RunRow]] = {}
    for row in rows:
        days.setdefault(clock.local(row.starts_at).date(), []).append(row)
    return list(days.items())


def _in_language(districts: tuple[schedule.DistrictName, ...], language: str) -> dict[str, str]:
    return {one.code: one.name_en if language == "en" else one.name for one in districts}


@blueprint.get("/schedule/<int:run_id>")
@public
def run(run_id: int) -> str:
    """One class: what is taught, where, what to bring, how to apply."""
    found, terms = schedule.public_run(run_id, clock.now()), terms_of(run_id)
    if found is None:
        abort(404)
    language = chosen_language()
    return render_template(
        "classes/schedule_run.html",
        run=found,
        meetings=schedule.public_meetings(run_id),
        skills=schedule.skills_taught(run_id, language),
        district=_in_language(schedule.district_names(), language).get(found.district_code, ""),
        edition=EDITIONS[found.edition],
        over=found.starts_at <= clock.now(),
        cancelled=found.state is RunState.CANCELLED,
        terms=terms,
        applies=terms is not None and terms.takes_applications(clock.now()),
    )


@blueprint.get("/calendar.ics")
@public
def calendar() -> Response:
    """The classes as a calendar that telephones and computers subscribe to."""
    first, _end = clock.day_bounds(clock.today())
    settings = current_app.config["SETTINGS"]
    name = _("%(office)sのスマートフォン教室", office=OFFICE_NAME.get())
    response = Response(as_calendar(schedule.feed(first, clock.now()), name=name, base_url=settings.base_url))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response
