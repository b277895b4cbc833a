"""Saving a term: all of its runs, or none. Called by its page, from what was looked through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from supportdesk.classes.conditions import Conditions
from supportdesk.classes.doubts import ask_about
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.filling_fields import CLOSING
from supportdesk.classes.models import Course, Edition, Filling
from supportdesk.classes.planning import MeetingPlan, RunPlan, check_deadline, plan_runs
from supportdesk.classes.series.examining import Examined, examine
from supportdesk.classes.series.models import Series
from supportdesk.classes.series.shape import MOST_ROWS, Group, Row, grouped
from supportdesk.core import clock
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.places.models import Room


@dataclass(frozen=True)
class SeriesPlan:
    """A term as somebody wishes it. With `least` people, decided so many days before a run begins, it is held."""

    course_code: str
    each: int
    edition: Edition
    capacity: int
    rows: tuple[Row, ...]
    listed: bool = True
    to_bring: str = ""
    publish_at: datetime | None = None
    least: int | None = None
    decide_before: int = 0
    phones: int = 0
    filling: Filling = Filling.FIRST_COME
    close_before: int | None = None

    def apply_until(self, group: Group) -> datetime | None:
        """When applying for one of its runs ends: so many days before the first meeting."""
        if self.close_before is None:
            return None
        return clock.at(clock.local(group.rows[0].starts_at).date() - timedelta(days=self.close_before), CLOSING)

    def conditions_of(self, group: Group) -> Conditions:
        """Those of one of its runs."""
        begins = clock.local(group.rows[0].starts_at).date()
        return Conditions(
            self.publish_at,
            self.least,
            begins - timedelta(days=self.decide_before) if self.least is not None else None,
        )

    def check_conditions(self, now: datetime) -> None:
        """Whether its runs can have them, before anything is looked through. Raises PlanRefused."""
        for group in grouped(self.rows, self.each):
            begins = group.rows[0].starts_at
            if group.complete and begins > now:  # what has begun is said at its date
                self.conditions_of(group).check(begins, self.capacity)
                check_deadline(self.filling, self.apply_until(group), begins, now)


class NothingToSave(PlanRefused):
    """The dates make no run."""

    def __init__(self, each: int) -> None:
        super().__init__(_l("登録できる教室がありません。全%(each)s回の日がそろっていません。", each=each))


class StillInTheWay(PlanRefused):
    """Something is in the way of some of the dates: `details["numbers"]`. The page says at each what it is."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(
            _l("たしかめる日が%(count)sつあります。登録するには、下でなおしてください。", count=len(numbers)),
            details={"numbers": list(numbers)},
        )


def plan_series(plan: SeriesPlan, *, although: bool = True, actor: Actor, now: datetime) -> int:
    """Make all runs of the term with what they need; the series' id.

    Raises NothingToSave, StillInTheWay, PlanRefused, and Occupied when somebody was quicker by a moment: then nothing
    is kept. Doubtful for odd hours and small rooms, unless `although` says that it is meant.
    """
    if len(plan.rows) > MOST_ROWS:
        raise PlanRefused(_l("一度に計画できるのは%(most)s回までです。", most=MOST_ROWS))
    course = db.session.get(Course, plan.course_code)
    if course is None:
        raise PlanRefused(_l("講座をえらんでください。"), field="course_code")
    examined = examine(plan.rows, plan.each, now, phones=plan.phones)
    if not examined.runs:
        raise NothingToSave(plan.each)
    if examined.unsettled:
        raise StillInTheWay(examined.unsettled)
    if not although:
        _ask_about(examined, plan.capacity)
    series = Series(title=course.title, created_at=now, created_by=actor.account_id)
    db.session.add(series)
    db.session.flush()
    plan_runs([_run(plan, group, examined, series.id) for group in examined.runs], actor=actor, now=now)
    return series.id


def _ask_about(examined: Examined, capacity: int) -> None:
    """Each time of day once, each room once."""
    rows = [row for group in examined.runs for row in group.rows]
    times = {(clock.local(row.starts_at).time(), clock.local(row.ends_at).time()): row for row in reversed(rows)}
    rooms = db.session.scalars(select(Room).where(Room.id.in_({row.room_id for row in rows})).order_by(Room.id))
    ask_about([(row.starts_at, row.ends_at) for row in times.values()], rooms, capacity, holidays=False)


def _run(plan: SeriesPlan, group: Group, examined: Examined, series_id: int) -> RunPlan:
    first = group.rows[0]
    assert first.room_id is not None, "a date without a room is unsettled"
    return RunPlan(
        course_code=plan.course_code,
        edition=plan.edition,
        capacity=plan.capacity,
        meetings=tuple(
            MeetingPlan(row.starts_at, row.ends_at, row.room_id, row.staff, assistants=row.assistants)
            for row in group.rows
        ),
        listed=plan.listed,
        to_bring=plan.to_bring,
        venue_id=examined.places[first.room_id].venue_id,
        conditions=plan.conditions_of(group),
        series_id=series_id,
        phones=plan.phones,
        filling=plan.filling,
        apply_until=plan.apply_until(group),
    )
