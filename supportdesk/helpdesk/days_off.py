"""What desks and advisers have taken off, as whoever looks for slots or gives one asks it."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import bindparam, select

from supportdesk.core.database import connection, table_of
from supportdesk.helpdesk.models import TimeOff
from supportdesk.helpdesk.slots import Off

OFF: Final = table_of(TimeOff)
_OFF_BETWEEN: Final = select(
    OFF.c.desk_id, OFF.c.adviser_id, OFF.c.first_day, OFF.c.last_day, OFF.c.opens, OFF.c.closes, OFF.c.reason
).where(OFF.c.last_day >= bindparam("first"), OFF.c.first_day <= bindparam("last"))


def taken_off(first: date, last: date) -> list[Off]:
    """All that is off on these days: one statement."""
    return [Off._make(row) for row in connection().execute(_OFF_BETWEEN, {"first": first, "last": last})]
