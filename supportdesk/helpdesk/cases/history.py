"""What stands beside the case: all that the desk knows of this one learner, and of nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case
from supportdesk.helpdesk.cases.words import result_in_words
from supportdesk.helpdesk.models import Booking, BookingState, Desk
from supportdesk.learners.rooms import TimelineEntry, booked_by, timeline_of
from supportdesk.learners.tutor_wishes import is_wished
from supportdesk.videos.giving import given_to
from supportdesk.videos.queries import VideoRow

CASES_SHOWN: Final = 10
ENTRIES_SHOWN: Final = 10
#: Consultations and hand-outs have places of their own beside the case.
_TOLD_ELSEWHERE: Final = ("consultation",)


class EarlierCase(NamedTuple):
    """A consultation of the same learner, at whatever desk."""

    booking_id: int
    starts_at: datetime
    desk: str
    adviser: str
    asked: str
    done: str
    result: str


class History(NamedTuple):
    """The learner's story, sorted: what was talked about, what is booked, what they were given, what else happened."""

    cases: Sequence[EarlierCase]
    booked: Sequence[TimelineEntry]
    videos: Sequence[VideoRow]
    happened: Sequence[TimelineEntry]
    tutor_wished: bool

    @property
    def empty(self) -> bool:
        """Nothing happened yet."""
        return not (self.cases or self.videos or self.happened)


def history_of(learner_id: int, booking_id: int, now: datetime) -> History:
    """Beside the case of that booking. The same number of statements however long the story."""
    return History(
        cases=earlier_cases(learner_id, booking_id),
        booked=[one for one in booked_by(learner_id, now) if one.activity != f"booking:{booking_id}"],
        videos=given_to(learner_id),
        happened=[entry for entry in timeline_of(learner_id, limit=ENTRIES_SHOWN) if entry.kind not in _TOLD_ELSEWHERE],
        tutor_wished=is_wished(learner_id),
    )


def earlier_cases(learner_id: int, booking_id: int, limit: int = CASES_SHOWN) -> list[EarlierCase]:
    """The learner's other consultations of which something was written, the latest first. One statement."""
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.starts_at,
            Desk.name.label("desk"),
            Account.name.label("adviser"),
            Case.asked,
            Case.done,
            Case.result,
            Case.referred_to,
        )
        .join(Case, Case.booking_id == Booking.id)
        .join(Desk, Desk.id == Booking.desk_id)
        .join(Account, Account.id == Case.adviser_id)
        .where(Booking.learner_id == learner_id, Booking.id != booking_id, Booking.state == BookingState.HELD)
        .order_by(Booking.starts_at.desc(), Booking.id.desc())
        .limit(limit)
    )
    return [EarlierCase(*row[:6], result_in_words(row.result, row.referred_to)) for row in rows]
