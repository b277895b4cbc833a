"""What changes after a day was found: who goes, whom to call, that it did not take place, who is known by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select

from supportdesk.accounts.models import Account
from supportdesk.classes.attendance import Mark, record_attendance, record_heads
from supportdesk.classes.errors import PlanRefused
from supportdesk.classes.lectures import only_meeting
from supportdesk.classes.models import AttendanceState, Duty, Meeting, MeetingStaff, Run, RunState
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.applying import (
    Contact,
    amend_application,
    amend_contact,
    fingerprint,
)
from supportdesk.classes.outreach.errors import (
    AmendedMeanwhile,
    ApplicationRefused,
    AskedBefore,
    Begun,
    BegunUnconfirmed,
    HeadsReported,
    NotBegun,
    SomebodyCame,
    StepTaken,
)
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.queries import lectures_asked_for, request_to_work_on
from supportdesk.classes.outreach.reporting import Result, report_result
from supportdesk.classes.outreach.travel import usual_travel
from supportdesk.classes.queries import meeting_row
from supportdesk.classes.staffing.operations import put_on_duty
from supportdesk.classes.staffing.queries import candidates
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import AgeBand
from supportdesk.places import occupancy
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import Occupied
from tests.classes.making import make_lecture, meeting_at, room_of
from tests.classes.outreach.making import (
    FIRST,
    SECOND,
    application,
    ask,
    at,
    check,
    confirm,
    find,
    pack,
    request_of,
    state_of,
)
from tests.clocks import Clock
from tests.factories import make_account, make_actor, make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")
S = OutreachState


@pytest.fixture(autouse=True)
def instructor(context: None) -> int:
    make_reference()
    return make_account(Role.INSTRUCTOR).id


def put(run_id: int, duties: Mapping[int, Duty]) -> None:
    with transaction():
        put_on_duty(only_meeting(run_id), duties, actor=SYSTEM, now=desk_clock.now())


def taken_by(account_id: int) -> set[str]:
    resource = occupancy.person(db.session.get_one(Account, account_id).person_id)
    return set(db.session.scalars(select(OccupancyCell.activity).where(OccupancyCell.resource == resource)))


class TestWhoGoes:
    def test_who_stands_in_goes_there_and_is_on_the_request_and_who_is_replaced_is_free(self, instructor: int) -> None:
        other, helper = (make_account(Role.COORDINATOR, username=name).id for name in ("other", "helper"))
        request_id = find(check(ask()), instructor)
        run_id = confirm(request_id)
        both = {f"meeting:{only_meeting(run_id)}", f"outreach:{request_id}"}
        put(run_id, {other: Duty.INSTRUCTOR, helper: Duty.ASSISTANT})
        assert (taken_by(instructor), taken_by(other), taken_by(helper)) == (set(), both, both)
        assert [one.account_id for one in request_of(request_id).instructors] == [other]
        with pytest.raises(PlanRefused):
            put(run_id, {helper: Duty.ASSISTANT})
        with transaction():
            stepping.step_back(request_id, S.CONFIRMED, reason="会場の都合", actor=SYSTEM, now=desk_clock.now())
        assert db.session.scalar(select(func.count()).select_from(OccupancyCell)) == 0

    def test_whoever_is_elsewhere_on_the_way_there_cannot_stand_in(self, instructor: int) -> None:
        other = make_account(Role.COORDINATOR, username="other").id
        run_id = confirm(find(check(ask()), instructor))
        make_lecture(meeting_at(FIRST, 11, staff=[other]))
        row = meeting_row(only_meeting(run_id))
        assert row is not None
        assert next(one for one in candidates(row) if one.account_id == other).why_not.startswith("otherさん：")
        with pytest.raises(Occupied):
            put(run_id, {other: Duty.INSTRUCTOR})
        assert db.session.scalars(select(MeetingStaff.account_id).where(MeetingStaff.meeting_id == row.id)).all() == [
            instructor
        ]

    def test_the_way_to_a_far_district_is_longer(self) -> None:
        with transaction() as session:
            session.add(OfficeSetting(name="classes.outreach_travel_by_district", value="河辺40、雄和：４５分、北"))
        current_app.extensions["office"].forget()
        assert [usual_travel(district) for district in ("中央", "河辺", "雄和")] == [30, 40, 45]


class TestWhatTheGroupSays:
    def test_whom_to_call_is_put_right_while_it_is_open_and_nothing_else_moves(self, instructor: int) -> None:
        request_id = find(check(ask()), instructor)
        asked, seen = request_of(request_id), fingerprint(request_of(request_id))
        contact = Contact(
            contact_name="泉 次郎", contact_kana="いずみ じろう", contact_phone="+81188880000",
            contact_address="秋田市泉1-1", note="夕方に",
        )  # fmt: skip
        with transaction():
            amend_contact(request_id, contact, seen=seen, actor=SYSTEM, now=desk_clock.now())
        asked = request_of(request_id)
        assert (asked.contact_phone, asked.contact_address, asked.state) == ("+81188880000", "秋田市泉1-1", S.FOUND)
        with pytest.raises(AmendedMeanwhile), transaction():
            amend_contact(request_id, contact, seen=seen, actor=SYSTEM, now=desk_clock.now())
        with transaction():
            stepping.end_request(request_id, S.REFUSED, S.FOUND, reason="中止", actor=SYSTEM, now=desk_clock.now())
        with pytest.raises(StepTaken), transaction():
            amend_contact(request_id, contact, actor=SYSTEM, now=desk_clock.now())

    def test_a_date_that_passed_meanwhile_does_not_stand_in_the_way_of_the_rest(self, clock: Clock) -> None:
        request_id = ask()
        clock.set(at() + timedelta(hours=3))
        wish = application(contact_phone="+81188880000")

        def amend(**changed: object) -> None:
            with transaction():
                now = desk_clock.now()
                amend_application(request_id, replace(wish, **changed), actor=SYSTEM, now=now)  # type: ignore[arg-type]

        amend()
        assert request_of(request_id).contact_phone == "+81188880000"
        with pytest.raises(ApplicationRefused):
            amend(choices=(at(FIRST, 9), at(SECOND)))
        with pytest.raises(ApplicationRefused):
            amend(people=400)

    def test_two_groups_of_one_name_in_two_districts_are_two(self) -> None:
        ask()
        other = ask(district_code="seibu")
        with pytest.raises(AskedBefore):
            ask(district_code="seibu")
        assert state_of(other) is S.RECEIVED


class TestNotHeld:
    def test_what_did_not_take_place_is_no_lecture_that_was_held(self, clock: Clock, instructor: int) -> None:
        request_id = find(check(ask()), instructor)
        run_id = confirm(request_id)

        def end(state: OutreachState) -> None:
            with transaction():
                stepping.end_request(request_id, state, S.PREPARED, reason="大雪", actor=SYSTEM, now=desk_clock.now())

        pack(request_id)
        with pytest.raises(NotBegun):
            end(S.NOT_HELD)
        clock.set(at() + timedelta(minutes=5))
        with pytest.raises(Begun):
            end(S.WITHDRAWN)
        with transaction():
            record_heads(only_meeting(run_id), 2, actor=SYSTEM, now=desk_clock.now())
        with pytest.raises(SomebodyCame):
            end(S.NOT_HELD)
        with transaction():
            record_heads(only_meeting(run_id), 0, actor=SYSTEM, now=desk_clock.now())
        end(S.NOT_HELD)
        assert (state_of(request_id), taken_by(instructor)) == (S.NOT_HELD, set())
        assert db.session.get_one(Run, run_id).state is RunState.CANCELLED
        with transaction():
            stepping.step_back(request_id, S.NOT_HELD, reason="別の日に", actor=SYSTEM, now=desk_clock.now())
        assert state_of(find(request_id, instructor, starts_at=at(SECOND))) is S.FOUND

    def test_a_day_that_came_before_it_was_confirmed_is_asked_about(self, clock: Clock, instructor: int) -> None:
        request_id = find(check(ask()), instructor)
        clock.set(at())
        with pytest.raises(BegunUnconfirmed):
            confirm(request_id)
        with transaction():
            stepping.confirm_request(request_id, begun=True, actor=SYSTEM, now=desk_clock.now())
        assert state_of(request_id) is S.CONFIRMED


def test_whoever_is_known_by_name_later_is_not_counted_twice(clock: Clock, instructor: int) -> None:
    request_id = find(check(ask()), instructor)
    meeting_id = only_meeting(confirm(request_id))
    pack(request_id)
    clock.set(at() + timedelta(hours=2))
    with transaction():
        stepping.hold_lecture(request_id, actor=SYSTEM, now=desk_clock.now())
        report_result(
            request_id,
            Result(heads=2, by_age={AgeBand.SEVENTIES: 2}, topics="", next_class=False, next_tutor=False, next_note=""),
            actor=SYSTEM,
            now=desk_clock.now(),
        )
    left = []
    for learner_id in (make_learner(), make_learner("サトウ イチロウ"), make_learner("タカハシ ハル")):
        with transaction():
            mark = Mark(learner_id, AttendanceState.WALK_IN, desk_clock.now())
            record_attendance(meeting_id, [mark], actor=SYSTEM, now=desk_clock.now())
        left.append(db.session.scalar(select(Meeting.unnamed_heads)))
    assert left == [1, 0, 0]
    with pytest.raises(HeadsReported), transaction():
        record_heads(meeting_id, 5, actor=SYSTEM, now=desk_clock.now())


def test_in_a_room_of_the_citys_both_districts_work_on_the_request(instructor: int) -> None:
    east, west = (make_actor(Role.COORDINATOR, username=name, districts=(name,)) for name in ("tobu", "seibu"))
    room = room_of("ウェスター")
    request_id = check(ask(at_city=True, place="", people=5))
    find(request_id, instructor, room_id=room.id)
    assert request_to_work_on(east, request_id).request.id == request_id
    assert request_to_work_on(west, request_id).request.id == request_id
    run_id = confirm(request_id)
    assert db.session.get_one(Run, run_id).district_code == "seibu"
    asked = lectures_asked_for(at() - timedelta(hours=1), at() + timedelta(hours=1), {"seibu"})
    assert [one.request_id for one in asked] == [request_id]
