"""A class that was planned is changed as far as it lies ahead: what it has taken moves with it, and its people know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.changing import RunChange, change_run, fingerprint, run_to_change
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.doubts import Doubtful
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.errors import ChangedMeanwhile, NothingAhead, PlanRefused, VenueClosed
from supportdesk.classes.models import (
    AttendanceMark,
    AttendanceState,
    Edition,
    Enrolment,
    Meeting,
    Run,
    Seat,
)
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places import occupancy
from supportdesk.places.models import Closure
from supportdesk.places.occupancy import Occupied
from tests.classes.making import DAY, enrol, learner_who_is, make_lecture, make_run, meeting_at, meeting_of, room_of
from tests.factories import make_account, make_learner, make_reference
from tests.racing import meet

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def city(context: None) -> None:
    make_reference()


def as_it_is(run_id: int) -> RunChange:
    """A change that changes nothing."""
    run = run_to_change(run_id)
    return RunChange(
        title=run.title,
        edition=run.edition,
        capacity=run.capacity,
        listed=run.listed,
        to_bring=run.to_bring,
        room_id=run.meetings[0].room_id,
        staff=tuple(one.account_id for one in run.meetings[0].staff),
        times={},
        filling=run.filling,
        apply_until=run.apply_until,
    )


def change(run_id: int, *, now: datetime | None = None, although: bool = True, **changed: Any) -> int:
    with transaction():
        wanted = replace(as_it_is(run_id), **changed)
        return change_run(run_id, wanted, although=although, actor=SYSTEM, now=now or clock.now())


def at(day: Any = DAY, hour: int = 10, hours: int = 1) -> tuple[datetime, datetime]:
    plan = meeting_at(day, hour, hours=hours)
    return plan.starts_at, plan.ends_at


def has(resource: str, day: Any = DAY, hour: int = 10) -> set[str]:
    """What a resource is taken for then."""
    return occupancy.who_has([resource], *at(day, hour)).get(resource, set())


def person_of(learner_id: int) -> str:
    return occupancy.person(db.session.scalars(select(Learner.person_id).where(Learner.id == learner_id)).one())


def news() -> list[tuple[int, str, NoticeState]]:
    rows = db.session.execute(
        select(Notice.learner_id, Notice.text, Notice.state).where(Notice.kind == "run_changed").order_by(Notice.id)
    )
    return [(row.learner_id, row.text, row.state) for row in rows]


@pytest.mark.usefixtures("city")
class TestTimeAndPlace:
    def test_everything_moves_with_the_class_and_all_are_told(self) -> None:
        account, hall = make_account(Role.INSTRUCTOR), room_of()
        run_id = make_run(meeting_at(room_id=hall.id, staff=[account.id]), capacity=1)
        seated, waiting = make_learner(), make_learner()
        booked = enrol(run_id, seated, told=False)
        enrol(run_id, waiting)
        assert change(run_id, times={1: at(NEXT_DAY, 14)}) == 2
        meeting = db.session.get_one(Meeting, meeting_of(run_id))
        run = db.session.get_one(Run, run_id)
        assert (meeting.starts_at, meeting.ends_at) == (run.starts_at, run.ends_at) == at(NEXT_DAY, 14)
        name = f"meeting:{meeting.id}"
        for resource in (occupancy.room(hall.id), occupancy.person(account.person_id), person_of(seated)):
            assert (has(resource), has(resource, NEXT_DAY, 14)) == (set(), {name})
        assert has(person_of(waiting), NEXT_DAY, 14) == set()
        (to_seated, text, state), (to_waiting, other, _state) = news()
        assert (to_seated, to_waiting, state) == (seated, waiting, NoticeState.WAITING)
        assert "（12月3日（木）10:00から・東部市民サービスセンター）の予定が変わりました" in text
        assert "12月4日（金）14:00から、会場は東部市民サービスセンターです。席はそのままです" in text
        assert booked.code in text
        assert "キャンセル待ちはそのままです" in other
        earlier = db.session.scalars(select(Notice.state).where(Notice.kind == "enrolment_confirmed")).all()
        assert earlier == [NoticeState.CANCELLED]
        assert db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "change_run")).all() == [
            {"changed": ["time"]}
        ]

    def test_another_house_takes_its_district_along(self) -> None:
        run_id, there = make_run(meeting_at(room_id=room_of().id)), room_of("ウェスター")
        enrol(run_id, make_learner())
        assert change(run_id, room_id=there.id) == 1
        run = db.session.get_one(Run, run_id)
        assert (run.venue_id, run.district_code) == (there.venue_id, "seibu")
        assert "会場は西部市民サービスセンターです" in news()[0][1]
        assert (has(occupancy.room(room_of().id)), len(has(occupancy.room(there.id)))) == (set(), 1)

    def test_two_meetings_move_on_by_a_week_the_first_to_the_time_of_the_second(self) -> None:
        week = timedelta(days=7)
        hall = room_of()
        run_id = make_run(meeting_at(DAY, room_id=hall.id), meeting_at(DAY + week, room_id=hall.id))
        learner_id = make_learner()
        enrol(run_id, learner_id)
        change(run_id, times={1: at(DAY + week), 2: at(DAY + 2 * week)})
        for resource in (occupancy.room(hall.id), person_of(learner_id)):
            assert [has(resource, DAY + number * week) for number in range(3)] == [
                set(),
                {f"meeting:{meeting_of(run_id, 1)}"},
                {f"meeting:{meeting_of(run_id, 2)}"},
            ]

    def test_what_is_in_the_way_is_named_and_nothing_changes(self) -> None:
        account, hall = make_account(Role.INSTRUCTOR), room_of()
        run_id = make_run(meeting_at(room_id=hall.id, staff=[account.id]))
        make_run(meeting_at(NEXT_DAY, room_id=hall.id), course="K02")
        make_run(meeting_at(NEXT_DAY, staff=[account.id]), course="K03")
        with pytest.raises(Occupied) as refused:
            change(run_id, title="べつの名前", times={1: at(NEXT_DAY)})
        assert "会議室：" in str(refused.value.message)
        assert account.name in str(refused.value.message)
        assert db.session.get_one(Run, run_id, populate_existing=True).title != "べつの名前"
        assert len(has(occupancy.room(hall.id))) == 1

    def test_a_learner_who_has_something_else_then_comes_along_and_is_warned(self) -> None:
        run_id, learner_id = make_run(), make_learner()
        enrol(run_id, learner_id)
        enrol(make_run(meeting_at(NEXT_DAY), course="K02"), learner_id)
        change(run_id, times={1: at(NEXT_DAY)})
        assert len(has(person_of(learner_id), NEXT_DAY)) == 2
        assert "同じ時間にほかの予約があります" in news()[0][1]

    def test_another_room_of_the_house_and_another_instructor_tell_nobody(self) -> None:
        account, other, hall = make_account(Role.INSTRUCTOR), make_account(Role.INSTRUCTOR, username="o"), room_of()
        run_id = make_run(meeting_at(staff=[account.id]))
        enrol(run_id, make_learner())
        assert change(run_id, room_id=hall.id, staff=(other.id,), title="名前", edition=Edition.IPHONE) == 0
        run = run_to_change(run_id)
        assert (run.title, run.edition, run.meetings[0].room_id) == ("名前", Edition.IPHONE, hall.id)
        assert has(occupancy.person(account.person_id)) == set()
        assert len(has(occupancy.person(other.person_id))) == 1
        assert news() == []

    def test_whoever_learns_in_the_class_cannot_teach_it(self) -> None:
        account = make_account(Role.INSTRUCTOR)
        run_id = make_run()
        enrol(run_id, learner_who_is(account.person_id))
        with pytest.raises(PlanRefused) as refused:
            change(run_id, staff=(account.id,))
        assert refused.value.field == "staff"

    def test_a_venue_that_is_shut_that_day_is_refused_and_an_old_closure_stops_no_other_change(self) -> None:
        run_id = make_run()
        with transaction() as session:
            for day in (DAY, NEXT_DAY):
                session.add(Closure(venue_id=room_of().venue_id, first_day=day, last_day=day, reason="工事"))
        with pytest.raises(VenueClosed):
            change(run_id, times={1: at(NEXT_DAY)})
        change(run_id, title="名前")

    @pytest.mark.parametrize(
        ("times", "field"),
        [
            ({1: at(hour=12)[::-1]}, "end_1"),
            ({1: at(DAY - timedelta(days=30))}, "day_1"),
            ({1: at(DAY + timedelta(days=900))}, "day_1"),
            ({1: at(DAY + timedelta(days=8))}, "day_2"),
        ],
    )
    def test_times_that_cannot_be_are_named_beside_their_field(
        self, times: dict[int, tuple[datetime, datetime]], field: str
    ) -> None:
        run_id = make_run(meeting_at(), meeting_at(DAY + timedelta(days=7)))
        with pytest.raises(PlanRefused) as refused:
            change(run_id, times=times)
        assert refused.value.field == field

    def test_what_is_wrong_after_a_meeting_that_was_called_off_is_named_by_its_number(self) -> None:
        week = timedelta(days=7)
        run_id = make_run(*(meeting_at(DAY + number * week) for number in range(3)))
        with transaction():
            off = [Wanted(meeting_of(run_id, 2))]
            change_day(DAY + week, off, reason="大雪のため", actor=SYSTEM, now=clock.now())
        with pytest.raises(PlanRefused) as refused:
            change(run_id, times={1: at(DAY + 2 * week)})
        assert refused.value.field == "day_3"

    def test_who_said_that_they_would_not_come_may_come_to_the_new_day(self) -> None:
        run_id, learner_id, now = make_run(), make_learner(), clock.now()
        enrol(run_id, learner_id)
        with transaction():
            mark = Mark(learner_id, AttendanceState.ABSENT_NOTIFIED, now)
            record_attendance(meeting_of(run_id), [mark], actor=SYSTEM, now=now)
        standing = select(AttendanceMark.state).where(AttendanceMark.current)
        change(run_id, title="名前")
        assert db.session.scalars(standing).all() == [AttendanceState.ABSENT_NOTIFIED]
        change(run_id, times={1: at(NEXT_DAY)})
        assert db.session.scalars(standing).all() == [AttendanceState.UNMARKED]

    def test_in_another_house_who_was_to_make_up_is_expected_no_more_and_who_stays_away_still_does(self) -> None:
        run_id, now = make_run(meeting_at(room_id=room_of().id)), clock.now()
        away, makes_up = make_learner(), make_learner()
        enrol(run_id, away)
        said = {away: AttendanceState.ABSENT_NOTIFIED, makes_up: AttendanceState.MAKING_UP}
        with transaction():
            marks = [Mark(learner_id, state, now) for learner_id, state in said.items()]
            record_attendance(meeting_of(run_id), marks, actor=SYSTEM, now=now)
        assert change(run_id, room_id=room_of("ウェスター").id) == 2
        standing = select(AttendanceMark.learner_id, AttendanceMark.state).where(AttendanceMark.current)
        assert dict(db.session.execute(standing).all()) == {**said, makes_up: AttendanceState.UNMARKED}

    def test_what_has_begun_stays_and_what_lies_ahead_moves(self) -> None:
        week = timedelta(days=7)
        run_id, now = make_run(meeting_at(), meeting_at(DAY + week)), at()[0]
        change(run_id, now=now, times={1: at(DAY + 2 * week), 2: at(DAY + week, 15)})
        run = run_to_change(run_id)
        assert [one.starts_at for one in run.meetings] == [at()[0], at(DAY + week, 15)[0]]
        assert (run.starts_at, run.ends_at) == (at()[0], at(DAY + week, 15)[1])
        with pytest.raises(NothingAhead):
            change(run_id, now=at(DAY + week, 15)[0])

    def test_what_was_called_off_and_lectures_are_not_changed(self) -> None:
        run_id, lecture = make_run(), make_lecture()
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
        with pytest.raises(NothingAhead):
            change(run_id)
        with pytest.raises(NotFound):
            run_to_change(lecture)

    def test_what_somebody_changed_meanwhile_is_not_overwritten(self) -> None:
        run_id = make_run()
        seen, wanted = fingerprint(run_to_change(run_id)), replace(as_it_is(run_id), title="わたしの名前")
        change(run_id, title="あちらの名前")
        with pytest.raises(ChangedMeanwhile), transaction():
            change_run(run_id, wanted, seen=seen, actor=SYSTEM, now=clock.now())

    def test_only_what_is_new_is_asked_about(self) -> None:
        run_id = make_run(meeting_at(hour=7))
        change(run_id, title="名前", although=False)
        with pytest.raises(Doubtful) as refused:
            change(run_id, times={1: at(NEXT_DAY, 6)}, although=False)
        assert "6:00から" in refused.value.doubts[0]
        with transaction():
            room_of().seats = 5
        with pytest.raises(Doubtful):
            change(run_id, room_id=room_of().id, although=False)


@pytest.mark.usefixtures("city")
class TestCapacity:
    def test_more_seats_are_offered_to_those_who_wait_in_their_order(self) -> None:
        run_id, learners = make_run(capacity=1), [make_learner() for _ in range(4)]
        for learner_id in learners:
            enrol(run_id, learner_id)
        change(run_id, capacity=3, times={1: at(NEXT_DAY)})
        seated = db.session.execute(
            select(Enrolment.learner_id, Enrolment.seat).where(Enrolment.seat.is_not(None)).order_by(Enrolment.seat)
        ).all()
        assert [tuple(row) for row in seated] == [(learners[0], 1), (learners[1], 2), (learners[2], 3)]
        run = db.session.get_one(Run, run_id, populate_existing=True)
        assert (run.capacity, run.taken, run.waiting) == (3, 3, 1)
        assert [learner_id for learner_id, _text, _state in news()] == [learners[0], learners[3]]
        offered = db.session.scalars(select(Notice.text).where(Notice.kind == "offer")).all()
        assert len(offered) == 2
        assert all("12月4日" in text for text in offered)
        assert not has(person_of(learners[2]), NEXT_DAY), "their time is theirs until they accept"

    def test_what_was_offered_is_offered_anew_when_the_time_changes(self) -> None:
        run_id, learners = make_run(capacity=1), [make_learner() for _ in range(3)]
        first, *_others = [enrol(run_id, learner_id) for learner_id in learners]
        with transaction():
            cancel_enrolment(first.enrolment_id, actor=SYSTEM, now=clock.now())
        change(run_id, times={1: at(NEXT_DAY)})
        calls = select(Notice.learner_id, Notice.state).where(Notice.kind == "offer").order_by(Notice.id)
        assert [tuple(row) for row in db.session.execute(calls)] == [
            (learners[1], NoticeState.CANCELLED),
            (learners[1], NoticeState.WAITING),
        ]
        text = db.session.scalars(select(Notice.text).where(Notice.kind == "offer").order_by(Notice.id.desc())).first()
        assert "12月4日" in str(text)

    def test_fewer_seats_take_none_from_anybody(self) -> None:
        run_id = make_run(capacity=5)
        gone, *kept = [enrol(run_id, make_learner()) for _ in range(4)]
        with transaction():
            cancel_enrolment(gone.enrolment_id, actor=SYSTEM, now=clock.now())
        with pytest.raises(PlanRefused) as refused:
            change(run_id, capacity=2)
        assert refused.value.field == "capacity"
        change(run_id, capacity=3)
        seats = db.session.execute(
            select(Enrolment.id, Enrolment.seat).where(Enrolment.seat.is_not(None)).order_by(Enrolment.id)
        )
        assert [tuple(row) for row in seats] == [
            (kept[0].enrolment_id, 2),
            (kept[1].enrolment_id, 3),
            (kept[2].enrolment_id, 1),
        ]
        numbers = select(Seat.number).where(Seat.run_id == run_id).order_by(Seat.number)
        assert list(db.session.scalars(numbers)) == [1, 2, 3]


def _two(app: Flask) -> tuple[int, int, Callable[[], Any], Callable[[], Any]]:
    """Who moves a class to another day and house, and who enrols a learner in it."""
    with app.app_context():
        make_reference()
        run_id, learner_id = make_run(meeting_at(room_id=room_of().id)), make_learner()
        wanted = replace(as_it_is(run_id), room_id=room_of("ウェスター").id, times={1: at(NEXT_DAY)})
        now = clock.now()
        db.session.remove()

    def move() -> None:
        change_run(run_id, wanted, actor=SYSTEM, now=now)

    def apply() -> None:
        enrol_learner(run_id, learner_id, told=False, actor=SYSTEM, now=now)

    return run_id, learner_id, move, apply


@pytest.mark.parametrize("moves_first", [True, False])
def test_whoever_enrols_while_the_class_moves_has_the_new_time_and_knows_it(app: Flask, moves_first: bool) -> None:
    run_id, learner_id, move, apply = _two(app)
    assert meet(app, *((move, apply) if moves_first else (apply, move))) == ["done", "done"]
    with app.app_context():
        assert has(person_of(learner_id)) == set()
        assert has(person_of(learner_id), NEXT_DAY) == {f"meeting:{meeting_of(run_id)}"}
        waiting = db.session.scalars(select(Notice.text).where(Notice.state == NoticeState.WAITING)).one()
        assert "12月4日（金）10:00から" in waiting
        assert "西部市民サービスセンター" in waiting
        db.session.remove()
