"""Reads about enrolments, as the learner has them: rows of plain values, in one statement however many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select

from supportdesk.classes.line import KIND
from supportdesk.classes.models import Edition, EnrolmentState, RunKind
from supportdesk.classes.queries import (
    EACH_MEETING,
    ENROLMENT,
    HOW_MANY_MEETINGS,
    MEETING,
    NICKNAME,
    NOT_CALLED_OFF,
    ROOM,
    RUN,
    VENUE,
    VENUE_NAME,
)
from supportdesk.extensions import db
from supportdesk.notices.offer_queries import OFFER, open_offer_of


class EnrolmentRow(NamedTuple):
    """An enrolment on a list. `line` is its place on the waiting list, None when it does not wait. While its seat is
    only held, `offer_id` asks for it, `answer_until` a time.
    """

    id: int
    code: str
    learner_id: int
    run_id: int
    title: str
    kind: RunKind
    edition: Edition
    starts_at: datetime
    ends_at: datetime
    venue: str
    nickname: str
    address: str
    venue_phone: str
    room: str
    to_bring: str
    meetings: int
    state: EnrolmentState
    seat: int | None
    line: int | None
    offer_id: int | None
    answer_until: datetime | None
    enrolled_at: datetime
    caller_name: str
    caller_relation: str
    caller_phone: str


_AHEAD = ENROLMENT.alias("ahead")
_LINE = case(
    (
        ENROLMENT.c.state == EnrolmentState.WAITING,
        select(func.count() + 1)
        .select_from(_AHEAD)
        .where(
            _AHEAD.c.run_id == ENROLMENT.c.run_id,
            _AHEAD.c.state == EnrolmentState.WAITING,
            _AHEAD.c.id < ENROLMENT.c.id,
        )
        .correlate(ENROLMENT)
        .scalar_subquery(),
    ),
).label("line")
_FIRST_ROOM = (
    select(ROOM.c.name)
    .join(EACH_MEETING, EACH_MEETING.c.room_id == ROOM.c.id)
    .where(EACH_MEETING.c.run_id == RUN.c.id, EACH_MEETING.c.number == 1)
    .correlate(RUN)
    .scalar_subquery()
)

ENROLMENT_ROWS: Select[Any] = select(
    ENROLMENT.c.id,
    ENROLMENT.c.code,
    ENROLMENT.c.learner_id,
    ENROLMENT.c.run_id,
    RUN.c.title,
    RUN.c.kind,
    RUN.c.edition,
    RUN.c.starts_at,
    RUN.c.ends_at,
    VENUE_NAME,
    NICKNAME,
    func.coalesce(VENUE.c.address, "").label("address"),
    func.coalesce(VENUE.c.phone, "").label("venue_phone"),
    func.coalesce(_FIRST_ROOM, "").label("room"),
    RUN.c.to_bring,
    HOW_MANY_MEETINGS,
    ENROLMENT.c.state,
    ENROLMENT.c.seat,
    _LINE,
    OFFER.c.id.label("offer_id"),
    OFFER.c.deadline.label("answer_until"),
    ENROLMENT.c.enrolled_at,
    ENROLMENT.c.caller_name,
    ENROLMENT.c.caller_relation,
    ENROLMENT.c.caller_phone,
).select_from(
    ENROLMENT.join(RUN, RUN.c.id == ENROLMENT.c.run_id)
    .outerjoin(VENUE, VENUE.c.id == RUN.c.venue_id)
    .outerjoin(OFFER, open_offer_of(KIND, ENROLMENT.c.id))
)


def enrolments_ahead(learner_id: int, now: datetime) -> list[EnrolmentRow]:
    """The learner's seats and places in line in runs that are not over, the next first. One statement."""
    statement = ENROLMENT_ROWS.where(
        ENROLMENT.c.learner_id == learner_id, ENROLMENT.c.state != EnrolmentState.CANCELLED, RUN.c.ends_at > now
    )
    rows = db.session.execute(statement.order_by(RUN.c.starts_at, ENROLMENT.c.id))
    return [EnrolmentRow._make(row) for row in rows]


class MeetingDate(NamedTuple):
    """One date of a run: the `number`th of its meetings."""

    run_id: int
    number: int
    starts_at: datetime
    ends_at: datetime


def next_dates(run_ids: Collection[int], now: datetime) -> dict[int, MeetingDate]:
    """For each run its first meeting that is not over; runs that are over are left out. One statement."""
    rows = db.session.execute(
        select(MEETING.c.run_id, MEETING.c.number, MEETING.c.starts_at, MEETING.c.ends_at)
        .where(MEETING.c.run_id.in_(run_ids), MEETING.c.ends_at > now, NOT_CALLED_OFF)
        .order_by(MEETING.c.starts_at.desc())
    )
    return {row.run_id: MeetingDate._make(row) for row in rows}  # the earliest comes last and stays


def enrolment_by_code(code: str) -> EnrolmentRow | None:
    """The enrolment of a code as it is stored (`core.codes.tidy_code`)."""
    row = db.session.execute(ENROLMENT_ROWS.where(ENROLMENT.c.code == code)).one_or_none()
    return EnrolmentRow._make(row) if row else None


def enrolment_row(enrolment_id: int) -> EnrolmentRow | None:
    """One enrolment."""
    row = db.session.execute(ENROLMENT_ROWS.where(ENROLMENT.c.id == enrolment_id)).one_or_none()
    return EnrolmentRow._make(row) if row else None
