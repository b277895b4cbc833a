"""A run is planned only where people, rooms and venues are free, and calling it off frees everything and tells all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from supportdesk.classes.doubts import Doubtful
from supportdesk.classes.errors import AlreadyCancelled, PlanRefused, RunNotOpen, VenueClosed
from supportdesk.classes.models import (
    Enrolment,
    EnrolmentState,
    Meeting,
    MeetingSkill,
    MeetingStaff,
    Run,
    RunKind,
    Seat,
)
from supportdesk.classes.planning import MeetingPlan, cancel_run, plan_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.caller import Caller
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places.models import Closure, OccupancyCell
from supportdesk.places.occupancy import Occupied
from tests.classes.making import DAY, enrol, learner_who_is, make_run, meeting_at, room_of, run_plan
from tests.factories import make_account, make_learner, make_reference

LECTURE: dict[str, Any] = {
    "kind": RunKind.LECTURE,
    "group_name": "泉町内会",
    "place": "泉町内会館",
    "venue_id": None,
}
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def refusal(**changed: Any) -> PlanRefused:
    with pytest.raises(PlanRefused) as refused, transaction():
        plan_run(run_plan(**changed), actor=SYSTEM, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Run)) == 0
    return refused.value


def cells() -> int:
    return db.session.scalar(select(func.count()).select_from(OccupancyCell)) or 0


def test_a_run_has_its_seats_meetings_people_and_the_courses_skills() -> None:
    account = make_account(Role.INSTRUCTOR)
    hall = room_of()
    run_id = make_run(
        meeting_at(DAY + timedelta(days=7), room_id=hall.id, staff=[account.id]),
        meeting_at(DAY, room_id=hall.id, staff=[account.id]),
        capacity=3,
    )
    run = db.session.get_one(Run, run_id)
    assert (run.title, run.district_code, run.taken, run.waiting) == ("電源の入れ方・ボタン操作", "tobu", 0, 0)
    assert db.session.scalars(select(Seat.number).where(Seat.run_id == run_id).order_by(Seat.number)).all() == [1, 2, 3]
    meetings = db.session.scalars(select(Meeting).where(Meeting.run_id == run_id).order_by(Meeting.number)).all()
    assert [clock.local(meeting.starts_at).date() for meeting in meetings] == [DAY, DAY + timedelta(days=7)]
    assert run.starts_at == meetings[0].starts_at
    assert run.ends_at == meetings[1].ends_at
    taught = db.session.scalars(select(MeetingSkill.skill_code).where(MeetingSkill.meeting_id == meetings[0].id)).all()
    assert set(taught) == {"A1", "A2", "A4", "A5"}
    assert db.session.scalars(select(MeetingStaff.account_id)).all() == [account.id] * 2
    assert cells() == 16


def test_a_room_in_use_is_refused_and_the_message_says_by_what() -> None:
    hall = room_of()
    make_run(meeting_at(room_id=hall.id))
    with pytest.raises(Occupied) as refused, transaction():
        plan_run(run_plan(meeting_at(hour=10, room_id=hall.id), course="K02"), actor=SYSTEM, now=clock.now())
    assert "会議室：電源の入れ方・ボタン操作（12月3日（木） 10:00〜11:00）" in str(refused.value.message)
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1


def test_an_instructor_elsewhere_is_refused_by_name() -> None:
    account = make_account(Role.INSTRUCTOR)
    make_run(meeting_at(staff=[account.id]))
    with pytest.raises(Occupied, match="Occupied") as refused, transaction():
        plan_run(run_plan(meeting_at(staff=[account.id])), actor=SYSTEM, now=clock.now())
    assert f"{account.name}：電源の入れ方" in str(refused.value.message)


def test_a_person_who_learns_at_that_time_cannot_teach_at_it() -> None:
    account = make_account(Role.INSTRUCTOR)
    enrol(make_run(), learner_who_is(account.person_id))
    with pytest.raises(Occupied), transaction():
        plan_run(run_plan(meeting_at(staff=[account.id])), actor=SYSTEM, now=clock.now())


def test_a_closed_venue_is_refused_with_the_day_and_the_reason() -> None:
    with transaction() as session:
        session.add(Closure(venue_id=room_of().venue_id, first_day=DAY, last_day=DAY, reason="設備点検"))
    refused = refusal()
    assert isinstance(refused, VenueClosed)
    assert str(refused.message) == "12月3日（木）は会場がお休みです（設備点検）。"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"course": "K99"}, "course_code"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 1001}, "capacity"),
        ({"venue_id": None}, "venue_id"),
        ({"venue_id": 999999}, "venue_id"),
        ({"kind": RunKind.LECTURE}, "group_name"),
        (
            {"kind": RunKind.LECTURE, "group_name": "町内会", "venue_id": None, "district_code": "atlantis"},
            "district_code",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(changed: dict[str, Any], field: str) -> None:
    assert refusal(**changed).field == field


def test_meetings_lie_ahead_and_apart_and_end_after_they_start() -> None:
    noon = meeting_at(hour=12)
    for meetings in (
        (meeting_at(date(2026, 11, 23)),),
        (MeetingPlan(noon.ends_at, noon.starts_at),),
        (meeting_at(hour=11, hours=2), noon),
    ):
        assert refusal(meetings=meetings).field == "meetings"


def test_rooms_and_people_that_do_not_exist_are_refused() -> None:
    assert refusal(meetings=(meeting_at(room_id=999999),)).field == "room_id"
    assert refusal(meetings=(meeting_at(staff=[999999]),)).field == "staff"


def asked(**changed: Any) -> list[str]:
    with pytest.raises(Doubtful) as refused, transaction():
        plan_run(run_plan(**changed), although=False, actor=SYSTEM, now=clock.now())
    return refused.value.doubts


def test_what_is_unusual_is_asked_about_and_done_when_it_is_meant() -> None:
    hall = room_of()
    with transaction():
        room_of().seats = 8
    holiday = meeting_at(date(2026, 12, 31) + timedelta(days=1), room_id=hall.id)
    assert asked(meetings=(holiday,), capacity=8) == ["1月1日（金）は祝日（元日）です。"]
    crowded = asked(meetings=(meeting_at(room_id=hall.id),), capacity=10)
    assert crowded == ["定員は10人ですが、会議室に入れるのは8人までです。"]
    for hour, hours in ((7, 2), (19, 2), (22, 3)):
        (doubt,) = asked(meetings=(meeting_at(hour=hour, hours=hours),))
        assert f"{hour}:00から" in doubt
    run_plan_at_eight = run_plan(meeting_at(hour=8), meeting_at(hour=19))
    with transaction():
        plan_run(run_plan_at_eight, although=False, actor=SYSTEM, now=clock.now())
        plan_run(run_plan(holiday, capacity=10), actor=SYSTEM, now=clock.now())


def test_a_lecture_stands_at_the_groups_own_place() -> None:
    run_id = make_run(
        kind=RunKind.LECTURE, group_name="泉町内会", place="泉町内会館", venue_id=None, district_code="hokubu"
    )
    run = db.session.get_one(Run, run_id)
    assert (run.venue_id, run.district_code, run.place) == (None, "hokubu", "泉町内会館")


@pytest.mark.parametrize("where", ["venue", "room"])
def test_nothing_is_held_in_two_places(where: str) -> None:
    elsewhere = {"group_name": "泉町内会", "place": "泉町内会館", "district_code": "hokubu"}
    room = room_of()
    plan: dict[str, Any] = {"venue_id": room.venue_id} if where == "venue" else {"venue_id": None}
    meetings = (meeting_at(room_id=room.id if where == "room" else None),)
    refused = refusal(kind=RunKind.LECTURE, meetings=meetings, **elsewhere, **plan)
    assert refused.field == "room_id"
    assert "どちらか一方" in str(refused.message)


class TestCallingOff:
    def test_everything_is_free_again_and_everybody_is_told(self) -> None:
        account = make_account(Role.INSTRUCTOR)
        run_id = make_run(meeting_at(staff=[account.id], room_id=room_of().id), capacity=1)
        seated = enrol(run_id, make_learner(), told=False)
        waiting = enrol(run_id, make_learner(), caller=Caller("娘", "子", "+819012345678"))
        with transaction():
            assert cancel_run(run_id, actor=SYSTEM, now=clock.now()) == 2
        run = db.session.get_one(Run, run_id, populate_existing=True)
        assert (run.state, run.taken, run.waiting) == ("cancelled", 0, 0)
        assert set(db.session.scalars(select(Enrolment.state))) == {EnrolmentState.CANCELLED}
        assert cells() == 0
        news = db.session.scalars(select(Notice).where(Notice.kind == "run_cancelled").order_by(Notice.id)).all()
        assert [notice.activity for notice in news] == [
            f"enrolment:{seated.enrolment_id}",
            f"enrolment:{waiting.enrolment_id}",
        ]
        assert [notice.call_to for notice in news] == ["", "+819012345678"]
        assert all("中止" in notice.text and notice.state is NoticeState.WAITING for notice in news)
        earlier = db.session.scalars(select(Notice.state).where(Notice.kind == "enrolment_confirmed")).all()
        assert earlier == [NoticeState.CANCELLED]

    def test_it_happens_once_and_before_the_start(self) -> None:
        called_off, begun = make_run(), make_run()
        with transaction():
            cancel_run(called_off, actor=SYSTEM, now=clock.now())
        with pytest.raises(AlreadyCancelled), transaction():
            cancel_run(called_off, actor=SYSTEM, now=clock.now())
        with pytest.raises(RunNotOpen), transaction():
            cancel_run(begun, actor=SYSTEM, now=meeting_at().starts_at)
        with pytest.raises(NotFound), transaction():
            cancel_run(999999, actor=SYSTEM, now=clock.now())
