"""From the application to the closed result, step by step: what each holds, frees and refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lectures import only_meeting
from supportdesk.classes.models import AttendanceState, Meeting, MeetingStaff, Run, RunKind, RunState
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.applying import take_application
from supportdesk.classes.outreach.errors import (
    ApplicationDoubtful,
    ApplicationRefused,
    AskedBefore,
    Begun,
    HeadsTooFew,
    NotBegun,
    NotPacked,
    ReasonMissing,
    StepTaken,
)
from supportdesk.classes.outreach.finding import find_day, options
from supportdesk.classes.outreach.models import Door, OutreachRequest, OutreachState
from supportdesk.classes.outreach.queries import heads_by_age, history_of, items_of
from supportdesk.classes.outreach.reporting import Result, report_result
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import AgeBand
from supportdesk.places.models import OccupancyCell, Room
from supportdesk.places.occupancy import Occupied
from tests.classes.making import make_lecture, meeting_at
from tests.classes.outreach.making import (
    FIRST,
    SECOND,
    application,
    ask,
    at,
    check,
    confirm,
    find,
    finding,
    pack,
    request_of,
    state_of,
)
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.racing import meet

pytestmark = pytest.mark.usefixtures("context")
S = OutreachState


@pytest.fixture(autouse=True)
def instructor(context: None) -> int:
    """The account of somebody who can go."""
    make_reference()
    with transaction() as session:
        session.execute(update(Room).values(seats=40))
    return make_account(Role.INSTRUCTOR).id


def cells(activity: str) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(OccupancyCell).where(OccupancyCell.activity == activity))
        or 0
    )


def result(**changed: object) -> Result:
    given = Result(
        heads=14, by_age={AgeBand.SEVENTIES: 8, AgeBand.EIGHTIES: 4}, topics="地図",
        next_class=True, next_tutor=False, next_note="春に",
    )  # fmt: skip
    return replace(given, **changed)  # type: ignore[arg-type]


def report(request_id: int, **changed: object) -> None:
    with transaction():
        report_result(request_id, result(**changed), actor=SYSTEM, now=desk_clock.now())


def press(step: Callable[..., object], request_id: int) -> None:
    with transaction():
        step(request_id, actor=SYSTEM, now=desk_clock.now())


def test_the_whole_way_makes_a_lecture_that_is_attended_and_counted(clock: Clock, instructor: int) -> None:
    request_id = check(ask())
    find(request_id, instructor)
    held = f"outreach:{request_id}"
    assert cells(held) == 8  # an hour with half an hour before and after
    run_id = confirm(request_id)
    run = db.session.get_one(Run, run_id)
    assert (run.kind, run.group_name, run.place, run.capacity, run.listed) == (
        RunKind.LECTURE, "泉町内会", "泉会館", 12, False,
    )  # fmt: skip
    meeting_id = only_meeting(run_id)
    assert (cells(held), cells(f"meeting:{meeting_id}")) == (4, 4)
    assert db.session.scalars(select(MeetingStaff.account_id)).all() == [instructor]
    assert [one.words for one in items_of(request_id)][-1] == "プロジェクターとスクリーン（会場にありません）"
    with pytest.raises(NotPacked):
        press(stepping.prepare_lecture, request_id)
    pack(request_id)
    with pytest.raises(NotBegun):
        press(stepping.hold_lecture, request_id)
    clock.set(at() + timedelta(hours=2))
    press(stepping.hold_lecture, request_id)
    learner_id = make_learner()
    with transaction():
        record_attendance(
            meeting_id, [Mark(learner_id, AttendanceState.WALK_IN, at())], actor=SYSTEM, now=desk_clock.now()
        )
    with pytest.raises(HeadsTooFew):
        report(request_id, heads=0, by_age={})
    with pytest.raises(HeadsTooFew):
        report(request_id, heads=11)
    report(request_id)
    assert heads_by_age(request_id) == {AgeBand.SEVENTIES: 8, AgeBand.EIGHTIES: 4}
    assert db.session.scalar(select(Meeting.unnamed_heads)) == 13
    press(stepping.close_request, request_id)
    assert (state_of(request_id), request_of(request_id).due_on) == (S.CLOSED, None)
    assert [row.after for row in reversed(history_of(request_id))] == [
        S.RECEIVED, S.CHECKED, S.FOUND, S.CONFIRMED, S.PREPARED, S.HELD, S.REPORTED, S.CLOSED,
    ]  # fmt: skip
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == held)).all()
    assert (actions.count("take_outreach"), actions.count("step_outreach")) == (1, 7)


def test_each_step_says_by_when_the_next_is_due(clock: Clock, instructor: int) -> None:
    today = desk_clock.today()
    request_id = ask()
    assert request_of(request_id).due_on == today + timedelta(days=3)
    check(request_id)
    assert request_of(request_id).due_on == today + timedelta(days=7)
    find(request_id, instructor)
    assert request_of(request_id).due_on == today + timedelta(days=3)
    confirm(request_id)
    assert request_of(request_id).due_on == FIRST - timedelta(days=2)
    pack(request_id)
    assert request_of(request_id).due_on == FIRST


def test_who_is_free_stands_first_and_why_the_others_are_not(instructor: int) -> None:
    teaching = make_account(Role.INSTRUCTOR, username="teaching").id
    on_leave = make_account(Role.COORDINATOR, username="on_leave").id
    with transaction():
        db.session.get_one(Account, on_leave).leave_from = FIRST
    make_lecture(meeting_at(FIRST, 11, staff=[teaching]))
    request_id = check(ask())
    first, second = options(request_id, [(1, at(FIRST)), (2, at(SECOND))], 60, 30, "tobu")
    assert [one.account_id for one in first.free] == [instructor]
    why = {one.account_id: one.why_not for one in first.others}
    assert "泉町内会" in why[teaching] and "11:00" in why[teaching]  # the way back takes until half past eleven
    assert why[on_leave] == "休職中"
    assert {one.account_id for one in second.free} == {instructor, teaching}
    with pytest.raises(PlanRefused):
        find(request_id, on_leave)


def test_a_clash_at_saving_is_told_by_name_and_nothing_is_written(instructor: int) -> None:
    make_lecture(meeting_at(FIRST, 11, staff=[instructor]))
    request_id = check(ask())
    before = db.session.scalar(select(func.count()).select_from(OccupancyCell))
    with pytest.raises(Occupied) as refusal:
        find(request_id, instructor)
    assert "instructorさん：" in str(refusal.value.message)
    assert state_of(request_id) is S.CHECKED
    assert db.session.scalar(select(func.count()).select_from(OccupancyCell)) == before
    assert request_of(request_id).starts_at is None


def test_two_clerks_who_want_the_same_instructor_at_once(app: Flask, instructor: int) -> None:
    one, other = check(ask()), check(ask(group_name="将軍野町内会"))

    def take(request_id: int) -> Callable[[], None]:
        return lambda: find_day(request_id, finding(instructor), actor=SYSTEM, now=desk_clock.now())

    db.session.remove()
    assert meet(app, take(one), take(other)) == ["done", "Occupied"]
    assert (state_of(one), state_of(other)) == (S.FOUND, S.CHECKED)
    assert cells(f"outreach:{other}") == 0


def test_confirming_while_somebody_books_the_instructor_lets_nobody_between(app: Flask, instructor: int) -> None:
    request_id = find(check(ask()), instructor)
    other = check(ask(group_name="将軍野町内会"))
    db.session.remove()
    answers = meet(
        app,
        lambda: stepping.confirm_request(request_id, actor=SYSTEM, now=desk_clock.now()),
        lambda: find_day(other, finding(instructor, starts_at=at(hour=11)), actor=SYSTEM, now=desk_clock.now()),
    )
    assert answers == ["done", "Occupied"]
    assert state_of(request_id) is S.CONFIRMED


def test_a_step_that_a_colleague_took_is_not_taken_twice(instructor: int) -> None:
    request_id = check(ask())
    with pytest.raises(StepTaken):
        check(request_id)
    find(request_id, instructor)
    with pytest.raises(StepTaken):
        find(request_id, instructor)


def test_back_from_a_confirmed_lecture_calls_it_off_and_frees_the_instructor(clock: Clock, instructor: int) -> None:
    request_id = find(check(ask()), instructor)
    run_id = confirm(request_id)
    pack(request_id)
    with pytest.raises(ReasonMissing), transaction():
        stepping.step_back(request_id, S.PREPARED, reason=" ", actor=SYSTEM, now=desk_clock.now())
    with transaction():
        stepping.step_back(request_id, S.PREPARED, reason="会場の都合", actor=SYSTEM, now=desk_clock.now())
    assert state_of(request_id) is S.CHECKED
    assert db.session.get_one(Run, run_id).state is RunState.CANCELLED
    assert db.session.scalar(select(func.count()).select_from(OccupancyCell)) == 0
    assert (items_of(request_id), history_of(request_id)[0].reason) == ([], "会場の都合")
    find(request_id, instructor, starts_at=at(SECOND))
    confirm(request_id)
    pack(request_id)
    clock.set(at(SECOND) + timedelta(minutes=1))
    with pytest.raises(Begun), transaction():
        stepping.end_request(request_id, S.REFUSED, S.PREPARED, reason="雪", actor=SYSTEM, now=desk_clock.now())


def test_a_withdrawn_request_frees_what_was_held_and_can_be_taken_up_again(instructor: int) -> None:
    request_id = find(check(ask()), instructor)
    with transaction():
        stepping.end_request(request_id, S.WITHDRAWN, S.FOUND, reason="集まらない", actor=SYSTEM, now=desk_clock.now())
    assert cells(f"outreach:{request_id}") == 0
    again = ask()  # the group may ask anew for the same day
    with pytest.raises(AskedBefore), transaction():
        stepping.step_back(request_id, S.WITHDRAWN, reason="まちがい", actor=SYSTEM, now=desk_clock.now())
    with transaction():
        stepping.end_request(again, S.REFUSED, S.RECEIVED, reason="重なった", actor=SYSTEM, now=desk_clock.now())
    with transaction():
        stepping.step_back(request_id, S.WITHDRAWN, reason="まちがい", actor=SYSTEM, now=desk_clock.now())
    assert state_of(request_id) is S.RECEIVED


def test_a_result_that_was_wrong_is_written_anew(clock: Clock, instructor: int) -> None:
    request_id = find(check(ask()), instructor)
    confirm(request_id)
    pack(request_id)
    clock.set(at() + timedelta(hours=2))
    press(stepping.hold_lecture, request_id)
    report(request_id)
    with transaction():
        stepping.step_back(request_id, S.REPORTED, reason="数えまちがい", actor=SYSTEM, now=desk_clock.now())
    report(request_id, heads=9, by_age={AgeBand.NINETY_OVER: 9})
    assert (request_of(request_id).heads, heads_by_age(request_id)) == (9, {AgeBand.NINETY_OVER: 9})
    assert db.session.scalar(select(Meeting.unnamed_heads)) == 9


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"choices": (at(FIRST).replace(year=2025),)}, {"day_1"}),
        ({"choices": (at(FIRST).replace(year=2099),)}, {"day_1"}),
        ({"choices": (at(FIRST), at(FIRST))}, {"day_2"}),
        ({"choices": (at(FIRST, 19, 30),)}, {"start_1"}),
        ({"people": 400, "room_for": 20}, {"people"}),
        ({"people": 25, "room_for": 20}, {"people"}),
        ({"people": 99, "at_city": True, "place": ""}, {"people"}),
        ({"minutes": 180}, {"minutes"}),
        ({"place": ""}, {"place"}),
        ({"district_code": "nowhere"}, {"district_code"}),
        ({"people": 400, "place": "", "choices": (at(FIRST).replace(year=2025),)}, {"people", "place", "day_1"}),
    ],
)
def test_what_nobody_can_mean_is_refused_all_at_once_and_nothing_is_kept(
    changed: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(ApplicationRefused) as refusal:
        ask(although=True, **changed)
    assert {fault.field for fault in refusal.value.faults} == fields
    assert db.session.scalar(select(func.count()).select_from(OutreachRequest)) == 0


@pytest.mark.parametrize("changed", [{"people": 3}, {"choices": (at(FIRST.replace(year=2026, month=12)),)}])
def test_what_is_outside_the_rules_is_refused_to_residents_and_asked_of_staff(changed: dict[str, Any]) -> None:
    with pytest.raises(ApplicationRefused):
        ask(door=Door.FORM, **changed)
    with pytest.raises(ApplicationDoubtful):
        ask(**changed)
    assert state_of(ask(although=True, **changed)) is S.RECEIVED


def test_the_same_application_twice_is_one(instructor: int) -> None:
    ask()
    for spelling in ("泉町内会", "泉　町内会"):
        with pytest.raises(AskedBefore):
            ask(group_name=spelling)
    ask(choices=(at(SECOND),))
    assert db.session.scalar(select(func.count()).select_from(OutreachRequest)) == 2


def test_asking_twice_at_the_same_moment_is_one(app: Flask) -> None:
    def send() -> None:
        take_application(application(), door=Door.FORM, actor=SYSTEM, now=desk_clock.now())

    db.session.remove()
    assert meet(app, send, send) == ["done", "AskedBefore"]
