"""Whatever people do in whatever order: never more seats than there are, nobody seated twice, no seat lost while
somebody waits who was not asked, the order kept, and nothing offered after the start.

A model keeps the line and whom each freed seat was offered to; the database has to tell the same after every step.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import aliased

from supportdesk.classes.cancelling import cancel_enrolment, move_enrolment
from supportdesk.classes.errors import AlreadyEnrolled, NoSeatThere, RunNotOpen
from supportdesk.classes.line import give_free_seat
from supportdesk.classes.models import Enrolment, EnrolmentState, Run, Seat
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.notices.jobs import pass_on_offers
from supportdesk.notices.models import Offer, OfferState
from supportdesk.notices.offers import Answer, answer_offer
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import person
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")
CAPACITY = 2
GONE = aliased(Enrolment)
#: Most go on waiting, so that the line is not soon empty.
ANSWERS = [Answer.DECLINE, Answer.PASS_ON, Answer.ACCEPT, Answer.LEAVE, Answer.DECLINE, Answer.PASS_ON]
WHO = st.integers(0, 20)
#: One rule for all, or hypothesis would leave most of them out of an example.
DOINGS = ("cancel", "answer", "cancel", "answer", "answer", "enrol", "move", "take_a_seat_that_is_free", "time_passes")


class Line(RuleBasedStateMachine):
    """Nine people and two classes of two seats each, held at different hours."""

    def __init__(self, learners: list[int], clock: Clock) -> None:
        super().__init__()
        self.learners, self.clock = learners, clock

    @initialize()
    def plan(self) -> None:
        self.began = clock.now()
        start = clock.local(self.began) + timedelta(days=4)
        self.runs = [make_run(meeting_at(start.date(), hour), capacity=CAPACITY) for hour in (10, 14)]
        self.gave_up: set[int] = set()
        self.starts = {run.id: run.starts_at for run in db.session.scalars(select(Run).where(Run.id.in_(self.runs)))}
        for learner_id in self.learners[:6]:
            enrol(self.runs[0], learner_id, clash_reason="試験")
        for learner_id in self.learners[4:]:
            enrol(self.runs[1], learner_id, clash_reason="試験")

    def one(self, who: int) -> Enrolment | None:
        """Somebody who has or waits for something."""
        db.session.rollback()
        live = db.session.scalars(
            select(Enrolment)
            .where(Enrolment.run_id.in_(self.runs), Enrolment.state != EnrolmentState.CANCELLED)
            .order_by(Enrolment.id)
        ).all()
        return live[who % len(live)] if live else None

    @rule(doing=st.sampled_from(DOINGS), who=WHO)
    def do(self, doing: str, who: int) -> None:
        self.clock.advance(seconds=1)
        getattr(self, doing)(who)

    def somebody_waits(self, run_id: int, *, besides: int) -> bool:
        waiting = select(Enrolment.id).where(
            Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.WAITING, Enrolment.learner_id != besides
        )
        return db.session.scalars(waiting).first() is not None

    def attempt(self, operation: Callable[[], object], *refusals: type[DeskError]) -> None:
        with suppress(*refusals), transaction():
            operation()

    def enrol(self, who: int) -> None:
        learner_id = self.learners[who % len(self.learners)]
        with suppress(AlreadyEnrolled, RunNotOpen):
            enrol(self.runs[who % 2], learner_id, clash_reason="試験")

    def cancel(self, who: int) -> None:
        if one := self.one(who):
            enrolment_id, had_seat = one.id, one.state is EnrolmentState.SEATED
            waited = self.somebody_waits(one.run_id, besides=one.learner_id)
            if had_seat and waited and self.starts[one.run_id] > clock.now():
                self.gave_up.add(enrolment_id)
            self.attempt(lambda: cancel_enrolment(enrolment_id, actor=SYSTEM, now=clock.now()), DeskError)

    def move(self, who: int) -> None:
        if one := self.one(who):
            enrolment_id, other = one.id, next(run for run in self.runs if run != one.run_id)
            self.attempt(
                lambda: move_enrolment(enrolment_id, other, clash_reason="試験", actor=SYSTEM, now=clock.now()),
                *(NoSeatThere, AlreadyEnrolled, DeskError),
            )

    def answer(self, who: int) -> None:
        answer = ANSWERS[who % len(ANSWERS)]
        offers = db.session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id)).all()
        if offers:
            offer_id = offers[who % len(offers)]
            self.attempt(lambda: answer_offer(offer_id, answer, actor=SYSTEM, now=clock.now()), RunNotOpen)

    def take_a_seat_that_is_free(self, who: int) -> None:
        if one := self.one(who):
            enrolment_id = one.id
            self.attempt(lambda: give_free_seat(enrolment_id, actor=SYSTEM, now=clock.now()), DeskError)

    def time_passes(self, who: int) -> None:
        self.clock.advance(hours=(1, 6, 20)[who % 3])
        pass_on_offers(clock.now())

    @invariant()
    def seats_and_line_are_as_counted(self) -> None:
        db.session.rollback()
        for run_id in self.runs:
            run = db.session.get_one(Run, run_id, populate_existing=True)
            rows = db.session.scalars(select(Enrolment).where(Enrolment.run_id == run_id)).all()
            live = [one for one in rows if one.state is not EnrolmentState.CANCELLED]
            held = [one.seat for one in live if one.seat is not None]
            assert len(held) == len(set(held)) == run.taken <= CAPACITY
            assert set(held) <= set(db.session.scalars(select(Seat.number).where(Seat.run_id == run_id)))
            assert len({one.learner_id for one in live}) == len(live)
            assert run.waiting == sum(one.state is EnrolmentState.WAITING for one in live)

    @invariant()
    def offers_go_down_the_line(self) -> None:
        for chain in self.chains().values():
            assert sum(one.state is OfferState.OPEN for one in chain) <= 1
            assert all(one.state is not OfferState.ACCEPTED for one in chain[:-1]), "who accepts ends it"
            for one in chain:
                assert one.made_at < one.deadline <= self.starts[self.place(one).run_id]
        is_open = select(Offer.place_in_line).where(Offer.state == OfferState.OPEN)
        offered = select(Enrolment.id).where(Enrolment.state == EnrolmentState.OFFERED)
        assert set(db.session.scalars(is_open)) == {f"enrolment:{one}" for one in db.session.scalars(offered)}

    def chains(self) -> dict[str, list[Offer]]:
        """The offers of each seat that was freed in these runs, in their order."""
        found: dict[str, list[Offer]] = {}
        for one in db.session.scalars(select(Offer).order_by(Offer.id)):
            if self.place(one).run_id in self.runs:
                found.setdefault(one.vacancy, []).append(one)
        return found

    def place(self, offer: Offer) -> Enrolment:
        return db.session.get_one(Enrolment, int(offer.place_in_line.removeprefix("enrolment:")))

    def left_out(self, chain: list[Offer], at: datetime, before: int | None = None) -> list[int]:
        """Who waits and has waited since before that instant, but was not asked by then: all, or those before one."""
        asked = {self.place(one).id for one in chain if one.made_at <= at}
        elsewhere = {self.place(one).id for one in db.session.scalars(select(Offer)) if was_open(one, at)}
        given_up = int(chain[0].given_up.removeprefix("enrolment:") or 0)
        waiting = select(Enrolment.id).where(
            Enrolment.run_id == self.place(chain[0]).run_id,
            Enrolment.state == EnrolmentState.WAITING,
            Enrolment.enrolled_at < at,
            Enrolment.id.not_in(asked | elsewhere),
            Enrolment.learner_id.not_in(select(GONE.learner_id).where(GONE.id == given_up)),
        )
        return [one for one in db.session.scalars(waiting) if before is None or one < before]

    @invariant()
    def no_seat_is_lost_while_somebody_waits_who_was_not_asked(self) -> None:
        """Where a chain of offers ended in vain, everybody had been asked who waited at that moment."""
        for chain in self.chains().values():
            ended = chain[-1].settled_at
            if chain[-1].state in IN_VAIN and ended and ended < self.starts[self.place(chain[-1]).run_id]:
                assert self.left_out(chain, ended) == []

    @invariant()
    def the_order_of_the_line_is_kept(self) -> None:
        for chain in self.chains().values():
            for one in chain:
                assert self.left_out(chain, one.made_at, before=self.place(one).id) == []

    @invariant()
    def a_seat_that_was_given_up_was_offered(self) -> None:
        """To whoever waited at that moment, if anybody did."""
        offered = set(db.session.scalars(select(Offer.given_up)))
        for one in db.session.scalars(select(Enrolment).where(Enrolment.id.in_(self.gave_up))):
            assert f"enrolment:{one.id}" in offered

    @invariant()
    def who_has_a_seat_has_its_time_and_nobody_else(self) -> None:
        for run_id in self.runs:
            held = select(OccupancyCell.resource).where(OccupancyCell.activity == f"meeting:{meeting_of(run_id)}")
            seated = (
                select(Learner.person_id)
                .join(Enrolment, Enrolment.learner_id == Learner.id)
                .where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.SEATED)
            )
            assert set(db.session.scalars(held)) == {person(one) for one in db.session.scalars(seated)}


#: How an offer ends that gives the seat to nobody.
IN_VAIN = (OfferState.DECLINED, OfferState.LEFT, OfferState.PASSED_ON, OfferState.EXPIRED)


def was_open(offer: Offer, at: datetime) -> bool:
    """Whether somebody was just being asked."""
    return offer.made_at <= at and (offer.settled_at is None or offer.settled_at >= at)


def test_any_order_of_enrolling_cancelling_moving_and_answering_keeps_the_seats(clock: Clock) -> None:
    make_reference()
    learners = [make_learner() for _ in range(9)]

    class OneLine(Line):
        def __init__(self) -> None:
            super().__init__(learners, clock)

    run_state_machine_as_test(
        OneLine,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # a database does not begin anew for a shorter example
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
