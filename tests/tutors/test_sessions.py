"""What tutor and learner did together: logged once, and never two at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.database import transaction
from supportdesk.core.errors import DeskError, NotFound
from supportdesk.core.permissions import SYSTEM, Actor
from supportdesk.extensions import db
from supportdesk.learners.rooms import timeline_of
from supportdesk.places.districts import UnknownDistrict
from supportdesk.places.models import OccupancyCell, Venue
from supportdesk.skills.models import SkillEvidence
from supportdesk.skills.operations import UnknownSkill
from supportdesk.skills.queries import levels_of
from supportdesk.tutors.errors import (
    BadMinutes,
    LoggedBefore,
    LongAgo,
    NotYetHeld,
    NotYetOver,
    Overlapping,
    PlaceMissing,
)
from supportdesk.tutors.figures import figures_in_all
from supportdesk.tutors.models import PeerSession
from supportdesk.tutors.operations import end_match
from supportdesk.tutors.session_queries import hours_since
from supportdesk.tutors.sessions import Span, added_minutes, log_session
from tests.clocks import TODAY
from tests.factories import make_decliner, make_learner, make_reference
from tests.racing import race
from tests.tutors.making import account_of, ago, an_hour, log, make_tutor, match, pair, standing, withdraw

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def _the_city(context: object) -> None:
    make_reference()


def end(match_id: int) -> None:
    with transaction():
        end_match(match_id, actor=SYSTEM, now=clock.now())


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


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
            log_session(uuid4(), account_of(tutor), learner, an_hour(), actor=other, now=clock.now())
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

    def test_not_before_it_is_over_and_not_a_year_later(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        with pytest.raises(NotYetHeld):
            log(tutor, learner, held_at=clock.now() + timedelta(minutes=1))
        with pytest.raises(NotYetOver) as refused:
            log(tutor, learner, held_at=clock.now() - timedelta(minutes=59), minutes=60)
        assert refused.value.field == "time"
        with pytest.raises(LongAgo):
            log(tutor, learner, held_at=clock.now() - timedelta(days=367))
        log(tutor, learner, held_at=clock.now() - timedelta(minutes=60), minutes=60)
        log(tutor, learner, held_at=clock.now() - timedelta(days=365))

    def test_what_was_held_is_a_fact_and_takes_nobodys_time_on_paper(self) -> None:
        tutor, learner = make_tutor(), make_learner()
        match(tutor, learner)
        log(tutor, learner)
        assert rows(OccupancyCell) == 0

    def test_a_tutors_three_waits_for_staff(self) -> None:
        tutor, learner = make_tutor("A1"), make_learner()
        match(tutor, learner)
        log(tutor, learner, levels={"A1": 3})
        assert (levels_of(learner)["A1"].level, levels_of(learner)["A1"].awaits_staff) == (2, True)


class TestOneTutorAtATime:
    @pytest.fixture
    def others(self) -> tuple[Actor, int, int]:
        """A tutor and two learners of theirs."""
        tutor, learner = pair()
        second = make_learner()
        match(tutor, second)
        return tutor, learner, second

    @pytest.mark.parametrize(("began", "minutes"), [(90, 60), (90, 90), (80, 10), (150, 120), (200, 200), (31, 10)])
    def test_a_second_session_at_that_time_is_refused_and_names_the_first(
        self, others: tuple[Actor, int, int], began: int, minutes: int
    ) -> None:
        tutor, learner, second = others
        log(tutor, learner, held_at=ago(90), minutes=60)
        with pytest.raises(Overlapping) as refused:
            log(tutor, second, held_at=ago(began), minutes=minutes)
        assert refused.value.field == "time"
        assert str(refused.value.message).startswith("8:30〜9:30 に、もう記録があります。")
        assert len(standing()) == 1

    @pytest.mark.parametrize(("began", "minutes"), [(30, 30), (105, 15), (690, 600)])
    def test_sessions_back_to_back_both_stand(self, others: tuple[Actor, int, int], began: int, minutes: int) -> None:
        tutor, learner, second = others
        log(tutor, learner, held_at=ago(90), minutes=60)
        log(tutor, second, held_at=ago(began), minutes=minutes)
        assert len(standing()) == 2

    def test_other_tutors_are_free(self) -> None:
        for username in ("tutor", "tutor2"):
            tutor, learner = make_tutor(username=username), make_learner()
            match(tutor, learner)
            log(tutor, learner)
        assert len(standing()) == 2

    def test_a_group_stands_and_its_hour_counts_once(self, others: tuple[Actor, int, int]) -> None:
        tutor, learner, second = others
        log(tutor, learner, held_at=ago(90), minutes=60)
        log(tutor, second, held_at=ago(60), minutes=60, in_group=True)
        assert db.session.scalars(select(PeerSession.in_group)).all() == [True, True]
        assert hours_since(account_of(tutor), TODAY) == (2, 90)
        figures = figures_in_all(TODAY, TODAY, ["chuo"])
        assert (figures.sessions, figures.learners, figures.minutes) == (2, 2, 90)

    def test_when_one_of_a_group_is_withdrawn_the_others_hour_counts_whole(
        self, others: tuple[Actor, int, int]
    ) -> None:
        tutor, learner, second = others
        first = log(tutor, learner, held_at=ago(90), minutes=90)
        log(tutor, second, held_at=ago(60), minutes=60, in_group=True)
        assert hours_since(account_of(tutor), TODAY).minutes == 90
        withdraw(first, tutor)
        assert hours_since(account_of(tutor), TODAY) == (1, 60)

    def test_one_learner_is_not_taught_twice_at_once_in_a_group_either(self) -> None:
        tutor, learner = pair()
        log(tutor, learner)
        with pytest.raises(LoggedBefore):
            log(tutor, learner, in_group=True)
        assert len(standing()) == 1

    def test_six_phones_at_once_log_one_session(self, app: Flask) -> None:
        tutor = make_tutor()
        learners = [make_learner() for _number in range(6)]
        for learner in learners:
            match(tutor, learner)
        db.session.commit()

        def press(learner: int) -> str:
            try:
                log(tutor, learner)
            except Overlapping:
                return "refused"
            return "logged"

        pressed = race(app, [lambda learner=learner: press(learner) for learner in learners])  # type: ignore[misc]
        assert sorted(pressed) == ["logged"] + ["refused"] * 5
        assert len(standing()) == 1

    def test_a_group_logged_at_once_counts_once(self, app: Flask) -> None:
        tutor = make_tutor()
        learners = [make_learner() for _number in range(4)]
        for learner in learners:
            match(tutor, learner)
        db.session.commit()
        race(app, [lambda learner=learner: log(tutor, learner, in_group=True) for learner in learners])  # type: ignore[misc]
        assert hours_since(account_of(tutor), TODAY) == (4, 60)

    def test_what_each_adds_to_those_before_it(self) -> None:
        spans = [
            Span(number, number, clock.now() + timedelta(minutes=begin), minutes, 0)
            for number, (begin, minutes) in enumerate([(0, 60), (10, 20), (30, 60), (30, 60), (90, 10), (200, 5)])
        ]
        assert added_minutes(spans) == [60, 0, 30, 0, 10, 5]
        assert added_minutes([]) == []
