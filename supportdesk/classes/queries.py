"""Reads about runs and meetings: rows of plain values, in the same number of statements however many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from supportdesk.classes.models import (
    Course,
    Edition,
    Enrolment,
    EnrolmentState,
    Meeting,
    MeetingSkill,
    MeetingStaff,
    Run,
    RunKind,
    RunState,
)
from supportdesk.classes.rules import free_seats
from supportdesk.core import clock
from supportdesk.core.database import table_of
from supportdesk.core.japanese import kept_key, keys_within, search_key
from supportdesk.core.paging import Page, fetch_page
from supportdesk.extensions import db
from supportdesk.places.models import District, Room, Venue
from supportdesk.skills.models import Skill

RUN = table_of(Run)
MEETING = table_of(Meeting)
ENROLMENT = table_of(Enrolment)
VENUE = table_of(Venue)
DISTRICT = table_of(District)
ROOM = table_of(Room)


#: Condition: the meeting was not called off alone, while its run is held.
NOT_CALLED_OFF: Final = MEETING.c.called_off_at.is_(None)
#: Condition: neither the meeting nor its run was called off.
IS_ON: Final = and_(RUN.c.state == RunState.OPEN, NOT_CALLED_OFF)
#: How the meeting stands: called off with its run, or alone.
MEETING_STATE: Final = case((NOT_CALLED_OFF, RUN.c.state), else_=literal(RunState.CANCELLED, RUN.c.state.type)).label(
    "state"
)
#: The seat that somebody has; one that is only held for them until they answer is none yet.
OWN_SEAT: Final = case((ENROLMENT.c.state == EnrolmentState.SEATED, ENROLMENT.c.seat))


class RunRow(NamedTuple):
    """A run on a list. `nickname` is what people call the venue; `meetings` is how many dates there are."""

    id: int
    title: str
    edition: Edition
    starts_at: datetime
    ends_at: datetime
    venue: str
    nickname: str
    district: str
    district_code: str
    capacity: int
    taken: int
    waiting: int
    meetings: int

    @property
    def free(self) -> int:
        """Seats that the next callers can have."""
        return free_seats(self.capacity, self.taken)


class MeetingRow(NamedTuple):
    """A meeting on a list, with its run's numbers."""

    id: int
    run_id: int
    number: int
    meetings: int
    title: str
    kind: RunKind
    edition: Edition
    starts_at: datetime
    ends_at: datetime
    venue: str
    nickname: str
    room: str
    district: str
    district_code: str
    group_name: str
    capacity: int
    taken: int
    waiting: int
    state: RunState
    code: str


EACH_MEETING = MEETING.alias("each_meeting")
HOW_MANY_MEETINGS = (
    select(func.count())
    .select_from(EACH_MEETING)
    .where(EACH_MEETING.c.run_id == RUN.c.id)
    .correlate(RUN)
    .scalar_subquery()
    .label("meetings")
)
#: Where a lecture has no venue, its place stands there instead.
VENUE_NAME = func.coalesce(VENUE.c.name, RUN.c.place).label("venue")
NICKNAME = func.coalesce(VENUE.c.nickname, "").label("nickname")
_WHERE = RUN.outerjoin(VENUE, VENUE.c.id == RUN.c.venue_id).join(DISTRICT, DISTRICT.c.code == RUN.c.district_code)

RUN_ROWS = (
    select(
        RUN.c.id,
        RUN.c.title,
        RUN.c.edition,
        RUN.c.starts_at,
        RUN.c.ends_at,
        VENUE_NAME,
        NICKNAME,
        DISTRICT.c.name.label("district"),
        RUN.c.district_code,
        RUN.c.capacity,
        RUN.c.taken,
        RUN.c.waiting,
        HOW_MANY_MEETINGS,
    )
    .select_from(_WHERE)
    .order_by(RUN.c.starts_at, RUN.c.id)
)


def open_runs(
    *,
    text: str = "",
    district_code: str | None = None,
    day: date | None = None,
    skill_codes: Iterable[str] | None = None,
    edition: Edition | None = None,
    listed: bool | None = None,
    after: datetime,
    limit: int = 20,
) -> list[RunRow]:
    """Class runs that can still be booked, the next first. `text` is words of title, place or district, as typed.

    `day`: one of its meetings is on it; `skill_codes`: one of them is taught; `listed`: only those that residents see
    (True) or do not (False).
    """
    statement = _open(text, after, day=day, edition=edition).limit(limit)
    if district_code:
        statement = statement.where(RUN.c.district_code == district_code)
    if listed is not None:
        statement = statement.where(shown(after) if listed else ~shown(after))
    if skill_codes is not None:
        statement = statement.where(_teaches(skill_codes))
    return [RunRow._make(row) for row in db.session.execute(statement)]


def open_runs_page(
    number: int,
    *,
    text: str = "",
    day: date | None = None,
    edition: Edition | None = None,
    near: str | None = None,
    besides: int | None = None,
    after: datetime,
    per_page: int,
    key: str = "page",
) -> Page[RunRow]:
    """All class runs that can still be booked, so many a page; those of the district `near` before all others."""
    statement = _open(text, after, day=day, edition=edition)
    if besides is not None:
        statement = statement.where(RUN.c.id != besides)
    if near:
        far = case((RUN.c.district_code == near, 0), else_=1)
        statement = statement.order_by(None).order_by(far, RUN.c.starts_at, RUN.c.id)
    page = fetch_page(statement, number, per_page=per_page)
    return Page([RunRow._make(row) for row in page.rows], page.number, page.pages, page.total, key)


def _open(text: str, after: datetime, *, day: date | None, edition: Edition | None) -> Select[Any]:
    statement = RUN_ROWS.where(RUN.c.kind == RunKind.CLASS, *bookable(after), *matching(text))
    if edition:
        statement = statement.where(RUN.c.edition.in_({edition, Edition.BOTH}))
    if day is not None:
        statement = statement.where(_has_meeting(*on_day(day)))
    return statement


def bookable(now: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: the run can still be booked at that instant, or parameter; as `rules.is_open` has it."""
    return RUN.c.state == RunState.OPEN, RUN.c.starts_at > now


def shown(now: Any) -> ColumnElement[bool]:
    """Condition: residents see the run at that instant, or parameter."""
    return and_(RUN.c.listed, or_(RUN.c.publish_at.is_(None), RUN.c.publish_at <= now))


def on_day(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: the meeting starts that day in Japan."""
    first, end = clock.day_bounds(day)
    return MEETING.c.starts_at >= first, MEETING.c.starts_at < end


def _has_meeting(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(MEETING.c.run_id == RUN.c.id, NOT_CALLED_OFF, *conditions)


def _teaches(skill_codes: Iterable[str]) -> ColumnElement[bool]:
    skill = table_of(MeetingSkill)
    return _has_meeting(
        exists().where(skill.c.meeting_id == MEETING.c.id, skill.c.skill_code.in_(list(skill_codes))).correlate(MEETING)
    )


#: What courses, venues and districts are called: the code or id of one of the three, and its names. They are so few
#: that their names are folded here rather than stored folded.
_CALLED: Final[CompoundSelect[Any]] = union_all(
    select(Course.code, cast(null(), Integer), cast(null(), Text), Course.title, literal(""), literal("")),
    select(null(), Venue.id, null(), Venue.name, Venue.kana, Venue.nickname),
    select(null(), null(), District.code, District.name, District.kana, literal("")),
)


def matching(text: str) -> list[ColumnElement[bool]]:
    """Conditions on a run, one for each word: it is in the title, the place, its nickname or reading, the district, or
    the name of a lecture's group.

    Kana of either kind, half width and old kanji match as in the search for people. Where there are words, one
    statement.
    """
    words = [(word, keys_within(search_key(word))) for word in text.split() if search_key(word)]
    if not words:
        return []
    called = [
        (tuple(codes), tuple(filter(None, map(kept_key, names))))
        for *codes, names in ((*row[:3], row[3:]) for row in db.session.execute(_CALLED))
    ]
    return [
        or_(
            *(column.contains(word, autoescape=True) for column in (RUN.c.title, RUN.c.group_name, RUN.c.place)),
            *_is_one_of([codes for codes, names in called if any(key in name for name in names for key in keys)]),
        )
        for word, keys in words
    ]


def _is_one_of(meant: Sequence[tuple[Any, ...]]) -> Iterator[ColumnElement[bool]]:
    """Conditions: the run's course, venue or district is one of those meant, each by its code or id in that place."""
    for place, column in enumerate((RUN.c.course_code, RUN.c.venue_id, RUN.c.district_code)):
        if here := [codes[place] for codes in meant if codes[place] is not None]:
            yield column.in_(here)


MEETING_ROWS = (
    select(
        MEETING.c.id,
        MEETING.c.run_id,
        MEETING.c.number,
        HOW_MANY_MEETINGS,
        RUN.c.title,
        RUN.c.kind,
        RUN.c.edition,
        MEETING.c.starts_at,
        MEETING.c.ends_at,
        VENUE_NAME,
        NICKNAME,
        func.coalesce(ROOM.c.name, "").label("room"),
        DISTRICT.c.name.label("district"),
        RUN.c.district_code,
        RUN.c.group_name,
        RUN.c.capacity,
        RUN.c.taken,
        RUN.c.waiting,
        MEETING_STATE,
        MEETING.c.code,
    )
    .select_from(_WHERE.join(MEETING, MEETING.c.run_id == RUN.c.id).outerjoin(ROOM, ROOM.c.id == MEETING.c.room_id))
    .order_by(MEETING.c.starts_at, MEETING.c.id)
)


def meetings_on(
    day: date, *, district_code: str | None = None, staff_id: int | None = None, cancelled: bool = False
) -> list[MeetingRow]:
    """The day's meetings of classes and lectures, in order; of one district, or of one account on duty.

    Those that were called off are left out unless they are asked for: "is it on today?" deserves a no.
    """
    statement = MEETING_ROWS.where(*on_day(day))
    if not cancelled:
        statement = statement.where(IS_ON)
    if district_code:
        statement = statement.where(RUN.c.district_code == district_code)
    if staff_id is not None:
        statement = statement.where(on_duty(staff_id))
    return [MeetingRow._make(row) for row in db.session.execute(statement)]


def on_duty(account_id: int) -> ColumnElement[bool]:
    """Condition: this account is on duty at the meeting."""
    staff = table_of(MeetingStaff)
    return exists().where(staff.c.meeting_id == MEETING.c.id, staff.c.account_id == account_id).correlate(MEETING)


def meeting_by_code(code: str) -> MeetingRow | None:
    """The meeting of a code as it is stored (`core.codes.tidy_code`)."""
    row = db.session.execute(MEETING_ROWS.where(MEETING.c.code == code)).one_or_none()
    return MeetingRow._make(row) if row else None


def meeting_row(meeting_id: int) -> MeetingRow | None:
    """One meeting."""
    row = db.session.execute(MEETING_ROWS.where(MEETING.c.id == meeting_id)).one_or_none()
    return MeetingRow._make(row) if row else None


def skills_of_meeting(meeting_id: int) -> list[str]:
    """The codes of what is taught at the meeting, in the catalogue's order."""
    return list(
        db.session.scalars(
            select(Skill.code)
            .join(MeetingSkill, MeetingSkill.skill_code == Skill.code)
            .where(MeetingSkill.meeting_id == meeting_id)
            .order_by(Skill.position)
        )
    )
