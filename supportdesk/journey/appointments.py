"""What a learner has booked and not yet had, of every kind, in one list. For the desk, their page, their own phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from supportdesk.classes.queries import EnrolmentRow
from supportdesk.helpdesk.queries import BookingRow, bookings_ahead


class Appointment(NamedTuple):
    """One booking. `line` is the place on a waiting list, None when it does not wait."""

    kind: Literal["class", "consultation"]
    id: int
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    to_bring: str
    line: int | None


def appointments_of(learner_id: int, enrolments: Iterable[EnrolmentRow], now: datetime) -> list[Appointment]:
    """Those that are not over, the next first; `enrolments` are the learner's own that are ahead. One statement."""
    classes = [_of_class(row) for row in enrolments]
    consultations = [_of_consultation(row) for row in bookings_ahead(learner_id, now)]
    return sorted([*classes, *consultations], key=lambda one: (one.starts_at, one.code))


def _of_class(row: EnrolmentRow) -> Appointment:
    place = " ".join(part for part in (row.nickname or row.venue, row.room) if part)
    return Appointment("class", row.id, row.code, row.title, row.starts_at, row.ends_at, place, row.to_bring, row.line)


def _of_consultation(row: BookingRow) -> Appointment:
    place = row.nickname or row.venue
    return Appointment(
        "consultation", row.id, row.code, row.desk, row.starts_at, row.ends_at, place, row.to_bring, None
    )
