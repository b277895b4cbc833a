"""Sixty entries for twenty seats, drawn by the job at the deadline, once, and drawn again from what was stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from supportdesk.accounts.actions import Action
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.changing import change_run
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.errors import PlanRefused, RunNotOpen, SeatsAreDrawn
from supportdesk.classes.lottery import jobs
from supportdesk.classes.lottery.drawing import draw_run, tickets_of, try_draw
from supportdesk.classes.lottery.entering import pair_entries, withdraw_entrant
from supportdesk.classes.lottery.errors import (
    AlreadyDrawn,
    AlreadyEntered,
    AlreadyWithdrawn,
    DeadlinePassed,
    DrawnBefore,
    NoLottery,
    NotTwoAlone,
    SamePerson,
    StillOpen,
)
from supportdesk.classes.lottery.history import pasts_of
from supportdesk.classes.lottery.jobs import draw_due
from supportdesk.classes.lottery.models import Draw, LotteryEntrant, LotteryEntry
from supportdesk.classes.lottery.redrawing import redraw
from supportdesk.classes.merging import obstacles
from supportdesk.classes.models import AttendanceState, Duty, Enrolment, EnrolmentState, Filling, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.classes.staffing.operations import put_on_duty
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.life import change_status
from supportdesk.learners.merging.operations import merge_learners
from supportdesk.learners.models import Status, StatusReason
from supportdesk.learners.queries import particulars_of
from supportdesk.notices.models import Notice, NoticeState, Offer
from supportdesk.notices.offers import Answer, answer_offer
from tests.classes.lottery.drawing import OPEN_FOR, draw, enter, enter_sixty, make_lottery
from tests.classes.making import enrol, learner_who_is, make_run, meeting_at, meeting_of
from tests.classes.test_changing import as_it_is
from tests.factories import make_account, make_learner, make_reference
from tests.trail import noted

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def reference(context: None) -> None:
    make_reference()


def entrant_of(run_id: int, learner_id: int) -> int:
    return db.session.scalars(
        select(LotteryEntrant.id).where(LotteryEntrant.run_id == run_id, LotteryEntrant.learner_id == learner_id)
    ).one()


def enrolments(run_id: int) -> list[Enrolment]:
    statement = select(Enrolment).where(Enrolment.run_id == run_id).order_by(Enrolment.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def notices(kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind, Notice.state == NoticeState.WAITING)))


def test_sixty_entries_with_nine_pairs_are_drawn_into_twenty_seats_at_the_deadline_and_drawn_again_the_same() -> None:
    run_id = make_lottery(capacity=20)
    people = list(enter_sixty(run_id))
    assert sum(len(one) == 2 for one in people) == 9
    at = clock.now() + OPEN_FOR
    assert draw_due(at - timedelta(seconds=1)) == 0
    assert draw_due(at) == 1
    assert draw_due(at) == 0, "once"
    with pytest.raises(DrawnBefore), transaction():
        draw_run(run_id, actor=SYSTEM, now=at)

    run, rows = db.session.get_one(Run, run_id), enrolments(run_id)
    assert (run.taken, run.waiting, run.drawn_at) == (20, 49, at)
    assert sorted(row.seat for row in rows if row.seat) == list(range(1, 21))
    seat = {row.learner_id: row.seat for row in rows}
    for one in people:
        held = [seat[learner_id] for learner_id in one]
        assert None not in held or set(held) == {None}, "together or not at all"
        assert None in held or held == list(range(held[0] or 0, (held[0] or 0) + len(one))), "side by side"

    entries = db.session.scalars(select(LotteryEntry).order_by(LotteryEntry.place)).all()
    drawn = [learner_id for one in entries for learner_id in people[one.number - 1]]
    assert [row.learner_id for row in rows] == drawn, "they wait in drawn order"
    assert len(notices("lottery_won")) == 20
    assert sorted(notices("lottery_lost"), key=lambda one: one.id)[0].text.count("キャンセル待ちの1番目") == 1
    assert len(notices("lottery_lost")) == 49
    assert [one[1] for one in noted(Action.DRAW_LOTS)] == [f"run:{run_id}"]

    again = redraw(run_id)
    assert again.same, again.differences
    assert [one.number for one in again.placed] == [one.number for one in entries]


@pytest.mark.parametrize(
    ("column", "said"),
    [("seed", "outcome"), ("entries", "hash"), ("result", "outcome"), ("entries_hash", "hash")],
)
def test_whatever_is_changed_of_a_stored_draw_is_found(column: str, said: str) -> None:
    run_id = make_lottery(capacity=2)
    for _ in range(12):
        enter(run_id, make_learner())
    draw(run_id)
    stored = getattr(db.session.get_one(Draw, run_id), column)
    changed = {"seed": "0" * 64, "entries": stored.replace("seats 2", "seats 3"), "result": stored[:-2] + "1\n"}
    with transaction():
        db.session.execute(update(Draw).values({column: changed.get(column, "0" * 64)}))
    db.session.expire_all()
    assert any(said in one for one in redraw(run_id).differences)


def test_a_place_that_was_changed_afterwards_is_found() -> None:
    run_id = make_lottery(capacity=1)
    for _ in range(3):
        enter(run_id, make_learner())
    draw(run_id)
    with transaction():
        db.session.execute(update(LotteryEntry).values(place=LotteryEntry.place + 10))
    assert not redraw(run_id).same


def test_nobody_has_a_seat_before_the_draw_and_whoever_comes_after_it_waits_behind_the_losers() -> None:
    run_id, late = make_lottery(capacity=1), make_learner()
    enter(run_id, make_learner())
    enter(run_id, make_learner())
    with pytest.raises(SeatsAreDrawn), transaction():
        enrol_learner(run_id, late, actor=SYSTEM, now=clock.now())
    assert enrolments(run_id) == []
    draw(run_id)
    assert enrol(run_id, late, now=clock.now() + OPEN_FOR).line == 2


def test_one_second_after_the_deadline_is_too_late() -> None:
    run_id = make_lottery()
    deadline = clock.now() + OPEN_FOR
    enter(run_id, make_learner(), now=deadline - timedelta(seconds=1))
    for late in (deadline, deadline + timedelta(seconds=1)):
        with pytest.raises(DeadlinePassed):
            enter(run_id, make_learner(), now=late)
    assert db.session.scalars(select(LotteryEntry.number)).all() == [1]


def test_it_is_not_drawn_before_the_deadline_nor_where_nothing_is_drawn_nor_when_it_has_begun() -> None:
    run_id, first_come, now = make_lottery(), make_run(meeting_at(hour=14)), clock.now()
    for wanted, at, refusal in (
        (run_id, now, StillOpen),
        (first_come, now, NoLottery),
        (run_id, now + timedelta(days=20), RunNotOpen),
    ):
        with pytest.raises(refusal), transaction():
            draw_run(wanted, actor=SYSTEM, now=at)


def test_the_same_learner_enters_once_and_a_pair_is_two_people() -> None:
    run_id, hana, taro = make_lottery(), make_learner(), make_learner()
    first = enter(run_id, hana)
    with pytest.raises(AlreadyEntered) as refused:
        enter(run_id, taro, hana)
    assert refused.value.details["entry_id"] == first.entry_id
    with pytest.raises(SamePerson):
        enter(run_id, taro, taro)
    assert len(db.session.scalars(select(LotteryEntrant.id)).all()) == 1


def test_whoever_withdraws_is_not_drawn_and_the_other_of_the_pair_goes_on_alone() -> None:
    run_id, hana, taro, ken = make_lottery(capacity=1), make_learner(), make_learner(), make_learner()
    enter(run_id, hana, taro)
    enter(run_id, ken)
    with transaction():
        withdraw_entrant(entrant_of(run_id, taro), actor=SYSTEM, now=clock.now())
        withdraw_entrant(entrant_of(run_id, ken), actor=SYSTEM, now=clock.now())
    with pytest.raises(AlreadyWithdrawn), transaction():
        withdraw_entrant(entrant_of(run_id, taro), actor=SYSTEM, now=clock.now())
    draw(run_id)
    assert [(row.learner_id, row.seat) for row in enrolments(run_id)] == [(hana, 1)]
    with pytest.raises(AlreadyDrawn), transaction():
        withdraw_entrant(entrant_of(run_id, hana), actor=SYSTEM, now=clock.now())
    assert enter_again_is_refused(run_id, ken)


def enter_again_is_refused(run_id: int, learner_id: int) -> bool:
    with pytest.raises(AlreadyDrawn):
        enter(run_id, learner_id)
    return True


def test_two_who_entered_one_by_one_are_put_together() -> None:
    run_id, hana, taro, ken = make_lottery(capacity=1), make_learner(), make_learner(), make_learner()
    entries = [enter(run_id, one).entry_id for one in (hana, taro, ken)]
    with transaction():
        pair_entries(entries[1], entries[0], actor=SYSTEM, now=clock.now())
    with pytest.raises(NotTwoAlone), transaction():
        pair_entries(entries[0], entries[2], actor=SYSTEM, now=clock.now())
    assert [one.text[-14:] for one in notices("lottery_entered")] == ["抽選番号は1番になりました。"]
    draw(run_id)
    assert [row.learner_id for row in enrolments(run_id) if row.state is EnrolmentState.SEATED] == [ken]
    assert redraw(run_id).same


def test_losses_are_counted_since_the_last_seat() -> None:
    hana, taro = make_learner(), make_learner()
    for hour in (9, 11):
        run_id = make_lottery(capacity=1, hour=hour)
        enter(run_id, hana, taro)  # two never fit
        draw(run_id)
    assert pasts_of([hana]) == {hana: (2, True)}
    run_id = make_lottery(capacity=5, hour=15)
    enter(run_id, hana, taro)
    (ticket,) = tickets_of(run_id).tickets
    assert (ticket.losses, ticket.newcomer, ticket.weight) == (2, True, 8)
    draw(run_id)
    assert pasts_of([hana])[hana].losses == 0


def test_whoever_came_to_a_class_is_no_newcomer() -> None:
    hana, taro = make_learner(), make_learner()
    class_id = make_run(meeting_at(hour=13))
    for learner_id in (hana, taro):
        enrol(class_id, learner_id)
    at = meeting_at(hour=13).starts_at
    marks = [Mark(hana, AttendanceState.PRESENT, at), Mark(taro, AttendanceState.ABSENT, at)]
    with transaction():
        record_attendance(meeting_of(class_id), marks, actor=SYSTEM, now=at)
    assert pasts_of([hana, taro]) == {hana: (0, False), taro: (0, True)}


def test_a_draw_whose_run_was_called_off_counts_neither_way() -> None:
    hana = make_learner()
    run_id = make_lottery(capacity=1)
    enter(run_id, hana, make_learner())
    draw(run_id)
    assert pasts_of([hana])[hana].losses == 1
    with transaction():
        cancel_run(run_id, actor=SYSTEM, now=clock.now())
    assert pasts_of([hana])[hana].losses == 0


def test_calling_it_off_before_the_draw_tells_everybody_who_entered() -> None:
    run_id = make_lottery()
    enter(run_id, make_learner(), make_learner())
    enter(run_id, make_learner())
    with transaction():
        assert cancel_run(run_id, actor=SYSTEM, now=clock.now()) == 3
    assert len(notices("run_cancelled")) == 3
    assert draw_due(clock.now() + OPEN_FOR) == 0


def test_whoever_leaves_us_is_drawn_no_more() -> None:
    run_id, hana = make_lottery(), make_learner()
    enter(run_id, hana)
    with transaction():
        change_status(hana, Status.LEFT, reason=StatusReason.OWN_WISH, actor=SYSTEM, now=clock.now())
    assert tickets_of(run_id).tickets == []


def test_trying_the_draw_writes_nothing() -> None:
    run_id = make_lottery(capacity=1)
    for _ in range(4):
        enter(run_id, make_learner())
    outcomes = {tuple(try_draw(tickets_of(run_id))) for _ in range(12)}
    assert len(outcomes) > 1, "each trial has a seed of its own"
    assert db.session.scalars(select(Draw.run_id)).all() == []
    assert enrolments(run_id) == []


def test_a_seat_on_which_no_couple_fits_is_offered_down_the_line() -> None:
    run_id = make_lottery(capacity=5)
    for _ in range(3):
        enter(run_id, make_learner(), make_learner())
    draw(run_id)
    rows = enrolments(run_id)
    assert [row.state for row in rows] == [EnrolmentState.SEATED] * 4 + [EnrolmentState.OFFERED, EnrolmentState.WAITING]
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert (run.taken, run.waiting) == (5, 1)
    assert len(notices("offer")) == 1
    assert redraw(run_id).same


def test_a_seat_from_the_line_that_is_given_up_later_was_a_seat() -> None:
    hana, ken = make_learner(), make_learner()
    run_id = make_lottery(capacity=1)
    for one in (hana, ken):
        enter(run_id, one)
    draw(run_id)
    at = clock.now() + OPEN_FOR
    won, lost = enrolments(run_id)
    with transaction():
        cancel_enrolment(won.id, actor=SYSTEM, now=at)
        answer_offer(db.session.scalars(select(Offer.id)).one(), Answer.ACCEPT, actor=SYSTEM, now=at)
    with transaction():
        cancel_enrolment(lost.id, actor=SYSTEM, now=at)
    assert {one: past.losses for one, past in pasts_of([hana, ken]).items()} == {hana: 0, ken: 0}


def test_one_that_cannot_be_drawn_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = make_lottery(), make_lottery(hour=14)

    def fail_once(run_id: int, **more: object) -> object:
        if run_id == bad:
            raise ZeroDivisionError
        return draw_run(run_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "draw_run", fail_once)
    assert draw_due(clock.now() + OPEN_FOR) == 1
    assert db.session.get_one(Run, good).drawn_at is not None
    assert "ZeroDivisionError" in caplog.text


def test_a_deadline_at_which_nobody_could_draw_any_more_is_refused() -> None:
    begins = meeting_at().starts_at
    with pytest.raises(PlanRefused) as refused:
        make_run(filling=Filling.LOTTERY, apply_until=begins)
    assert refused.value.field == "until_day"
    make_run(apply_until=begins)


def test_whoever_is_in_the_draw_is_not_put_on_duty_there() -> None:
    run_id, teacher = make_lottery(), make_account(Role.INSTRUCTOR)
    enter(run_id, learner_who_is(teacher.person_id))
    with pytest.raises(PlanRefused) as on_duty, transaction():
        put_on_duty(meeting_of(run_id), {teacher.id: Duty.INSTRUCTOR}, actor=SYSTEM, now=clock.now())
    with pytest.raises(PlanRefused) as changed, transaction():
        change_run(run_id, replace(as_it_is(run_id), staff=(teacher.id,)), actor=SYSTEM, now=clock.now())
    assert (on_duty.value.field, changed.value.field) == ("instructors", "staff")


def test_two_records_that_were_in_one_draw_can_be_one_when_it_is_over() -> None:
    run_id, hana, twice = make_lottery(), make_learner(), make_learner()
    for one in (hana, twice):
        enter(run_id, one)
    assert len(list(obstacles(hana, twice, clock.now()))) == 1
    draw(run_id)
    held = enrolments(run_id)
    with transaction():
        cancel_enrolment(held[0].id, actor=SYSTEM, now=clock.now() + OPEN_FOR)
    assert list(obstacles(hana, twice, clock.now() + OPEN_FOR)) == []
    with transaction():
        merge_learners(twice, hana, particulars_of(hana), actor=SYSTEM, now=clock.now() + OPEN_FOR)


def test_a_draw_without_entries_is_a_draw() -> None:
    run_id = make_lottery()
    assert draw(run_id) == (0, 0, 0)
    assert redraw(run_id).same
