"""Appointing, matching and logging: the rules of neighbours who teach neighbours."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.rooms import check_scope
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places.districts import UnknownDistrict
from supportdesk.places.models import AccountDistrict
from supportdesk.skills.operations import UnknownSkill
from supportdesk.tutors.errors import (
    AlreadyEnded,
    AlreadyMatched,
    CoordinatorsDistricts,
    NotATutor,
    OwnSelf,
)
from supportdesk.tutors.figures import district_codes_of
from supportdesk.tutors.models import Match, TutorSkill
from supportdesk.tutors.operations import appoint_tutor, end_match
from supportdesk.tutors.queries import matches_of, tutors_of
from tests.factories import make_account, make_actor, make_learner, make_reference
from tests.racing import race
from tests.tutors.making import account_of, make_tutor, match

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: object) -> None:
    make_reference()


def end(match_id: int) -> None:
    with transaction():
        end_match(match_id, actor=SYSTEM, now=clock.now())


def notices() -> list[tuple[str, NoticeState]]:
    return [(row.kind, row.state) for row in db.session.execute(select(Notice.kind, Notice.state).order_by(Notice.id))]


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestAppointing:
    def appoint(self, account_id: int, *skills: str, districts: tuple[str, ...] | None = None) -> None:
        with transaction():
            appoint_tutor(account_id, skills=skills, districts=districts, actor=SYSTEM, now=clock.now())

    def test_skills_and_districts_are_replaced_by_what_is_given(self) -> None:
        tutor = account_of(make_tutor("A1", "A2", districts=("chuo",)))
        self.appoint(tutor, "A2", "B5", districts=("tobu", "seibu"))
        assert set(db.session.scalars(select(TutorSkill.skill_code))) == {"A2", "B5"}
        assert set(db.session.scalars(select(AccountDistrict.district_code))) == {"tobu", "seibu"}
        self.appoint(tutor)
        assert rows(TutorSkill) == 0
        assert rows(AccountDistrict) == 2

    def test_only_accounts_with_the_role_that_are_in_use(self) -> None:
        with pytest.raises(NotATutor):
            self.appoint(make_account(Role.RECEPTION).id, "A1")
        with pytest.raises(NotFound):
            self.appoint(999999, "A1")
        gone = make_account(Role.TUTOR)
        with transaction():
            db.session.execute(update(Account).where(Account.id == gone.id).values(active=False))
        with pytest.raises(NotFound):
            self.appoint(gone.id, "A1")

    def test_a_coordinator_speaks_for_their_own_districts_alone(self) -> None:
        tutor = account_of(make_tutor("A1", districts=("tobu", "seibu")))
        coordinator = make_actor(Role.COORDINATOR, districts=("tobu", "chuo"))

        def appoint(*districts: str) -> None:
            with transaction():
                appoint_tutor(tutor, skills=["A1"], districts=districts, actor=coordinator, now=clock.now())

        with pytest.raises(UnknownDistrict):
            appoint("tobu", "nambu")
        appoint("chuo")
        assert district_codes_of(tutor) == {"chuo", "seibu"}
        noted = select(AuditEntry.detail).where(AuditEntry.action == "assign_districts")
        assert db.session.scalars(noted).all() == [{"districts": ["chuo", "seibu"]}]

    def test_nobody_but_an_administrator_widens_what_a_coordinator_sees(self) -> None:
        both = make_actor(Role.TUTOR, Role.COORDINATOR, username="both", districts=("seibu",))
        learner = make_learner(district_code="tobu")
        colleague, admin = make_actor(Role.COORDINATOR, districts=("tobu", "seibu")), make_actor(Role.ADMIN)

        def appoint(actor: Actor, *districts: str) -> None:
            with transaction():
                appoint_tutor(account_of(both), skills=["A1"], districts=districts, actor=actor, now=clock.now())

        for given in (("tobu", "seibu"), ()):
            with pytest.raises(CoordinatorsDistricts):
                appoint(colleague, *given)
        with pytest.raises(NotFound):
            check_scope(both, learner)
        appoint(colleague, "seibu")
        appoint(admin, "tobu", "seibu")
        check_scope(both, learner)

    def test_unknown_skills_and_districts_change_nothing(self) -> None:
        tutor = account_of(make_tutor("A1"))
        with pytest.raises(UnknownSkill):
            self.appoint(tutor, "A1", "Z9")
        with pytest.raises(UnknownDistrict):
            self.appoint(tutor, "A2", districts=("chuo", "mars"))
        assert db.session.scalars(select(TutorSkill.skill_code)).all() == ["A1"]


class TestMatching:
    def test_the_tutor_sees_the_learner_while_it_lasts_and_no_longer(self) -> None:
        tutor, learner, other = make_tutor(), make_learner("アキタ ハナコ", phone="018-888-1542"), make_learner()
        match_id = match(tutor, learner, "写真を送りたい")
        (row,) = matches_of(account_of(tutor))
        assert (row.name, row.number, row.wish, row.sessions) == ("アキタ ハナコ", "+81188881542", "写真を送りたい", 0)
        assert [one.name for one in tutors_of(learner)] == ["tutorさん"]
        check_scope(tutor, learner)
        with pytest.raises(NotFound):
            check_scope(tutor, other)
        end(match_id)
        with pytest.raises(NotFound):
            check_scope(tutor, learner)
        assert matches_of(account_of(tutor)) == []
        assert tutors_of(learner) == []

    def test_the_two_are_matched_once_at_a_time(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        first = match(tutor, learner)
        with pytest.raises(AlreadyMatched) as refused:
            match(tutor, learner)
        assert refused.value.details["match_id"] == first
        end(first)
        assert match(tutor, learner) != first
        assert rows(Match) == 2

    def test_a_learner_may_have_two_tutors(self) -> None:
        learner = make_learner()
        match(make_tutor(), learner)
        match(make_tutor(username="tutor2"), learner)
        assert len(tutors_of(learner)) == 2

    def test_nobody_is_their_own_tutor(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        with transaction():
            db.session.execute(update(Learner).where(Learner.id == learner).values(person_id=tutor.person_id))
        with pytest.raises(OwnSelf):
            match(tutor, learner)

    def test_unknown_learners_and_people_not_appointed_are_not_found(self) -> None:
        with pytest.raises(NotFound):
            match(make_tutor(), 999999)
        with pytest.raises(NotFound):
            match(make_tutor(username="tutor2", appointed=False), make_learner())

    def test_the_learner_is_told_of_the_beginning_and_of_the_end(self) -> None:
        match_id = match(make_tutor(), make_learner(), told=False)
        assert notices() == [("tutor_matched", NoticeState.WAITING)]
        assert describe([f"match:{match_id}"])[f"match:{match_id}"].starts_at is None
        end(match_id)
        assert notices() == [
            ("tutor_matched", NoticeState.CANCELLED),
            ("tutor_match_ended", NoticeState.WAITING),
        ]
        with pytest.raises(AlreadyEnded):
            end(match_id)
        with pytest.raises(NotFound):
            end(999999)

    def test_ten_coordinators_at_once_match_the_two_once(self, app: Flask) -> None:
        tutor, learner = make_tutor(), make_learner()
        db.session.commit()

        def press() -> str:
            try:
                match(tutor, learner)
            except AlreadyMatched:
                return "already"
            return "matched"

        assert sorted(race(app, [press] * 10)) == ["already"] * 9 + ["matched"]


def test_a_coordinator_of_another_district_is_no_way_round_the_scope() -> None:
    learner = make_learner(district_code="seibu")
    match(make_tutor(), learner)
    with pytest.raises(NotFound):
        check_scope(make_actor(Role.COORDINATOR, districts=("tobu",)), learner)
