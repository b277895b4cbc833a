"""A session logged by mistake is corrected or withdrawn, with everything that follows from it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.learners.rooms import timeline_of
from supportdesk.skills.models import EvidenceWithdrawal, SkillEvidence
from supportdesk.skills.operations import rebuild_levels
from supportdesk.skills.queries import levels_of
from supportdesk.tutors.errors import (
    BadMinutes,
    NotYetOver,
    Overlapping,
    PlaceMissing,
    TooLate,
    Withdrawn,
)
from supportdesk.tutors.models import PeerSession
from supportdesk.tutors.queries import matches_of
from supportdesk.tutors.session_queries import hours_since, versions_of
from tests.clocks import TODAY, Clock
from tests.factories import make_actor, make_learner, make_reference
from tests.racing import race
from tests.tutors.making import account_of, ago, an_hour, correct, log, make_tutor, match, pair, standing, withdraw

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: object) -> None:
    make_reference()


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestCorrecting:
    def test_what_stands_now_takes_the_place_of_the_mistake_everywhere(self) -> None:
        tutor, learner = pair("A1", "B5")
        old = log(tutor, learner, note="まちがい", levels={"A1": 2, "B5": 1})
        right = replace(an_hour(), held_at=ago(45), minutes=45, note="ただしい", levels={"A1": 1})
        new = correct(old, right, tutor)
        assert standing() == [new]
        assert hours_since(account_of(tutor), TODAY) == (1, 45)
        assert {code: level.level for code, level in levels_of(learner).items()} == {"A1": 1}
        (entry,) = timeline_of(learner)
        assert (entry.activity, entry.text) == (f"peer_session:{new}", "45分。ただしい")
        assert matches_of(account_of(tutor))[0].sessions == 1
        noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "correct_session")).one()
        assert (noted.subject, noted.detail) == (f"learner:{learner}", {"session": new, "was": old})

    def test_the_mistake_is_kept_with_who_and_when(self, clock: Clock) -> None:
        tutor, learner = pair()
        old = log(tutor, learner, minutes=30)
        clock.advance(minutes=5)
        new = correct(old, an_hour(), tutor)
        clock.advance(minutes=5)
        newest = correct(new, replace(an_hour(), minutes=20), tutor)
        for one in (old, new, newest):
            versions = versions_of(one)
            assert [(row.id, row.minutes, row.writer) for row in versions] == [
                (old, 30, "tutorさん"), (new, 60, "tutorさん"), (newest, 20, "tutorさん")
            ]  # fmt: skip
            assert [row.withdrawn_at for row in versions] == [row.written_at for row in versions[1:]] + [None]
        assert rows(PeerSession) == 3

    def test_evidence_stays_and_is_withdrawn(self) -> None:
        tutor, learner = pair("A1")
        log(tutor, learner, held_at=ago(300), levels={"A1": 1})
        mistaken = log(tutor, learner, levels={"A1": 3})
        withdraw(mistaken, tutor)
        assert levels_of(learner)["A1"].level == 1
        assert not levels_of(learner)["A1"].awaits_staff
        assert rows(SkillEvidence) == 2
        assert rows(EvidenceWithdrawal) == 1
        with transaction():
            rebuild_levels()
        assert levels_of(learner)["A1"].level == 1

    def test_what_a_tutor_saw_is_theirs_when_the_coordinator_writes_it_down(self) -> None:
        tutor, learner = pair("A1")
        coordinator = make_actor(Role.COORDINATOR, districts=("chuo",))
        new = correct(log(tutor, learner), replace(an_hour(), levels={"A1": 2}), coordinator)
        assert levels_of(learner)["A1"].observer == "tutorさん"
        assert versions_of(new)[-1].writer == "coordinatorさん"

    def test_a_correction_is_held_to_the_same_rules(self) -> None:
        tutor, learner = pair()
        second = make_learner()
        match(tutor, second)
        other = log(tutor, second, held_at=ago(200), minutes=60)
        session_id = log(tutor, learner)
        for wrong, refused in (
            ({"held_at": ago(220)}, Overlapping),
            ({"held_at": ago(30)}, NotYetOver),
            ({"minutes": 0}, BadMinutes),
            ({"place": ""}, PlaceMissing),
        ):
            with pytest.raises(refused):
                correct(session_id, replace(an_hour(), **wrong), tutor)
        assert standing() == [other, session_id]

    def test_sent_twice_it_corrects_once(self, app: Flask) -> None:
        tutor, learner = pair()
        session_id, uuid = log(tutor, learner), uuid4()
        db.session.commit()
        held = replace(an_hour(), minutes=30)
        assert len(set(race(app, [lambda: correct(session_id, held, tutor, uuid)] * 4))) == 1
        assert len(standing()) == 1
        assert rows(PeerSession) == 2

    def test_two_screens_correct_it_once(self, app: Flask) -> None:
        tutor, learner = pair()
        session_id = log(tutor, learner)
        db.session.commit()

        def press() -> str:
            try:
                correct(session_id, replace(an_hour(), minutes=30), tutor)
            except Withdrawn:
                return "before"
            return "corrected"

        assert sorted(race(app, [press] * 4)) == ["before"] * 3 + ["corrected"]

    def test_a_withdrawn_session_is_neither_corrected_nor_withdrawn_again(self) -> None:
        tutor, learner = pair()
        session_id = log(tutor, learner)
        withdraw(session_id, tutor)
        assert (standing(), timeline_of(learner)) == ([], [])
        with pytest.raises(Withdrawn):
            withdraw(session_id, tutor)
        with pytest.raises(Withdrawn):
            correct(session_id, an_hour(), tutor)
        log(tutor, learner)  # the time is free again

    def test_a_tutor_has_fourteen_days_from_the_first_log_and_the_coordinator_more(self, clock: Clock) -> None:
        tutor, learner = pair()
        session_id = log(tutor, learner)
        held = an_hour()
        clock.advance(days=14)
        session_id = correct(session_id, held, tutor)
        clock.advance(days=1)
        with pytest.raises(TooLate):
            correct(session_id, held, tutor)
        with pytest.raises(TooLate):
            withdraw(session_id, tutor)
        withdraw(session_id, make_actor(Role.COORDINATOR, districts=("chuo",)))
        assert standing() == []

    def test_nobody_elses_session_is_found(self) -> None:
        tutor, learner = pair()
        session_id = log(tutor, learner)
        for stranger in (
            make_tutor(username="tutor2", districts=("chuo",)),
            make_actor(Role.COORDINATOR, districts=("tobu",)),
        ):
            with pytest.raises(NotFound):
                correct(session_id, an_hour(), stranger)
            with pytest.raises(NotFound):
                withdraw(session_id, stranger)
        with pytest.raises(NotFound):
            withdraw(999999, tutor)
        withdraw(session_id, make_actor(Role.ADMIN))
