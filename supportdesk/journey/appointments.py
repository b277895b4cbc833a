"""What a learner has booked and not yet had, of every kind, in one list. For the desk, their page, their own phone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from supportdesk.classes.models import EnrolmentState
from supportdesk.classes.queries import EnrolmentRow, enrolments_of
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queries import BookingRow, bookings_of


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


def appointments_of(learner_id: int, now: datetime) -> list[Appointment]:
    """Those that are not over, the next first. Two statements."""
    classes = [
        _of_class(row)
        for row in enrolments_of(learner_id)
        if row.state is not EnrolmentState.CANCELLED and row.ends_at > now
    ]
    consultations = [
        _of_consultation(row)
        for row in bookings_of(learner_id)
        if row.state is BookingState.BOOKED and row.ends_at > now
    ]
    return sorted([*classes, *consultations], key=lambda one: (one.starts_at, one.code))


def _of_class(row: EnrolmentRow) -> Appointment:
    place = " ".join(part for part in (row.nickname or row.venue, row.room) if part)
    return Appointment("class", row.id, row.code, row.title, row.starts_at, row.ends_at, place, row.to_bring, row.line)


def _of_consultation(row: BookingRow) -> Appointment:
    place = row.nickname or row.venue
    return Appointment(
        "consultation", row.id, row.code, row.desk, row.starts_at, row.ends_at, place, row.to_bring, None
    )
