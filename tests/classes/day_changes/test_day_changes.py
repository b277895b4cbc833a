"""A day of heavy snow: its meetings are called off or moved at one go, and everybody affected is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.changing import change_run
from supportdesk.classes.day_changes.errors import AskedOnceMore, BeforeTheDraw, NothingChanges
from supportdesk.classes.day_changes.models import DayChange
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.errors import MeetingCalledOff, PlanRefused
from supportdesk.classes.models import (
    AttendanceState,
    Duty,
    Enrolment,
    EnrolmentState,
    Meeting,
    Run,
    RunState,
)
from supportdesk.classes.queries import meetings_on
from supportdesk.classes.staffing.operations import put_on_duty
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.learners.models import Channel, Learner
from supportdesk.notices.models import Notice, NoticeState, Offer, OfferState
from supportdesk.places import occupancy
from supportdesk.places.models import Closure, OccupancyCell
from supportdesk.places.occupancy import Occupied
from tests.classes.day_changes.changing_a_day import (
    AFTER,
    LATER,
    REASON,
    WEEK,
    change,
    moved,
    on_the_lists,
    snapshot,
    to_tell,
    undo,
)
from tests.classes.lottery.drawing import enter, make_lottery
from tests.classes.making import DAY, enrol, make_run, meeting_at, meeting_of, room_of
from tests.classes.test_changing import as_it_is
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.racing import race
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def test_on_a_snow_day_everybody_affected_is_on_exactly_one_list_by_their_channel_once(clock: Clock) -> None:
    runs = [make_run(meeting_at(hour=9 + number), capacity=3) for number in range(6)]
    channels = [Channel.PHONE, Channel.POST, Channel.MAIL, Channel.LINE, Channel.PHONE]
    affected: dict[int, Channel] = {}
    for number, run_id in enumerate(runs):
        for channel in channels:
            learner_id = make_learner(phone="018-888-1542", address="山王一丁目", channel=channel)
            enrol(run_id, learner_id, told=bool(number % 2))
            affected[learner_id] = channel
    twice = make_learner(phone="018-888-8642", channel=Channel.PHONE)
    for run_id in runs[:2]:
        enrol(run_id, twice, caller=Caller("娘", "子", "+819012345678"))
    affected[twice] = Channel.PHONE
    elsewhere = make_learner(phone="018-888-1111")
    enrol(make_run(meeting_at(LATER)), elsewhere)
    meetings = [meeting_of(run_id) for run_id in runs]
    change(*(Wanted(one) for one in meetings[:3]), *(moved(one, 13 + n) for n, one in enumerate(meetings[3:])))
    lists = on_the_lists()
    assert set(lists.values()) == {1}
    assert {learner_id for learner_id, _list in lists} == set(affected)
    assert {learner_id for learner_id, one in lists if one is Channel.POST} == {
        learner_id for learner_id, channel in affected.items() if channel is Channel.POST
    }
    told = {row.learner_id: row for row in db.session.scalars(select(Notice).where(Notice.kind == "day_changed"))}
    assert told[twice].text.count("中止です") == 2
    assert told[twice].call_to == "+819012345678"
    assert meetings_on(DAY) == []


def test_what_is_called_off_frees_its_room_and_people_and_ends_a_run_of_one_meeting() -> None:
    account = make_account(Role.INSTRUCTOR)
    run_id = make_run(meeting_at(room_id=room_of().id, staff=[account.id]), capacity=1)
    first, second = enrol(run_id, make_learner()), enrol(run_id, make_learner())
    change(Wanted(meeting_of(run_id)))
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert (run.state, run.taken, run.waiting) == (RunState.CANCELLED, 0, 0)
    assert db.session.scalars(select(OccupancyCell.cell)).all() == []
    states = db.session.scalars(
        select(Enrolment.state).where(Enrolment.id.in_([first.enrolment_id, second.enrolment_id]))
    )
    assert set(states) == {EnrolmentState.CANCELLED}
    make_run(meeting_at(room_id=room_of().id, staff=[account.id]))


def test_a_meeting_does_not_move_to_a_day_on_which_somebody_on_duty_is_away_and_it_says_who() -> None:
    here, away, gone = (make_account(Role.INSTRUCTOR, username=name).id for name in ("here", "away", "gone"))
    run_id = make_run(meeting_at(staff=[here, away]), meeting_at(LATER, 14, staff=[here]))
    second = meeting_of(make_run(meeting_at(hour=13, staff=[gone])))
    with transaction() as session:
        session.get_one(Account, away).leave_from = LATER
        session.get_one(Account, gone).service_ends_on = DAY
    first = meeting_of(run_id)
    before = snapshot()
    with pytest.raises(PlanRefused) as refused:
        change(moved(first), moved(second, 13))
    assert "goneさん" in str(refused.value.message), "all at once"
    assert "awayさん" in str(refused.value.message) and "12月10日（木）に担当できません（休職中）" in str(
        refused.value.message
    )
    assert (refused.value.field, snapshot()) == (f"day_{first}", before)
    with transaction():
        put_on_duty(first, {here: Duty.INSTRUCTOR}, actor=SYSTEM, now=desk_clock.now())
    change(moved(first))


def test_of_several_meetings_one_is_called_off_and_the_seats_stay() -> None:
    run_id = make_run(meeting_at(), meeting_at(LATER), capacity=2)
    learner_id = make_learner()
    enrol(run_id, learner_id)
    change(Wanted(meeting_of(run_id)))
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert (run.state, run.taken) == (RunState.OPEN, 1)
    assert run.starts_at == meeting_at(LATER).starts_at
    enrol(run_id, make_learner())
    person = occupancy.person(db.session.get_one(Learner, learner_id).person_id)
    held = set(db.session.scalars(select(OccupancyCell.activity).where(OccupancyCell.resource == person)))
    assert held == {f"meeting:{meeting_of(run_id, 2)}"}
    with pytest.raises(MeetingCalledOff), transaction():
        record_attendance(
            meeting_of(run_id),
            [Mark(learner_id, AttendanceState.PRESENT, desk_clock.now())],
            actor=SYSTEM,
            now=meeting_at().starts_at,
        )


def test_seats_move_with_their_meeting_and_whoever_was_asked_is_asked_anew() -> None:
    account = make_account(Role.INSTRUCTOR)
    run_id = make_run(meeting_at(room_id=room_of().id, staff=[account.id]), capacity=1)
    first, second = enrol(run_id, make_learner()), enrol(run_id, make_learner())
    third = enrol(run_id, make_learner())
    with transaction():
        cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=desk_clock.now())
    change(moved(meeting_of(run_id)))
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.run_id == run_id).order_by(Enrolment.id)).all()
    assert states == [EnrolmentState.CANCELLED, EnrolmentState.OFFERED, EnrolmentState.WAITING]
    assert db.session.scalars(select(Offer.state).order_by(Offer.id)).all() == [OfferState.WITHDRAWN, OfferState.OPEN]
    cells = set(db.session.scalars(select(OccupancyCell.cell)))
    plan = moved(0)
    assert plan.times is not None
    assert cells == set(occupancy.cells_of(*plan.times))
    told = Counter(db.session.scalars(select(Notice.learner_id).where(Notice.state == NoticeState.WAITING)))
    ids = {one.id: one.learner_id for one in db.session.scalars(select(Enrolment))}
    assert told == Counter({ids[second.enrolment_id]: 1, ids[third.enrolment_id]: 1}), "each once"


def test_who_is_in_a_draw_is_told_once_and_a_class_before_its_draw_is_called_off_on_its_own_page() -> None:
    run_id, learner_id = make_lottery(), make_learner(phone="018-888-1542")
    enter(run_id, learner_id)
    with pytest.raises(BeforeTheDraw) as refused:
        change(Wanted(meeting_of(run_id)))
    assert refused.value.field == f"what_{meeting_of(run_id)}"
    made = change(moved(meeting_of(run_id)))
    told = db.session.scalars(
        select(Notice).where(Notice.learner_id == learner_id, Notice.state == NoticeState.WAITING)
    )
    assert ["抽選の申し込みはそのままです" in one.text for one in told] == [True]
    undo(made)
    assert on_the_lists() == Counter()


def test_who_is_moved_from_tomorrow_is_told_before_tomorrow() -> None:
    run_id = make_run()
    enrol(run_id, make_learner(channel=Channel.POST, address="山王一丁目", phone="018-888-1542"))
    soon = desk_clock.now() + timedelta(days=1)
    with transaction():
        db.session.get_one(Meeting, meeting_of(run_id)).starts_at = soon
        db.session.get_one(Meeting, meeting_of(run_id)).ends_at = soon + timedelta(hours=1)
        change_day(
            desk_clock.local(soon).date(),
            [moved(meeting_of(run_id))],
            reason=REASON,
            actor=SYSTEM,
            now=soon - timedelta(days=1),
        )
    assert {one for _learner, one in on_the_lists()} == {Channel.PHONE}, "a card comes too late"


def test_what_changes_again_is_told_as_it_is_then() -> None:
    run_id, other = make_run(), make_run(meeting_at(hour=13))
    learner_id = make_learner()
    mine = enrol(run_id, learner_id)
    enrol(other, learner_id)
    change(moved(meeting_of(run_id)), moved(meeting_of(other), 13))
    with transaction():
        cancel_enrolment(mine.enrolment_id, actor=SYSTEM, now=desk_clock.now())
    (text,) = db.session.scalars(select(Notice.text).where(Notice.state == NoticeState.WAITING)).all()
    assert "13:00" in text
    assert "10:00" not in text
    with transaction():
        change_day(LATER, [Wanted(meeting_of(other))], reason=REASON, actor=SYSTEM, now=desk_clock.now())
    (text,) = db.session.scalars(select(Notice.text).where(Notice.state == NoticeState.WAITING)).all()
    assert "12月10日（木）13:00からの" in text
    assert "中止です" in text


def test_of_what_was_changed_once_more_nobody_hears_the_first_change() -> None:
    run_id, other, learner_id = make_run(), make_run(meeting_at(hour=13)), make_learner()
    mine = enrol(run_id, learner_id)
    enrol(other, learner_id)
    change(moved(meeting_of(run_id)), moved(meeting_of(other), 13))
    with transaction():
        times = {1: (meeting_at(AFTER, 15).starts_at, meeting_at(AFTER, 15).ends_at)}
        change_run(other, replace(as_it_is(other), times=times), actor=SYSTEM, now=desk_clock.now())
    with transaction():
        cancel_enrolment(mine.enrolment_id, actor=SYSTEM, now=desk_clock.now())
    (text,) = to_tell(learner_id)
    assert "12月11日（金）15:00" in text


def test_two_days_of_one_class_that_change_one_after_the_other_are_both_told() -> None:
    run_id, learner_id = make_run(meeting_at(), meeting_at(LATER), meeting_at(AFTER)), make_learner()
    enrol(run_id, learner_id)
    change(Wanted(meeting_of(run_id)))
    with transaction():
        change_day(LATER, [Wanted(meeting_of(run_id, 2))], reason=REASON, actor=SYSTEM, now=desk_clock.now())
    assert [("12月3日" in text, "12月10日" in text) for text in to_tell(learner_id)] == [(True, False), (False, True)]


def test_the_meetings_that_follow_move_on_by_as_many_days_and_come_back_with_it() -> None:
    run_id, learner_id = make_run(meeting_at(), meeting_at(LATER), meeting_at(AFTER, 14)), make_learner()
    enrol(run_id, learner_id)
    before = snapshot()
    with pytest.raises(PlanRefused) as refused:
        change(moved(meeting_of(run_id)))
    assert "あとの回もいっしょに移すこともできます" in str(refused.value.message)
    made = change(replace(moved(meeting_of(run_id), 13), later_too=True))
    starts = db.session.scalars(select(Meeting.starts_at).order_by(Meeting.number)).all()
    assert starts == [_hour(LATER, 13), _hour(LATER + WEEK, 10), _hour(AFTER + WEEK, 14)]
    (text,) = to_tell(learner_id)
    assert text.count("に変わります") == 3
    assert text.count("予約番号は") == 1
    undo(made)
    assert snapshot() == before


def test_a_yes_is_good_for_what_was_asked_alone() -> None:
    run_id = make_run()
    wanted = moved(meeting_of(run_id), 20)
    with pytest.raises(AskedOnceMore) as asked:
        change(wanted, agreed="")
    assert any("20:00から" in doubt for doubt in asked.value.doubts)
    enrol(run_id, make_learner())
    with pytest.raises(AskedOnceMore) as again:
        change(wanted, agreed=asked.value.digest)
    change(wanted, agreed=again.value.digest)


@pytest.mark.parametrize("off", [False, True])
def test_a_day_takes_as_many_statements_for_many_people_as_for_one(off: bool, queries: Counting) -> None:
    counted = []
    for people in (1, 4):
        run_id = make_run(meeting_at(hour=9 + people))
        for _ in range(people):
            enrol(run_id, make_learner())
        wanted = Wanted(meeting_of(run_id)) if off else moved(meeting_of(run_id), 9 + people)
        with queries() as seen:
            change(wanted)
        counted.append(seen)
    assert len(counted[0]) == len(counted[1]), counted


def test_what_is_in_the_way_is_said_at_its_meeting_and_nothing_has_changed() -> None:
    account = make_account(Role.INSTRUCTOR)
    free, run_id = make_run(meeting_at(hour=9)), make_run(meeting_at(room_id=room_of().id, staff=[account.id]))
    make_run(meeting_at(LATER, room_id=room_of().id))
    closed = make_run(meeting_at(hour=15))
    before = snapshot()
    with pytest.raises(Occupied) as refused:
        change(moved(meeting_of(free), 9), moved(meeting_of(run_id)))
    assert refused.value.field == f"day_{meeting_of(run_id)}"
    assert f"{room_of().name}：" in str(refused.value.message)
    with transaction():
        db.session.add(Closure(venue_id=room_of().venue_id, first_day=LATER, last_day=LATER, reason="設備点検"))
    with pytest.raises(PlanRefused) as shut:
        change(Wanted(meeting_of(run_id)), moved(meeting_of(closed), 15))
    assert shut.value.field == f"day_{meeting_of(closed)}"
    assert "設備点検" in str(shut.value.message)
    assert snapshot() == before
    assert db.session.scalars(select(DayChange.id)).all() == []


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (lambda _one, _two: [], NothingChanges),
        (lambda _one, _two: [Wanted(999_999)], NotFound),
        (lambda _one, two: [Wanted(two)], PlanRefused),  # another day's
        (lambda one, _two: [Wanted(one, (_hour(LATER, 11), _hour(LATER, 11)))], PlanRefused),
        (lambda one, _two: [Wanted(one, (_hour(DAY - timedelta(days=30), 11), _hour(LATER, 11)))], PlanRefused),
        (lambda one, _two: [Wanted(one, (_hour(AFTER, 10), _hour(AFTER, 11)))], PlanRefused),  # after the second
    ],
)
def test_what_cannot_be_is_refused(wanted: Callable[[int, int], list[Wanted]], error: type[DeskError]) -> None:
    run_id = make_run(meeting_at(), meeting_at(LATER))
    with pytest.raises(error):
        change(*wanted(meeting_of(run_id), meeting_of(run_id, 2)))


def _hour(day: object, hour: int) -> datetime:
    return desk_clock.at(day, time(hour))  # type: ignore[arg-type]


def test_two_who_change_the_day_at_once_change_it_once(app: Flask) -> None:
    run_id = make_run()
    enrol(run_id, make_learner())
    meeting_id = meeting_of(run_id)
    db.session.remove()

    def call_off() -> str:
        change(Wanted(meeting_id))
        return "called off"

    outcomes = race(app, [call_off, call_off, call_off])
    assert outcomes.count("called off") == 1, outcomes
    assert len(db.session.scalars(select(Notice.id).where(Notice.kind == "day_changed")).all()) == 1
