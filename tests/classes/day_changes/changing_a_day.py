"""A day that is changed, for the tests of that: what may change, who is to be told, what is known of a meeting."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta

from sqlalchemy import select

from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.day_changes.undoing import undo_day_change
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment, Meeting, Run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.models import Channel
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.notices.queries import calls_page
from supportdesk.places.models import OccupancyCell
from tests.classes.making import DAY, meeting_of

WEEK = timedelta(days=7)
LATER, AFTER = DAY + WEEK, DAY + timedelta(days=8)
REASON = "大雪のため"


def change(*wanted: Wanted, reason: str = REASON, agreed: str | None = None) -> int:
    with transaction():
        return change_day(DAY, wanted, reason=reason, agreed=agreed, actor=SYSTEM, now=desk_clock.now())


def undo(change_id: int) -> None:
    with transaction():
        undo_day_change(change_id, actor=SYSTEM, now=desk_clock.now())


def moved(meeting_id: int, hour: int = 10) -> Wanted:
    starts_at = desk_clock.at(LATER, time(hour))
    return Wanted(meeting_id, (starts_at, starts_at + timedelta(hours=1)))


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """All that a change of a day may touch, but for what it leaves behind on purpose."""
    db.session.rollback()
    return {
        "runs": _rows(select(Run.id, Run.state, Run.starts_at, Run.ends_at, Run.taken, Run.waiting).order_by(Run.id)),
        "meetings": _rows(
            select(Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.called_off_at).order_by(Meeting.id)
        ),
        "places": _rows(
            select(Enrolment.id, Enrolment.state, Enrolment.seat, Enrolment.cancelled_at).order_by(Enrolment.id)
        ),
        "cells": sorted(_rows(select(OccupancyCell.resource, OccupancyCell.cell, OccupancyCell.activity))),
        "to tell": _rows(
            select(Notice.id, Notice.state, Notice.attempts, Notice.withdrawn_at)
            .where(Notice.activity.startswith("enrolment:"))
            .order_by(Notice.id)
        ),
    }


def _rows(statement: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(statement)]  # type: ignore[call-overload]


def on_the_lists() -> Counter[tuple[int, Channel]]:
    """Who stands on which list, and how often."""
    found: Counter[tuple[int, Channel]] = Counter()
    for channel in (Channel.PHONE, Channel.POST):
        for group in calls_page(1, desk_clock.now(), SYSTEM, channel, per_page=500).rows:
            found.update((call.learner_id, channel) for call in group)
    return found


def to_tell(learner_id: int) -> list[str]:
    waiting = select(Notice.text).where(Notice.learner_id == learner_id, Notice.state == NoticeState.WAITING)
    return list(db.session.scalars(waiting.order_by(Notice.id)))


def known(run_id: int) -> dict[int, AttendanceState]:
    standing = select(AttendanceMark.learner_id, AttendanceMark.state).where(
        AttendanceMark.meeting_id == meeting_of(run_id), AttendanceMark.current
    )
    return dict(db.session.execute(standing).all())
