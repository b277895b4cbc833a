"""What is in the databases of the bench: the register, classes to come, and the help desk's hours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from supportdesk.accounts.operations import create_account
from supportdesk.accounts.passwords import kept_hash
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.models import Course, Edition
from supportdesk.classes.planning import MeetingPlan, RunPlan, plan_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.demo.crowd import fill_register
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import free_slots
from supportdesk.helpdesk.desks.operations import Kept, Particulars, add_hours, open_desk
from supportdesk.helpdesk.office import OFFERED_DAYS
from supportdesk.helpdesk.operations import book_consultation
from supportdesk.helpdesk.slots import Wanted
from supportdesk.places.calendar import closed_because
from supportdesk.places.models import Venue
from supportdesk.reference import load_reference

LISTED = 50
SEATS = 20
DESKS, ADVISERS, DAYS = 9, 25, 90
#: So many seats and consultations are taken already. PostgreSQL plans by what tables hold: one that was empty a minute
#: ago it looks through from end to end, however many rows have come since.
TAKEN = 1000
USERNAME, PASSWORD = "reception", "akita-demo"
_HOURS = ((time(9), time(12)), (time(13), time(17)))


def fill(learners: int, runs: int) -> list[int]:
    """Classes of the coming weeks for the schedule, and others, not listed: full ones, and some to enrol in; returns
    the latter's ids.
    """
    now, kept = clock.now(), kept_hash(PASSWORD)
    with transaction():
        load_reference()
        create_account(username=USERNAME, name="受付", kept=kept, roles=[Role.RECEPTION], actor=SYSTEM, now=now)
    fill_register(learners)
    venues = list(db.session.scalars(select(Venue).order_by(Venue.id)))
    courses = list(db.session.scalars(select(Course.code).order_by(Course.code)))
    with transaction():
        full = min(TAKEN, learners // 2) // SEATS
        days = list(itertools.islice(_open_days(venues), 1 + (LISTED + full + runs) // 6))
        made = [
            plan_run(
                RunPlan(
                    course_code=courses[number % len(courses)],
                    edition=Edition.BOTH,
                    capacity=SEATS if number >= LISTED else 1 + number % 12,
                    meetings=(_meeting(days[number // 6], 9 + number % 6),),
                    venue_id=venues[number % len(venues)].id,
                    listed=number < LISTED,
                ),
                actor=SYSTEM,
                now=now,
            )
            for number in range(LISTED + full + runs)
        ]
        for run_id in made[:LISTED]:
            enrol_learner(run_id, learners - run_id, actor=SYSTEM, now=now)
        for number, run_id in enumerate(made[LISTED : LISTED + full] * SEATS):
            enrol_learner(run_id, learners - LISTED - number, actor=SYSTEM, now=now)
    return made[LISTED + full :]


def _open_days(venues: Sequence[Venue]) -> Iterator[date]:
    """The days to come on which every venue is open."""
    for ahead in itertools.count(2):
        day = clock.today() + timedelta(days=ahead)
        if not any(closed_because(venue.id, day) for venue in venues):
            yield day


def _meeting(day: date, hour: int) -> MeetingPlan:
    starts_at = clock.at(day, time(hour))
    return MeetingPlan(starts_at, starts_at + timedelta(hours=1), None, ())


def open_desks(learners: int, now: datetime) -> list[Wanted]:
    """Nine desks that twenty-five advisers keep from Monday to Friday; free slots of ninety days, the next first."""
    venues = list(db.session.scalars(select(Venue).order_by(Venue.id).limit(DESKS)))
    kept = kept_hash("of advisers who never log in")
    with transaction():
        db.session.add(OfficeSetting(name=OFFERED_DAYS.name, value=str(DAYS)))
        advisers = [
            create_account(
                username=f"adviser{number}", name="相談員", kept=kept, roles=[Role.ADVISER], actor=SYSTEM, now=now
            ).id
            for number in range(ADVISERS)
        ]
        desks = [
            open_desk(Particulars(f"スマホ相談 {number}", venues[number].id), actor=SYSTEM, now=now)
            for number in range(DESKS)
        ]
        for number, adviser_id in enumerate(advisers):
            for weekday, (opens, closes) in itertools.product(range(5), _HOURS):
                hours = Kept(weekday, opens, closes)
                add_hours(desks[number % DESKS], hours, adviser_id=adviser_id, actor=SYSTEM, now=now)
    first = clock.local(now).date() + timedelta(days=1)
    slots = [slot.wanted for slot in free_slots(first, first + timedelta(days=DAYS), after=now)]
    taken = min(TAKEN, learners // 2)
    with transaction():
        for number, slot in enumerate(slots[-taken:]):
            book_consultation(*slot, learners - number, actor=SYSTEM, now=now)
    return slots[:-taken]
