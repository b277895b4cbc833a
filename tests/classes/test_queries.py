"""What the desk asks about classes is answered in a fixed number of statements, found by any word people use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from supportdesk.classes import enrolment_queries
from supportdesk.classes import queries as reads
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.models import Edition, EnrolmentState, Meeting, Run
from supportdesk.classes.planning import cancel_run
from supportdesk.classes.run_queries import run_details, runs_page
from supportdesk.classes.schedule import listed_runs
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from tests.classes.making import DAY, enrol, make_lecture, make_run, meeting_at, room_of
from tests.factories import make_account, make_learner, make_reference
from tests.plans import looked_through
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def found(**asked: object) -> list[int]:
    return [run.id for run in reads.open_runs(after=clock.now(), **asked)]  # type: ignore[arg-type]  # any filter


def test_open_runs_are_those_one_can_still_book_the_next_first() -> None:
    later, sooner = make_run(meeting_at(hour=15)), make_run(meeting_at(hour=9))
    called_off = make_run()
    with transaction():
        cancel_run(called_off, actor=SYSTEM, now=clock.now())
    make_lecture()
    assert found() == [sooner, later]
    assert found(limit=1) == [sooner]
    assert [run.id for run in reads.open_runs(after=meeting_at(hour=9).starts_at)] == [later]


def test_lists_offer_exactly_what_can_be_booked() -> None:
    runs = [make_run(meeting_at(hour=hour)) for hour in (9, 10, 11)]
    with transaction():
        cancel_run(runs[2], actor=SYSTEM, now=clock.now())
    begins = meeting_at(hour=9).starts_at
    for now in (clock.now(), begins - timedelta(seconds=1), begins, meeting_at(hour=10).starts_at):
        offered = [run.id for run in reads.open_runs(after=now)]
        assert offered == [run_id for run_id in runs if run_details(run_id).is_open(now)]
        assert offered == [row[0] for row in listed_runs(now=now)]


def test_a_row_says_all_that_a_caller_asks() -> None:
    run_id = make_run(meeting_at(), meeting_at(DAY + timedelta(days=7)), capacity=1)
    enrol(run_id, make_learner())
    enrol(run_id, make_learner())
    (row,) = reads.open_runs(after=clock.now())
    assert (row.title, row.venue, row.nickname) == ("電源の入れ方・ボタン操作", "東部市民サービスセンター", "いーぱる")
    assert (row.district, row.district_code, row.edition) == ("東部", "tobu", Edition.BOTH)
    assert (row.capacity, row.taken, row.free, row.waiting, row.meetings) == (1, 1, 0, 1, 2)
    assert row.starts_at == meeting_at().starts_at
    assert row.ends_at == meeting_at(DAY + timedelta(days=7)).ends_at


@pytest.mark.parametrize(
    "words",
    ["いーぱる", "イーパル", "ｲｰﾊﾟﾙ", "とうぶ", "東部", "ボタン", "東部　ボタン", "電源の入れ方", "とうぶしみん"],
)
def test_words_find_title_place_nickname_reading_and_district(words: str) -> None:
    east = make_run()
    make_run(course="K02", venue_id=room_of("ウェスター").venue_id)
    assert found(text=words) == [east]


@pytest.mark.parametrize("words", ["ない言葉", "東部 カメラ"])
def test_other_words_find_nothing(words: str) -> None:
    make_run()
    assert found(text=words) == []


def test_signs_alone_are_no_words() -> None:
    run_id = make_run()
    assert found(text="% _ \\ ") == [run_id]


def test_runs_are_found_by_district_day_skill_phone_and_listing() -> None:
    east = make_run(meeting_at(), meeting_at(DAY + timedelta(days=7)), edition=Edition.IPHONE)
    west = make_run(
        meeting_at(hour=14),
        course="K02",
        edition=Edition.ANDROID,
        listed=False,
        venue_id=room_of("ウェスター").venue_id,
    )
    assert found(district_code="tobu") == [east]
    assert found(day=DAY + timedelta(days=7)) == [east]
    assert found(day=DAY) == [east, west]
    assert found(skill_codes=["B5"]) == [west]
    assert found(skill_codes=["A1", "B5"]) == [east, west]
    assert found(skill_codes=[]) == []
    assert found(edition=Edition.ANDROID) == [west]
    assert found(listed=True) == [east]
    assert found(listed=False) == [west]


def test_the_days_meetings_come_in_order_with_lectures_and_without_what_is_called_off() -> None:
    account = make_account(Role.INSTRUCTOR)
    afternoon = make_run(meeting_at(hour=14, staff=[account.id], room_id=room_of().id))
    morning = make_lecture(meeting_at(hour=9), venue_id=None, place="泉町内会館", district_code="hokubu")
    make_run(meeting_at(DAY + timedelta(days=1)))
    called_off = make_run(meeting_at(hour=11))
    with transaction():
        cancel_run(called_off, actor=SYSTEM, now=clock.now())
    rows = reads.meetings_on(DAY)
    assert [row.run_id for row in rows] == [morning, afternoon]
    assert (rows[0].venue, rows[0].group_name, rows[1].room) == ("泉町内会館", "泉町内会", "会議室")
    assert [row.run_id for row in reads.meetings_on(DAY, staff_id=account.id)] == [afternoon]
    assert [row.run_id for row in reads.meetings_on(DAY, district_code="hokubu")] == [morning]
    assert [row.run_id for row in reads.meetings_on(DAY, cancelled=True)] == [morning, called_off, afternoon]


def test_a_learners_enrolments_say_their_place_in_line() -> None:
    learner_id = make_learner()
    full = make_run(capacity=1)
    enrol(full, make_learner())
    first_in_line = enrol(full, make_learner())
    enrol(full, learner_id)
    seated = enrol(make_run(meeting_at(hour=15, room_id=room_of().id), to_bring="めがね"), learner_id)
    sooner, later = enrolment_queries.enrolments_ahead(learner_id, clock.now())
    assert (later.id, later.state, later.seat, later.line) == (seated.enrolment_id, EnrolmentState.SEATED, 1, None)
    assert (later.room, later.to_bring) == ("会議室", "めがね")
    assert (sooner.state, sooner.line) == (EnrolmentState.WAITING, 2)
    with transaction():
        cancel_enrolment(first_in_line.enrolment_id, actor=SYSTEM, now=clock.now())
    assert enrolment_queries.enrolments_ahead(learner_id, clock.now())[0].line == 1


def test_what_is_over_or_cancelled_is_not_ahead() -> None:
    learner_id = make_learner()
    goes_on = enrol(make_run(meeting_at(), meeting_at(DAY + timedelta(days=7))), learner_id)
    over = enrol(make_run(meeting_at(hour=8)), learner_id)
    cancelled = enrol(make_run(meeting_at(hour=15)), learner_id)
    with transaction():
        cancel_enrolment(cancelled.enrolment_id, actor=SYSTEM, now=clock.now())
    assert [row.id for row in enrolment_queries.enrolments_ahead(learner_id, clock.now())] == [
        over.enrolment_id,
        goes_on.enrolment_id,
    ]
    now = meeting_at(hour=8).ends_at
    assert [row.id for row in enrolment_queries.enrolments_ahead(learner_id, now)] == [goes_on.enrolment_id]


def test_codes_lead_to_one_enrolment_and_one_meeting() -> None:
    learner_id = make_learner()
    booked = enrol(make_run(), learner_id)
    row = enrolment_queries.enrolment_by_code(booked.code)
    assert row is not None
    assert (row.id, row.learner_id) == (booked.enrolment_id, learner_id)
    assert enrolment_queries.enrolment_by_code("CXXXXXX") is None
    meeting = db.session.execute(select(Meeting.id, Meeting.code)).one()
    by_code = reads.meeting_by_code(meeting.code)
    assert by_code is not None
    assert by_code.id == meeting.id
    assert by_code == reads.meeting_row(meeting.id)
    assert reads.meeting_by_code("MXXXXXX") is None


@pytest.mark.only_on("sqlite")  # PostgreSQL looks through a table this small, whatever its indices
def test_lists_of_runs_look_through_none_but_those_wanted() -> None:
    make_run()
    now = clock.now()
    assert "run" in looked_through(lambda: db.session.scalars(select(Run.title)).all())
    assert "run" not in looked_through(lambda: reads.open_runs(after=now))
    for past in (False, True):
        assert "run" not in looked_through(lambda past=past: runs_page(1, now=now, past=past))  # type: ignore[misc]


def test_lists_take_the_same_statements_however_long(queries: Counting) -> None:
    learner_id = make_learner()
    for hour in range(9, 14):
        enrol(make_run(meeting_at(hour=hour)), learner_id)
    with queries() as seen:
        reads.open_runs(after=clock.now())
    assert len(seen) == 1
    with queries() as seen:
        reads.open_runs(text="いーぱる ボタン", after=clock.now())
    assert len(seen) == 2
    with queries() as seen:
        reads.meetings_on(DAY)
        enrolment_queries.enrolments_ahead(learner_id, clock.now())
    assert len(seen) == 2
