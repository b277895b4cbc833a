"""What residents may know of the classes: reads for the public schedule and the calendar feed. Nothing personal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, DateTime, Enum, Select, Text, bindparam, select, type_coerce

from supportdesk.classes.models import Edition, MeetingSkill, RunKind, RunState
from supportdesk.classes.queries import (
    DISTRICT,
    MEETING,
    MEETING_STATE,
    NOT_CALLED_OFF,
    ROOM,
    RUN,
    RUN_ROWS,
    VENUE,
    RunRow,
    bookable,
    matching,
    shown,
)
from supportdesk.classes.rules import free_seats
from supportdesk.core import clock
from supportdesk.core.database import UtcDateTime, reading, table_of
from supportdesk.extensions import db
from supportdesk.skills.models import Skill

PER_PAGE = 50
_MEETING_SKILL = table_of(MeetingSkill)


class DistrictName(NamedTuple):
    """A district as the filter offers it."""

    code: str
    name: str
    name_en: str


class PublicMeeting(NamedTuple):
    """One date of a run."""

    number: int
    starts_at: datetime
    ends_at: datetime
    room: str | None


class PublicRun(NamedTuple):
    """All that residents are told about one run."""

    id: int
    title: str
    edition: Edition
    starts_at: datetime
    state: RunState
    capacity: int
    taken: int
    waiting: int
    to_bring: str
    venue: str
    nickname: str
    address: str
    wifi_ssid: str
    district_code: str

    @property
    def free(self) -> int:
        """Seats that the next callers can have."""
        return free_seats(self.capacity, self.taken)


class FeedMeeting(NamedTuple):
    """A meeting as a calendar shows it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    title: str
    number: int
    state: RunState
    venue: str
    address: str
    run_id: int
    created_at: datetime


_PUBLIC = (shown(bindparam("now")), RUN.c.kind == RunKind.CLASS)
_DISTRICTS = select(DISTRICT.c.code, DISTRICT.c.name, DISTRICT.c.name_en).order_by(DISTRICT.c.position)


def _unread(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it. Fifty rows are turned into our own types only when a page is drawn of them."""
    if isinstance(column.type, UtcDateTime):
        return type_coerce(column, DateTime(timezone=True)).label(column.key)
    if isinstance(column.type, Enum):
        return type_coerce(column, Text).label(column.key)
    return column


_LISTED = (
    RUN_ROWS.with_only_columns(*map(_unread, RUN_ROWS.selected_columns), maintain_column_froms=True)
    .where(*_PUBLIC, *bookable(bindparam("now")))
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_ONE = (
    select(
        RUN.c.id,
        RUN.c.title,
        RUN.c.edition,
        RUN.c.starts_at,
        RUN.c.state,
        RUN.c.capacity,
        RUN.c.taken,
        RUN.c.waiting,
        RUN.c.to_bring,
        VENUE.c.name,
        VENUE.c.nickname,
        VENUE.c.address,
        VENUE.c.wifi_ssid,
        RUN.c.district_code,
    )
    .join(VENUE, VENUE.c.id == RUN.c.venue_id)
    .where(*_PUBLIC, RUN.c.id == bindparam("wanted"))
)
_MEETINGS = (
    select(MEETING.c.number, MEETING.c.starts_at, MEETING.c.ends_at, ROOM.c.name)
    .outerjoin(ROOM, ROOM.c.id == MEETING.c.room_id)
    .where(MEETING.c.run_id == bindparam("wanted"), NOT_CALLED_OFF)
    .order_by(MEETING.c.number)
)
_FEED = (
    select(
        MEETING.c.id,
        MEETING.c.starts_at,
        MEETING.c.ends_at,
        RUN.c.title,
        MEETING.c.number,
        MEETING_STATE,
        VENUE.c.name,
        VENUE.c.address,
        RUN.c.id.label("run_id"),
        RUN.c.created_at,
    )
    .join(RUN, RUN.c.id == MEETING.c.run_id)
    .join(VENUE, VENUE.c.id == RUN.c.venue_id)
    .where(*_PUBLIC, MEETING.c.ends_at > bindparam("after"))
    .order_by(MEETING.c.starts_at, MEETING.c.id)
)


def district_names() -> tuple[DistrictName, ...]:
    """All districts, in the city's order."""
    return tuple(DistrictName._make(row) for row in db.session.execute(_DISTRICTS))


#: Rows as the driver gave them: cheap to compare with those of a page that is drawn already.
RawRuns = tuple[tuple[Any, ...], ...]


def listed_runs(
    *,
    now: datetime,
    text: str = "",
    district_code: str = "",
    edition: Edition | None = None,
    days: tuple[date, date] | None = None,
    page: int = 1,
) -> RawRuns:
    """One page of the open classes on the public schedule, the next first, and one row more where there are more.

    `days` are the first and the last on which one of their meetings is to be. One statement; `read_runs` reads it.
    """
    statement: Select[Any] = _LISTED
    if district_code:
        statement = statement.where(RUN.c.district_code == district_code)
    if edition:
        statement = statement.where(RUN.c.edition.in_({edition, Edition.BOTH}))
    if days:
        first, _midnight = clock.day_bounds(days[0])
        _morning, end = clock.day_bounds(days[1])
        meetings = select(MEETING.c.run_id).where(
            MEETING.c.starts_at >= first, MEETING.c.starts_at < end, NOT_CALLED_OFF
        )
        statement = statement.where(RUN.c.id.in_(meetings))
    if text:
        statement = statement.where(*matching(text))
    asked = {"now": now, "most": PER_PAGE + 1, "skipped": (page - 1) * PER_PAGE}
    # A connection of its own: a session would cost this, the busiest page, a tenth of its speed.
    with reading() as connection:
        return tuple(map(tuple, connection.execute(statement, asked)))


def read_runs(rows: RawRuns) -> list[RunRow]:
    """The rows of one page, in our own types."""
    runs = [RunRow._make(row) for row in rows[:PER_PAGE]]
    return [
        run._replace(edition=Edition(run.edition), starts_at=_aware(run.starts_at), ends_at=_aware(run.ends_at))
        for run in runs
    ]


def _aware(stored: datetime) -> datetime:
    """As UtcDateTime reads it."""
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


def public_run(run_id: int, now: datetime) -> PublicRun | None:
    """A class that residents see, open or called off, past or to come."""
    row = db.session.execute(_ONE, {"wanted": run_id, "now": now}).one_or_none()
    return PublicRun._make(row) if row else None


def public_meetings(run_id: int) -> list[PublicMeeting]:
    """The run's dates."""
    return [PublicMeeting._make(row) for row in db.session.execute(_MEETINGS, {"wanted": run_id})]


def skills_taught(run_id: int, language: str) -> list[str]:
    """What is taught at the run, in the page's language."""
    name = Skill.name_en if language == "en" else Skill.name
    return list(
        db.session.scalars(
            select(name)
            .join(_MEETING_SKILL, _MEETING_SKILL.c.skill_code == Skill.code)
            .join(MEETING, MEETING.c.id == _MEETING_SKILL.c.meeting_id)
            .where(MEETING.c.run_id == run_id)
            .group_by(Skill.code, name, Skill.position)
            .order_by(Skill.position)
        )
    )


def feed(after: datetime, now: datetime) -> tuple[FeedMeeting, ...]:
    """The meetings, over after this instant, of classes that residents see; also those called off: calendars must
    learn of it.
    """
    return tuple(FeedMeeting._make(row) for row in db.session.execute(_FEED, {"after": after, "now": now}))
