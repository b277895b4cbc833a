"""A case is kept while it is typed, closed with a result and evidence, and corrected; two screens lose no text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.errors import CaseChanged, CaseClosed, NotYet, ResultMissing, TooManyAsides
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.helpdesk.cases.operations import (
    MOST_ASIDES,
    Notes,
    close_case,
    drop_asides,
    mark_no_show,
    open_case,
    reopen_case,
    save_case,
)
from supportdesk.helpdesk.cases.queries import case_row
from supportdesk.helpdesk.errors import AlreadyBegun, AlreadyCancelled, NotWaiting
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.operations import cancel_booking, move_booking
from supportdesk.helpdesk.queries import booking_row, may_hold
from supportdesk.learners.rooms import check_scope, timeline_of
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.skills.models import EvidenceSource, SkillEvidence
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.skills.queries import levels_of
from tests.clocks import Clock
from tests.factories import make_actor, make_decliner, make_learner, make_reference
from tests.helpdesk.making import at, book, keep, make_desk

pytestmark = pytest.mark.usefixtures("context")
SOLVED = Notes(asked="写真の送り方", done="送れた", result=CaseResult.SOLVED, levels={"D3": 2})


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


@pytest.fixture
def adviser() -> Actor:
    return make_actor(Role.ADVISER)


@pytest.fixture
def desk(adviser: Actor) -> int:
    return make_desk(adviser.account_id or 0)


@pytest.fixture
def learner() -> int:
    return make_learner("アキタ ハナコ")


@pytest.fixture
def booking(desk: int, adviser: Actor, learner: int, clock: Clock) -> int:
    """A consultation that began a quarter of an hour ago."""
    booked = book(desk, adviser.account_id or 0, learner, topic="LINEのこと", told=False)
    clock.set(at(10, 15))
    return booked.booking_id


def save(booking_id: int, notes: Notes, adviser: Actor, **more: Any) -> bool:
    with transaction():
        return save_case(booking_id, notes, actor=adviser, now=desk_clock.now(), **more)


def close(booking_id: int, notes: Notes, adviser: Actor, **more: Any) -> None:
    with transaction():
        close_case(booking_id, notes, actor=adviser, now=desk_clock.now(), **more)


def do(operation: Any, booking_id: int, adviser: Actor) -> None:
    with transaction():
        operation(booking_id, actor=adviser, now=desk_clock.now())


def state(booking_id: int) -> BookingState:
    return db.session.scalars(select(Booking.state).where(Booking.id == booking_id)).one()


def evidence(learner_id: int) -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(SkillEvidence.skill_code, SkillEvidence.level)
        .where(SkillEvidence.learner_id == learner_id)
        .order_by(SkillEvidence.id)
    )
    return [(row.skill_code, row.level) for row in rows]


def actions() -> list[str]:
    told = ("open_case", "edit_case", "close_case", "reopen_case", "mark_no_show", "award_skills", "drop_asides")
    return list(
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.in_(told)).order_by(AuditEntry.id))
    )


class TestTyping:
    def test_it_begins_with_the_learners_wish(self, booking: int, adviser: Actor) -> None:
        with transaction():
            first = open_case(booking, actor=adviser, now=desk_clock.now())
            assert open_case(booking, actor=adviser, now=desk_clock.now()) == first
        assert case_row(booking, "").asked == "LINEのこと"
        assert actions() == ["open_case"]

    def test_half_a_case_is_kept_and_noted_once_a_form(self, booking: int, adviser: Actor) -> None:
        assert save(booking, Notes(asked="しゃし"), adviser, form="a", drawn_from="")
        assert save(booking, Notes(asked="写真", levels={"D3": 1}), adviser, form="a", drawn_from="")
        stored = case_row(booking, "")
        assert (stored.asked, stored.result, stored.levels, stored.saved_form) == ("写真", None, {"D3": 1}, "a")
        assert state(booking) is BookingState.BOOKED
        assert actions() == ["open_case", "edit_case"]
        assert db.session.scalars(select(SkillEvidence)).all() == []

    def test_a_form_drawn_after_the_last_saving_goes_on_with_it(self, booking: int, adviser: Actor) -> None:
        save(booking, Notes(done="一"), adviser, form="a", drawn_from="")
        assert save(booking, Notes(done="一二"), adviser, form="b", drawn_from="a")
        assert case_row(booking, "").done == "一二"

    def test_of_two_screens_both_texts_are_kept(self, booking: int, adviser: Actor) -> None:
        assert save(booking, Notes(done="こちら"), adviser, form="a", drawn_from="")
        assert not save(booking, Notes(done="あち"), adviser, form="b", drawn_from="")
        assert not save(booking, Notes(done="あちら"), adviser, form="b", drawn_from="")
        stored = case_row(booking, "")
        assert stored.done == "こちら"
        assert [aside.done for aside in stored.asides] == ["あちら"]
        with pytest.raises(CaseChanged):
            close(booking, SOLVED, adviser, form="b", drawn_from="")
        close(booking, SOLVED, adviser, form="b", drawn_from="a")
        assert case_row(booking, "").asides == []

    def test_of_two_screens_the_one_that_says_all_that_the_other_did_goes_on(
        self, booking: int, adviser: Actor
    ) -> None:
        save(booking, Notes(done="写真を", areas=frozenset({"D"}), os="14"), adviser, form="a", drawn_from="")
        more = Notes(done="写真を送った", areas=frozenset({"D"}), os="14", levels={"D3": 1})
        assert save(
            booking, more, adviser, form="b", drawn_from=""
        )  # the page was loaded anew while the first was saved
        for less in (replace(more, os=""), replace(more, areas=frozenset()), replace(more, levels={"D3": 2})):
            assert not save(booking, less, adviser, form="c", drawn_from="a")
        stored = case_row(booking, "")
        assert (stored.done, stored.saved_form, len(stored.asides)) == ("写真を送った", "b", 1)

    def test_what_is_typed_after_it_was_closed_elsewhere_is_kept_aside(self, booking: int, adviser: Actor) -> None:
        close(booking, SOLVED, adviser, form="a", drawn_from="")
        assert save(booking, SOLVED, adviser, form="a", drawn_from="")
        assert case_row(booking, "").asides == []
        assert not save(booking, Notes(done="まだ書いていた"), adviser, form="b", drawn_from="")
        stored = case_row(booking, "")
        assert (stored.done, [aside.done for aside in stored.asides]) == ("送れた", ["まだ書いていた"])
        do(drop_asides, booking, adviser)
        assert case_row(booking, "").asides == []

    def test_the_same_text_is_kept_aside_once_and_of_others_no_more_than_can_be_read(
        self, booking: int, adviser: Actor
    ) -> None:
        save(booking, Notes(done="こちら"), adviser, form="a", drawn_from="")
        for number in range(30):
            assert not save(booking, Notes(done="あちら"), adviser, form=f"same {number}", drawn_from="")
        for number in range(MOST_ASIDES - 1):
            assert not save(booking, Notes(done=f"{number}"), adviser, form=f"other {number}", drawn_from="")
        with pytest.raises(TooManyAsides):
            save(booking, Notes(done="もう一つ"), adviser, form="one more", drawn_from="")
        assert not save(booking, Notes(done="なおした"), adviser, form="other 1", drawn_from="")
        case = db.session.scalars(select(Case)).one()
        assert len(case.asides or {}) == MOST_ASIDES

    def test_notes_made_before_the_day_move_with_the_booking(self, desk: int, adviser: Actor, learner: int) -> None:
        booked = book(desk, adviser.account_id or 0, learner)
        save(booked.booking_id, Notes(done="機種を調べておく"), adviser)
        with transaction():
            moved = move_booking(
                booked.booking_id, desk, adviser.account_id or 0, at(11), actor=adviser, now=desk_clock.now()
            )
        assert case_row(moved.booking_id, "").done == "機種を調べておく"

    def test_a_cancelled_booking_has_no_case(self, desk: int, adviser: Actor, learner: int) -> None:
        booked = book(desk, adviser.account_id or 0, learner)
        do(cancel_booking, booked.booking_id, adviser)
        with pytest.raises(AlreadyCancelled):
            save(booked.booking_id, Notes(done="x"), adviser)
        with pytest.raises(NotFound):
            save(999_999, Notes(done="x"), adviser)


class TestClosing:
    def test_the_booking_is_held_and_the_levels_are_evidence(self, booking: int, adviser: Actor, learner: int) -> None:
        close(booking, SOLVED, adviser)
        assert state(booking) is BookingState.HELD
        row = db.session.scalars(select(SkillEvidence)).one()
        assert (row.skill_code, row.level, row.source) == ("D3", 2, EvidenceSource.CONSULTATION)
        assert (row.activity, row.observer_id) == (f"booking:{booking}", adviser.account_id)
        assert row.observed_at == at(10, 15)
        assert levels_of(learner)["D3"].shown == 2
        assert case_row(booking, "").closed_at == at(10, 15)
        assert actions() == ["open_case", "award_skills", "close_case"]

    def test_who_wants_no_record_is_helped_and_no_level_is_kept(self, desk: int, adviser: Actor, clock: Clock) -> None:
        decliner = make_decliner()
        booked = book(desk, adviser.account_id or 0, decliner).booking_id
        clock.set(at(10, 15))
        close(booked, SOLVED, adviser)
        assert state(booked) is BookingState.HELD
        assert (evidence(decliner), levels_of(decliner), case_row(booked, "").levels) == ([], {}, {})

    def test_nobody_is_told_any_more_of_what_they_have_been_to(self, booking: int, adviser: Actor) -> None:
        close(booking, SOLVED, adviser)
        assert db.session.scalars(select(Notice.state)).all() == [NoticeState.CANCELLED]

    def test_it_needs_a_result_and_the_day(self, desk: int, adviser: Actor, learner: int, clock: Clock) -> None:
        booked = book(desk, adviser.account_id or 0, learner)
        with pytest.raises(NotYet):
            close(booked.booking_id, SOLVED, adviser)
        clock.set(at(9, 55))
        with pytest.raises(ResultMissing):
            close(booked.booking_id, Notes(asked="写真"), adviser)
        close(booked.booking_id, SOLVED, adviser)
        with pytest.raises(CaseClosed):
            close(booked.booking_id, SOLVED, adviser)

    def test_a_correction_writes_what_changed_and_speaks_of_that_day(
        self, booking: int, adviser: Actor, learner: int, clock: Clock
    ) -> None:
        close(booking, Notes(asked="写真", result=CaseResult.SOLVED, levels={"D1": 2, "D3": 2, "D4": 2}), adviser)
        clock.set(at(15))
        with transaction():  # somebody saw more of it in the afternoon
            award_skills(
                [Observation(learner, "D1", 3)],
                source=EvidenceSource.CLASS,
                activity="meeting:1",
                observed_at=at(14),
                actor=adviser,
                now=at(14),
            )
        do(reopen_case, booking, adviser)
        assert case_row(booking, "").closed_at is None
        assert state(booking) is BookingState.HELD
        corrected = {"D1": 1, "D2": 2, "D3": 1, "D4": 2}
        close(booking, Notes(asked="写真", result=CaseResult.FOLLOW_UP, levels=corrected), adviser)
        before = [("D1", 2), ("D3", 2), ("D4", 2), ("D1", 3)]
        assert evidence(learner) == [*before, ("D1", 1), ("D2", 2), ("D3", 1)]
        assert (levels_of(learner)["D3"].shown, levels_of(learner)["D1"].shown) == (1, 3)
        assert case_row(booking, "").result is CaseResult.FOLLOW_UP

    def test_who_did_not_come_may_have_come_after_all(self, booking: int, adviser: Actor) -> None:
        do(mark_no_show, booking, adviser)
        assert state(booking) is BookingState.NO_SHOW
        with pytest.raises(CaseClosed):
            close(booking, SOLVED, adviser)
        with pytest.raises(NotWaiting):
            do(mark_no_show, booking, adviser)
        with pytest.raises(AlreadyBegun):
            do(cancel_booking, booking, adviser)
        do(reopen_case, booking, adviser)
        close(booking, SOLVED, adviser)
        assert state(booking) is BookingState.HELD

    def test_nobody_is_missing_before_it_begins(self, booking: int, adviser: Actor, clock: Clock) -> None:
        clock.set(at(10) - timedelta(seconds=1))
        with pytest.raises(NotYet):
            do(mark_no_show, booking, adviser)
        with pytest.raises(NotWaiting):
            do(reopen_case, booking, adviser)


class TestWhatOthersMayKnow:
    def test_the_timeline_tells_what_was_held_and_missed(
        self, booking: int, desk: int, adviser: Actor, learner: int, clock: Clock
    ) -> None:
        second = book(desk, adviser.account_id or 0, learner, at(11)).booking_id
        assert [entry for entry in timeline_of(learner) if entry.kind == "consultation"] == []
        close(booking, SOLVED, adviser)
        clock.set(at(11, 30))
        do(mark_no_show, second, adviser)
        missed, held = (entry for entry in timeline_of(learner) if entry.kind == "consultation")
        assert (held.at, held.title, held.by) == (at(10), "スマホ相談", adviser.name)
        assert held.text == "写真の送り方。解決した"
        assert (held.activity, held.url) == (f"booking:{booking}", f"/helpdesk/bookings/{booking}")
        assert missed.text == "来なかった"
        assert "送れた" not in held.text

    def test_advisers_see_the_learners_of_their_own_desks(self, booking: int, desk: int, learner: int) -> None:
        colleague, stranger = make_actor(Role.ADVISER, username="one"), make_actor(Role.ADVISER, username="two")
        with transaction():
            keep(desk, colleague.account_id or 0, weekday=0)
        make_desk(stranger.account_id or 0, name="別の窓口")
        row = booking_row(booking)
        assert row is not None
        check_scope(colleague, learner)
        assert may_hold(colleague, row)
        with pytest.raises(NotFound):
            check_scope(stranger, learner)
        assert not may_hold(stranger, row)

    def test_who_is_an_adviser_no_more_sees_nobody(self, booking: int, adviser: Actor, learner: int) -> None:
        without = replace(adviser, roles=frozenset({Role.INSTRUCTOR}))
        with pytest.raises(NotFound):
            check_scope(without, learner)
        row = booking_row(booking)
        assert row is not None
        assert not may_hold(without, row)

    def test_a_case_holds_its_learner(self, booking: int, adviser: Actor, learner: int) -> None:
        save(booking, Notes(done="x"), adviser)
        row = db.session.scalars(select(Case)).one()
        assert (row.learner_id, row.adviser_id, row.booking_id) == (learner, adviser.account_id, booking)
