"""Who missed a meeting makes up for it in another run of the course: on its roster, without a seat, full or not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, check_in, mark_the_rest, record_attendance
from supportdesk.classes.attendance_queries import RosterRow, roster
from supportdesk.classes.making_up.operations import NotArranged, NotOffered, give_up_making_up, make_up
from supportdesk.classes.making_up.queries import missed_of
from supportdesk.classes.models import AttendanceState, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Status, StatusReason
from supportdesk.learners.rooms import bindings_of
from supportdesk.learners.standing import NotActive
from supportdesk.notices.models import Notice
from tests.classes.making import DAY, enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.pages import PageClient

OTHER = DAY + timedelta(weeks=3)


@pytest.fixture
def two_runs(app: Flask) -> tuple[int, int, int]:
    """Two runs of two meetings; the second is full. The first one's learner and their enrolment."""
    with app.app_context():
        make_reference()
        first = make_run(meeting_at(DAY), meeting_at(DAY + timedelta(weeks=1)), course="S01")
        second = make_run(meeting_at(OTHER), meeting_at(OTHER + timedelta(weeks=1)), course="S01", capacity=1)
        enrol(second, make_learner("ベツノ カタ"))
        learner_id = make_learner("オヤスミ シタカタ")
        enrolment_id = enrol(first, learner_id).enrolment_id
        missed = Mark(learner_id, AttendanceState.ABSENT_NOTIFIED, desk_clock.now())
        with transaction():
            record_attendance(meeting_of(first, 2), [missed], actor=SYSTEM, now=desk_clock.now())
    return learner_id, enrolment_id, second


def arrange(enrolment_id: int, meeting_id: int) -> None:
    (missed,) = missed_of(enrolment_id)
    with transaction():
        make_up(enrolment_id, missed.meeting_id, meeting_id, actor=SYSTEM, now=desk_clock.now())


def row_of(meeting_id: int, learner_id: int) -> RosterRow:
    (found,) = [row for row in roster(meeting_id) if row.learner_id == learner_id]
    return found


@pytest.mark.usefixtures("context")
class TestArranging:
    def test_they_are_expected_at_the_same_meeting_though_no_seat_is_free(
        self, two_runs: tuple[int, int, int], clock: Clock
    ) -> None:
        learner_id, enrolment_id, second = two_runs
        meeting_id = meeting_of(second, 2)
        arrange(enrolment_id, meeting_id)
        row = row_of(meeting_id, learner_id)
        assert (row.expected, row.making_up, row.seat, row.state) == (True, True, None, None)
        assert db.session.get_one(Run, second).taken == 1
        now = clock.set(meeting_at(OTHER + timedelta(weeks=1)).starts_at)
        with transaction():
            told = check_in(meeting_id, learner_id, actor=SYSTEM, now=now)
        assert told == ()
        row = row_of(meeting_id, learner_id)
        assert (row.state, row.attended, row.disputed) == (AttendanceState.PRESENT, True, None)

    def test_who_does_not_come_is_marked_with_the_rest(self, two_runs: tuple[int, int, int], clock: Clock) -> None:
        learner_id, enrolment_id, second = two_runs
        meeting_id = meeting_of(second, 2)
        arrange(enrolment_id, meeting_id)
        now = clock.set(meeting_at(OTHER + timedelta(weeks=1)).starts_at)
        with transaction():
            mark_the_rest(meeting_id, AttendanceState.ABSENT, actor=SYSTEM, now=now)
        assert row_of(meeting_id, learner_id).state is AttendanceState.ABSENT

    def test_only_the_same_meeting_of_the_same_course_and_only_when_one_was_missed(
        self, two_runs: tuple[int, int, int]
    ) -> None:
        _learner_id, enrolment_id, second = two_runs
        with pytest.raises(NotOffered):
            arrange(enrolment_id, meeting_of(second, 1))
        with pytest.raises(NotOffered):
            arrange(enrolment_id, meeting_of(make_run(meeting_at(OTHER), meeting_at(OTHER, 14)), 2))
        (missed,) = missed_of(enrolment_id)
        other = enrol(second, make_learner()).enrolment_id
        with pytest.raises(NotFound), transaction():
            make_up(other, missed.meeting_id, meeting_of(second, 2), actor=SYSTEM, now=desk_clock.now())
        arrange(enrolment_id, meeting_of(second, 2))
        with pytest.raises(NotOffered):
            arrange(enrolment_id, meeting_of(second, 2))

    def test_it_is_given_up_and_may_be_arranged_again(self, two_runs: tuple[int, int, int], clock: Clock) -> None:
        learner_id, enrolment_id, second = two_runs
        meeting_id = meeting_of(second, 2)
        arrange(enrolment_id, meeting_id)
        with transaction():
            give_up_making_up(learner_id, meeting_id, actor=SYSTEM, now=desk_clock.now())
        assert learner_id not in [row.learner_id for row in roster(meeting_id)]
        with pytest.raises(NotArranged), transaction():
            give_up_making_up(learner_id, meeting_id, actor=SYSTEM, now=desk_clock.now())
        clock.advance(hours=1)
        arrange(enrolment_id, meeting_id)
        assert row_of(meeting_id, learner_id).making_up

    def test_a_tap_that_is_taken_back_gives_nothing_up(self, two_runs: tuple[int, int, int], clock: Clock) -> None:
        learner_id, enrolment_id, second = two_runs
        meeting_id = meeting_of(second, 2)
        arrange(enrolment_id, meeting_id)
        at = clock.set(meeting_at(OTHER + timedelta(weeks=1)).starts_at)
        marks = [Mark(learner_id, AttendanceState.PRESENT, at), Mark(learner_id, AttendanceState.UNMARKED, at)]
        with transaction():
            record_attendance(meeting_id, marks, actor=SYSTEM, now=at)
        assert row_of(meeting_id, learner_id).expected

    def test_whose_time_with_us_ends_is_expected_nowhere(self, two_runs: tuple[int, int, int]) -> None:
        learner_id, enrolment_id, second = two_runs
        arrange(enrolment_id, meeting_of(second, 2))
        now = desk_clock.now()
        assert "教室「はじめてのスマホ 全3回」の補講をやめます。" in [
            one.text for one in bindings_of(learner_id, Status.LEFT, now)
        ]
        with transaction():
            change_status(learner_id, Status.LEFT, reason=StatusReason.OWN_WISH, actor=SYSTEM, now=now)
        assert learner_id not in [row.learner_id for row in roster(meeting_of(second, 2))]
        with pytest.raises(NotActive):
            arrange(enrolment_id, meeting_of(second, 2))

    def test_they_are_told_when_it_is_called_off(self, two_runs: tuple[int, int, int]) -> None:
        learner_id, enrolment_id, second = two_runs
        arrange(enrolment_id, meeting_of(second, 2))
        with transaction():
            assert cancel_run(second, actor=SYSTEM, now=desk_clock.now()) == 2
        texts = db.session.scalars(select(Notice.text).where(Notice.learner_id == learner_id)).all()
        assert any("12月31日（木）10:00からの「はじめてのスマホ 全3回」に、お休みした回" in text for text in texts)


def test_reception_finds_the_way_from_the_booking(
    app: Flask, two_runs: tuple[int, int, int], reception: PageClient
) -> None:
    learner_id, enrolment_id, second = two_runs
    booking = reception.get(f"/classes/enrolments/{enrolment_id}")
    page = reception.get(booking.link("ほかの教室で受ける"))
    again = reception.submit(page, "make-up", expect=422)
    assert again.error("meeting_id")
    with app.app_context():
        wanted = meeting_of(second, 2)
    done = reception.submit(again, "make-up", {"meeting_id": wanted}, follow=True)
    assert "補講の名簿にのせました。" in done.text
    reception.get(f"/classes/enrolments/{enrolment_id}/make-up/{wanted}", expect=404)
    assert "2回目の補講：12月31日（木）" in done.text
    assert "12月31日（木） 10:00〜11:00" in reception.get(f"/desk/{learner_id}").one(".cards").text
    assert "補講をやめました。" in reception.submit(done, "2回目の補講をやめる", follow=True).text
