"""Evidence is only ever added, in the order of what was seen; the levels follow and can be rebuilt."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.consents import record_consent
from supportdesk.learners.models import ConsentKind, Device, Learner
from supportdesk.skills.models import EvidenceSource, SkillEvidence, SkillLevel
from supportdesk.skills.operations import Observation, UnknownSkill, award_skills, rebuild_levels
from supportdesk.skills.queries import levels_of, levels_of_many
from tests.factories import make_actor, make_decliner, make_learner, make_reference
from tests.racing import race
from tests.recording import Statements

pytestmark = pytest.mark.usefixtures("context")
Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture(autouse=True)
def _the_city(context: object) -> None:
    make_reference()


def award(
    learner_id: int, skill: str, level: int, source: EvidenceSource = EvidenceSource.CLASS, *, days: float = 0
) -> None:
    """Somebody saw the level so many days ago."""
    now = clock.now()
    with transaction():
        award_skills(
            [Observation(learner_id, skill, level)],
            source=source,
            activity="meeting:1",
            observed_at=now - timedelta(days=days),
            actor=SYSTEM,
            now=now,
        )


def stored_levels() -> list[tuple[object, ...]]:
    table = SkillLevel.metadata.tables["skill_level"]
    return [tuple(row) for row in db.session.execute(select(table).order_by(table.c.learner_id, table.c.skill_code))]


def test_what_was_seen_first_counts_first_even_when_it_arrives_last() -> None:
    learner = make_learner()
    award(learner, "A1", 2, days=1)
    award(learner, "A1", 0, days=2)
    assert levels_of(learner)["A1"].shown == 2


def test_a_clock_that_runs_ahead_does_not_outlive_the_truth() -> None:
    learner = make_learner()
    award(learner, "A1", 2, days=-400)
    award(learner, "A1", 1)
    assert levels_of(learner)["A1"].shown == 1


def test_where_a_level_came_from_is_told() -> None:
    learner, actor = make_learner(), make_actor(Role.ADVISER)
    with transaction():
        award_skills(
            [Observation(learner, "B5", 1)],
            source=EvidenceSource.CONSULTATION,
            activity="booking:7",
            observed_at=clock.now(),
            actor=actor,
            now=clock.now(),
        )
    found = levels_of(learner)["B5"]
    assert (found.source, found.activity, found.observer) == (EvidenceSource.CONSULTATION, "booking:7", actor.name)


def test_a_level_seen_on_another_kind_of_phone_is_marked_for_review() -> None:
    learner = make_learner(device=Device.ANDROID)
    award(learner, "A1", 2)
    assert not levels_of(learner)["A1"].review
    with transaction() as session:
        session.execute(update(Learner).values(device=Device.IPHONE))
    assert levels_of(learner)["A1"].review


def test_the_evidence_keeps_who_the_learner_was_that_day() -> None:
    learner = make_learner(district_code="tobu", birth_year=1944, device=Device.IPHONE)
    award(learner, "A1", 2)
    row = db.session.scalars(select(SkillEvidence)).one()
    assert (row.residence, row.age_band, row.device) == ("tobu", "80s", Device.IPHONE)


def test_each_award_is_audited() -> None:
    award(make_learner(), "A1", 2)
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "award_skills")) == 1


def test_nothing_is_written_of_who_wants_no_record_and_the_others_beside_them_are_not_left_out() -> None:
    decliner, other, now = make_decliner(), make_learner(), clock.now()
    award(decliner, "A1", 2)
    with transaction():
        award_skills(
            [Observation(decliner, "A1", 2), Observation(other, "A1", 1)],
            source=EvidenceSource.CLASS,
            activity="meeting:1",
            observed_at=now,
            actor=SYSTEM,
            now=now,
        )
    assert db.session.scalars(select(SkillEvidence.learner_id)).all() == [other]
    assert (levels_of(decliner), levels_of(other)["A1"].shown) == ({}, 1)
    audited = db.session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "award_skills")).all()
    assert audited == [f"learner:{other}"]


def test_who_changed_their_mind_or_was_never_asked_has_not_declined() -> None:
    now = clock.now()
    changed_mind, never_asked, withdrew = make_decliner(), make_learner(), make_learner()
    with transaction():
        for learner_id, given in ((changed_mind, True), (withdrew, True), (withdrew, False)):
            record_consent(learner_id, ConsentKind.KEEP_RECORD, given, "", actor=SYSTEM, now=now)
        record_consent(never_asked, ConsentKind.TIE_VIDEO_VIEWS, False, "", actor=SYSTEM, now=now)
    for learner_id in (changed_mind, never_asked, withdrew):
        award(learner_id, "A1", 2)
    assert db.session.scalars(select(SkillEvidence.learner_id)).all() == [changed_mind, never_asked]


@pytest.mark.parametrize("observation", [("Z9", 2), ("A1", 4), ("A1", -1), ("", 0)])
def test_an_unknown_skill_or_level_is_refused_and_nothing_is_written(observation: tuple[str, int]) -> None:
    learner = make_learner()
    with pytest.raises(UnknownSkill):
        award(learner, *observation)
    assert db.session.scalar(select(func.count()).select_from(SkillEvidence)) == 0


def test_a_learner_who_does_not_exist_is_refused() -> None:
    with pytest.raises(NotFound):
        award(999_999, "A1", 1)


def test_the_derived_table_equals_one_rebuilt_from_the_evidence() -> None:
    dice = random.Random(20261124)
    learners = [make_learner() for _ in range(5)]
    for _ in range(60):
        source = dice.choice(list(EvidenceSource))
        award(
            dice.choice(learners), dice.choice(["A1", "B5", "C2"]), dice.randint(0, 3), source, days=dice.random() * 9
        )
    before = stored_levels()
    assert len(before) > 10
    with transaction() as session:
        session.execute(update(SkillLevel).values(level=None, self_level=3, awaits_staff=True))
        rebuild_levels()
    assert stored_levels() == before


def test_many_levels_are_one_statement(queries: Counting) -> None:
    learners = [make_learner() for _ in range(4)]
    for learner in learners:
        award(learner, "A1", 2)
    with queries() as seen:
        found = levels_of_many(learners, ["A1", "A2"])
    assert found == {(learner, "A1"): 2 for learner in learners}
    assert len(seen) == 1


def test_two_who_observe_at_once_are_both_counted(app: Flask) -> None:
    learner = make_learner()
    db.session.remove()
    assert race(app, [partial(award, learner, "A1", level) for level in (1, 2, 1, 2, 1, 2)]) == [None] * 6
    assert db.session.scalar(select(func.count()).select_from(SkillEvidence)) == 6
    before = stored_levels()
    with transaction():
        rebuild_levels()
    assert stored_levels() == before
