"""Whatever is done in whatever order: no row is lost or points nowhere, levels follow from evidence, undoing restores,
who has left is awaited nowhere, and of who was erased nothing is left but the figures.

A model keeps, for each record, what was done with it; the database has to tell the same story after every step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import CompoundSelect, Text, bindparam, cast, func, literal, select, text, union_all

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceMark, AttendanceState, Enrolment, EnrolmentState, Meeting
from supportdesk.classes.planning import MeetingPlan
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.caller import Caller
from supportdesk.learners.keys import findable, keys_of
from supportdesk.learners.life import change_status
from supportdesk.learners.merging.operations import merge_learners, undo_hand_over
from supportdesk.learners.models import Learner, LearnerKey, Pass, Status, StatusReason
from supportdesk.learners.operations import amend_learner
from supportdesk.learners.particulars import Telephone
from supportdesk.learners.passes import issue_pass
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rooms import tables_with_learners, timeline_of
from supportdesk.notices.models import UNSETTLED, Notice
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import cells_of
from supportdesk.skills.models import SkillLevel
from supportdesk.skills.operations import rebuild_levels
from supportdesk.tutors.models import Match, PeerSession
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, make_adviser, make_desk
from tests.learners.rights.traces import traces
from tests.notices.making import queue
from tests.tutors.making import log, make_tutor, match

pytestmark = pytest.mark.usefixtures("context")
#: What is counted, with where its learner lived and how old they were that day.
COUNTED = (Enrolment, AttendanceMark, Booking, PeerSession)
#: What is done with a learner at one go: one or some of these.
DOINGS = ("practise_with_a_neighbour", "entrust", "enrol", "attend", "consult", "give_card", "tell", "amend")
NUMBERS = count()
WHO = st.integers(0, 9)


@dataclass
class Record:
    """What the model knows of one record: which words are theirs alone, and how often what was done with it."""

    words: set[str]
    doings: Counter[str] = field(default_factory=Counter)
    status: Status = Status.ACTIVE


@dataclass
class Merged:
    """A merge that stands, with what the giver was then."""

    id: int
    gone: int
    kept: int
    given: Record


class Desk(RuleBasedStateMachine):
    """People at work. Everything they do is counted twice: by the model and in the tables."""

    def __init__(self, app: Flask, tutor: Any, adviser: int, desk: int) -> None:
        super().__init__()
        self.app, self.tutor, self.adviser, self.desk = app, tutor, adviser, desk
        self.records: dict[int, Record] = {}
        self.erased: dict[int, Record] = {}
        self.standing: dict[int, Merged] = {}
        self.word: dict[int, str] = {}
        self.rows = rows()

    def one(self, number: int) -> int:
        """One of those in the register."""
        return list(self.records)[number % len(self.records)]

    @initialize()
    def open(self) -> None:
        """Three are known well already, one of them to the tutor, who cannot be a tutor of two that become one."""
        for number, shared in enumerate(("", "018-888-1542", "018-888-1542")):
            self.create(shared)
            self.serve(number, [*DOINGS[2 if number else 0 :]])

    @rule(shared=st.sampled_from(["", "018-888-1542"]))
    def create(self, shared: str) -> None:
        """Every word of theirs is nobody else's, but for a telephone that two may have."""
        number = next(NUMBERS)
        own = f"090-77{number:02}-31{number:02}"
        phones = tuple(Telephone(phone, f"+81{phone[1:].replace('-', '')}") for phone in (own, shared) if phone)
        word = "ヌエ" + "".join("カサタナハマラキスト"[int(digit)] for digit in f"{number:03}")
        learner_id = make_learner(f"テスト {word}", name=f"鵺野 {word}", note=word, address=word, phones=phones)
        self.records[learner_id] = Record({word, search_key(word), own, f"+81{own[1:].replace('-', '')}"})
        self.word[learner_id] = word

    @rule(who=WHO, doings=st.lists(st.sampled_from(DOINGS), min_size=1, max_size=2))
    def serve(self, who: int, doings: list[str]) -> None:
        for doing in doings:
            getattr(self, doing)(self.one(who))

    def enrol(self, learner_id: int) -> None:
        run_id, word = make_run(meeting_at(hour=19)), self.word[learner_id]
        with self.served(learner_id, "enrolment"):
            enrol(run_id, learner_id, caller=Caller(word, word, word), clash_reason=word, told=False)

    def attend(self, learner_id: int) -> None:
        begins = clock.now() + timedelta(minutes=1)
        run_id = make_run(MeetingPlan(begins, begins + timedelta(hours=1)))
        with self.served(learner_id, "enrolment", "attendance_mark"):
            enrol(run_id, learner_id, clash_reason=self.word[learner_id])
            clock.set_now(clock.now() + timedelta(minutes=2))
            with transaction():
                mark = Mark(learner_id, AttendanceState.PRESENT, clock.now())
                record_attendance(meeting_of(run_id), [mark], actor=SYSTEM, now=clock.now())

    def consult(self, learner_id: int) -> None:
        taken = db.session.scalar(select(func.count()).select_from(Booking)) or 0
        starts_at = at(8 + taken % 12, day=DAY + timedelta(weeks=taken // 12))
        word = self.word[learner_id]
        with self.served(learner_id, "booking"):
            said: dict[str, Any] = {"topic": word, "caller": Caller(word, word, word), "clash_reason": word}
            book(self.desk, self.adviser, learner_id, starts_at, told=False, **said)

    def entrust(self, learner_id: int) -> None:
        if not self.records[learner_id].doings["match"]:
            with self.served(learner_id, "match"):
                match(self.tutor, learner_id, self.word[learner_id], told=False)

    def practise_with_a_neighbour(self, learner_id: int) -> None:
        self.entrust(learner_id)
        if self.records[learner_id].doings["match"]:
            clock.set_now(clock.now() + timedelta(minutes=2))
            word, level = self.word[learner_id], clock.now().minute % 3
            log(self.tutor, learner_id, minutes=1, note=word, place=word, levels={"A1": level})
            self.records[learner_id].doings.update({"peer_session": 1})

    def give_card(self, learner_id: int) -> None:
        with self.refused_if(self.records[learner_id].doings["card"]), transaction():
            issue_pass(learner_id, actor=SYSTEM, now=clock.now())
        self.records[learner_id].doings["card"] = self.records[learner_id].doings["card"] or 1

    def tell(self, learner_id: int) -> None:
        if self.records[learner_id].status is Status.ACTIVE:
            queue(learner_id, text=self.word[learner_id])

    def amend(self, learner_id: int) -> None:
        with transaction():
            amended = replace(particulars_of(learner_id), note=f"{self.word[learner_id]} {clock.now():%H:%M}")
            amend_learner(learner_id, amended, actor=SYSTEM, now=clock.now())

    @rule(who=WHO, status=st.sampled_from([Status.MOVED, Status.MOVED, Status.LEFT, Status.ACTIVE]))
    def move_away_or_come_back(self, who: int, status: Status) -> None:
        learner_id = self.one(who)
        record, before = self.records[learner_id], (counted(), story(learner_id))
        with self.refused_if(record.status is status), transaction():
            change_status(learner_id, status, StatusReason.OTHER, actor=SYSTEM, now=clock.now())
        assert (counted(), story(learner_id)) == before
        if record.status is status:
            return
        record.status = status
        given = [merged.given for merged in self.standing.values() if self.holder(merged) == learner_id]
        for one in (record, *given):
            one.doings["match"] *= status is Status.ACTIVE
            one.doings["card"] *= status is not Status.LEFT

    @precondition(lambda self: len(self.records) > 2)
    @rule(who=WHO)
    def erase(self, who: int) -> None:
        learner_id = self.one(who)
        figures, before = counted(), rows()
        with transaction():
            erase_learner(learner_id, actor=SYSTEM, now=clock.now())
        self.erased[learner_id] = record = self.records.pop(learner_id)
        record.doings.update({"match": -record.doings["match"], "card": -record.doings["card"]})
        assert counted() == figures
        self.rows = rows()
        kept = {answer.table.name for answer in tables_with_learners() if answer.erased == "kept"}
        assert all(self.rows[name] >= before[name] for name in kept)

    @precondition(lambda self: len(self.records) > 1)
    @rule(who=WHO, other=WHO)
    def merge(self, who: int, other: int) -> None:
        gone = self.one(who)
        kept = next(one for one in (self.one(other), self.one(other + 1)) if one != gone)
        giver, taker = self.records[gone], self.records[kept]
        refused = giver.status is not taker.status or (giver.doings["match"] and taker.doings["match"])
        with self.refused_if(refused), transaction():
            theirs, given = particulars_of(kept), particulars_of(gone)
            phones = tuple(dict.fromkeys((*theirs.phones, *given.phones)))
            chosen = replace(theirs, phones=phones, note=f"{theirs.note} {given.note}", helper_name=given.name)
            done = merge_learners(gone, kept, chosen, actor=SYSTEM, now=clock.now())
        if refused:
            return
        self.standing[done] = Merged(done, gone, kept, self.records.pop(gone))
        taker.words |= giver.words
        taker.doings.update(giver.doings)

    @precondition(lambda self: self.standing)
    @rule(which=WHO)
    def undo(self, which: int) -> None:
        """Refused in words once who was kept is erased, or while a later merge of either stands; else as it was."""
        merged = list(self.standing.values())[which % len(self.standing)]
        later = [one for one in self.standing.values() if one.id > merged.id]
        refused = merged.kept in self.erased or any(merged.kept == one.gone or merged.gone == one.kept for one in later)
        with self.refused_if(refused), transaction():
            undo_hand_over(merged.id, actor=SYSTEM, now=clock.now())
        if refused:
            return
        del self.standing[merged.id]
        self.records[merged.gone] = merged.given
        self.records[merged.kept].words -= merged.given.words
        self.records[merged.kept].doings.subtract(merged.given.doings)

    @contextmanager
    def served(self, learner_id: int, *doings: str) -> Iterator[None]:
        """Something is booked: of who is not with us any more it is refused."""
        away = self.records[learner_id].status is not Status.ACTIVE
        with self.refused_if(away):
            yield
        self.records[learner_id].doings.update({} if away else doings)

    @contextmanager
    def refused_if(self, refused: object) -> Iterator[None]:
        """Nothing but what has to be refused is refused."""
        done = False
        try:
            yield
            done = True
        except DeskError:
            if not refused:
                raise
        assert not (done and refused)

    def holder(self, merged: Merged) -> int:
        """Whose everything is that was the giver's."""
        after = [one for one in self.standing.values() if one.gone == merged.kept]
        return self.holder(after[0]) if after else merged.kept

    @invariant()
    def every_record_has_what_was_done_with_it(self) -> None:
        db.session.rollback()
        held: dict[int, Counter[str]] = {}
        for name, learner_id, number in db.session.execute(DONE):
            held.setdefault(learner_id, Counter())[name] = number
        for learner_id, record in {**self.records, **self.erased}.items():
            assert held.get(learner_id, Counter()) == +record.doings

    @invariant()
    def nobody_is_awaited_who_is_gone(self) -> None:
        gone = [learner_id for learner_id, record in self.records.items() if record.status is not Status.ACTIVE]
        assert db.session.execute(AWAITED, {"gone": [*gone, *self.erased], "now": clock.now()}).all() == []

    @invariant()
    def levels_and_keys_follow(self) -> None:
        levels = (
            select(SkillLevel.learner_id, SkillLevel.skill_code, SkillLevel.level)
            .where(SkillLevel.learner_id.in_(self.records))
            .order_by(SkillLevel.learner_id, SkillLevel.skill_code)
        )
        before = db.session.execute(levels).all()
        with transaction():
            rebuild_levels(list(self.records))
        assert db.session.execute(levels).all() == before
        held: dict[int, set[str]] = {}
        for learner_id, key in db.session.execute(KEYS, {"held": [*self.records, *self.erased]}):
            held.setdefault(learner_id, set()).add(key)
        for learner_id, one in findable(list(self.records)).items():
            assert held[learner_id] == keys_of(one)
        assert not self.erased.keys() & held
        db.session.rollback()

    @invariant()
    def no_row_is_lost(self) -> None:
        now = rows()
        moved = {answer.table.name for answer in tables_with_learners() if answer.merged == "moved"}
        assert all(now[name] >= self.rows[name] for name in moved)
        self.rows = now

    def teardown(self) -> None:
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
        db.session.rollback()
        if self.erased:
            assert traces(self.app, {word for record in self.erased.values() for word in record.words}) == []


KEYS = select(LearnerKey.learner_id, LearnerKey.key).where(LearnerKey.learner_id.in_(bindparam("held", expanding=True)))
#: Whose a row is now.
HOLDER = func.coalesce(Learner.merged_into, Learner.id)
#: What each record has of everything that the model counts: name, learner, how many.
DONE = union_all(
    *(
        select(literal(table.__tablename__), table.learner_id, func.count()).group_by(table.learner_id)
        for table in COUNTED
    ),
    select(literal("match"), Match.learner_id, func.count()).where(Match.ended_at.is_(None)).group_by(Match.learner_id),
    select(literal("card"), HOLDER, func.count()).join(Pass).where(Pass.revoked_at.is_(None)).group_by(HOLDER),
)
_NOW: Any = bindparam("now")
_GONE = HOLDER.in_(bindparam("gone", expanding=True))
#: What waits for learners who are gone: live seats, slots, matches, notices, and their time from the first of them on.
AWAITED = union_all(
    select(literal("seat"), Enrolment.id)
    .join(Learner, Learner.id == Enrolment.learner_id)
    .join(Meeting, Meeting.run_id == Enrolment.run_id)
    .where(_GONE, Enrolment.state != EnrolmentState.CANCELLED, Meeting.starts_at > _NOW),
    select(literal("slot"), Booking.id)
    .join(Learner, Learner.id == Booking.learner_id)
    .where(_GONE, Booking.state == BookingState.BOOKED, Booking.starts_at > _NOW),
    select(literal("match"), Match.id)
    .join(Learner, Learner.id == Match.learner_id)
    .where(_GONE, Match.ended_at.is_(None)),
    select(literal("notice"), Notice.id)
    .join(Learner, Learner.id == Notice.learner_id)
    .where(_GONE, Notice.state.in_(UNSETTLED)),
    select(literal("time"), OccupancyCell.cell)
    .join(Learner, OccupancyCell.resource == literal("person:") + cast(Learner.person_id, Text))
    .where(_GONE, OccupancyCell.cell >= cells_of(at(0), at(1))[0]),
)


@cache
def _rows() -> CompoundSelect[*tuple[Any, ...]]:
    tables = {answer.table.name: answer.table for answer in tables_with_learners()}
    return union_all(*(select(literal(name), func.count()).select_from(table) for name, table in tables.items()))


def rows() -> dict[str, int]:
    """How many rows there are in every table that speaks of learners."""
    counts = {str(name): int(number) for name, number in db.session.execute(_rows())}
    db.session.rollback()
    return counts


def counted() -> Counter[tuple[Any, ...]]:
    """The figures: how often people of which residence and age were enrolled, came, consulted and practised."""
    return Counter(
        (table.__tablename__, *row)
        for table in COUNTED
        for row in db.session.execute(select(table.residence, table.age_band))
    )


def story(learner_id: int) -> list[tuple[Any, ...]]:
    """What is told of what the learner did."""
    entries = timeline_of(learner_id, limit=200)
    return [(one.at, one.kind, one.title) for one in entries if one.at <= clock.now()]


def test_any_order_of_work_merging_leaving_and_erasing_tells_the_same_story(app: Flask, clock: Clock) -> None:
    make_reference()
    tutor, adviser = make_tutor(), make_adviser()
    desk = make_desk(adviser, opens=8, closes=20)

    class OneDesk(Desk):
        def __init__(self) -> None:
            super().__init__(app, tutor, adviser, desk)

    run_state_machine_as_test(
        OneDesk,
        settings=settings(
            max_examples=6,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],  # a database does not begin anew for a shorter example
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
