"""Reads of planning a term: how its course is usually held, and the runs that it became."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from supportdesk.classes.models import Course, RunState
from supportdesk.classes.queries import RUN, RUN_ROWS, RunRow
from supportdesk.classes.series.models import Series
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db


class CourseDefaults(NamedTuple):
    """How a course is usually held."""

    code: str
    title: str
    minutes: int
    capacity: int
    meetings: int


def course_defaults(code: str) -> CourseDefaults | None:
    """How this course is usually held, if there is one."""
    row = db.session.execute(
        select(Course.code, Course.title, Course.minutes, Course.capacity, Course.meetings).where(Course.code == code)
    ).one_or_none()
    return CourseDefaults._make(row) if row else None


class SeriesRun(NamedTuple):
    """A run of the series, how it stands, and from when residents see it."""

    run: RunRow
    state: RunState
    listed: bool
    publish_at: datetime | None


def series(series_id: int) -> Series:
    """One series. Raises NotFound."""
    found = db.session.get(Series, series_id)
    if found is None:
        raise NotFound
    return found


def runs_of(series_id: int, number: int) -> Page[SeriesRun]:
    """The runs that were planned at once, the first to begin before all others."""
    statement = RUN_ROWS.add_columns(RUN.c.state, RUN.c.listed, RUN.c.publish_at).where(RUN.c.series_id == series_id)
    page = fetch_page(statement, number)
    width = len(RunRow._fields)
    rows = [SeriesRun(RunRow._make(row[:width]), *row[width:]) for row in page.rows]
    return page.showing(rows)
