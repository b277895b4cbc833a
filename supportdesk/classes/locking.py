"""The run's row, locked: everything that gives or frees a seat begins here. Called by enrolment and planning.

The order of locks is the same everywhere: runs by id, then their meetings, then the venue (places/calendar.py), then
whoever takes several times (occupancy.lock_several), then occupancy cells. Attendance locks the run too: nobody is
marked at a meeting that is being called off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from supportdesk.classes.errors import RunNotOpen
from supportdesk.classes.models import Filling, Meeting, Run, RunState
from supportdesk.classes.rules import is_open
from supportdesk.core.database import connection, table_of, write_along
from supportdesk.core.errors import NotFound
from supportdesk.places.models import Venue
from supportdesk.places.occupancy import Claim

RUN = table_of(Run)
MEETING = table_of(Meeting)
VENUE = table_of(Venue)


@dataclass(frozen=True)
class LockedRun:
    """What giving a seat needs to know of a run that nobody else can change now. Claims are those of meetings held."""

    id: int
    title: str
    state: RunState
    starts_at: datetime
    ends_at: datetime
    waiting: int
    place: str
    filling: Filling
    apply_until: datetime | None
    drawn_at: datetime | None
    claims: tuple[Claim, ...]

    @property
    def to_draw(self) -> bool:
        """Whether its seats are drawn, and have not been yet."""
        return self.filling is Filling.LOTTERY and self.drawn_at is None

    @property
    def activities(self) -> list[str]:
        """The names of the run's meetings."""
        return [claim.activity for claim in self.claims]

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be booked."""
        return is_open(self.state, self.starts_at, now)

    def demand_open(self, now: datetime) -> None:
        """Raises RunNotOpen."""
        if not self.is_open(now):
            raise RunNotOpen

    def to_come(self, now: datetime) -> list[str]:
        """The names of the run's meetings that have not begun."""
        return [claim.activity for claim in self.claims if claim.starts_at > now]

    def claims_for(self, resource: str) -> list[Claim]:
        """What a resource is needed for at this run: one claim a meeting."""
        return [Claim(claim.activity, (resource,), claim.starts_at, claim.ends_at) for claim in self.claims]


# FOR NO KEY UPDATE: whoever adds a row that points at the run need not wait; whoever gives a seat does. The meetings
# are locked too: PostgreSQL reads anew what it waited for and nothing else, so that times that were changed meanwhile
# are known. For the same reason the venue is asked for in each row, not joined, and the order is made afterwards.
_LOCK = (
    select(
        RUN.c.id,
        RUN.c.title,
        RUN.c.state,
        RUN.c.starts_at,
        RUN.c.ends_at,
        RUN.c.waiting,
        RUN.c.place,
        RUN.c.filling,
        RUN.c.apply_until,
        RUN.c.drawn_at,
        select(VENUE.c.name).where(VENUE.c.id == RUN.c.venue_id).correlate(RUN).scalar_subquery().label("venue"),
        MEETING.c.id.label("meeting_id"),
        MEETING.c.starts_at.label("meeting_starts_at"),
        MEETING.c.ends_at.label("meeting_ends_at"),
        MEETING.c.called_off_at,
    )
    .join(MEETING, MEETING.c.run_id == RUN.c.id)
    .where(RUN.c.id == bindparam("wanted"))
    .with_for_update(key_share=True, of=(RUN, MEETING))
)
_LOCK_SEVERAL = (
    select(RUN.c.id)
    .where(RUN.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(RUN.c.id)
    .with_for_update(key_share=True, of=RUN)
)
_COUNT = (
    update(RUN)
    .where(RUN.c.id == bindparam("counted_run"))
    .values(taken=RUN.c.taken + bindparam("more_seats"), waiting=RUN.c.waiting + bindparam("more_in_line"))
)


def lock_run(run_id: int) -> LockedRun:
    """Wait for the run and keep it until the transaction ends: one statement. Raises NotFound."""
    rows = connection().execute(_LOCK, {"wanted": run_id}).all()
    if not rows:
        raise NotFound
    first = rows[0]
    in_order = sorted((row for row in rows if row.called_off_at is None), key=lambda row: row.meeting_starts_at)
    claims = tuple(
        Claim(f"meeting:{row.meeting_id}", (), row.meeting_starts_at, row.meeting_ends_at) for row in in_order
    )
    return LockedRun(
        id=first.id,
        title=first.title,
        state=first.state,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        waiting=first.waiting,
        place=first.venue or first.place,
        filling=first.filling,
        apply_until=first.apply_until,
        drawn_at=first.drawn_at,
        claims=claims,
    )


def lock_runs(run_ids: Iterable[int]) -> None:
    """Wait for several runs in the order that everybody keeps."""
    connection().execute(_LOCK_SEVERAL, {"wanted": list(run_ids)}).all()


def count(run_id: int, *, seats: int = 0, in_line: int = 0) -> None:
    """Add to the number of seats taken and of those who wait."""
    write_along(_COUNT, {"counted_run": run_id, "more_seats": seats, "more_in_line": in_line})
