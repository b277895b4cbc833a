"""What a learner has booked and not yet had, of every kind, in one list. For the desk, their page, their own phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from supportdesk.classes.enrolment_queries import EnrolmentRow, MeetingDate, next_dates
from supportdesk.classes.lottery.queries import EntryAhead, entries_ahead
from supportdesk.classes.making_up.queries import Arranged, arranged_for
from supportdesk.helpdesk.queries import BookingRow, bookings_ahead
from supportdesk.places.choices import place_in_short


class Appointment(NamedTuple):
    """One booking. `line` is the place on a waiting list, None when it does not wait. What is only held for them until
    they answer has `offer_id` and `answer_until`.

    Of a class with several meetings the times are those of the next, which is the `number`th of `meetings`. Who is in a
    `lottery` has no seat yet: its `id` is the entry's, `code` its number, and it is drawn after `answer_until`. Where a
    meeting missed elsewhere is made up for there is no seat and no code, and the `id` is the run's.
    """

    kind: Literal["class", "consultation", "lottery", "making_up"]
    id: int
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    to_bring: str
    line: int | None
    number: int = 1
    meetings: int = 1
    offer_id: int | None = None
    answer_until: datetime | None = None


def appointments_of(learner_id: int, enrolments: Iterable[EnrolmentRow], now: datetime) -> list[Appointment]:
    """Those that are not over, the next first; `enrolments` are the learner's own that are ahead. Four statements."""
    enrolments = list(enrolments)
    dates = next_dates({row.run_id for row in enrolments}, now)
    classes = [_of_class(row, dates[row.run_id]) for row in enrolments if row.run_id in dates]
    consultations = [_of_consultation(row) for row in bookings_ahead(learner_id, now)]
    draws = [
        _without_a_seat(one, "lottery", one.entry_id, str(one.number))._replace(answer_until=one.apply_until)
        for one in entries_ahead(learner_id, now)
    ]
    make_ups = [
        _without_a_seat(one, "making_up", one.run_id)._replace(number=one.number)
        for one in arranged_for(learner_id, now)
    ]
    return sorted([*classes, *consultations, *draws, *make_ups], key=lambda one: (one.starts_at, one.code))


def _of_class(row: EnrolmentRow, date: MeetingDate) -> Appointment:
    return Appointment(
        kind="class",
        id=row.id,
        code=row.code,
        title=row.title,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        place=place_in_short(row.venue, row.nickname, row.room),
        to_bring=row.to_bring,
        line=row.line,
        number=date.number,
        meetings=row.meetings,
        offer_id=row.offer_id,
        answer_until=row.answer_until,
    )


def _without_a_seat(
    one: Arranged | EntryAhead, kind: Literal["lottery", "making_up"], row_id: int, code: str = ""
) -> Appointment:
    return Appointment(kind, row_id, code, one.title, one.starts_at, one.ends_at, one.place, one.to_bring, line=None)


def _of_consultation(row: BookingRow) -> Appointment:
    return Appointment(
        "consultation", row.id, row.code, row.desk, row.starts_at, row.ends_at, row.short_place, row.to_bring, None
    )
