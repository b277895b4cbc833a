"""Which step follows which, by when it is due, and how far back one can go: rules alone, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.office import (
    OUTREACH_CHECK_DAYS,
    OUTREACH_CLOSE_DAYS,
    OUTREACH_CONFIRM_DAYS,
    OUTREACH_FIND_DAYS,
    OUTREACH_KIT_DAYS,
    OUTREACH_RESULT_DAYS,
)

S = OutreachState
#: In the order in which they are gone through.
ON_THE_WAY: Final = (S.RECEIVED, S.CHECKED, S.FOUND, S.CONFIRMED, S.PREPARED, S.HELD, S.REPORTED)
ENDED: Final = frozenset({S.CLOSED, S.REFUSED, S.WITHDRAWN, S.NOT_HELD})
#: Where a step back leads. From CONFIRMED and PREPARED the lecture is called off, and a day is looked for anew.
BACK: Final = {
    S.CHECKED: S.RECEIVED,
    S.FOUND: S.CHECKED,
    S.CONFIRMED: S.CHECKED,
    S.PREPARED: S.CHECKED,
    S.HELD: S.PREPARED,
    S.REPORTED: S.HELD,
    S.CLOSED: S.REPORTED,
    S.REFUSED: S.RECEIVED,
    S.WITHDRAWN: S.RECEIVED,
    S.NOT_HELD: S.CHECKED,
}
#: As long as nobody has gone there, it can be refused or withdrawn; once it would have begun, it did not take place.
CAN_END: Final = frozenset({S.RECEIVED, S.CHECKED, S.FOUND, S.CONFIRMED, S.PREPARED})
#: All that the group asked for can be put right until a day is looked for; whom to call, as long as it is open.
CAN_AMEND: Final = frozenset({S.RECEIVED, S.CHECKED})
OPEN: Final = frozenset(ON_THE_WAY)
#: From the letter on there is a lecture. Of one that did not take place the run stays, called off.
HAS_RUN: Final = frozenset({S.CONFIRMED, S.PREPARED, S.HELD, S.REPORTED, S.CLOSED})


def _days(number: int) -> timedelta:
    return timedelta(days=number)


#: By the state reached: today and the lecture's day give the day on which the next step is due.
_DUE: Final[dict[OutreachState, Callable[[date, date], date]]] = {
    S.RECEIVED: lambda today, _held: today + _days(OUTREACH_CHECK_DAYS.get()),
    S.CHECKED: lambda today, _held: today + _days(OUTREACH_FIND_DAYS.get()),
    S.FOUND: lambda today, held: min(today + _days(OUTREACH_CONFIRM_DAYS.get()), held - _days(1)),
    S.CONFIRMED: lambda _today, held: held - _days(OUTREACH_KIT_DAYS.get()),
    S.PREPARED: lambda _today, held: held,
    S.HELD: lambda _today, held: held + _days(OUTREACH_RESULT_DAYS.get()),
    S.REPORTED: lambda today, _held: today + _days(OUTREACH_CLOSE_DAYS.get()),
}


def due_on(state: OutreachState, today: date, held_on: date | None) -> date | None:
    """By when the step after this state is to be taken, None when there is none. `held_on`: the day that was found."""
    rule = _DUE.get(state)
    return rule(today, held_on or today) if rule else None


def has_begun(starts_at: datetime | None, now: datetime) -> bool:
    """Whether the day that was found has come: a lecture that has begun is not called off."""
    return starts_at is not None and starts_at <= now
