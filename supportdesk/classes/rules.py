"""When a run can be booked and left, and a meeting takes marks and walk-ins: the rules alone, without a database.

Operations ask under their locks and pages before they show a button, so that no button promises what is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from supportdesk.classes.models import RunKind, RunState
from supportdesk.classes.office import CLASS_WALK_IN_DAYS, CORRECTION_DAYS, LATE_HOURS, LECTURE_WALK_IN_DAYS
from supportdesk.core import clock
from supportdesk.core.permissions import Actor, Role

#: A paper roster is typed in within so many days; a lecture is often recorded at the office long after.
_WALK_IN_DAYS: Final = {RunKind.CLASS: CLASS_WALK_IN_DAYS, RunKind.LECTURE: LECTURE_WALK_IN_DAYS}


class Held(Protocol):
    """A meeting, as far as the rules look at it."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def kind(self) -> RunKind: ...


def is_open(state: RunState, starts_at: datetime, now: datetime) -> bool:
    """Whether a run can be booked: neither called off nor begun. `queries.bookable` says the same in SQL."""
    return state is RunState.OPEN and now < starts_at


def free_seats(capacity: int, taken: int) -> int:
    """The seats that the next callers can have; without one they wait."""
    return capacity - taken


def can_be_left(starts: Iterable[datetime], now: datetime) -> bool:
    """Whether a place in a run with these meetings can be given up: as long as one of them is still to begin.

    What is over is a fact: whoever did not come is marked absent.
    """
    return any(starts_at > now for starts_at in starts)


def is_late(starts_at: datetime, now: datetime) -> bool:
    """Whether a seat given up now is given up so late that hardly anybody else can come."""
    return now < starts_at < now + timedelta(hours=LATE_HOURS.get())


def walk_in_days(kind: RunKind) -> int:
    """For how many days after a meeting somebody may be added to it."""
    return _WALK_IN_DAYS[kind].get()


def takes_walk_ins(meeting: Held, actor: Actor, now: datetime) -> bool:
    """Whether the actor may add somebody: from the meeting's day until the paper has been typed in.

    An administrator is not bound by the end.
    """
    first, _end = clock.day_bounds(clock.local(meeting.starts_at).date())
    return first <= now and _in_time(meeting, walk_in_days(meeting.kind), actor, now)


def is_its_day(meeting: Held, now: datetime) -> bool:
    """Whether the meeting is held today."""
    return clock.local(meeting.starts_at).date() == clock.local(now).date()


def takes_marks(meeting: Held, actor: Actor, now: datetime) -> bool:
    """Whether the actor may still record or correct attendance: so many days, an administrator for good."""
    return _in_time(meeting, CORRECTION_DAYS.get(), actor, now)


def _in_time(meeting: Held, days: int, actor: Actor, now: datetime) -> bool:
    unbound = actor.account_id is None or Role.ADMIN in actor.roles
    return unbound or now < meeting.ends_at + timedelta(days=days)
