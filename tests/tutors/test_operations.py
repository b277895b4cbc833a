"""Appointing, matching and logging: the rules of neighbours who teach neighbours."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from supportdesk.learners.rooms import check_scope, timeline_of
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places.districts import UnknownDistrict
from supportdesk.places.models import AccountDistrict, OccupancyCell, Venue
from supportdesk.skills.models import SkillEvidence
from supportdesk.skills.operations import UnknownSkill
from supportdesk.skills.queries import levels_of
from supportdesk.tutors.errors import (
    AlreadyEnded,
    AlreadyMatched,
    BadMinutes,
    CoordinatorsDistricts,
    LongAgo,
    NotATutor,
    NotYetHeld,
    OwnSelf,
    PlaceMissing,
)
from supportdesk.tutors.figures import district_codes_of
from supportdesk.tutors.models import Match, PeerSession, TutorSkill
from supportdesk.tutors.operations import appoint_tutor, end_match, log_session
from supportdesk.tutors.queries import matches_of, tutors_of
from tests.factories import make_account, make_actor, make_decliner, make_learner, make_reference
from tests.racing import race
from tests.tutors.making import account_of, log, make_tutor, match

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


class TestLogging:
    def test_a_session_becomes_evidence_a_timeline_entry_and_an_audit_row(self) -> None:
        tutor, learner = make_tutor("A1", "B5"), make_learner(district_code="tobu", birth_year=1948)
        match(tutor, learner)
        session_id = log(tutor, learner, minutes=45, note="楽しそうでした。", levels={"A1": 2, "B5": 1})
        row = db.session.scalars(select(PeerSession)).one()
        assert (row.residence, row.age_band, row.district_code, row.place) == ("tobu", "70s", "chuo", "泉町内会館")
        levels = levels_of(learner)
        assert {code: level.level for code, level in levels.items()} == {"A1": 2, "B5": 1}
        assert levels["A1"].activity == f"peer_session:{session_id}"
        assert levels["A1"].observed_at == row.held_at
        (entry,) = timeline_of(learner)
        assert (entry.kind, entry.by, entry.activity) == ("peer_session", "tutorさん", f"peer_session:{session_id}")
        assert "泉町内会館" in entry.title
        assert entry.text == "45分。楽しそうでした。"
        known = describe([f"peer_session:{session_id}"])[f"peer_session:{session_id}"]
        assert known.ends_at == row.held_at + timedelta(minutes=45)
        noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "log_session")).one()
        assert (noted.subject, noted.detail) == (f"learner:{learner}", {"session": session_id})

    def test_a_session_with_who_wants_no_record_counts_and_no_level_is_kept(self) -> None:
        tutor, decliner = make_tutor("A1"), make_decliner()
        match(tutor, decliner)
        log(tutor, decliner, minutes=45, levels={"A1": 2})
        assert db.session.scalars(select(PeerSession.minutes)).all() == [45]
        assert (rows(SkillEvidence), levels_of(decliner)) == (0, {})

    def test_it_counts_in_the_district_of_its_venue(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        venue = db.session.scalars(select(Venue.id).where(Venue.nickname == "いーぱる")).one()
        log(tutor, learner, venue_id=venue, place="ここではない", district_code="seibu")
        row = db.session.scalars(select(PeerSession)).one()
        assert (row.venue_id, row.place, row.district_code) == (venue, "", "tobu")

    def test_sent_twice_it_exists_once(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match_id = match(tutor, learner)
        uuid = uuid4()
        first = log(tutor, learner, uuid=uuid, levels={"A1": 1})
        end(match_id)
        assert log(tutor, learner, uuid=uuid, levels={"A1": 1}) == first
        assert rows(PeerSession) == rows(SkillEvidence) == 1

    def test_eight_senders_at_once_log_one(self, app: Flask) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        uuid = uuid4()
        db.session.commit()
        ids = race(app, [lambda: log(tutor, learner, uuid=uuid, levels={"A1": 1})] * 8)
        assert len(set(ids)) == 1, ids
        assert rows(PeerSession) == rows(SkillEvidence) == 1

    def test_another_tutor_cannot_reach_a_session_by_its_uuid(self) -> None:
        tutor, other, learner = make_tutor(), make_tutor(username="tutor2"), make_learner()
        for one in (tutor, other):
            match(one, learner)
        uuid = uuid4()
        log(tutor, learner, uuid=uuid)
        with pytest.raises(NotFound):
            log(other, learner, uuid=uuid)

    def test_only_with_a_learner_matched_now_and_only_for_oneself(self) -> None:
        tutor, other, learner = make_tutor(), make_tutor(username="tutor2"), make_learner()
        match_id = match(tutor, learner)
        with pytest.raises(NotFound):
            log(other, learner)
        with pytest.raises(NotFound):
            log(tutor, make_learner())
        end(match_id)
        with pytest.raises(NotFound):
            log(tutor, learner)
        assert rows(PeerSession) == 0

    def test_nobody_logs_in_another_tutors_name(self) -> None:
        tutor, other, learner = make_tutor(), make_tutor(username="tutor2"), make_learner()
        match(tutor, learner)
        with pytest.raises(NotFound), transaction():
            log_session(
                uuid4(),
                account_of(tutor),
                learner,
                held_at=clock.now(),
                minutes=60,
                place="泉町内会館",
                district_code="chuo",
                levels={},
                actor=other,
                now=clock.now(),
            )
        assert rows(PeerSession) == 0

    @pytest.mark.parametrize(
        ("wrong", "refused"),
        [
            ({"minutes": 0}, BadMinutes),
            ({"minutes": 601}, BadMinutes),
            ({"place": ""}, PlaceMissing),
            ({"venue_id": 999999}, PlaceMissing),
            ({"district_code": "mars"}, UnknownDistrict),
            ({"levels": {"Z9": 1}}, UnknownSkill),
            ({"levels": {"A1": 4}}, UnknownSkill),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(
        self, wrong: dict[str, object], refused: type[DeskError]
    ) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        with pytest.raises(refused):
            log(tutor, learner, **wrong)  # type: ignore[arg-type]  # one wrong value of its own type
        assert rows(PeerSession) == rows(SkillEvidence) == 0

    def test_not_before_it_was_held_and_not_a_year_later(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        with pytest.raises(NotYetHeld):
            log(tutor, learner, held_at=clock.now() + timedelta(minutes=1))
        with pytest.raises(LongAgo):
            log(tutor, learner, held_at=clock.now() - timedelta(days=367))
        log(tutor, learner, held_at=clock.now())
        log(tutor, learner, held_at=clock.now() - timedelta(days=365))

    def test_what_was_held_is_a_fact_whoever_was_elsewhere_on_paper(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        log(tutor, learner)
        log(tutor, learner)
        assert rows(PeerSession) == 2
        assert rows(OccupancyCell) == 0

    def test_a_tutors_three_waits_for_staff(self) -> None:
        tutor, learner = make_tutor("A1"), make_learner()
        match(tutor, learner)
        log(tutor, learner, levels={"A1": 3})
        assert (levels_of(learner)["A1"].level, levels_of(learner)["A1"].awaits_staff) == (2, True)


def test_a_coordinator_of_another_district_is_no_way_round_the_scope() -> None:
    learner = make_learner(district_code="seibu")
    match(make_tutor(), learner)
    with pytest.raises(NotFound):
        check_scope(make_actor(Role.COORDINATOR, districts=("tobu",)), learner)
