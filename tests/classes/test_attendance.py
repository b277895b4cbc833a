"""Every mark is kept, the latest observation stands, and whoever came is never refused for want of a seat."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.attendance import Mark, add_walk_in, check_in, mark_the_rest, record_attendance, record_heads
from supportdesk.classes.errors import (
    AttendanceClosed,
    MeetingCalledOff,
    NotYetBegun,
    NotYetHeld,
    TooManyHeads,
    WalkInsClosed,
)
from supportdesk.classes.marks import Disagreement
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment, Meeting
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from tests.classes.making import enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.factories import make_actor, make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")
BEGINS, ENDS = meeting_at().starts_at, meeting_at().ends_at
PRESENT, LATE, ABSENT = AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.ABSENT
NOTIFIED, WALK_IN, UNMARKED = AttendanceState.ABSENT_NOTIFIED, AttendanceState.WALK_IN, AttendanceState.UNMARKED


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def minute(number: int) -> datetime:
    """So many minutes into the meeting."""
    return BEGINS + timedelta(minutes=number)


def mark(
    meeting_id: int,
    learner_id: int,
    state: AttendanceState,
    observed: int,
    *,
    recorded: int | None = None,
    actor: Actor = SYSTEM,
) -> tuple[Disagreement, ...]:
    now = minute(observed if recorded is None else recorded)
    with transaction():
        return record_attendance(meeting_id, [Mark(learner_id, state, minute(observed))], actor=actor, now=now)


def kept(learner_id: int) -> list[tuple[AttendanceState, bool]]:
    """Every mark in the order of arrival, and whether it stands."""
    rows = db.session.execute(
        select(AttendanceMark.state, AttendanceMark.current)
        .where(AttendanceMark.learner_id == learner_id)
        .order_by(AttendanceMark.id)
    )
    return [(row.state, row.current) for row in rows]


def audited(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_a_mark_keeps_the_learner_as_they_were_that_day_and_who_saw_them() -> None:
    instructor = make_actor(Role.INSTRUCTOR)
    learner_id = make_learner(district_code="seibu", birth_year=1940)
    meeting_id = meeting_of(make_run())
    mark(meeting_id, learner_id, PRESENT, 5, recorded=9, actor=instructor)
    row = db.session.scalars(select(AttendanceMark)).one()
    assert (row.meeting_id, row.learner_id, row.state, row.current) == (meeting_id, learner_id, PRESENT, True)
    assert (row.observed_at, row.recorded_at, row.recorded_by) == (minute(5), minute(9), instructor.account_id)
    assert (row.residence, row.age_band) == ("seibu", "80s")
    assert audited("mark_attendance") == 1


def test_a_correction_stands_and_the_first_mark_is_kept() -> None:
    meeting_id, learner_id = meeting_of(make_run()), make_learner()
    mark(meeting_id, learner_id, ABSENT, 5)
    assert mark(meeting_id, learner_id, LATE, 20) == ()
    assert kept(learner_id) == [(ABSENT, False), (LATE, True)]
    mark(meeting_id, learner_id, UNMARKED, 21)
    assert kept(learner_id) == [(ABSENT, False), (LATE, False), (UNMARKED, True)]


def test_what_was_seen_later_stands_though_it_arrived_first() -> None:
    meeting_id, learner_id = meeting_of(make_run()), make_learner()
    mark(meeting_id, learner_id, PRESENT, 20)
    mark(meeting_id, learner_id, ABSENT, 5, recorded=60)
    assert kept(learner_id) == [(PRESENT, True), (ABSENT, False)]


def test_of_two_marks_of_the_same_instant_the_one_that_came_later_stands() -> None:
    meeting_id, learner_id = meeting_of(make_run()), make_learner()
    mark(meeting_id, learner_id, PRESENT, 5)
    mark(meeting_id, learner_id, LATE, 5)
    assert kept(learner_id) == [(PRESENT, False), (LATE, True)]


def test_the_same_observation_handed_in_twice_is_kept_once() -> None:
    meeting_id, learner_id = meeting_of(make_run()), make_learner()
    one = make_actor(Role.INSTRUCTOR)
    mark(meeting_id, learner_id, PRESENT, 5, actor=one)
    mark(meeting_id, learner_id, PRESENT, 5, recorded=30, actor=one)
    assert kept(learner_id) == [(PRESENT, True)]
    assert audited("mark_attendance") == 1


def test_a_phone_whose_clock_runs_ahead_does_not_overrule_for_ever() -> None:
    meeting_id, learner_id = meeting_of(make_run()), make_learner()
    mark(meeting_id, learner_id, ABSENT, 60 * 24 * 365, recorded=5)
    mark(meeting_id, learner_id, LATE, 20)
    assert kept(learner_id) == [(ABSENT, False), (LATE, True)]


def test_many_are_marked_at_once() -> None:
    meeting_id = meeting_of(make_run())
    learners = [make_learner() for _ in range(3)]
    with transaction():
        record_attendance(meeting_id, [Mark(one, PRESENT, minute(5)) for one in learners], actor=SYSTEM, now=minute(5))
    assert [kept(one) for one in learners] == [[(PRESENT, True)]] * 3


class TestDisagreement:
    def test_two_who_disagree_are_told_and_both_marks_are_kept(self) -> None:
        one, other = make_actor(Role.INSTRUCTOR), make_actor(Role.INSTRUCTOR, username="other")
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        mark(meeting_id, learner_id, ABSENT, 5, actor=one)
        (told,) = mark(meeting_id, learner_id, PRESENT, 6, actor=other)
        assert (told.standing.state, told.standing.recorded_by) == (PRESENT, other.account_id)
        assert (told.overruled.state, told.overruled.recorded_by) == (ABSENT, one.account_id)
        assert kept(learner_id) == [(ABSENT, False), (PRESENT, True)]

    def test_a_device_that_comes_late_with_something_else_is_told_even_of_the_same_person(self) -> None:
        one = make_actor(Role.INSTRUCTOR)
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        mark(meeting_id, learner_id, PRESENT, 20, actor=one)
        (told,) = mark(meeting_id, learner_id, ABSENT, 5, recorded=60, actor=one)
        assert (told.standing.state, told.overruled.state) == (PRESENT, ABSENT)

    def test_marking_once_more_settles_it(self) -> None:
        one, other = make_actor(Role.INSTRUCTOR), make_actor(Role.INSTRUCTOR, username="other")
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        mark(meeting_id, learner_id, PRESENT, 20, actor=one)
        assert mark(meeting_id, learner_id, ABSENT, 5, recorded=60, actor=other)
        assert mark(meeting_id, learner_id, PRESENT, 61, actor=one) == ()

    def test_who_agrees_or_corrects_themselves_disagrees_with_nobody(self) -> None:
        one, other = make_actor(Role.INSTRUCTOR), make_actor(Role.INSTRUCTOR, username="other")
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        mark(meeting_id, learner_id, ABSENT, 5, actor=one)
        assert mark(meeting_id, learner_id, UNMARKED, 6, actor=one) == ()
        assert mark(meeting_id, learner_id, PRESENT, 7, actor=other) == ()
        assert mark(meeting_id, learner_id, PRESENT, 8, actor=one) == ()


class TestWhoCame:
    def test_a_full_run_refuses_no_walk_in_and_gives_them_no_seat(self) -> None:
        run_id = make_run(capacity=1)
        enrol(run_id, make_learner())
        came = make_learner()
        mark(meeting_of(run_id), came, WALK_IN, 0)
        assert kept(came) == [(WALK_IN, True)]
        assert db.session.scalar(select(func.count()).where(Enrolment.learner_id == came)) == 0

    def test_checking_in_finds_out_who_has_a_seat(self) -> None:
        run_id = make_run(capacity=1)
        seated, waiting, stranger = make_learner(), make_learner(), make_learner()
        enrol(run_id, seated)
        enrol(run_id, waiting)
        for learner_id in (seated, waiting, stranger):
            with transaction():
                check_in(meeting_of(run_id), learner_id, actor=SYSTEM, now=minute(0))
        assert [kept(one)[0][0] for one in (seated, waiting, stranger)] == [PRESENT, WALK_IN, WALK_IN]

    def test_heads_without_a_name_are_counted_on_the_meeting_and_corrected(self) -> None:
        meeting_id = meeting_of(make_run())
        for heads in (3, 4):
            with transaction():
                record_heads(meeting_id, heads, actor=SYSTEM, now=minute(30))
        assert db.session.scalars(select(Meeting.unnamed_heads)).all() == [4]
        assert audited("record_heads") == 2
        for absurd in (-1, 1001):
            with pytest.raises(TooManyHeads), transaction():
                record_heads(meeting_id, absurd, actor=SYSTEM, now=minute(30))
        assert db.session.scalars(select(Meeting.unnamed_heads)).all() == [4]


class TestTheRest:
    def test_everybody_with_a_seat_of_whom_nothing_stands_is_marked(self) -> None:
        run_id = make_run(capacity=3)
        absent, taken_back, untouched, waiting, walk_in = (make_learner() for _ in range(5))
        for learner_id in (absent, taken_back, untouched, waiting):
            enrol(run_id, learner_id)
        meeting_id = meeting_of(run_id)
        mark(meeting_id, absent, ABSENT, 0)
        mark(meeting_id, taken_back, ABSENT, 0)
        mark(meeting_id, taken_back, UNMARKED, 1)
        mark(meeting_id, walk_in, WALK_IN, 1)
        for _again in range(2):
            with transaction():
                mark_the_rest(meeting_id, PRESENT, actor=SYSTEM, now=minute(5))
        assert [kept(one)[-1] for one in (absent, taken_back, untouched, walk_in)] == [
            (ABSENT, True),
            (PRESENT, True),
            (PRESENT, True),
            (WALK_IN, True),
        ]
        assert kept(waiting) == []
        assert audited("mark_attendance") == 6

    def test_before_it_begins_nobody_is_marked_with_all_the_others(self) -> None:
        run_id, learner_id = make_run(), make_learner()
        enrol(run_id, learner_id)
        for early in (clock.now(), BEGINS - timedelta(minutes=1)):
            with pytest.raises(NotYetBegun), transaction():
                mark_the_rest(meeting_of(run_id), PRESENT, actor=SYSTEM, now=early)
        assert kept(learner_id) == []


class TestUntilWhen:
    def test_whoever_holds_the_meeting_corrects_it_for_sixty_days_and_then_an_administrator(self) -> None:
        instructor, administrator = make_actor(Role.INSTRUCTOR), make_actor(Role.ADMIN)
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        last, over = ENDS + timedelta(days=60, seconds=-1), ENDS + timedelta(days=60)
        with transaction():
            record_attendance(meeting_id, [Mark(learner_id, PRESENT, last)], actor=instructor, now=last)
            record_heads(meeting_id, 2, actor=instructor, now=last)
        with pytest.raises(AttendanceClosed), transaction():
            record_attendance(meeting_id, [Mark(learner_id, ABSENT, over)], actor=instructor, now=over)
        with pytest.raises(AttendanceClosed), transaction():
            record_attendance(meeting_id, [Mark(learner_id, ABSENT, BEGINS)], actor=instructor, now=over)
        with pytest.raises(AttendanceClosed), transaction():
            mark_the_rest(meeting_id, PRESENT, actor=instructor, now=over)
        with pytest.raises(AttendanceClosed), transaction():
            record_heads(meeting_id, 3, actor=instructor, now=over)
        assert kept(learner_id) == [(PRESENT, True)]
        with transaction():
            record_attendance(meeting_id, [Mark(learner_id, LATE, over)], actor=administrator, now=over)
        assert kept(learner_id) == [(PRESENT, False), (LATE, True)]

    @pytest.mark.parametrize(("lecture", "days"), [(False, 7), (True, 60)])
    def test_walk_ins_are_added_until_the_paper_has_been_typed_in(self, *, lecture: bool, days: int) -> None:
        instructor, administrator = make_actor(Role.INSTRUCTOR), make_actor(Role.ADMIN)
        meeting_id = meeting_of(make_lecture() if lecture else make_run())
        in_time, too_late, at_the_door, by_the_office = (make_learner() for _ in range(4))
        last, over = ENDS + timedelta(days=days, seconds=-1), ENDS + timedelta(days=days)
        with transaction():
            add_walk_in(meeting_id, in_time, actor=instructor, now=last)
        with pytest.raises(WalkInsClosed), transaction():
            add_walk_in(meeting_id, too_late, actor=instructor, now=over)
        with pytest.raises(WalkInsClosed), transaction():
            check_in(meeting_id, at_the_door, actor=instructor, now=over)
        with transaction():
            add_walk_in(meeting_id, by_the_office, actor=administrator, now=over)
        assert kept(in_time) == kept(by_the_office) == [(WALK_IN, True)]
        assert kept(too_late) == kept(at_the_door) == []

    def test_nobody_walks_in_before_the_day(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        with pytest.raises(NotYetHeld), transaction():
            add_walk_in(meeting_id, learner_id, actor=SYSTEM, now=clock.now())
        assert kept(learner_id) == []


class TestWhatCannotBe:
    def test_nobody_is_seen_before_the_day_but_may_say_that_they_will_not_come(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        now = clock.now()
        for state in (PRESENT, LATE, ABSENT, WALK_IN):
            with pytest.raises(NotYetHeld), transaction():
                record_attendance(meeting_id, [Mark(learner_id, state, now)], actor=SYSTEM, now=now)
        with pytest.raises(NotYetHeld), transaction():
            record_heads(meeting_id, 3, actor=SYSTEM, now=now)
        with transaction():
            record_attendance(meeting_id, [Mark(learner_id, NOTIFIED, now)], actor=SYSTEM, now=now)
        assert kept(learner_id) == [(NOTIFIED, True)]

    def test_a_meeting_that_was_called_off_takes_no_marks(self) -> None:
        run_id, learner_id = make_run(), make_learner()
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
        with pytest.raises(MeetingCalledOff):
            mark(meeting_of(run_id), learner_id, PRESENT, 0)
        with pytest.raises(MeetingCalledOff), transaction():
            record_heads(meeting_of(run_id), 3, actor=SYSTEM, now=minute(0))

    def test_unknown_meetings_and_learners_are_not_found_and_nothing_is_half_written(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        with pytest.raises(NotFound):
            mark(999999, learner_id, PRESENT, 0)
        marks = [Mark(learner_id, PRESENT, minute(0)), Mark(999999, PRESENT, minute(0))]
        with pytest.raises(NotFound), transaction():
            record_attendance(meeting_id, marks, actor=SYSTEM, now=minute(0))
        assert kept(learner_id) == []
