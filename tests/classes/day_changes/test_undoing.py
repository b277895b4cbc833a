"""A changed day is taken back, as long as nobody was told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from supportdesk.classes.applying.models import Application
from supportdesk.classes.applying.settling import refuse_application
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.day_changes.errors import CannotBeUndone
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.models import (
    AttendanceState,
    Enrolment,
    EnrolmentState,
    Run,
)
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.applying.models import RefusedBecause
from supportdesk.learners.life import change_status
from supportdesk.learners.models import Status, StatusReason
from supportdesk.notices.calling import CallOutcome
from supportdesk.notices.models import Notice, NoticeState
from tests.classes.applying.test_applying import HANA, applied
from tests.classes.day_changes.changing_a_day import (
    LATER,
    REASON,
    change,
    known,
    moved,
    on_the_lists,
    snapshot,
    to_tell,
    undo,
)
from tests.classes.making import enrol, make_run, meeting_at, meeting_of, room_of
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.notices.making import settle

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def test_undone_before_anybody_was_told_everything_is_as_it_was() -> None:
    account = make_account(Role.INSTRUCTOR)
    several = make_run(meeting_at(room_id=room_of().id, staff=[account.id]), meeting_at(LATER), capacity=1)
    one, other = make_run(meeting_at(hour=13), capacity=1), make_run(meeting_at(hour=15), capacity=1)
    for run_id in (several, one, other):
        enrol(run_id, make_learner(), told=False)
        enrol(run_id, make_learner())
    settle(
        db.session.scalars(select(Notice.id).where(Notice.state == NoticeState.WAITING)).first() or 0,
        CallOutcome.NO_ANSWER,
    )
    before, lists = snapshot(), on_the_lists()
    assert lists
    made = change(Wanted(meeting_of(several)), Wanted(meeting_of(one)), moved(meeting_of(other), 15))
    assert snapshot() != before
    undo(made)
    assert snapshot() == before
    assert on_the_lists() == lists
    assert db.session.scalars(select(Notice.state).where(Notice.kind == "day_changed").distinct()).all() == [
        "cancelled"
    ]
    with pytest.raises(CannotBeUndone):
        undo(made)


def test_who_left_meanwhile_gets_no_seat_back_and_who_waits_is_asked() -> None:
    run_id, gone, waits = make_run(capacity=1), make_learner(), make_learner()
    enrol(run_id, gone)
    enrol(run_id, waits)
    made = change(Wanted(meeting_of(run_id)))
    with transaction():
        change_status(gone, Status.DECEASED, StatusReason.FAMILY, actor=SYSTEM, now=desk_clock.now())
    undo(made)
    states = dict(db.session.execute(select(Enrolment.learner_id, Enrolment.state)).all())
    assert states == {gone: EnrolmentState.CANCELLED, waits: EnrolmentState.OFFERED}
    run = db.session.get_one(Run, run_id, populate_existing=True)
    assert (run.taken, run.waiting) == (1, 0)


def test_what_was_known_of_the_old_day_is_forgotten_with_it_and_known_again_when_it_is_taken_back(clock: Clock) -> None:
    run_id, absent, makes_up = make_run(), make_learner(), make_learner()
    enrol(run_id, absent)
    said = {absent: AttendanceState.ABSENT_NOTIFIED, makes_up: AttendanceState.MAKING_UP}
    with transaction():
        marks = [Mark(one, state, desk_clock.now()) for one, state in said.items()]
        record_attendance(meeting_of(run_id), marks, actor=SYSTEM, now=desk_clock.now())
    clock.advance(minutes=1)
    made = change(moved(meeting_of(run_id)))
    assert known(run_id) == dict.fromkeys(said, AttendanceState.UNMARKED)
    clock.advance(minutes=1)
    undo(made)
    assert known(run_id) == said


def test_it_cannot_be_undone_once_somebody_booked_the_new_time(clock: Clock) -> None:
    run_id = make_run()
    made = change(moved(meeting_of(run_id)))
    clock.advance(minutes=1)
    enrol(run_id, make_learner())
    with pytest.raises(CannotBeUndone):
        undo(made)


def test_it_cannot_be_undone_once_somebody_was_told_or_a_meeting_would_have_begun(clock: Clock) -> None:
    run_id = make_run()
    enrol(run_id, make_learner())
    made = change(moved(meeting_of(run_id)))
    told = db.session.scalars(select(Notice.id).where(Notice.kind == "day_changed")).one()
    settle(told, CallOutcome.NO_ANSWER)
    with pytest.raises(CannotBeUndone):
        undo(made)
    other = make_run(meeting_at(hour=13))
    again = change(moved(meeting_of(other), 13))
    clock.set(meeting_at(hour=13).starts_at)
    with pytest.raises(CannotBeUndone):
        undo(again)


def test_it_cannot_be_undone_once_reception_told_somebody_who_was_still_to_be_confirmed(clock: Clock) -> None:
    run_id = make_run()
    applied(run_id, HANA)
    made = change(Wanted(meeting_of(run_id)))
    clock.advance(minutes=1)
    application_id = db.session.scalars(select(Application.id)).one()
    with transaction():
        refuse_application(application_id, RefusedBecause.OVER, actor=SYSTEM, now=desk_clock.now())
    with pytest.raises(CannotBeUndone):
        undo(made)


def test_an_earlier_change_of_which_nobody_had_heard_is_told_again(clock: Clock) -> None:
    run_id, learner_id = make_run(), make_learner()
    enrol(run_id, learner_id)
    clock.advance(minutes=1)
    change(moved(meeting_of(run_id)))
    clock.advance(minutes=1)
    with transaction():
        off = [Wanted(meeting_of(run_id))]
        made = change_day(LATER, off, reason=REASON, actor=SYSTEM, now=desk_clock.now())
    assert ["中止です" in text for text in to_tell(learner_id)] == [True]
    undo(made)
    assert ["12月10日（木）10:00から" in text for text in to_tell(learner_id)] == [True]
