"""Reads for reception's one screen: what a search found, the day, and what one learner can be booked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from supportdesk.classes.enrolment_queries import EnrolmentRow, enrolment_by_code
from supportdesk.classes.queries import MeetingRow, RunRow, meetings_on, open_runs_page
from supportdesk.core.japanese import search_key
from supportdesk.core.paging import Page, page_of
from supportdesk.core.permissions import Actor
from supportdesk.helpdesk.availability import SlotRow, open_slots
from supportdesk.helpdesk.desks.strengths import of_those_who_help
from supportdesk.helpdesk.fairness import so_far
from supportdesk.helpdesk.holds.operations import talking
from supportdesk.helpdesk.queries import BookingRow, LastAdviser, booking_by_code, bookings_on
from supportdesk.journey.next_step import EDITION_OF
from supportdesk.journey.typed import Typed
from supportdesk.learners.links import Family, Linked
from supportdesk.learners.models import Learner, LinkKind, Status
from supportdesk.learners.rooms import scope_of
from supportdesk.learners.search import Results, find_learners

RUNS_SHOWN = 10
SLOTS_SHOWN = 8
COMPANIONS_SHOWN = 2
#: What the address calls the page of each list.
RUNS, SLOTS = "runs", "slots"
#: In which order slots are shown: those near home first, the soonest anywhere, those of the adviser of last time.
ORDERS = NEAR, SOONEST, SAME_ADVISER = "near", "soonest", "adviser"


class Answer(NamedTuple):
    """What one box found: people, classes still to be booked, all of one day, or the booking of a code."""

    people: Results = Results()
    runs: Page[RunRow] | None = None
    meetings: Sequence[MeetingRow] = ()
    bookings: Sequence[BookingRow] = ()
    enrolment: EnrolmentRow | None = None
    booking: BookingRow | None = None

    @property
    def booked(self) -> list[EnrolmentRow | BookingRow]:
        """What is shown of bookings, whose rows hold no name."""
        return [one for one in (self.enrolment, self.booking, *self.bookings) if one is not None]

    @property
    def learner_ids(self) -> list[int]:
        """Everybody whom the answer shows."""
        return [one.id for one in self.people] + [one.learner_id for one in self.booked]


def search(typed: Typed, actor: Actor, now: datetime) -> Answer:
    """Answer what was typed. A day answers "is it on?" as well: its meetings, those called off too."""
    if typed.code:
        return Answer(enrolment=enrolment_by_code(typed.code), booking=booking_by_code(typed.code))
    if typed.no_such_day or (typed.day is None and not search_key(typed.text)):
        return Answer()  # nothing, or only marks: with no word to look for, every class would match
    is_day = typed.day is not None or typed.birthday
    return Answer(
        people=find_learners(typed.text, scope=scope_of(actor)) if typed.day is None else Results(),
        runs=None if is_day else open_runs_page(1, text=typed.words, after=now, per_page=RUNS_SHOWN),
        meetings=meetings_on(typed.day, cancelled=True) if typed.day else (),
        bookings=bookings_on(typed.day) if typed.day and not typed.words else (),
    )


def companions(family: Family) -> list[Linked]:
    """Whom the learner may be booked together with in one press: two at most, a spouse first."""
    active = [one for one in family.linked if one.who.status == Status.ACTIVE]
    return sorted(active, key=lambda one: one.kind is not LinkKind.SPOUSE)[:COMPANIONS_SHOWN]


class Offers(NamedTuple):
    """What one learner can be booked for now, the nearest first."""

    runs: Page[RunRow]
    slots: Page[SlotRow]


class SlotsWanted(NamedTuple):
    """How slots are looked for: `order` is one of `ORDERS`, `area` the field that it is about."""

    order: str = NEAR
    area: str | None = None


def offers_for(
    learner: Learner,
    *,
    words: str,
    day: date | None,
    pages: tuple[int, int],
    wanted: SlotsWanted,
    adviser: LastAdviser | None,
    actor: Actor,
    now: datetime,
) -> Offers:
    """The next classes for the learner's phone and the next slots that they may have, of advisers who know such a
    phone; their own district's stand first, unless they want the soonest of all or the `adviser` again.

    `pages`: which page of each.
    """
    home = learner.district_code
    edition = EDITION_OF.get(learner.device) if learner.device else None
    runs_page, slots_page = pages
    near = home if wanted.order == NEAR else None
    slots = open_slots(after=now, near=near, day=day, limit=None, owner=talking(actor))
    slots = of_those_who_help(slots, wanted.area, learner.device)
    if wanted.order == SAME_ADVISER:
        slots = [slot for slot in slots if adviser and slot.adviser_id == adviser.id]
    if not so_far(learner.id, now).comes_first:
        slots = [slot for slot in slots if not slot.set_aside]
    return Offers(
        open_runs_page(
            runs_page, text=words, day=day, edition=edition, near=home, after=now, per_page=RUNS_SHOWN, key=RUNS
        ),
        page_of(slots, slots_page, per_page=SLOTS_SHOWN, key=SLOTS),
    )
