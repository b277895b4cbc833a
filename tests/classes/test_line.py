"""A freed seat is held for the next in line, who is asked; who does not want it, or does not answer, is passed over."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.errors import OnDuty, RunNotOpen, StillFull
from supportdesk.classes.line import give_free_seat
from supportdesk.classes.models import Enrolment, EnrolmentState, MeetingStaff, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Learner, Status, StatusReason
from supportdesk.notices.calling import AsksForAnswer, CallOutcome
from supportdesk.notices.deadlines import answer_until
from supportdesk.notices.jobs import pass_on_offers
from supportdesk.notices.models import Notice, NoticeState, Offer, OfferState
from supportdesk.notices.offers import Answer, OfferOver, answer_offer
from supportdesk.places import occupancy
from tests.classes.making import enrol, learner_who_is, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.notices.making import settle
from tests.racing import race

pytestmark = pytest.mark.usefixtures("context")
S, O, W, C = EnrolmentState.SEATED, EnrolmentState.OFFERED, EnrolmentState.WAITING, EnrolmentState.CANCELLED  # noqa: E741


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def cancel(enrolment_id: int) -> int | None:
    with transaction():
        return cancel_enrolment(enrolment_id, actor=SYSTEM, now=desk_clock.now())


def answer(given: Answer) -> None:
    """To the offer that is open."""
    offer_id = db.session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN)).one()
    with transaction():
        answer_offer(offer_id, given, actor=SYSTEM, now=desk_clock.now())


def line(run_id: int) -> list[EnrolmentState]:
    """How everybody stands who applied, in the order of coming; the run's numbers agree."""
    db.session.rollback()
    states = list(db.session.scalars(select(Enrolment.state).where(Enrolment.run_id == run_id).order_by(Enrolment.id)))
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert (run.taken, run.waiting) == (states.count(S) + states.count(O), states.count(W))
    return states


def a_line_of(people: int, *, capacity: int = 1, **more: object) -> tuple[int, list[int]]:
    """A run, and the enrolments of those who applied for it."""
    run_id = make_run(capacity=capacity, **more)  # type: ignore[arg-type]
    return run_id, [enrol(run_id, make_learner()).enrolment_id for _ in range(people)]


def test_a_freed_seat_is_held_for_whoever_waits_longest_and_they_are_called() -> None:
    run_id, (first, second, _third) = a_line_of(3)
    assert cancel(first) == second
    assert line(run_id) == [C, O, W]
    call = db.session.scalars(select(Notice).where(Notice.kind == "offer")).one()
    assert call.state is NoticeState.WAITING
    assert "席があきました。参加されますか。11月24日（火）17:00までにお返事をください" in call.text
    person = occupancy.person(db.session.get_one(Learner, call.learner_id).person_id)
    plan = meeting_at()
    assert occupancy.who_has([person], plan.starts_at, plan.ends_at) == {}, "their time is theirs until they accept"
    answer(Answer.ACCEPT)
    assert line(run_id) == [C, S, W]
    assert occupancy.who_has([person], plan.starts_at, plan.ends_at)
    states = select(Notice.kind, Notice.state).where(Notice.learner_id == call.learner_id).order_by(Notice.id)
    assert [tuple(row) for row in db.session.execute(states)] == [
        ("enrolment_waiting", NoticeState.TOLD),
        ("offer", NoticeState.DONE),
        ("enrolment_confirmed", NoticeState.TOLD),
    ]
    noted = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"learner:{call.learner_id}").order_by(AuditEntry.id)
    )
    assert list(noted)[-3:] == ["make_offer", "accept_offer", "promote_enrolment"]


@pytest.mark.parametrize(("given", "stands"), [(Answer.DECLINE, W), (Answer.PASS_ON, W), (Answer.LEAVE, C)], ids=str)
def test_who_does_not_want_it_is_passed_over_once_or_leaves_the_line(given: Answer, stands: EnrolmentState) -> None:
    run_id, (first, *_others) = a_line_of(3)
    cancel(first)
    answer(given)
    assert line(run_id) == [C, stands, O]
    answer(given)
    assert line(run_id) == [C, stands, stands], "nobody is asked twice: the seat is free"
    assert enrol(run_id, make_learner()).seat == 1


def test_who_was_passed_over_is_asked_again_when_another_seat_is_freed() -> None:
    run_id, (first, second, *_others) = a_line_of(4, capacity=2)
    cancel(first)
    answer(Answer.DECLINE)
    answer(Answer.ACCEPT)
    cancel(second)
    assert line(run_id) == [C, C, O, S]


def test_who_gave_the_seat_up_is_not_asked_whether_they_want_it() -> None:
    run_id, (first, *_others) = a_line_of(2)
    gone = db.session.get_one(Enrolment, first).learner_id
    cancel(first)
    assert enrol(run_id, gone).line == 1
    answer(Answer.DECLINE)
    assert line(run_id) == [C, W, W], "free, and not offered to who gave it up"


def test_who_is_not_active_is_not_asked() -> None:
    run_id, (first, second, _third) = a_line_of(3)
    with transaction():
        db.session.get_one(Learner, db.session.get_one(Enrolment, second).learner_id).status = Status.PAUSED
    cancel(first)
    assert line(run_id) == [C, W, O]


def test_nobody_answers_until_the_deadline_and_the_next_is_asked(clock: Clock) -> None:
    run_id, (first, *_others) = a_line_of(3)
    cancel(first)
    assert pass_on_offers(clock.advance(hours=6)) == 0
    assert pass_on_offers(clock.advance(hours=1)) == 1
    assert line(run_id) == [C, W, O]
    assert pass_on_offers(desk_clock.now()) == 0
    told = db.session.scalars(select(Notice.state).where(Notice.kind == "offer").order_by(Notice.id)).all()
    assert list(told) == [NoticeState.CANCELLED, NoticeState.WAITING]


def test_an_answer_counts_as_long_as_nobody_else_was_asked(clock: Clock) -> None:
    run_id, (first, *_others) = a_line_of(2)
    cancel(first)
    clock.advance(hours=8)
    answer(Answer.ACCEPT)
    assert line(run_id) == [C, S]
    offer_id = db.session.scalars(select(Offer.id)).one()
    with pytest.raises(OfferOver), transaction():
        answer_offer(offer_id, Answer.DECLINE, actor=SYSTEM, now=desk_clock.now())


@pytest.mark.parametrize(
    ("freed", "until"),
    [
        ((24, 12, 59), (24, 17)),
        ((24, 13, 1), (25, 17)),
        ((27, 14, 0), (30, 17)),  # Friday afternoon: until Monday
        ((22, 9, 0), (24, 17)),  # a Sunday before a public holiday
    ],
)
def test_there_is_time_to_answer_in_office_hours(
    clock: Clock, freed: tuple[int, int, int], until: tuple[int, int]
) -> None:
    day, hour, minute = freed
    clock.set(desk_clock.now().astimezone(desk_clock.TOKYO).replace(day=day, hour=hour, minute=minute))
    _run_id, (first, *_others) = a_line_of(2)
    cancel(first)
    deadline = desk_clock.local(db.session.scalars(select(Offer.deadline)).one())
    assert (deadline.day, deadline.hour, deadline.minute) == (*until, 0)


@pytest.mark.parametrize(
    ("freed", "begins", "until"),
    [
        ((30, 16), (1, 10), (1, 9, 30)),  # for the next morning: when the telephone opens again, and still before it
        ((27, 15), (30, 13), (30, 11, 0)),  # over a weekend
        ((28, 10), (29, 10), (29, 10, 0)),  # nobody could ask anybody else any more
        ((27, 14), (28, 10), (27, 17, 0)),  # … after Friday evening
    ],
)
def test_nothing_runs_down_the_line_at_night(
    clock: Clock, freed: tuple[int, int], begins: tuple[int, int], until: tuple[int, int, int]
) -> None:
    (day, hour), (on, at) = freed, begins
    clock.set(desk_clock.at(date(2026, 11, day), time(hour)))
    starts_at = desk_clock.at(date(2026, 12 if on < day else 11, on), time(at))
    deadline = desk_clock.local(answer_until(starts_at, desk_clock.now()))
    assert (deadline.day, deadline.hour, deadline.minute) == until


def test_nothing_is_offered_or_accepted_after_the_start(clock: Clock) -> None:
    run_id, (first, *_others) = a_line_of(3)
    starts_at = meeting_at().starts_at
    clock.set(starts_at - timedelta(hours=1))
    cancel(first)
    half = starts_at - timedelta(minutes=30)
    assert db.session.scalars(select(Offer.deadline)).one() == half, "somebody else can still be asked"
    clock.set(starts_at)
    with pytest.raises(RunNotOpen):
        answer(Answer.ACCEPT)
    assert pass_on_offers(desk_clock.now()) == 1
    assert line(run_id) == [C, W, W]


def test_who_is_asked_and_leaves_hands_it_on_to_the_next() -> None:
    run_id, (first, second, third) = a_line_of(3)
    cancel(first)
    assert cancel(second) == third
    assert line(run_id) == [C, C, O]
    assert len(set(db.session.scalars(select(Offer.vacancy)))) == 1, "the same seat goes down the line"


def test_whose_time_with_us_ends_hands_it_on_as_well() -> None:
    run_id, (first, second, _third) = a_line_of(3)
    cancel(first)
    learner_id = db.session.get_one(Enrolment, second).learner_id
    with transaction():
        change_status(learner_id, Status.LEFT, StatusReason.OWN_WISH, actor=SYSTEM, now=desk_clock.now())
    assert line(run_id) == [C, C, O]


def test_a_run_that_is_called_off_offers_nothing_any_more() -> None:
    run_id, (first, *_others) = a_line_of(2)
    cancel(first)
    with transaction():
        cancel_run(run_id, actor=SYSTEM, now=desk_clock.now())
    assert db.session.scalars(select(Offer.state)).all() == [OfferState.WITHDRAWN]
    assert db.session.scalars(select(Notice.state).where(Notice.kind == "offer")).all() == [NoticeState.CANCELLED]


def test_who_could_not_be_reached_has_the_free_seat_when_they_call() -> None:
    run_id, (first, second) = a_line_of(2)
    with pytest.raises(StillFull), transaction():
        give_free_seat(second, actor=SYSTEM, now=desk_clock.now())
    cancel(first)
    answer(Answer.PASS_ON)
    with transaction():
        give_free_seat(second, actor=SYSTEM, now=desk_clock.now())
    assert line(run_id) == [C, S]


def test_the_caller_is_called_and_a_clash_is_said() -> None:
    run_id, (first,) = a_line_of(1)
    learner_id = make_learner()
    enrol(run_id, learner_id, caller=Caller("息子", "子", "+819012345678"))
    enrol(make_run(), learner_id)
    cancel(first)
    call = db.session.scalars(select(Notice).where(Notice.kind == "offer")).one()
    assert call.call_to == "+819012345678"
    assert "同じ時間にほかの予約があります" in call.text
    answer(Answer.ACCEPT)
    assert line(run_id) == [C, S]


def test_who_teaches_there_meanwhile_does_not_learn_there() -> None:
    account = make_account(Role.INSTRUCTOR)
    run_id, (first,) = a_line_of(1)
    enrol(run_id, learner_who_is(account.person_id))
    cancel(first)
    plan = meeting_at()
    with transaction():
        occupancy.take(
            f"meeting:{meeting_of(run_id)}", [occupancy.person(account.person_id)], plan.starts_at, plan.ends_at
        )
    with pytest.raises(OnDuty):
        answer(Answer.ACCEPT)
    assert line(run_id) == [C, O]


def test_who_teaches_there_is_not_asked_and_keeps_that_time_when_they_leave_the_line() -> None:
    account = make_account(Role.INSTRUCTOR)
    run_id, (first,) = a_line_of(1)
    waiting = enrol(run_id, learner_who_is(account.person_id))
    person, plan = occupancy.person(account.person_id), meeting_at()
    with transaction():
        db.session.add(MeetingStaff(meeting_id=meeting_of(run_id), account_id=account.id))
        occupancy.take(f"meeting:{meeting_of(run_id)}", [person], plan.starts_at, plan.ends_at)
    cancel(first)
    assert line(run_id) == [C, W]
    cancel(waiting.enrolment_id)
    assert occupancy.who_has([person], plan.starts_at, plan.ends_at)


def test_an_offer_is_settled_by_an_answer_not_by_having_been_told() -> None:
    _run_id, (first, *_others) = a_line_of(2)
    cancel(first)
    call = db.session.scalars(select(Notice.id).where(Notice.kind == "offer")).one()
    for outcome in (CallOutcome.REACHED, CallOutcome.NOT_NEEDED):
        with pytest.raises(AsksForAnswer):
            settle(call, outcome)
    settle(call, CallOutcome.NO_ANSWER)
    assert db.session.scalars(select(Offer.state)).one() is OfferState.OPEN


def test_an_answer_at_the_moment_the_deadline_ends_gives_the_seat_to_one(app: Flask, clock: Clock) -> None:
    run_id, (first, *_others) = a_line_of(3)
    cancel(first)
    offer_id = db.session.scalars(select(Offer.id)).one()
    late = clock.advance(hours=8)
    db.session.remove()

    def accept() -> str:
        with transaction():
            answer_offer(offer_id, Answer.ACCEPT, actor=SYSTEM, now=late)
        return "accepted"

    outcomes = race(app, [accept, lambda: pass_on_offers(late), lambda: pass_on_offers(late), accept])
    states = line(run_id)
    if "accepted" in outcomes:
        assert states == [C, S, W]
        assert outcomes.count("accepted") == 1
    else:
        assert states == [C, W, O]
