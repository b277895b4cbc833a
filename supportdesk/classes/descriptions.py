"""What other rooms may know of this one without importing it: names of its activities, and whose learners are whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import (
    AttendanceMark,
    AttendanceState,
    Duty,
    Enrolment,
    EnrolmentState,
    Meeting,
    MeetingStaff,
    Run,
    RunState,
)
from supportdesk.core.activities import Description, page_of
from supportdesk.core.permissions import Actor, Role
from supportdesk.core.signposts import way_to
from supportdesk.extensions import db


def describe_meetings(ids: Iterable[int]) -> Mapping[int, Description]:
    """A meeting's title and time; a lecture's group is part of the title. Residents find its videos."""
    rows = db.session.execute(
        select(
            *(Meeting.id, Meeting.run_id, Meeting.code, Meeting.starts_at, Meeting.ends_at),
            *(Run.title, Run.group_name, Run.district_code),
        )
        .join(Run, Run.id == Meeting.run_id)
        .where(Meeting.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            run_title(row.title, row.group_name),
            row.starts_at,
            row.ends_at,
            meeting_address(row.run_id),
            way_to("meeting_videos", code=row.code),
            row.district_code,
        )
        for row in rows
    }


def meetings_at_venue(venue_id: int, starts_at: datetime, ends_at: datetime) -> Iterable[Description]:
    """The meetings of classes and lectures held there at that time, in whichever room."""
    return _planned(Run.venue_id == venue_id, Meeting.starts_at < ends_at, Meeting.ends_at > starts_at)


def meetings_to_hold(account_id: int, roles: Collection[Role], now: datetime) -> Iterable[Description]:
    """The meetings at which somebody is on duty as an instructor, a coordinator at a lecture, an adviser who helps."""
    on_duty = select(MeetingStaff.meeting_id).where(MeetingStaff.account_id == account_id)
    if not {Role.INSTRUCTOR, Role.COORDINATOR} & set(roles):
        if Role.ADVISER not in roles:
            return []
        on_duty = on_duty.where(MeetingStaff.duty == Duty.ASSISTANT)
    return _planned(Meeting.id.in_(on_duty), Meeting.ends_at > now)


def _planned(*wanted: ColumnElement[bool]) -> Iterable[Description]:
    on = (Run.state == RunState.OPEN, Meeting.called_off_at.is_(None))
    ids = select(Meeting.id).join(Run, Run.id == Meeting.run_id).where(*on, *wanted)
    return describe_meetings(db.session.scalars(ids)).values()


def describe_enrolments(ids: Iterable[int]) -> Mapping[int, Description]:
    """The run that an enrolment is for."""
    rows = db.session.execute(
        select(Enrolment.id, Run.starts_at, Run.ends_at, Run.title, Run.group_name)
        .join(Run, Run.id == Enrolment.run_id)
        .where(Enrolment.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            run_title(row.title, row.group_name),
            row.starts_at,
            row.ends_at,
            page_of("classes.enrolment", enrolment_id=row.id),
        )
        for row in rows
    }


def describe_entrants(ids: Iterable[int]) -> Mapping[int, Description]:
    """The run in whose draw somebody is."""
    rows = db.session.execute(
        select(LotteryEntrant.id, LotteryEntrant.run_id, Run.starts_at, Run.ends_at, Run.title, Run.group_name)
        .join(Run, Run.id == LotteryEntrant.run_id)
        .where(LotteryEntrant.id.in_(list(ids)))
    )
    return {
        row.id: Description(
            run_title(row.title, row.group_name), row.starts_at, row.ends_at, meeting_address(row.run_id)
        )
        for row in rows
    }


def meeting_address(run_id: int) -> str | None:
    """Where staff read more about a meeting: its run's page, which everybody who sees classes may open."""
    return page_of("classes.run", run_id=run_id)


def run_title(title: str, group_name: str) -> str:
    """A run's title; a lecture's group is part of it."""
    return f"{title}（{group_name}）" if group_name else title


def learners_of(actor: Actor) -> Select[Any] | None:
    """The learners enrolled in, or seen at, meetings where the actor is on duty; None when there can be none."""
    if actor.account_id is None:
        return None
    mine = select(MeetingStaff.meeting_id).where(MeetingStaff.account_id == actor.account_id)
    runs = select(Meeting.run_id).where(Meeting.id.in_(mine))
    enrolled = select(Enrolment.learner_id).where(
        Enrolment.run_id.in_(runs), Enrolment.state != EnrolmentState.CANCELLED
    )
    seen = select(AttendanceMark.learner_id).where(
        AttendanceMark.meeting_id.in_(mine),
        AttendanceMark.current,
        AttendanceMark.state != AttendanceState.UNMARKED,
    )
    return enrolled.union(seen).subquery().select()
