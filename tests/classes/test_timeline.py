"""A learner's timeline shows each meeting they were marked at, how they came, and what they could do there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.confirmation import confirm_levels
from supportdesk.classes.models import AttendanceState
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.learners.rooms import timeline_of
from tests.classes.making import DAY, enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.factories import make_actor, make_learner, make_reference
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
BEGINS = meeting_at().starts_at


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def test_it_tells_what_was_attended_how_and_what_was_confirmed_there_newest_first() -> None:
    instructor, learner_id = make_actor(Role.INSTRUCTOR), make_learner()
    class_run = make_run(meeting_at(), meeting_at(DAY + timedelta(days=7)), course="K06")
    enrol(class_run, learner_id)
    first, second = meeting_of(class_run), meeting_of(class_run, 2)
    lecture = meeting_of(make_lecture(meeting_at(DAY + timedelta(days=8))))
    week = timedelta(days=7)
    with transaction():
        for meeting_id, state, at in (
            (first, AttendanceState.ABSENT, BEGINS),
            (first, AttendanceState.LATE, BEGINS + timedelta(minutes=20)),
            (second, AttendanceState.ABSENT_NOTIFIED, BEGINS + week),
            (lecture, AttendanceState.WALK_IN, BEGINS + timedelta(days=8)),
        ):
            record_attendance(meeting_id, [Mark(learner_id, state, at)], actor=instructor, now=at)
        for levels in ({(learner_id, "E2"): 1}, {(learner_id, "E2"): 1, (learner_id, "E3"): 0}):
            confirm_levels(first, levels, actor=instructor, now=BEGINS + week)
    entries = timeline_of(learner_id)
    assert [(entry.kind, entry.title, entry.text) for entry in entries] == [
        ("lecture", "電源の入れ方・ボタン操作（泉町内会）", "飛び入り"),
        ("class", "地図アプリの使い方", "連絡あり欠席"),
        (
            "class",
            "地図アプリの使い方",
            "遅刻、地図で場所をさがす：ひとりでできる、行き方を調べる：手伝ってもらえばできる、"
            "バスや電車の時刻を調べる：まだ",
        ),
    ]
    assert [entry.activity for entry in entries] == [f"meeting:{one}" for one in (lecture, second, first)]
    assert {entry.by for entry in entries} == {"instructorさん"}
    assert entries[-1].at == BEGINS
    assert entries[-1].url == f"/classes/{class_run}"


def test_only_the_latest_is_read_with_what_was_confirmed_there(
    queries: Callable[[], AbstractContextManager[Statements]],
) -> None:
    learner_id = make_learner()
    for hour in (9, 11, 13, 15):
        meeting = meeting_at(hour=hour)
        meeting_id = meeting_of(make_run(meeting))
        with transaction():
            mark = Mark(learner_id, AttendanceState.PRESENT, meeting.starts_at)
            record_attendance(meeting_id, [mark], actor=SYSTEM, now=meeting.starts_at)
            confirm_levels(meeting_id, actor=SYSTEM, now=meeting.ends_at)
    whole = timeline_of(learner_id)
    assert [entry.at for entry in whole] == [meeting_at(hour=hour).starts_at for hour in (15, 13, 11, 9)]
    with queries() as seen:
        assert timeline_of(learner_id, limit=2) == whole[:2]
    assert sum("LIMIT" in one for one in seen) == len(seen) - 2, seen  # levels and names are of what was read
    assert timeline_of(learner_id, limit=2, before=whole[1].at) == whole[2:]
    assert timeline_of(learner_id, before=whole[3].at) == []


def test_what_was_taken_back_and_what_is_only_booked_did_not_happen() -> None:
    run_id, learner_id = make_run(), make_learner()
    enrol(run_id, learner_id)
    assert timeline_of(learner_id) == []
    with transaction():
        for minute, state in enumerate((AttendanceState.PRESENT, AttendanceState.UNMARKED)):
            at = BEGINS + timedelta(minutes=minute)
            record_attendance(meeting_of(run_id), [Mark(learner_id, state, at)], actor=SYSTEM, now=at)
    assert timeline_of(learner_id) == []


def test_it_takes_the_same_statements_however_long(queries: Callable[[], AbstractContextManager[Statements]]) -> None:
    learner_id = make_learner()
    counts = []
    for hour in (9, 10, 11, 12):
        meeting = meeting_at(hour=hour)
        meeting_id = meeting_of(make_run(meeting))
        with transaction():
            mark = Mark(learner_id, AttendanceState.PRESENT, meeting.starts_at)
            record_attendance(meeting_id, [mark], actor=SYSTEM, now=meeting.starts_at)
            confirm_levels(meeting_id, actor=SYSTEM, now=meeting.ends_at)
        with queries() as seen:
            timeline_of(learner_id)
        counts.append(len(seen))
    assert len(set(counts)) == 1
