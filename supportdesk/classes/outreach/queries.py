"""Reads about requests for lectures: the board, one request with its history, and whose requests are whose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import selectinload

from supportdesk.accounts.models import Account
from supportdesk.classes.duty import districts_managed
from supportdesk.classes.models import Course, Meeting
from supportdesk.classes.outreach.errors import AskedFor
from supportdesk.classes.outreach.models import (
    OutreachHeads,
    OutreachInstructor,
    OutreachItem,
    OutreachRequest,
    OutreachState,
    OutreachStep,
)
from supportdesk.classes.outreach.steps import ENDED, HAS_RUN, ON_THE_WAY
from supportdesk.classes.queries import RUN
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import search_key
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Permission, Role
from supportdesk.extensions import db
from supportdesk.learners.models import AgeBand
from supportdesk.places.choices import venue_in_words
from supportdesk.places.models import District, Room, Venue

REQUEST = table_of(OutreachRequest)
_INSTRUCTOR = table_of(OutreachInstructor)
#: Whoever answers the telephone works on every request; coordinators on those of their districts.
_EVERYWHERE = frozenset({Role.RECEPTION, Role.ADMIN})


def worked_on_by(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor may take this request's steps."""
    if actor.account_id is None or _EVERYWHERE & actor.roles:
        return true()
    if not actor.may(Permission.WORK_OUTREACH):
        return false()
    return _belongs_to(districts_managed(actor) or ())


def _belongs_to(districts: Collection[str]) -> ColumnElement[bool]:
    """Condition: the request is one of these districts: the group's, or that of the city's room which was found for it.

    The lecture itself counts for the district in which it is held, as every run does.
    """
    rooms = select(Room.id).join(Venue, Venue.id == Room.venue_id).where(Venue.district_code.in_(districts))
    return or_(REQUEST.c.district_code.in_(districts), REQUEST.c.room_id.in_(rooms))


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Condition: the actor may see this request: they work on it, or hold the lecture."""
    if not actor.may(Permission.SEE_OUTREACH):
        return false()
    theirs = select(_INSTRUCTOR.c.request_id).where(_INSTRUCTOR.c.account_id == actor.account_id)
    return or_(worked_on_by(actor), REQUEST.c.id.in_(theirs))


class StepCount(NamedTuple):
    """How many requests wait for the step after this state, and for how many of them it is overdue."""

    state: OutreachState
    total: int
    overdue: int


def step_counts(actor: Actor, today: date) -> list[StepCount]:
    """Every step on the way, in its order: one statement."""
    late = func.sum(case((REQUEST.c.due_on < today, 1), else_=0))
    rows = db.session.execute(
        select(REQUEST.c.state, func.count(), late)
        .where(REQUEST.c.ended_at.is_(None), seen_by(actor))
        .group_by(REQUEST.c.state)
    )
    found = {row[0]: StepCount(row[0], row[1], row[2]) for row in rows}
    return [found.get(state, StepCount(state, 0, 0)) for state in ON_THE_WAY]


class BoardRow(NamedTuple):
    """A request on the board."""

    id: int
    code: str
    state: OutreachState
    due_on: date | None
    group_name: str
    people: int
    district: str
    first_day: date
    starts_at: datetime | None
    ends_at: datetime | None
    received_at: datetime
    ended_at: datetime | None


def board_page(
    number: int,
    actor: Actor,
    *,
    state: OutreachState | None = None,
    ended: bool = False,
    district_code: str = "",
    text: str = "",
) -> Page[BoardRow]:
    """Open requests, what is due first on top; or those that ended, the latest first. Words are of the group's name."""
    statement = (
        select(*(REQUEST.c[name] if name != "district" else District.name for name in BoardRow._fields))
        .join(District, District.code == REQUEST.c.district_code)
        .where(seen_by(actor))
    )
    if ended:
        statement = statement.where(REQUEST.c.state.in_(ENDED)).order_by(REQUEST.c.ended_at.desc(), REQUEST.c.id.desc())
    else:
        statement = statement.where(REQUEST.c.due_on.is_not(None)).order_by(REQUEST.c.due_on, REQUEST.c.id)
    if state is not None:
        statement = statement.where(REQUEST.c.state == state)
    if district_code:
        statement = statement.where(REQUEST.c.district_code == district_code)
    key = search_key(text)
    if text:
        statement = statement.where(
            or_(REQUEST.c.group_key.contains(key, autoescape=True), REQUEST.c.code == text.upper())
        )
    page = fetch_page(statement, number)
    return page.showing([BoardRow._make(row) for row in page.rows])


@dataclass(frozen=True)
class Details:
    """A request with the names of what it points at. `works`: the actor may take its steps."""

    request: OutreachRequest
    district: str
    course: str
    room: str
    instructors: Sequence[str]
    meeting_id: int | None
    works: bool


def request_details(actor: Actor, request_id: int) -> Details:
    """Raises NotFound, also when it is somebody else's."""
    row = db.session.execute(
        select(
            OutreachRequest,
            District.name.label("district"),
            Course.title.label("course"),
            Room.name.label("room"),
            Venue.name.label("venue"),
            Venue.nickname.label("nickname"),
            Meeting.id.label("meeting_id"),
            worked_on_by(actor).label("works"),
        )
        .join(District, District.code == OutreachRequest.district_code)
        .outerjoin(Course, Course.code == OutreachRequest.course_code)
        .outerjoin(Room, Room.id == OutreachRequest.room_id)
        .outerjoin(Venue, Venue.id == Room.venue_id)
        .outerjoin(Meeting, Meeting.run_id == OutreachRequest.run_id)
        .where(OutreachRequest.id == request_id, seen_by(actor))
        .options(selectinload(OutreachRequest.choices), selectinload(OutreachRequest.instructors))
    ).one_or_none()
    if row is None:
        raise NotFound
    names = db.session.scalars(
        select(Account.name)
        .join(OutreachInstructor, OutreachInstructor.account_id == Account.id)
        .where(OutreachInstructor.request_id == request_id)
        .order_by(Account.id)
    ).all()
    room = f"{venue_in_words(row.venue, row.nickname)} {row.room}" if row.room else ""
    return Details(row[0], row.district, row.course or "", room, names, row.meeting_id, bool(row.works))


def request_to_work_on(actor: Actor, request_id: int) -> Details:
    """One whose steps the actor may take. Raises NotFound."""
    found = request_details(actor, request_id)
    if not found.works:
        raise NotFound
    return found


class StepRow(NamedTuple):
    """A step in a request's history, and who took it; nobody's name where residents sent the form."""

    before: OutreachState | None
    after: OutreachState
    taken_at: datetime
    name: str | None
    reason: str


def history_of(request_id: int) -> list[StepRow]:
    """All steps, the latest first."""
    rows = db.session.execute(
        select(OutreachStep.before, OutreachStep.after, OutreachStep.taken_at, Account.name, OutreachStep.reason)
        .outerjoin(Account, Account.id == OutreachStep.taken_by)
        .where(OutreachStep.request_id == request_id)
        .order_by(OutreachStep.id.desc())
    )
    return [StepRow._make(row) for row in rows]


class ItemRow(NamedTuple):
    """Something to pack, and who ticked it."""

    number: int
    words: str
    done_at: datetime | None
    name: str | None


def items_of(request_id: int) -> list[ItemRow]:
    """The list of what to pack and see to."""
    rows = db.session.execute(
        select(OutreachItem.number, OutreachItem.words, OutreachItem.done_at, Account.name)
        .outerjoin(Account, Account.id == OutreachItem.done_by)
        .where(OutreachItem.request_id == request_id)
        .order_by(OutreachItem.number)
    )
    return [ItemRow._make(row) for row in rows]


def heads_by_age(request_id: int) -> dict[AgeBand, int]:
    """How many of each age band took part."""
    rows = db.session.execute(
        select(OutreachHeads.age_band, OutreachHeads.heads).where(OutreachHeads.request_id == request_id)
    )
    return {row.age_band: row.heads for row in rows}


def request_behind(run_id: int) -> int | None:
    """The request for which a lecture is held."""
    return db.session.scalar(select(REQUEST.c.id).where(REQUEST.c.run_id == run_id))


def request_to_show(actor: Actor, run_id: int) -> int | None:
    """The same, for whoever may see it."""
    return db.session.scalar(select(REQUEST.c.id).where(REQUEST.c.run_id == run_id, seen_by(actor)))


#: Condition on a run: a group asked for it.
ASKED_FOR = exists().where(REQUEST.c.run_id == RUN.c.id)


class AskedLecture(NamedTuple):
    """A lecture of a day that a group asked for."""

    request_id: int
    group_name: str
    starts_at: datetime
    ends_at: datetime


def lectures_asked_for(first: datetime, end: datetime, districts: Collection[str] | None) -> list[AskedLecture]:
    """Those that begin between two instants, in these districts, or in all."""
    statement = (
        select(REQUEST.c.id, REQUEST.c.group_name, REQUEST.c.starts_at, REQUEST.c.ends_at)
        .where(REQUEST.c.starts_at >= first, REQUEST.c.starts_at < end, REQUEST.c.ended_at.is_(None))
        .order_by(REQUEST.c.starts_at, REQUEST.c.id)
    )
    if districts is not None:
        statement = statement.where(_belongs_to(districts))
    return [AskedLecture._make(row) for row in db.session.execute(statement)]


def demand_not_asked_for(run_ids: Collection[int]) -> None:
    """Raises AskedFor when one of the runs is a lecture that a group asked for."""
    if db.session.scalar(select(REQUEST.c.id).where(REQUEST.c.run_id.in_(run_ids)).limit(1)) is not None:
        raise AskedFor


class Receipt(NamedTuple):
    """What the receipt says: nothing of whom to contact. `starts_at` is told from the decision on."""

    code: str
    state: OutreachState
    group_name: str
    people: int
    minutes: int
    received_at: datetime
    choices: Sequence[datetime]
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def undecided(self) -> bool:
        """Whether the group is still to be called about the day."""
        return self.starts_at is None and self.state not in ENDED


def receipt_of(token: str) -> Receipt:
    """The receipt that its address opens. Raises NotFound."""
    request = db.session.scalars(
        select(OutreachRequest).options(selectinload(OutreachRequest.choices)).where(OutreachRequest.receipt == token)
    ).one_or_none()
    if request is None:
        raise NotFound
    dates = [choice.starts_at for choice in request.choices]
    decided = request.state in HAS_RUN
    return Receipt(
        request.code,
        request.state,
        request.group_name,
        request.people,
        request.minutes,
        request.received_at,
        dates,
        request.starts_at if decided else None,
        request.ends_at if decided else None,
    )


def coming_holds(account_id: int, now: datetime) -> list[int]:
    """The ids of requests for which this account's time is held, and that no lecture was made of yet."""
    return list(
        db.session.scalars(
            select(REQUEST.c.id)
            .join(_INSTRUCTOR, _INSTRUCTOR.c.request_id == REQUEST.c.id)
            .where(
                and_(
                    _INSTRUCTOR.c.account_id == account_id,
                    REQUEST.c.state == OutreachState.FOUND,
                    REQUEST.c.ends_at > now,
                )
            )
        )
    )
