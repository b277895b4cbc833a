"""Whatever is done in whatever order: no row is lost or points nowhere, levels follow from evidence, undoing restores.

A model keeps, for each record, what was done with it; the database has to tell the same story after every step.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking
from supportdesk.learners.keys import findable, keys_of
from supportdesk.learners.merging.operations import merge_learners, undo_hand_over
from supportdesk.learners.merging.rows import movable
from supportdesk.learners.models import LearnerKey
from supportdesk.learners.operations import amend_learner
from supportdesk.learners.queries import particulars_of
from supportdesk.skills.models import SkillLevel
from supportdesk.skills.operations import rebuild_levels
from supportdesk.tutors.models import PeerSession
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import TODAY, Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.tutors.making import log, make_tutor, match

pytestmark = pytest.mark.usefixtures("context")


@dataclass
class Record:
    """What the model knows of one record."""

    doings: Counter[str] = field(default_factory=Counter)


@dataclass
class Merged:
    """A merge that can be taken back, with what the giver had then."""

    id: int
    gone: int
    kept: int
    given: Counter[str]


class Desk(RuleBasedStateMachine):
    """People at work. Everything they do is counted twice: by the model and in the tables."""

    live = Bundle("live")
    merges = Bundle("merges")

    def __init__(self, tutor: Any, adviser: int, desk: int) -> None:
        super().__init__()
        self.tutor, self.adviser, self.desk = tutor, adviser, desk
        self.records: dict[int, Record] = {}
        self.figures = figures()

    @rule(target=live, phone=st.sampled_from(["", "018-888-1542", "090-1234-5678"]))
    def create(self, phone: str) -> int:
        learner_id = make_learner(phone=phone)
        self.records[learner_id] = Record()
        return learner_id

    @rule(learner_id=live)
    def enrol_and_attend(self, learner_id: int) -> None:
        run_id = make_run(meeting_at(TODAY, 19))
        enrol(run_id, learner_id, clash_reason="両方に来る")
        with transaction():
            mark = Mark(learner_id, AttendanceState.PRESENT, clock.now())
            record_attendance(meeting_of(run_id), [mark], actor=SYSTEM, now=clock.now())
        self.records[learner_id].doings.update({"enrolment": 1, "attendance_mark": 1})

    @rule(learner_id=live)
    def consult(self, learner_id: int) -> None:
        taken = db.session.scalar(select(func.count()).select_from(Booking)) or 0
        day = at(8).date() + timedelta(weeks=taken // 12)
        try:
            book(self.desk, self.adviser, learner_id, at(8 + taken % 12, day=day), clash_reason="両方に来る")
        except DeskError:  # the desk is shut that day
            return
        self.records[learner_id].doings.update({"booking": 1})

    @rule(learner_id=live, level=st.integers(0, 2), skill=st.sampled_from(["A1", "B5"]))
    def practise_with_a_neighbour(self, learner_id: int, level: int, skill: str) -> None:
        clock.set_now(clock.now() + timedelta(minutes=2))
        if not self.records[learner_id].doings["match"]:
            match(self.tutor, learner_id)
            self.records[learner_id].doings.update({"match": 1})
        log(self.tutor, learner_id, minutes=1, levels={skill: level})
        self.records[learner_id].doings.update({"peer_session": 1, "skill_evidence": 1})

    @rule(learner_id=live, note=st.sampled_from(["耳が遠い", "夫と来る", ""]))
    def amend(self, learner_id: int, note: str) -> None:
        with transaction():
            amend_learner(learner_id, replace(particulars_of(learner_id), note=note), actor=SYSTEM, now=clock.now())

    @rule(target=merges, gone=consumes(live), kept=live)
    def merge(self, gone: int, kept: int) -> Any:
        try:
            with transaction():
                chosen = particulars_of(kept)
                done = merge_learners(gone, kept, chosen, actor=SYSTEM, now=clock.now())
        except DeskError:  # a tutor of both, or one record twice
            return multiple()
        given = self.records.pop(gone).doings
        self.records[kept].doings.update(given)
        return Merged(done, gone, kept, given)

    @rule(target=live, merged=consumes(merges))
    def undo(self, merged: Merged) -> Any:
        try:
            with transaction():
                undo_hand_over(merged.id, actor=SYSTEM, now=clock.now())
        except DeskError:  # something came after it
            return multiple()
        self.records[merged.gone] = Record(Counter(merged.given))
        self.records[merged.kept].doings.subtract(merged.given)
        return merged.gone

    @invariant()
    def every_record_has_what_was_done_with_it(self) -> None:
        db.session.rollback()
        for learner_id, record in self.records.items():
            for table in (Enrolment, AttendanceMark, Booking, PeerSession):
                held = db.session.scalar(select(func.count()).select_from(table).where(table.learner_id == learner_id))
                assert held == record.doings[table.__tablename__], table.__tablename__

    @invariant()
    def levels_and_keys_follow(self) -> None:
        levels = (
            select(SkillLevel)
            .where(SkillLevel.learner_id.in_(self.records))
            .order_by(SkillLevel.learner_id, SkillLevel.skill_code)
        )
        before = [(one.learner_id, one.skill_code, one.level) for one in db.session.scalars(levels)]
        with transaction():
            rebuild_levels(list(self.records))
        db.session.expire_all()
        assert [(one.learner_id, one.skill_code, one.level) for one in db.session.scalars(levels)] == before
        for learner_id, one in findable(list(self.records)).items():
            held = db.session.scalars(select(LearnerKey.key).where(LearnerKey.learner_id == learner_id))
            assert set(held) == keys_of(one)
        db.session.rollback()

    @invariant()
    def no_row_is_lost(self) -> None:
        now = figures()
        assert all(now[name] >= count for name, count in self.figures.items())
        self.figures = now

    def teardown(self) -> None:
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
        db.session.rollback()


def figures() -> dict[str, int]:
    """How many rows there are of everything that is reported."""
    counts = {
        answer.table.name: db.session.scalar(select(func.count()).select_from(answer.table)) or 0
        for answer in movable()
    }
    db.session.rollback()
    return counts


def test_any_order_of_work_merging_and_undoing_tells_the_same_story(clock: Clock) -> None:
    make_reference()
    tutor, adviser = make_tutor(), make_adviser()
    desk = make_desk(adviser, opens=8, closes=20)

    class OneDesk(Desk):
        def __init__(self) -> None:
            super().__init__(tutor, adviser, desk)

    run_state_machine_as_test(
        OneDesk,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.generate],  # a database does not begin anew for a shorter example
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
