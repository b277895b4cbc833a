"""Runs and enrolments for tests, made by the desk's own operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from supportdesk.classes.enrolment import Enrolled, enrol_learner
from supportdesk.classes.models import Edition, Meeting, RunKind
from supportdesk.classes.planning import MeetingPlan, RunPlan, plan_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.places.models import Room, Venue
from tests.factories import make_learner

#: A Thursday nine days after the tests' day.
DAY = date(2026, 12, 3)


def room_of(nickname: str = "いーぱる") -> Room:
    """The first room of the venue that people call so."""
    rooms = select(Room).join(Venue).where(Venue.nickname == nickname).order_by(Room.id)
    return db.session.scalars(rooms.limit(1)).one()


def meeting_at(
    day: date = DAY, hour: int = 10, *, hours: int = 1, room_id: int | None = None, staff: Sequence[int] = ()
) -> MeetingPlan:
    starts_at = clock.at(day, time(hour))
    return MeetingPlan(starts_at, starts_at + timedelta(hours=hours), room_id, tuple(staff))


def run_plan(*meetings: MeetingPlan, capacity: int = 10, course: str = "K01", **more: object) -> RunPlan:
    """A class at いーぱる; without meetings, one at ten on DAY."""
    plan = RunPlan(
        course_code=course,
        edition=Edition.BOTH,
        capacity=capacity,
        meetings=meetings or (meeting_at(),),
        venue_id=room_of().venue_id,
    )
    return replace(plan, **more)  # type: ignore[arg-type]  # whatever field the test is about


def make_run(*meetings: MeetingPlan, capacity: int = 10, actor: Actor = SYSTEM, **more: object) -> int:
    with transaction():
        return plan_run(run_plan(*meetings, capacity=capacity, **more), actor=actor, now=clock.now())  # type: ignore[arg-type]


def make_lecture(*meetings: MeetingPlan, **more: object) -> int:
    return make_run(*meetings, kind=RunKind.LECTURE, group_name="泉町内会", **more)  # type: ignore[arg-type]


def enrol(run_id: int, learner_id: int, *, now: datetime | None = None, **more: object) -> Enrolled:
    with transaction():
        return enrol_learner(run_id, learner_id, actor=SYSTEM, now=now or clock.now(), **more)  # type: ignore[arg-type]


def meeting_of(run_id: int, number: int = 1) -> int:
    """The id of one of a run's meetings."""
    return db.session.scalars(select(Meeting.id).where(Meeting.run_id == run_id, Meeting.number == number)).one()


def learner_who_is(person_id: int) -> int:
    """A learner who is somebody we know in another role."""
    learner_id = make_learner()
    with transaction():
        db.session.get_one(Learner, learner_id).person_id = person_id
    return learner_id
