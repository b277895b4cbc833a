"""Reads for the page of a day: its meetings with how many are affected, and how far each has been told of a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from supportdesk.accounts.models import Account
from supportdesk.classes.day_changes.models import DayChange, MeetingChange
from supportdesk.classes.day_changes.telling import people_of
from supportdesk.classes.models import Meeting, MeetingStaff, Run, RunState
from supportdesk.classes.outreach.queries import ASKED_FOR
from supportdesk.classes.queries import IS_ON, MEETING, MEETING_ROWS, NOT_CALLED_OFF, RUN, MeetingRow, on_day
from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor
from supportdesk.extensions import db
from supportdesk.learners.models import Channel, Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.rooms import scope_of
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.notices.news import News, news_of_notices
from supportdesk.notices.queries import fallback_now
from supportdesk.notices.ways import way_to_tell

_NOTICE = table_of(Notice)


class DayMeeting(NamedTuple):
    """A meeting of the day: who is on duty, and when the next of its run begins, if there is one."""

    row: MeetingRow
    staff: tuple[str, ...]
    next_at: datetime | None


def meetings_of_day(day: date, districts: Collection[str] | None, district: str = "") -> list[DayMeeting]:
    """The day's meetings that are on, in order: of one district, or of those in which the actor manages classes.

    A lecture that a group asked for is not among them: its request says what becomes of it.
    """
    statement = MEETING_ROWS.where(*on_day(day), *_changed_here(districts, district))
    rows = [MeetingRow._make(row) for row in db.session.execute(statement)]
    staff = _staff([row.id for row in rows])
    later = _later(rows)
    return [DayMeeting(row, tuple(staff[row.id]), later.get(row.id)) for row in rows]


def next_day_with_meetings(after: date, districts: Collection[str] | None, district: str, now: datetime) -> date | None:
    """The first day after this one with such a meeting that is still to come."""
    since = max(clock.day_bounds(after)[1], now)
    starts_at = db.session.scalar(
        select(func.min(MEETING.c.starts_at))
        .join(RUN, RUN.c.id == MEETING.c.run_id)
        .where(MEETING.c.starts_at >= since, *_changed_here(districts, district))
    )
    return clock.local(starts_at).date() if starts_at else None


def _changed_here(districts: Collection[str] | None, district: str) -> list[ColumnElement[bool]]:
    """What is changed on the page of a day: of one district, or of those in which the actor manages classes."""
    wanted = [IS_ON, ~ASKED_FOR]
    if district:
        wanted.append(RUN.c.district_code == district)
    if districts is not None:
        wanted.append(RUN.c.district_code.in_(districts))
    return wanted


def _staff(meeting_ids: Collection[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(MeetingStaff.meeting_id, Account.name)
        .join(Account, Account.id == MeetingStaff.account_id)
        .where(MeetingStaff.meeting_id.in_(meeting_ids))
        .order_by(Account.kana, Account.name)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for meeting_id, name in rows:
        found[meeting_id].append(name)
    return found


def _later(rows: Sequence[MeetingRow]) -> dict[int, datetime]:
    """When the meeting after each of these is held, by the id of the earlier: one statement."""
    found = db.session.execute(
        select(MEETING.c.run_id, MEETING.c.number, MEETING.c.starts_at)
        .where(MEETING.c.run_id.in_({row.run_id for row in rows}), NOT_CALLED_OFF)
        .order_by(MEETING.c.number.desc())
    ).all()
    return {
        row.id: one.starts_at for row in rows for one in found if one.run_id == row.run_id and one.number > row.number
    }


def affected(run_ids: Collection[int]) -> dict[Channel, int]:
    """How many have a place in one of the runs or its draw, each once, by how they wish to be told."""
    learners = {place.learner_id for place in people_of(run_ids)}
    rows = db.session.execute(
        select(Learner.channel, func.count().label("people")).where(Learner.id.in_(learners)).group_by(Learner.channel)
    )
    return {row.channel: row.people for row in rows}


class Affected(NamedTuple):
    """Somebody who is told of a change, by which list. Neither id nor name for whoever may not see this learner."""

    learner_id: int | None
    name: str
    way: Channel
    text: str
    news: News


def change_of_day(change_id: int) -> DayChange:
    """The change with its meetings. Raises NotFound."""
    change = db.session.scalar(
        select(DayChange).where(DayChange.id == change_id).options(selectinload(DayChange.meetings))
    )
    if change is None:
        raise NotFound
    return change


class ChangedMeeting(NamedTuple):
    """One of the meetings of a change, and the run's district, by which it is managed."""

    change: MeetingChange
    run_id: int
    title: str
    district_code: str
    state: RunState
    staff: tuple[str, ...]


def changed_meetings(change: DayChange) -> list[ChangedMeeting]:
    """What became of each meeting. Two statements."""
    ids = [one.meeting_id for one in change.meetings]
    runs = {
        row.id: row
        for row in db.session.execute(
            select(Meeting.id, Run.id.label("run_id"), Run.title, Run.district_code, Run.state)
            .join(Run, Run.id == Meeting.run_id)
            .where(Meeting.id.in_(ids))
        )
    }
    staff = _staff(ids)
    return [
        ChangedMeeting(one, row.run_id, row.title, row.district_code, row.state, tuple(staff[one.meeting_id]))
        for one in change.meetings
        for row in [runs[one.meeting_id]]
    ]


def people_told(change_id: int, number: int, now: datetime, actor: Actor, *, per_page: int) -> Page[Affected]:
    """Everybody who is told of the change, who is still to hear of it first. Two statements."""
    scope = scope_of(actor)
    known = Learner.id if scope is None else select(Learner.id).where(Learner.id.in_(scope)).subquery().c.id
    way = way_to_tell(_NOTICE.c.channel, fallback_now(now))
    statement = (
        select(
            *(Notice.id, Notice.learner_id, Notice.text, way.label("way"), Learner.name, Learner.kana),
            Notice.learner_id.in_(select(known)).label("known"),
        )
        .join(Learner, Learner.id == Notice.learner_id)
        .where(Notice.activity == activity("day_change", change_id), Notice.state != NoticeState.CANCELLED)
        .order_by(Notice.settled_at.is_not(None), Notice.id)
    )
    page = fetch_page(statement, number, per_page=per_page)
    news = news_of_notices([row.id for row in page.rows], now)
    rows = [
        Affected(row.learner_id, known_as(row.name, row.kana), row.way, row.text, news[row.id])
        if row.known
        else Affected(None, "", row.way, "", news[row.id])
        for row in page.rows
    ]
    return page.showing(rows)
