"""Reads for the staff's pages of this room: the list of runs, one run with its people, what planning chooses from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, or_, select

from supportdesk.accounts.models import Account, AccountRole
from supportdesk.accounts.terms import not_over
from supportdesk.classes.day_changes.models import DayChange, MeetingChange
from supportdesk.classes.lending.phones import phones_of
from supportdesk.classes.models import (
    Course,
    Duty,
    Edition,
    Enrolment,
    EnrolmentState,
    MeetingStaff,
    RunKind,
    RunState,
)
from supportdesk.classes.queries import (
    DISTRICT,
    ENROLMENT,
    MEETING,
    NOT_CALLED_OFF,
    ROOM,
    RUN,
    RUN_ROWS,
    VENUE,
    RunRow,
    bookable,
    matching,
    on_duty,
)
from supportdesk.classes.rules import free_seats, is_open
from supportdesk.classes.staffing.queries import fewest_assistants
from supportdesk.classes.staffing.ratio import assistants_missing
from supportdesk.core.database import table_of
from supportdesk.core.errors import NotFound
from supportdesk.core.japanese import shown_name
from supportdesk.core.paging import Page, fetch_page
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.names import known_as
from supportdesk.learners.rooms import scope_of
from supportdesk.places import occupancy
from supportdesk.places.choices import venue_in_words

_STAFF = table_of(MeetingStaff)
#: The change of a whole day in which the meeting was called off or moved last.
_LAST_CHANGE = (
    select(func.max(MeetingChange.day_change_id))
    .join(DayChange, DayChange.id == MeetingChange.day_change_id)
    .where(MeetingChange.meeting_id == MEETING.c.id, DayChange.undone_at.is_(None))
    .correlate(MEETING)
    .scalar_subquery()
    .label("day_change_id")
)


class ListedRun(NamedTuple):
    """A run on the staff's list."""

    run: RunRow
    kind: RunKind
    state: RunState
    listed: bool
    group_name: str
    assistants_missing: int


def runs_page(
    number: int,
    *,
    now: datetime,
    text: str = "",
    district_code: str = "",
    past: bool = False,
    mine: int | None = None,
) -> Page[ListedRun]:
    """Runs that are not over, the next first; or those that are, the latest first. `mine`: of one account on duty."""
    order = (RUN.c.ends_at.desc(), RUN.c.id.desc()) if past else (RUN.c.starts_at, RUN.c.id)
    statement = (
        RUN_ROWS.add_columns(RUN.c.kind, RUN.c.state, RUN.c.listed, RUN.c.group_name)
        .where(RUN.c.ends_at <= now if past else RUN.c.ends_at > now, *matching(text))
        .order_by(None)
        .order_by(*order)
    )
    if district_code:
        statement = statement.where(RUN.c.district_code == district_code)
    if mine is not None:
        statement = statement.where(exists().where(MEETING.c.run_id == RUN.c.id, on_duty(mine)).correlate(RUN))
    page = fetch_page(statement, number)
    helped = {} if past else fewest_assistants([row.id for row in page.rows], now)
    return page.showing([_listed(row, helped.get(row.id)) for row in page.rows])


def _listed(row: Any, assistants: int | None) -> ListedRun:
    """A lecture and what was called off need nobody; nor does a run of which every meeting has begun."""
    width = len(RunRow._fields)
    needs = row.kind is RunKind.CLASS and row.state is RunState.OPEN and assistants is not None
    missing = assistants_missing(row.taken, assistants or 0) if needs else 0
    return ListedRun(RunRow._make(row[:width]), row.kind, row.state, row.listed, row.group_name, missing)


class RunDetails(NamedTuple):
    """All that a run's own page says of the run itself."""

    id: int
    course_code: str
    kind: RunKind
    title: str
    edition: Edition
    capacity: int
    taken: int
    waiting: int
    state: RunState
    listed: bool
    venue: str | None
    nickname: str | None
    place: str
    district: str
    district_code: str
    group_name: str
    to_bring: str
    starts_at: datetime
    ends_at: datetime
    publish_at: datetime | None
    least: int | None
    decide_on: date | None
    series_id: int | None

    @property
    def where(self) -> str:
        """Where it is held, in the words people use."""
        name = self.venue or self.place
        return venue_in_words(name, self.nickname)

    @property
    def free(self) -> int:
        """Seats that the next callers can have."""
        return free_seats(self.capacity, self.taken)

    def is_open(self, now: datetime) -> bool:
        """Whether it can be booked."""
        return is_open(self.state, self.starts_at, now)


def run_details(run_id: int) -> RunDetails:
    """One run. Raises NotFound."""
    row = db.session.execute(
        select(
            RUN.c.id,
            RUN.c.course_code,
            RUN.c.kind,
            RUN.c.title,
            RUN.c.edition,
            RUN.c.capacity,
            RUN.c.taken,
            RUN.c.waiting,
            RUN.c.state,
            RUN.c.listed,
            VENUE.c.name.label("venue"),
            VENUE.c.nickname,
            RUN.c.place,
            DISTRICT.c.name.label("district"),
            RUN.c.district_code,
            RUN.c.group_name,
            RUN.c.to_bring,
            RUN.c.starts_at,
            RUN.c.ends_at,
            RUN.c.publish_at,
            RUN.c.least,
            RUN.c.decide_on,
            RUN.c.series_id,
        )
        .outerjoin(VENUE, VENUE.c.id == RUN.c.venue_id)
        .join(DISTRICT, DISTRICT.c.code == RUN.c.district_code)
        .where(RUN.c.id == run_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return RunDetails._make(row)


class RunMeeting(NamedTuple):
    """One date of a run, with the names of those on duty."""

    id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    room: str | None
    code: str
    called_off: bool
    day_change_id: int | None
    staff: tuple[str, ...]
    assistants: tuple[str, ...]
    phones: int


def run_meetings(run_id: int) -> list[RunMeeting]:
    """The run's dates: three statements."""
    rows = db.session.execute(
        select(
            *(MEETING.c.id, MEETING.c.number, MEETING.c.starts_at, MEETING.c.ends_at, ROOM.c.name, MEETING.c.code),
            (~NOT_CALLED_OFF).label("called_off"),
            _LAST_CHANGE,
        )
        .outerjoin(ROOM, ROOM.c.id == MEETING.c.room_id)
        .where(MEETING.c.run_id == run_id)
        .order_by(MEETING.c.number)
    ).all()
    on_duty_at: dict[tuple[int, Duty], list[str]] = {}
    names = db.session.execute(
        select(_STAFF.c.meeting_id, _STAFF.c.duty, Account.name)
        .join(Account, Account.id == _STAFF.c.account_id)
        .where(_STAFF.c.meeting_id.in_([row.id for row in rows]))
        .order_by(Account.id)
    )
    for meeting_id, duty, name in names:
        on_duty_at.setdefault((meeting_id, duty), []).append(name)
    lent = phones_of(row.id for row in rows)
    return [
        RunMeeting._make(
            [
                *row,
                tuple(on_duty_at.get((row.id, Duty.INSTRUCTOR), ())),
                tuple(on_duty_at.get((row.id, Duty.ASSISTANT), ())),
                len(lent.get(row.id, ())),
            ]
        )
        for row in rows
    ]


class Person(NamedTuple):
    """Somebody enrolled in a run. Neither id nor name for whoever may not see this learner."""

    enrolment_id: int
    code: str
    state: EnrolmentState
    seat: int | None
    learner_id: int | None
    name: str
    kana: str
    caller: str


def people_of(run_id: int, actor: Actor) -> list[Person]:
    """Who has a seat, by number, and who waits, in order. Learners outside the actor's scope have no name here."""
    return named_people(
        select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state != EnrolmentState.CANCELLED), actor
    )


def next_in_line(run_id: int, actor: Actor) -> Person | None:
    """Who is asked when a seat is given up."""
    first = select(func.min(Enrolment.id)).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.WAITING)
    return next(iter(named_people(first, actor)), None)


def asked_there(run_id: int, enrolment_id: int, actor: Actor) -> Person | None:
    """Whose enrolment this is, if a seat of the run is held for it."""
    wanted = (Enrolment.id == enrolment_id, Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.OFFERED)
    return next(iter(named_people(select(Enrolment.id).where(*wanted), actor)), None)


def has_free_seat(run_id: int, now: datetime) -> bool:
    """Whether somebody could have a seat in the run: those are left over when all who wait were asked in vain."""
    free = select(RUN.c.id).where(RUN.c.id == run_id, *bookable(now), RUN.c.taken < RUN.c.capacity)
    return db.session.scalar(free) is not None


def named_people(enrolments: Select[Any], actor: Actor) -> list[Person]:
    """Whose enrolments these are: seats by number, then who waits, in order. One statement."""
    scope = scope_of(actor)
    visible = Learner.id if scope is None else select(Learner.id).where(Learner.id.in_(scope)).subquery().c.id
    rows = db.session.execute(
        select(
            Enrolment.id,
            Enrolment.code,
            Enrolment.state,
            Enrolment.seat,
            Enrolment.learner_id,
            Learner.name,
            Learner.kana,
            func.coalesce(func.nullif(Enrolment.caller_name, ""), Enrolment.caller_relation).label("caller"),
            Enrolment.learner_id.in_(select(visible)).label("known"),
        )
        .join(Learner, Learner.id == Enrolment.learner_id)
        .where(Enrolment.id.in_(enrolments))
        .order_by(Enrolment.seat.is_(None), Enrolment.seat, Enrolment.id)
    )
    return [
        Person(
            row.id,
            row.code,
            row.state,
            row.seat,
            row.learner_id,
            known_as(row.name, row.kana),
            shown_name(row.kana),
            row.caller,
        )
        if row.known
        else Person(row.id, row.code, row.state, row.seat, None, "", "", "")
        for row in rows
    ]


def clash_of(run_id: int, learner_id: int) -> dict[str, set[str]]:
    """What else the learner has at the run's times: for the warning before anything is pressed."""
    person_id = db.session.execute(select(Learner.person_id).where(Learner.id == learner_id)).scalar_one()
    claims = [
        occupancy.Claim(f"meeting:{row.id}", (occupancy.person(person_id),), row.starts_at, row.ends_at)
        for row in db.session.execute(
            select(MEETING.c.id, MEETING.c.starts_at, MEETING.c.ends_at).where(
                MEETING.c.run_id == run_id, NOT_CALLED_OFF
            )
        )
    ]
    return occupancy.who_is_in_the_way(claims)


def live_enrolment(run_id: int, learner_id: int) -> int | None:
    """The learner's seat or place in line in this run, if any."""
    return db.session.scalar(
        select(ENROLMENT.c.id).where(
            ENROLMENT.c.run_id == run_id,
            ENROLMENT.c.learner_id == learner_id,
            ENROLMENT.c.state != EnrolmentState.CANCELLED,
        )
    )


def dates_of(run_id: int) -> list[tuple[datetime, datetime]]:
    """Start and end of each meeting."""
    rows = db.session.execute(
        select(MEETING.c.starts_at, MEETING.c.ends_at)
        .where(MEETING.c.run_id == run_id, NOT_CALLED_OFF)
        .order_by(MEETING.c.number)
    )
    return [(row.starts_at, row.ends_at) for row in rows]


def course_choices() -> list[tuple[str, str]]:
    """(code, stage and title) of every course."""
    rows = db.session.execute(select(Course.code, Course.stage, Course.title).order_by(Course.code))
    return [(row.code, f"{row.code} {row.title}（{row.stage}）") for row in rows]


def course_minutes(code: str) -> int | None:
    """How long a course takes."""
    return db.session.scalar(select(Course.minutes).where(Course.code == code))


def instructor_choices(
    roles: Sequence[Role] = (Role.INSTRUCTOR,), *, besides: Collection[int] = ()
) -> list[tuple[int, str]]:
    """(account's id, name) of whoever can be put on duty; `besides`: accounts that are on duty already."""
    fitting = Account.id.in_(select(AccountRole.account_id).where(AccountRole.role.in_(roles), not_over(AccountRole)))
    rows = db.session.execute(
        select(Account.id, Account.name)
        .where(Account.active, or_(fitting, Account.id.in_(besides)))
        .order_by(Account.kana, Account.name)
    )
    return [(row.id, row.name) for row in rows]


def staff_of(meeting_id: int) -> list[str]:
    """The names of those on duty at a meeting."""
    return list(
        db.session.scalars(
            select(Account.name)
            .join(_STAFF, _STAFF.c.account_id == Account.id)
            .where(_STAFF.c.meeting_id == meeting_id)
            .order_by(Account.id)
        )
    )
