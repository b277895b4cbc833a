"""The morning pack: one day on paper, for the day on which the network fails. The statements are few and constant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.models import Enrolment, EnrolmentState, MeetingStaff
from supportdesk.classes.queries import OWN_SEAT, MeetingRow, meetings_on
from supportdesk.core.database import table_of
from supportdesk.core.japanese import shown_name
from supportdesk.core.permissions import Actor
from supportdesk.core.phones import shown_phone
from supportdesk.extensions import db
from supportdesk.helpdesk.models import BookingState
from supportdesk.helpdesk.queries import BookingRow, bookings_on
from supportdesk.learners.found import Found, described
from supportdesk.learners.models import Learner, LearnerPhone, Need
from supportdesk.learners.names import known_as
from supportdesk.learners.queries import needs_of
from supportdesk.notices.queries import CallRow, calls_due

_ENROLMENT = table_of(Enrolment)


class Place(NamedTuple):
    """A learner's place in a class, as paper shows it. `seat` is None on the waiting list."""

    run_id: int
    learner_id: int
    seat: int | None
    code: str
    name: str
    kana: str
    phone: str


class Roster(NamedTuple):
    """One meeting on paper: who teaches, who comes, who waits."""

    meeting: MeetingRow
    staff: Sequence[str]
    seated: Sequence[Place]
    waiting: Sequence[Place]


class Pack(NamedTuple):
    """A day on paper. `people` are the learners of the day's bookings; `needs`, what to prepare for whoever comes."""

    rosters: Sequence[Roster]
    bookings: Sequence[BookingRow]
    people: dict[int, Found]
    needs: dict[int, list[Need]]
    calls: Sequence[CallRow]

    @property
    def learner_ids(self) -> list[int]:
        """Everybody who stands on it."""
        seen = {place.learner_id for roster in self.rosters for place in (*roster.seated, *roster.waiting)}
        seen |= {row.learner_id for row in self.bookings} | {row.learner_id for row in self.calls}
        return sorted(seen)


def pack_of(day: date, actor: Actor, now: datetime) -> Pack:
    """Everything that reception needs on paper for that day. Nine statements."""
    meetings = meetings_on(day)
    places = _places({meeting.run_id for meeting in meetings})
    staff = _staff({meeting.id for meeting in meetings})
    bookings = [row for row in bookings_on(day) if row.state is not BookingState.CANCELLED]
    rosters = [
        Roster(
            meeting,
            staff[meeting.id],
            [place for place in places[meeting.run_id] if place.seat is not None],
            [place for place in places[meeting.run_id] if place.seat is None],
        )
        for meeting in meetings
    ]
    people = {one.id: one for one in described([row.learner_id for row in bookings])}
    needs = needs_of({*people, *(place.learner_id for run in places.values() for place in run)})
    return Pack(rosters, bookings, people, needs, calls_due(now, actor))


def _places(run_ids: Iterable[int]) -> dict[int, list[Place]]:
    """Seats in their order, then the waiting list in its."""
    rows = db.session.execute(
        select(
            _ENROLMENT.c.run_id,
            _ENROLMENT.c.learner_id,
            OWN_SEAT.label("seat"),
            _ENROLMENT.c.code,
            Learner.name,
            Learner.kana,
            LearnerPhone.number,
            func.coalesce(LearnerPhone.typed, "").label("typed"),
        )
        .join(Learner, Learner.id == _ENROLMENT.c.learner_id)
        .outerjoin(LearnerPhone, and_(LearnerPhone.learner_id == Learner.id, LearnerPhone.position == 1))
        .where(_ENROLMENT.c.run_id.in_(list(run_ids)), _ENROLMENT.c.state != EnrolmentState.CANCELLED)
        .order_by(OWN_SEAT, _ENROLMENT.c.id)
    )
    found: dict[int, list[Place]] = defaultdict(list)
    for row in rows:
        names = known_as(row.name, row.kana), shown_name(row.kana)
        phone = shown_phone(row.number, row.typed)
        found[row.run_id].append(Place(row.run_id, row.learner_id, row.seat, row.code, *names, phone))
    return found


def _staff(meeting_ids: Iterable[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(MeetingStaff.meeting_id, Account.name)
        .join(Account, Account.id == MeetingStaff.account_id)
        .where(MeetingStaff.meeting_id.in_(list(meeting_ids)))
        .order_by(Account.kana, Account.name)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for meeting_id, name in rows:
        found[meeting_id].append(name)
    return found
