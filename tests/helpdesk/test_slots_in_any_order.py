"""Whatever people do in whatever order: no slot is had twice, none is kept for nobody, and the line keeps its order.

Reception books, keeps slots while it talks, cancels, moves and shuts desks; those who wait are asked and answer; time
passes. After every step the tables have to tell one story.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from supportdesk.core import clock
from supportdesk.core.activities import activity
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.helpdesk.availability import slot_at
from supportdesk.helpdesk.desks.time_off import Days, end_time_off, shut_desk
from supportdesk.helpdesk.fairness import so_far
from supportdesk.helpdesk.holds.models import SlotHold
from supportdesk.helpdesk.holds.operations import talking
from supportdesk.helpdesk.models import Booking, BookingState, TimeOff
from supportdesk.helpdesk.office import MOST_OPEN, OFFERED_DAYS
from supportdesk.helpdesk.operations import book_consultation, cancel_booking, move_booking
from supportdesk.helpdesk.slots import Wanted
from supportdesk.helpdesk.waiting import jobs
from supportdesk.helpdesk.waiting.keeping import keep_while_talking, let_go
from supportdesk.helpdesk.waiting.line import KIND, owner_of
from supportdesk.helpdesk.waiting.models import SlotWish, WishState
from supportdesk.helpdesk.waiting.operations import Place, leave_line, wait_for_slot
from supportdesk.helpdesk.waiting.rule import is_new_to
from supportdesk.notices.jobs import pass_on_offers
from supportdesk.notices.models import Offer, OfferState
from supportdesk.notices.offers import Answer, answer_offer
from supportdesk.places.models import OccupancyCell
from tests.classes.making import room_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, make_adviser, make_desk

pytestmark = pytest.mark.usefixtures("context")
CLERKS = [Actor(account_id=number, person_id=None, name="") for number in (901, 902)]
HOURS = (10, 11)
WHO = st.integers(0, 40)
ANSWERS = [Answer.ACCEPT, Answer.DECLINE, Answer.PASS_ON, Answer.DECLINE, Answer.LEAVE]
DOINGS = (
    *("book", "book", "book_kept", "keep", "let_go", "cancel", "cancel", "cancel", "move", "wait", "wait", "answer"),
    *("answer", "leave", "shut", "open_again", "new_slots", "new_slots", "minutes_pass", "hours_pass"),
)


class Waiting(NamedTuple):
    """Somebody in line before a step: for which desk, None for any."""

    id: int
    learner_id: int
    desk_id: int | None


class Desks(RuleBasedStateMachine):
    """Two desks of four slots in all, the first in a room; eight people, two clerks."""

    def __init__(self, learners: list[int], slots: list[Wanted], clock: Clock) -> None:
        super().__init__()
        self.learners, self.slots, self.clock = learners, slots, clock

    @initialize()
    def begin(self) -> None:
        """All is booked, and three wait."""
        self.clock.set(at(9, day=DAY - timedelta(days=2)))
        self.asked: set[int] = set(db.session.scalars(select(Offer.id)))
        self.clear()
        for number, slot in enumerate(self.slots):
            self.book_slot(slot, number)
        for number in (4, 5, 6):
            self.wait(number)

    def clear(self) -> None:
        """What an earlier example left is over."""
        for off in db.session.scalars(select(TimeOff.id)).all():
            self.attempt(partial(end_time_off, off, actor=SYSTEM, now=clock.now()))
        in_line = select(SlotWish.id).where(SlotWish.state.in_((WishState.WAITING, WishState.OFFERED)))
        for wish_id in db.session.scalars(in_line).all():
            self.attempt(partial(leave_line, wish_id, actor=SYSTEM, now=clock.now()))
        for booking_id in db.session.scalars(select(Booking.id).where(Booking.state == BookingState.BOOKED)).all():
            self.attempt(partial(cancel_booking, booking_id, actor=SYSTEM, now=clock.now()))

    def attempt(self, operation: Callable[[], object]) -> bool:
        """Do it; a refusal leaves everything as it was. Whether it was done."""
        db.session.rollback()
        with suppress(DeskError), transaction():
            operation()
            return True
        return False

    @rule(doing=st.sampled_from(DOINGS), who=WHO)
    def do(self, doing: str, who: int) -> None:
        self.clock.advance(seconds=1)
        db.session.rollback()
        self.line = [
            Waiting(one.id, one.learner_id, one.desk_id)
            for one in db.session.scalars(select(SlotWish).where(SlotWish.state == WishState.WAITING))
        ]
        self.anew = doing == "new_slots"
        self.thinking = set(db.session.scalars(select(SlotWish.learner_id).where(SlotWish.state == WishState.OFFERED)))
        getattr(self, doing)(who)
        self.the_order_of_the_line_is_kept()

    def learner(self, who: int) -> int:
        return self.learners[who % len(self.learners)]

    def slot(self, who: int) -> Wanted:
        return self.slots[who % len(self.slots)]

    def book_slot(self, slot: Wanted, who: int, owner: str = "") -> None:
        self.attempt(
            lambda: book_consultation(
                *slot, self.learner(who), clash_reason="試験", owner=owner, waited=True, actor=SYSTEM, now=clock.now()
            )
        )

    def book(self, who: int) -> None:
        self.book_slot(self.slot(who), who // 4)

    def book_kept(self, who: int) -> None:
        owner = talking(CLERKS[who % 2])
        held = db.session.scalars(select(SlotHold).where(SlotHold.owner == owner)).one_or_none()
        if held is not None:
            slot = Wanted(held.desk_id, held.adviser_id, held.starts_at)
            self.book_slot(slot, who, owner)

    def keep(self, who: int) -> None:
        self.attempt(lambda: keep_while_talking(self.slot(who), actor=CLERKS[who % 2], now=clock.now()))

    def let_go(self, who: int) -> None:
        self.attempt(lambda: let_go(talking(CLERKS[who % 2]), actor=CLERKS[who % 2], now=clock.now()))

    def one_booked(self, who: int) -> int | None:
        rows = db.session.scalars(
            select(Booking.id).where(Booking.state == BookingState.BOOKED).order_by(Booking.id)
        ).all()
        return rows[who % len(rows)] if rows else None

    def cancel(self, who: int) -> None:
        if booking_id := self.one_booked(who):
            booking = db.session.get_one(Booking, booking_id)
            slot = Wanted(booking.desk_id, booking.adviser_id, booking.starts_at)
            done = self.attempt(lambda: cancel_booking(booking_id, actor=SYSTEM, now=clock.now()))
            if done and self.can_be_had(slot) and self.fitting(slot, barred={booking.learner_id}):
                assert self.holder(slot).startswith("offer:"), "somebody waits, and was not asked"

    def move(self, who: int) -> None:
        if booking_id := self.one_booked(who):
            slot = self.slot(who // 3)
            self.attempt(lambda: move_booking(booking_id, *slot, clash_reason="試験", actor=SYSTEM, now=clock.now()))

    def wait(self, who: int) -> None:
        place = Place(None if who % 3 else self.slot(who).desk_id)
        self.attempt(lambda: wait_for_slot(self.learner(who), place, actor=SYSTEM, now=clock.now()))

    def leave(self, who: int) -> None:
        if self.line:
            wish = self.line[who % len(self.line)]
            self.attempt(lambda: leave_line(wish.id, actor=SYSTEM, now=clock.now()))

    def answer(self, who: int) -> None:
        offers = db.session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id)).all()
        if offers:
            offer_id, answer = offers[who % len(offers)], ANSWERS[who % len(ANSWERS)]
            self.attempt(lambda: answer_offer(offer_id, answer, actor=SYSTEM, now=clock.now()))

    def shut(self, who: int) -> None:
        days = Days(DAY, DAY, "点検")
        self.attempt(lambda: shut_desk(self.slot(who).desk_id, days, actor=SYSTEM, now=clock.now()))

    def open_again(self, who: int) -> None:
        rows = db.session.scalars(select(TimeOff.id)).all()
        if rows:
            self.attempt(lambda: end_time_off(rows[who % len(rows)], actor=SYSTEM, now=clock.now()))

    def new_slots(self, who: int) -> None:
        """Somebody cancels while the desk is shut: nobody is asked before it is open again, and the worker finds it."""
        self.shut(who)
        if booking_id := self.one_booked(who):
            self.attempt(lambda: cancel_booking(booking_id, actor=SYSTEM, now=clock.now()))
        self.open_again(who)
        db.session.rollback()
        jobs.offer(clock.now())

    def minutes_pass(self, who: int) -> None:
        self.clock.advance(minutes=6)
        if who % 2:
            jobs.end_holds(clock.now())

    def hours_pass(self, who: int) -> None:
        self.clock.advance(hours=(1, 4, 9)[who % 3])
        pass_on_offers(clock.now())

    def can_be_had(self, slot: Wanted) -> bool:
        """Whether there is such a slot, and time enough to ask about it."""
        db.session.rollback()
        seen = slot_at(*slot)
        return seen is not None and slot.starts_at - clock.now() >= timedelta(hours=3)

    def holder(self, slot: Wanted) -> str:
        db.session.rollback()
        held = select(SlotHold.owner).where(
            SlotHold.adviser_id == slot.adviser_id, SlotHold.starts_at == slot.starts_at
        )
        return db.session.scalars(held).one_or_none() or ""

    def fitting(self, slot: Wanted, *, barred: set[int]) -> list[Waiting]:
        """Those who were in line before the step, and whom the slot fits."""
        return [
            one
            for one in self.line
            if one.desk_id in (None, slot.desk_id)
            and one.learner_id not in barred | self.thinking
            and so_far(one.learner_id, clock.now()).open < MOST_OPEN.get()
        ]

    def the_order_of_the_line_is_kept(self) -> None:
        """Of each offer that was made in this step: nobody was passed over whom it fits and who still waits unasked."""
        db.session.rollback()
        for offer in db.session.scalars(select(Offer).where(Offer.id.not_in(self.asked)).order_by(Offer.id)).all():
            self.asked.add(offer.id)
            wish = db.session.get_one(SlotWish, int(offer.place_in_line.removeprefix(f"{KIND}:")))
            if wish.state is not WishState.OFFERED or wish.offered_desk_id is None:
                continue  # it was answered or recalled in the same step
            before = db.session.scalars(select(Offer.place_in_line).where(Offer.vacancy == offer.vacancy)).all()
            slot = Wanted(wish.offered_desk_id, wish.offered_adviser_id or 0, wish.offered_at or offer.made_at)
            last = db.session.scalars(
                select(Booking.learner_id)
                .where(Booking.adviser_id == slot.adviser_id, Booking.starts_at == slot.starts_at)
                .order_by(Booking.id.desc())
            ).first()
            passed_over = [
                one
                for one in self.fitting(slot, barred={last or 0})
                if one.id < wish.id
                and f"{KIND}:{one.id}" not in before
                and db.session.get_one(SlotWish, one.id).state is WishState.WAITING
                and not self.is_thinking(one.learner_id)
                and not (self.anew and self.passed_it_up(one, slot))
            ]
            assert passed_over == []

    def passed_it_up(self, one: Waiting, slot: Wanted) -> bool:
        """They began to wait though there was something as good: the worker does not ask them."""
        wish = db.session.get_one(SlotWish, one.id)
        return not is_new_to(wish, slot.starts_at, clock.now(), OFFERED_DAYS.get())

    def is_thinking(self, learner_id: int) -> bool:
        """Another slot was offered to them in the same step."""
        offered = select(SlotWish.id).where(SlotWish.learner_id == learner_id, SlotWish.state == WishState.OFFERED)
        return db.session.scalars(offered).first() is not None

    @invariant()
    def no_slot_is_had_twice_and_its_time_is_taken(self) -> None:
        db.session.rollback()
        live = db.session.execute(
            select(Booking.id, Booking.desk_id, Booking.adviser_id, Booking.starts_at).where(
                Booking.state == BookingState.BOOKED
            )
        ).all()
        assert len({(row.adviser_id, row.starts_at) for row in live}) == len(live)
        cells = db.session.scalars(select(OccupancyCell.activity)).all()
        rooms = {(row.desk_id, row.starts_at) for row in live if row.desk_id == self.slots[0].desk_id}
        assert sorted(cells) == sorted(
            [activity("booking", row.id) for row in live for _cell in range(8)]
            + [activity("desk", desk_id) for desk_id, _hour in rooms for _cell in range(4)]
        )
        kept = db.session.execute(select(SlotHold.adviser_id, SlotHold.starts_at, SlotHold.until)).all()
        alive = {(row.adviser_id, row.starts_at) for row in kept if row.until is None or row.until > clock.now()}
        assert not alive & {(row.adviser_id, row.starts_at) for row in live}

    @invariant()
    def what_is_kept_is_kept_for_somebody(self) -> None:
        db.session.rollback()
        offered = db.session.scalars(select(SlotWish).where(SlotWish.state == WishState.OFFERED)).all()
        is_open = db.session.scalars(select(Offer.place_in_line).where(Offer.state == OfferState.OPEN)).all()
        assert sorted(is_open) == sorted(activity(KIND, one.id) for one in offered)
        assert len({one.learner_id for one in offered}) == len(offered)
        holds = db.session.scalars(select(SlotHold)).all()
        kept = {(one.owner, one.adviser_id, one.starts_at) for one in holds if one.until is None}
        assert kept == {(owner_of(one.id), one.offered_adviser_id, one.offered_at) for one in offered}
        assert all(one.owner in map(talking, CLERKS) for one in holds if one.until is not None)

    @invariant()
    def nothing_is_offered_that_is_not_to_be_had(self) -> None:
        db.session.rollback()
        for one in db.session.scalars(select(SlotWish).where(SlotWish.state == WishState.OFFERED)).all():
            at_: datetime | None = one.offered_at
            assert at_ is not None
            if at_ > clock.now():
                assert slot_at(one.offered_desk_id or 0, one.offered_adviser_id or 0, at_) is not None


def test_any_order_of_booking_keeping_moving_shutting_and_offering_keeps_every_slot_once(clock: Clock) -> None:
    make_reference()
    one, other, third = (make_adviser(name) for name in ("one", "other", "third"))
    here, there = (
        make_desk(one, other, name="こちら", room_id=room_of().id),
        make_desk(third, name="あちら", nickname="ウェスター"),
    )
    slots = [Wanted(here, one, at(hour)) for hour in HOURS]
    slots += [Wanted(here, other, at(10)), Wanted(there, third, at(10))]
    learners = [make_learner() for _ in range(8)]

    class TheseDesks(Desks):
        def __init__(self) -> None:
            super().__init__(learners, slots, clock)

    run_state_machine_as_test(
        TheseDesks,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],  # a database does not begin anew for a shorter example
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
