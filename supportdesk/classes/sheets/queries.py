"""Reads about feedback sheets: who is asked and when, what was said about a run, what one learner said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from supportdesk.classes.models import EnrolmentState, RunKind, RunState
from supportdesk.classes.queries import ENROLMENT, MEETING, RUN, MeetingRow
from supportdesk.classes.sheets.models import FeedbackSheet, SheetWay
from supportdesk.classes.sheets.office import FEEDBACK_DAYS, FEEDBACK_LEAST
from supportdesk.classes.sheets.words import SATISFACTION, UNDERSTANDING
from supportdesk.core.database import table_of
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.skills.queries import areas as skill_areas

SHEET: Final = table_of(FeedbackSheet)
_COMMA: Final = ","


class Said(NamedTuple):
    """The answers of one sheet."""

    understanding: int | None
    satisfaction: int | None
    areas: tuple[str, ...]
    wish: str

    @property
    def is_empty(self) -> bool:
        """Whether every question was left out."""
        return not any(self)


class Count(NamedTuple):
    """An answer in words, and how many gave it."""

    words: str
    sheets: int


class Results(NamedTuple):
    """What was said about a run. `shown`: enough sheets are there that nobody can be told from the others.

    Always of the whole run: from two of its dates, one shown and one not, the hidden one could be reckoned.
    """

    asks: bool
    sheets: int
    least: int
    understanding: Sequence[Count] = ()
    satisfaction: Sequence[Count] = ()
    areas: Sequence[Count] = ()

    @property
    def shown(self) -> bool:
        """Whether the small-cell rule lets the counts be seen."""
        return self.sheets >= self.least


class Typed(NamedTuple):
    """Which seats have answered at a meeting, and how many papers without a number were typed in."""

    seats: Sequence[int]
    without: int


def joined(areas: Iterable[str]) -> str:
    """Fields of skills as they are stored."""
    return _COMMA.join(sorted(areas))


def is_asked(kind: RunKind, choice: bool | None) -> bool:
    """Whether learners are asked: at classes, unless it was said otherwise; at lectures only where it was."""
    return kind is RunKind.CLASS if choice is None else choice


def asks(run_id: int) -> bool:
    """Whether learners are asked about this run."""
    row = db.session.execute(select(RUN.c.kind, RUN.c.asks_feedback).where(RUN.c.id == run_id)).one()
    return is_asked(row.kind, row.asks_feedback)


def is_open(meeting: Any, now: datetime) -> bool:
    """Whether phones may answer at that instant, if they are asked: from the start until some days after the end."""
    return bool(meeting.starts_at <= now < meeting.ends_at + timedelta(days=FEEDBACK_DAYS.get()))


def takes_answers(meeting: MeetingRow, now: datetime) -> bool:
    """Whether the meeting's code leads to a sheet now. A statement where it is time."""
    return meeting.state is RunState.OPEN and is_open(meeting, now) and asks(meeting.run_id)


def results_of(run_id: int) -> Results:
    """The answers about a run, counted. Three statements; two where they are not shown."""
    statement = select(SHEET.c.understanding, SHEET.c.satisfaction, SHEET.c.areas).join(
        MEETING, MEETING.c.id == SHEET.c.meeting_id
    )
    rows = db.session.execute(statement.where(MEETING.c.run_id == run_id)).all()
    found = Results(asks(run_id), len(rows), FEEDBACK_LEAST.get())
    if not rows or not found.shown:
        return found
    wanted = Counter(code for row in rows for code in areas_in(row.areas))
    return found._replace(
        understanding=_counted(UNDERSTANDING, (row.understanding for row in rows)),
        satisfaction=_counted(SATISFACTION, (row.satisfaction for row in rows)),
        areas=[Count(area.name, wanted[area.code]) for area in skill_areas() if wanted[area.code]],
    )


def _counted(words: Mapping[int, object], answers: Iterable[int | None]) -> list[Count]:
    how_many = Counter(answers)
    return [Count(str(word), how_many[value]) for value, word in words.items()]


def areas_in(stored: str) -> tuple[str, ...]:
    """Fields of skills, as they were stored."""
    return tuple(filter(None, stored.split(_COMMA)))


def wishes_page(run_id: int, number: int) -> Page[str]:
    """What was written about a run, so many a page: by the letters, so that the order tells nobody's turn."""
    statement = (
        select(SHEET.c.wish)
        .join(MEETING, MEETING.c.id == SHEET.c.meeting_id)
        .where(MEETING.c.run_id == run_id, SHEET.c.wish != "")
        .order_by(SHEET.c.wish, SHEET.c.id)
    )
    page = fetch_page(statement, number)
    return page.showing([row.wish for row in page.rows])


def said_by(meeting_id: int, learner_id: int) -> Said | None:
    """What a learner said after a meeting, if they did."""
    row = db.session.execute(
        select(SHEET.c.understanding, SHEET.c.satisfaction, SHEET.c.areas, SHEET.c.wish).where(
            SHEET.c.meeting_id == meeting_id, SHEET.c.learner_id == learner_id
        )
    ).one_or_none()
    return Said(row.understanding, row.satisfaction, areas_in(row.areas), row.wish) if row else None


def seats_of(meeting_id: int) -> Select[Any]:
    """Who has which seat at a meeting: (seat, learner_id), by number, as the printed roster has them."""
    return (
        select(ENROLMENT.c.seat, ENROLMENT.c.learner_id)
        .join(MEETING, MEETING.c.run_id == ENROLMENT.c.run_id)
        .where(MEETING.c.id == meeting_id, ENROLMENT.c.state == EnrolmentState.SEATED)
        .order_by(ENROLMENT.c.seat)
    )


def seats_on_paper(meeting_id: int) -> list[int]:
    """The numbers of those who have a seat."""
    return [row.seat for row in db.session.execute(seats_of(meeting_id))]


def typed_at(meeting_id: int) -> Typed:
    """Which numbers need not be typed in any more. Two statements."""
    rows = db.session.execute(select(SHEET.c.learner_id, SHEET.c.way).where(SHEET.c.meeting_id == meeting_id)).all()
    answered = {row.learner_id for row in rows}
    seats = [row.seat for row in db.session.execute(seats_of(meeting_id)) if row.learner_id in answered]
    return Typed(seats, sum(row.learner_id is None and row.way is SheetWay.PAPER for row in rows))


def areas_wished(learner_id: int) -> tuple[str, ...]:
    """The fields of skills that a learner last said they want to learn. One statement."""
    latest = (
        select(SHEET.c.areas)
        .where(SHEET.c.learner_id == learner_id)
        .order_by(SHEET.c.answered_at.desc(), SHEET.c.id.desc())
        .limit(1)
    )
    return areas_in(db.session.scalar(latest) or "")
