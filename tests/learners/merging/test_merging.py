"""Two records of one person become one, with everything of both; and can be taken back to the last row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.models import AttendanceState, Enrolment, Run
from supportdesk.core import clock
from supportdesk.core.database import Base, transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.consents import record_consent
from supportdesk.learners.life import change_status
from supportdesk.learners.merging.models import HandOver
from supportdesk.learners.merging.operations import (
    CannotBeOne,
    CannotBeUndone,
    merge_learners,
    split_learner,
    undo_hand_over,
)
from supportdesk.learners.models import ConsentKind, Learner, Pass, Status, StatusReason
from supportdesk.learners.office import UNDO_DAYS
from supportdesk.learners.operations import amend_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.passes import issue_pass, pass_by_token
from supportdesk.learners.queries import particulars_of
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rooms import parts_of
from supportdesk.learners.search import find_learners
from supportdesk.learners.standing import Merged
from supportdesk.skills.models import EvidenceSource, SkillLevel
from supportdesk.skills.operations import Observation, award_skills
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import NOW, TODAY, Clock
from tests.factories import make_learner, make_reference
from tests.helpdesk.making import book, make_adviser, make_desk
from tests.learners.rights.traces import traces
from tests.racing import meet
from tests.tutors.making import log, make_tutor, match

pytestmark = pytest.mark.usefixtures("context")
#: What a merge writes of itself.
OF_ITS_OWN = {"audit_entry", "audit_subject", "audit_lane", "hand_over", "handed_row"}


@pytest.fixture(autouse=True)
def _city(context: None) -> None:
    make_reference()


def everything() -> dict[str, list[Any]]:
    """Every row of every table, but for the time of the last change."""
    db.session.commit()
    return {
        name: sorted(
            repr({key: value for key, value in row.items() if key != "updated_at"})
            for row in db.session.execute(select(table)).mappings()
        )
        for name, table in Base.metadata.tables.items()
        if name not in OF_ITS_OWN
    }


def merge(gone: int, kept: int, chosen: Particulars | None = None) -> int:
    with transaction():
        return merge_learners(gone, kept, chosen or particulars_of(kept), actor=SYSTEM, now=clock.now())


def undo(hand_over_id: int) -> HandOver:
    with transaction():
        return undo_hand_over(hand_over_id, actor=SYSTEM, now=clock.now())


def busy(kana: str, phone: str, *, hour: int, skill: str, time: Clock) -> int:
    """A learner with something in every room."""
    learner_id = make_learner(kana, phone=phone, birth_date=date(1948, 5, 3))
    run_id = make_run(meeting_at(TODAY, hour))
    enrol(run_id, learner_id)
    came = Mark(learner_id, AttendanceState.PRESENT, time.advance(minutes=1))
    with transaction():
        now = clock.now()
        record_attendance(meeting_of(run_id), [came], actor=SYSTEM, now=now)
        record_consent(learner_id, ConsentKind.KEEP_RECORD, True, "はい", actor=SYSTEM, now=now)
        issue_pass(learner_id, actor=SYSTEM, now=now)
        activity = f"meeting:{meeting_of(run_id)}"
        seen = [Observation(learner_id, skill, 1)]
        award_skills(seen, source=EvidenceSource.CLASS, activity=activity, observed_at=now, actor=SYSTEM, now=now)
    enrol(make_run(meeting_at(hour=hour)), learner_id)
    tutor = make_tutor(username=f"tutor{hour}")
    match(tutor, learner_id)
    log(tutor, learner_id, levels={"A1": 1})
    adviser = make_adviser(f"adviser{hour}")
    book(make_desk(adviser, name=f"相談{hour}"), adviser, learner_id)
    return learner_id


@pytest.fixture
def pair(clock: Clock) -> tuple[int, int]:
    """Two records of 田中 和子."""
    one = busy("タナカ カズコ", "018-888-1542", hour=11, skill="A1", time=clock)
    other = busy("タナカ カズ", "090-1234-5678", hour=13, skill="B5", time=clock)
    return one, other


def test_everything_of_both_is_kept_and_taken_back_to_the_last_row(pair: tuple[int, int]) -> None:
    gone, kept = pair
    before = everything()
    done = merge(gone, kept)
    assert set(db.session.scalars(select(SkillLevel.skill_code).where(SkillLevel.learner_id == kept))) >= {"A1", "B5"}
    of_gone = select(Enrolment.id).where(Enrolment.learner_id == gone)
    assert not db.session.scalars(of_gone).all()
    merged = everything()
    assert {name: len(rows) for name, rows in merged.items() if name not in DERIVED} == {
        name: len(rows) for name, rows in before.items() if name not in DERIVED
    }
    undo(done)
    assert everything() == before


#: Fewer rows say the same of one person.
DERIVED = {"learner_key", "skill_level", "form_receipt"}


def test_whatever_found_the_one_that_is_gone_finds_the_one_that_is_kept(pair: tuple[int, int]) -> None:
    gone, kept = pair
    (token,) = db.session.scalars(select(Pass.token).where(Pass.learner_id == gone))
    merge(gone, kept)
    for typed in ("たなかかずこ", "1542", "5678"):
        assert [one.id for one in find_learners(typed)] == [kept]
    assert pass_by_token(token) == kept


def test_one_can_be_merged_again_after_it_was_taken_back(pair: tuple[int, int]) -> None:
    gone, kept = pair
    undo(merge(gone, kept))
    again = merge(gone, kept)
    assert db.session.get_one(Learner, gone).merged_into == kept
    undo(again)


def test_what_was_chosen_stands_and_what_came_later_stays(pair: tuple[int, int]) -> None:
    gone, kept = pair
    before = particulars_of(kept)
    chosen = replace(before, kana="タナカ カズコ", note="左の耳が遠い")
    done = merge(gone, kept, chosen)
    assert particulars_of(kept).note == "左の耳が遠い"
    with transaction():
        amend_learner(kept, replace(chosen, address="山王1-1"), actor=SYSTEM, now=clock.now())
    undo(done)
    assert particulars_of(kept) == replace(before, address="山王1-1")


def test_a_class_that_both_have_booked_has_to_be_settled_first(pair: tuple[int, int]) -> None:
    run_id = make_run(meeting_at(hour=16))
    enrol(run_id, pair[0])
    enrol(run_id, pair[1])
    before = everything()
    with pytest.raises(CannotBeOne) as refused:
        merge(*pair)
    assert "電源の入れ方" in refused.value.reasons[0]
    assert everything() == before


def test_a_tutor_of_both_has_to_end_one_match(clock: Clock) -> None:
    one, other = make_learner(), make_learner()
    tutor = make_tutor()
    match(tutor, one)
    match(tutor, other)
    with pytest.raises(CannotBeOne, match="CannotBeOne"):
        merge(one, other)


def test_nothing_is_written_of_one_that_is_gone(pair: tuple[int, int]) -> None:
    merge(*pair)
    with pytest.raises(Merged):
        enrol(make_run(meeting_at(hour=17)), pair[0])
    with pytest.raises(NotFound):
        merge(*pair)


def test_of_three_the_first_follows_the_second(clock: Clock) -> None:
    one, two, three = make_learner("アキタ イチ"), make_learner("アキタ ニ"), make_learner("アキタ サン")
    merge(one, two)
    later = merge(two, three)
    assert [found.id for found in find_learners("あきたいち")] == [three]
    undo(later)
    assert [found.id for found in find_learners("あきたいち")] == [two]


def test_the_earlier_merge_is_taken_back_after_the_later_one(clock: Clock) -> None:
    one, two, three = make_learner(), make_learner(), make_learner()
    earlier = merge(one, two)
    later = merge(two, three)
    with pytest.raises(CannotBeUndone):
        undo(earlier)
    undo(later)
    undo(earlier)
    with pytest.raises(CannotBeUndone):
        undo(earlier)


def test_after_thirty_days_it_stands(clock: Clock) -> None:
    done = merge(make_learner(), make_learner())
    clock.advance(days=UNDO_DAYS.default, minutes=1)
    with pytest.raises(CannotBeUndone):
        undo(done)


def test_two_held_as_one_are_split_and_made_one_again(pair: tuple[int, int]) -> None:
    learner_id, _other = pair
    (part,) = [
        one for one in parts_of(learner_id) if one.at > clock.now() + timedelta(days=1) and one.title != "相談11"
    ]
    (ahead,) = db.session.scalars(
        select(Enrolment.id)
        .join(Run, Run.id == Enrolment.run_id)
        .where(Enrolment.learner_id == learner_id, Run.starts_at > clock.now() + timedelta(days=1))
    )
    with transaction():
        husband = Particulars(kana="タナカ ミノル", phones=(Telephone("018-888-1542", "+81188881542"),))
        made, done = split_learner(learner_id, husband, [part], actor=SYSTEM, now=clock.now())
    assert db.session.get_one(Enrolment, ahead).learner_id == made
    assert {one.id for one in find_learners("1542")} == {learner_id, made}
    undo(done)
    assert db.session.get_one(Enrolment, ahead).learner_id == learner_id
    assert {one.id for one in find_learners("たなかみのる")} == {learner_id}


@pytest.mark.parametrize("merged_first", [True, False])
def test_whoever_comes_second_knows_of_the_first(app: Flask, clock: Clock, merged_first: bool) -> None:
    gone, kept, run_id = make_learner(), make_learner(), make_run()
    chosen = particulars_of(kept)
    db.session.commit()
    db.engine.dispose()

    def one() -> object:
        return merge_learners(gone, kept, chosen, actor=SYSTEM, now=NOW)

    def book_it() -> object:
        return enrol_learner(run_id, gone, actor=SYSTEM, now=NOW)

    first, second = (one, book_it) if merged_first else (book_it, one)
    assert meet(app, first, second) == (["done", "Merged"] if merged_first else ["done", "done"])
    db.session.rollback()
    held = list(db.session.scalars(select(Enrolment.learner_id).where(Enrolment.run_id == run_id)))
    assert held == ([] if merged_first else [kept])


def test_whoever_leaves_for_good_has_no_card_left_of_either_record(pair: tuple[int, int]) -> None:
    gone, kept = pair
    cards = [(one.token, one.code) for one in db.session.scalars(select(Pass).where(Pass.learner_id.in_(pair)))]
    merge(gone, kept)
    assert [pass_by_token(token) for token, _code in cards] == [kept, kept]
    with transaction():
        change_status(kept, Status.LEFT, StatusReason.OWN_WISH, actor=SYSTEM, now=clock.now())
    assert [pass_by_token(token) for token, _code in cards] == [None, None]
    assert [one.id for _token, code in cards for one in find_learners(code)] == []


def test_a_merge_taken_back_keeps_nothing_of_one_record_for_the_other(app: Flask, clock: Clock) -> None:
    one, two, three = make_learner("アキタ ヒトリメ"), make_learner(), make_learner()
    earlier = merge(one, two, replace(particulars_of(two), helper_name="アキタ ヒトリメ"))
    undo(merge(two, three, replace(particulars_of(three), helper_name="アキタ ヒトリメ")))
    undo(earlier)
    with transaction():
        erase_learner(one, actor=SYSTEM, now=NOW)
    assert traces(app, ["ヒトリメ", "ひとりめ"]) == []


def test_nobody_is_made_one_with_somebody_erased(clock: Clock) -> None:
    erased, left = make_learner(), make_learner()
    with transaction():
        erase_learner(erased, actor=SYSTEM, now=NOW)
        change_status(left, Status.LEFT, StatusReason.OWN_WISH, actor=SYSTEM, now=NOW)
    with pytest.raises(NotFound):
        merge(erased, left)


def test_a_merge_stands_once_either_is_erased(pair: tuple[int, int]) -> None:
    gone, kept = pair
    done = merge(gone, kept)
    with transaction():
        erase_learner(kept, actor=SYSTEM, now=clock.now())
    assert {one.erased_at for one in db.session.scalars(select(Learner).where(Learner.id.in_(pair)))} == {clock.now()}
    with pytest.raises(CannotBeUndone):
        undo(done)
