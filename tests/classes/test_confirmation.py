"""After a meeting levels are confirmed for all who came, with exceptions, and confirming again corrects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.confirmation import confirm_levels, to_confirm
from supportdesk.classes.errors import MeetingCalledOff, NobodyThere, NotYetHeld, SkillNotTaught
from supportdesk.classes.models import AttendanceState, Meeting
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.consents import record_consent
from supportdesk.learners.models import ConsentKind
from supportdesk.skills.models import EvidenceSource, SkillEvidence
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.skills.queries import levels_of
from tests.classes.making import make_lecture, make_run, meeting_at, meeting_of
from tests.factories import make_learner, make_reference

pytestmark = pytest.mark.usefixtures("context")
#: The course of `make_run` teaches these four.
TAUGHT = ("A1", "A2", "A4", "A5")
BEGINS, ENDS = meeting_at().starts_at, meeting_at().ends_at


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


def come(meeting_id: int, *learners: int, state: AttendanceState = AttendanceState.PRESENT) -> None:
    with transaction():
        record_attendance(meeting_id, [Mark(one, state, BEGINS) for one in learners], actor=SYSTEM, now=BEGINS)


def confirm(
    meeting_id: int,
    exceptions: Mapping[tuple[int, str], int | None] | None = None,
    level: int = 2,
    *,
    now: datetime = ENDS + timedelta(minutes=5),
) -> int:
    with transaction():
        return confirm_levels(meeting_id, exceptions, level, actor=SYSTEM, now=now)


def levels(learner_id: int) -> dict[str, int | None]:
    return {code: row.shown for code, row in levels_of(learner_id).items()}


def seen_elsewhere(learner_id: int, code: str, level: int, source: EvidenceSource, at: datetime = BEGINS) -> None:
    with transaction():
        award_skills(
            [Observation(learner_id, code, level)],
            source=source,
            activity="booking:1",
            observed_at=at,
            actor=SYSTEM,
            now=at,
        )


def test_all_who_came_get_the_level_in_every_skill_taught_and_absentees_get_none() -> None:
    meeting_id = meeting_of(make_run())
    present, late, walk_in, absent, unmarked = (make_learner() for _ in range(5))
    come(meeting_id, present)
    come(meeting_id, late, state=AttendanceState.LATE)
    come(meeting_id, walk_in, state=AttendanceState.WALK_IN)
    come(meeting_id, absent, state=AttendanceState.ABSENT)
    assert confirm(meeting_id) == 3
    for learner_id in (present, late, walk_in):
        assert levels(learner_id) == dict.fromkeys(TAUGHT, 2)
    assert levels(absent) == levels(unmarked) == {}
    assert db.session.scalars(select(Meeting.levels_confirmed_at)).one() == ENDS + timedelta(minutes=5)


def test_evidence_says_where_it_was_seen_when_and_that_it_was_said_of_all() -> None:
    meeting_id, one, other = meeting_of(make_run()), make_learner(), make_learner()
    come(meeting_id, one, other)
    confirm(meeting_id, {(one, "A1"): 1, (one, "A2"): None})
    rows = db.session.scalars(select(SkillEvidence).order_by(SkillEvidence.id)).all()
    assert {(row.source, row.activity, row.observed_at) for row in rows} == {
        (EvidenceSource.CLASS, f"meeting:{meeting_id}", ENDS)
    }
    assert {(row.learner_id, row.skill_code): (row.level, row.bulk) for row in rows} == {
        (one, "A1"): (1, False),
        **{(one, code): (2, True) for code in ("A4", "A5")},
        **{(other, code): (2, True) for code in TAUGHT},
    }


def test_a_lectures_evidence_is_a_lectures() -> None:
    meeting_id, learner_id = meeting_of(make_lecture()), make_learner()
    come(meeting_id, learner_id)
    confirm(meeting_id)
    assert set(db.session.scalars(select(SkillEvidence.source))) == {EvidenceSource.LECTURE}


class TestAgain:
    def test_confirming_again_writes_what_is_different_and_the_newest_stands(self) -> None:
        meeting_id, one, other = meeting_of(make_run()), make_learner(), make_learner()
        come(meeting_id, one, other)
        confirm(meeting_id, {(one, "A1"): 0})
        assert confirm(meeting_id, {(one, "A1"): 0}) == 0
        assert confirm(meeting_id, {(one, "A1"): 3, (other, "A2"): 1}, now=ENDS + timedelta(days=1)) == 2
        assert levels(one)["A1"] == 3
        assert levels(other) == {**dict.fromkeys(TAUGHT, 2), "A2": 1}
        assert len(db.session.scalars(select(SkillEvidence.id)).all()) == 10

    def test_for_all_can_be_lowered_again(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        come(meeting_id, learner_id)
        confirm(meeting_id)
        confirm(meeting_id, level=1)
        assert levels(learner_id) == dict.fromkeys(TAUGHT, 1)

    def test_who_is_marked_later_is_confirmed_later(self) -> None:
        meeting_id, one, forgotten = meeting_of(make_run()), make_learner(), make_learner()
        come(meeting_id, one)
        confirm(meeting_id)
        come(meeting_id, forgotten)
        assert confirm(meeting_id) == 1
        assert levels(forgotten) == dict.fromkeys(TAUGHT, 2)

    def test_what_was_seen_after_the_meeting_outlives_a_late_correction(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        come(meeting_id, learner_id)
        confirm(meeting_id)
        later = ENDS + timedelta(days=3)
        seen_elsewhere(learner_id, "A1", 0, EvidenceSource.CONSULTATION, later)
        confirm(meeting_id, {(learner_id, "A1"): 3}, now=later + timedelta(days=1))
        assert levels(learner_id)["A1"] == 0

    def test_of_somebody_who_was_absent_after_all_what_was_written_can_be_put_right(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        come(meeting_id, learner_id)
        confirm(meeting_id)
        come(meeting_id, learner_id, state=AttendanceState.ABSENT)
        assert confirm(meeting_id, {(learner_id, "A1"): 0}) == 1
        assert levels(learner_id) == {**dict.fromkeys(TAUGHT, 2), "A1": 0}


class TestForAll:
    def test_it_never_lowers_what_somebody_saw_of_one(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        seen_elsewhere(learner_id, "A1", 3, EvidenceSource.CONSULTATION, BEGINS - timedelta(days=9))
        seen_elsewhere(learner_id, "A2", 1, EvidenceSource.CONSULTATION, BEGINS - timedelta(days=9))
        come(meeting_id, learner_id)
        confirm(meeting_id)
        assert levels(learner_id) == {**dict.fromkeys(TAUGHT, 2), "A1": 3}

    def test_a_claim_to_teach_still_waits_for_somebody_to_look(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        seen_elsewhere(learner_id, "A1", 3, EvidenceSource.PEER_SESSION, BEGINS - timedelta(days=9))
        seen_elsewhere(learner_id, "A2", 3, EvidenceSource.SELF_CHECK, BEGINS - timedelta(days=9))
        seen_elsewhere(learner_id, "A4", 2, EvidenceSource.SELF_CHECK, BEGINS - timedelta(days=9))
        come(meeting_id, learner_id)
        confirm(meeting_id)
        assert [levels_of(learner_id)[code].awaits_staff for code in TAUGHT] == [True, True, False, False]
        confirm(meeting_id, {(learner_id, "A1"): 3})
        assert levels(learner_id)["A1"] == 3

    def test_who_declined_a_record_has_none_and_who_was_never_asked_has_not_declined(self) -> None:
        meeting_id, declined, changed_mind, never_asked = meeting_of(make_run()), *(make_learner() for _ in range(3))
        with transaction():
            for learner_id, given in ((declined, True), (declined, False), (changed_mind, False), (changed_mind, True)):
                record_consent(learner_id, ConsentKind.KEEP_RECORD, given, "", actor=SYSTEM, now=clock.now())
            record_consent(never_asked, ConsentKind.TIE_VIDEO_VIEWS, False, "", actor=SYSTEM, now=clock.now())
        come(meeting_id, declined, changed_mind, never_asked)
        assert to_confirm(meeting_id).declined == {declined}
        assert confirm(meeting_id, {(declined, "A1"): 1}) == 2
        assert levels(declined) == {}


class TestRefused:
    def test_before_the_meeting_or_with_nobody_there_or_called_off_nothing_is_confirmed(self) -> None:
        run_id = make_run()
        meeting_id = meeting_of(run_id)
        with pytest.raises(NotYetHeld):
            confirm(meeting_id, now=BEGINS - timedelta(minutes=1))
        with pytest.raises(NobodyThere):
            confirm(meeting_id)
        with pytest.raises(NotFound):
            confirm(999999)
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
        with pytest.raises(MeetingCalledOff):
            confirm(meeting_id)
        assert db.session.scalars(select(Meeting.levels_confirmed_at)).all() == [None]

    def test_a_skill_that_was_not_taught_is_refused_and_nothing_is_half_written(self) -> None:
        meeting_id, learner_id = meeting_of(make_run()), make_learner()
        come(meeting_id, learner_id)
        with pytest.raises(SkillNotTaught):
            confirm(meeting_id, {(learner_id, "B1"): 2})
        assert levels(learner_id) == {}
