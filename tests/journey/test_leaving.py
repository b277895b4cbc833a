"""A learner pauses, moves, dies or leaves: one press frees what bound them, and says beforehand what that is."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.classes.models import Enrolment, EnrolmentState, Run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.admission import admit_phone, open_window, phones_of
from supportdesk.learners.life import BoundMeanwhile, SameStatus, change_status, status_history
from supportdesk.learners.models import Learner, Status, StatusReason
from supportdesk.learners.passes import issue_pass, live_pass
from supportdesk.learners.search import find_learners
from supportdesk.learners.standing import NotActive
from supportdesk.notices.models import Notice, NoticeState
from supportdesk.places.models import OccupancyCell
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.tutors.models import Match
from supportdesk.tutors.waiting import waiting_page
from tests.classes.making import enrol, make_run, meeting_at
from tests.factories import make_account, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.notices.making import notice, queue
from tests.pages import PageClient
from tests.racing import race
from tests.trail import noted
from tests.tutors.making import make_tutor, match


class Bound(NamedTuple):
    """Somebody with a seat, a consultation, a tutor, a call to be made, a card and a phone."""

    id: int
    run_id: int
    waiting: int
    booking_id: int
    match_id: int
    notice_id: int


def bind() -> Bound:
    make_reference()
    learner = make_learner("サトウ ウメ", phone="018-888-1542")
    run = make_run(capacity=1)
    enrol(run, learner)
    waiting = enrol(run, make_learner("スズキ マツ", phone="018-888-1543")).enrolment_id
    adviser = make_adviser()
    booking = book(make_desk(adviser), adviser, learner, at(11)).booking_id
    tutor = make_tutor()
    match_id = match(tutor, learner)
    with transaction():
        token = issue_pass(learner, actor=SYSTEM, now=clock.now()).token
        open_window(learner, actor=tutor, now=clock.now())
        admit_phone(token, now=clock.now())
    return Bound(learner, run, waiting, booking, match_id, queue(learner))


def become(learner_id: int, status: Status, reason: StatusReason = StatusReason.FAMILY) -> None:
    with transaction():
        change_status(learner_id, status, reason, actor=SYSTEM, now=clock.now())


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("status", [Status.PAUSED, Status.MOVED, Status.DECEASED, Status.LEFT])
def test_seats_slots_matches_and_calls_are_free_in_one_action(status: Status) -> None:
    bound = bind()
    become(bound.id, status)
    db.session.expire_all()
    states = dict(db.session.execute(select(Enrolment.learner_id, Enrolment.state)).all())
    assert states[bound.id] is EnrolmentState.CANCELLED
    assert db.session.get_one(Enrolment, bound.waiting).state is EnrolmentState.OFFERED
    assert (db.session.get_one(Run, bound.run_id).taken, db.session.get_one(Run, bound.run_id).waiting) == (1, 0)
    assert db.session.get_one(Booking, bound.booking_id).state is BookingState.CANCELLED
    assert db.session.get_one(Match, bound.match_id).ended_at == clock.now()
    assert notice(bound.notice_id).state is NoticeState.CANCELLED
    told = db.session.scalars(select(Notice.learner_id).where(Notice.state == NoticeState.WAITING)).all()
    assert told == [db.session.get_one(Enrolment, bound.waiting).learner_id]
    for_good = status in (Status.DECEASED, Status.LEFT)
    assert (live_pass(bound.id) is None, phones_of(bound.id)) == (for_good, 0 if for_good else 1)
    cells = db.session.scalars(
        select(OccupancyCell.activity).where(OccupancyCell.activity.startswith("booking:"))
    ).all()
    assert cells == []
    assert [(row.status, row.reason) for row in status_history(bound.id)] == [(status, StatusReason.FAMILY)]
    assert noted(Action.CHANGE_STATUS) == [("change_status", f"learner:{bound.id}", [])]


@pytest.mark.usefixtures("context")
def test_nothing_is_booked_for_whoever_is_not_active_and_again_once_they_are() -> None:
    make_reference()
    learner = make_learner()
    run, adviser, tutor = make_run(), make_adviser(), make_tutor()
    desk = make_desk(adviser)
    become(learner, Status.PAUSED)
    for attempt in (
        lambda: enrol(run, learner),
        lambda: book(desk, adviser, learner, at(11)),
        lambda: match(tutor, learner),
    ):
        with pytest.raises(NotActive):
            attempt()
    with pytest.raises(SameStatus):
        become(learner, Status.PAUSED)
    become(learner, Status.ACTIVE, StatusReason.BACK)
    enrol(run, learner)
    book(desk, adviser, learner, at(11))
    match(tutor, learner)


@pytest.mark.usefixtures("context")
def test_what_has_begun_stays_as_it_was() -> None:
    make_reference()
    learner = make_learner()
    run = make_run(meeting_at(hour=10))
    held = enrol(run, learner)
    with transaction():
        change_status(learner, Status.LEFT, StatusReason.OWN_WISH, actor=SYSTEM, now=at(10))
    assert db.session.get_one(Enrolment, held.enrolment_id).state is EnrolmentState.SEATED


@pytest.mark.usefixtures("context")
def test_somebody_who_left_is_found_with_their_status_but_waits_for_no_tutor() -> None:
    make_reference()
    learner = make_learner("サトウ ウメ")
    with transaction():
        award_skills(
            [Observation(learner, "A1", 0)],
            source=EvidenceSource.CLASS,
            activity="meeting:1",
            observed_at=clock.now(),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert [row.learner_id for row in waiting_page(SYSTEM, clock.now(), 1).rows] == [learner]
    become(learner, Status.MOVED)
    assert waiting_page(SYSTEM, clock.now(), 1).rows == []
    assert [(one.id, one.status) for one in find_learners("サトウ")] == [(learner, Status.MOVED)]


@pytest.mark.usefixtures("context")
def test_nobody_who_is_not_active_is_told_anything() -> None:
    make_reference()
    learner = make_learner()
    become(learner, Status.DECEASED)
    assert notice(queue(learner)).state is NoticeState.CANCELLED


def test_whoever_is_booked_while_they_leave_is_booked_or_has_left(app: Flask) -> None:
    with app.app_context():
        make_reference()
        learners = [make_learner() for _ in range(6)]
        run = make_run(capacity=10)

    def attempt(learner_id: int, leaving: bool) -> str:
        try:
            if leaving:
                become(learner_id, Status.LEFT)
            else:
                enrol(run, learner_id)
        except (NotActive, BoundMeanwhile) as refusal:
            return type(refusal).__name__
        return "done"

    presses = [partial(attempt, one, leaving) for one in learners for leaving in (True, False)]
    said = race(app, presses)
    assert set(said) <= {"done", "NotActive", "BoundMeanwhile"}
    with app.app_context():
        gone = set(db.session.scalars(select(Learner.id).where(Learner.status == Status.LEFT)))
        seated = set(db.session.scalars(select(Enrolment.learner_id).where(Enrolment.state == EnrolmentState.SEATED)))
        assert gone & seated == set()
        assert gone | seated == set(learners)
        assert db.session.get_one(Run, run).taken == len(seated)


def test_the_page_says_what_will_happen_before_it_does(app: Flask, client: PageClient) -> None:
    with app.app_context():
        bound = bind()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    learner = client.get(f"/learners/{bound.id}")
    page = client.get(learner.link("状態を変える"))
    refused = client.submit(page, "status", expect=422)
    assert "理由をえらんでください" in refused.text
    preview = client.submit(page, "status", {"status": "deceased", "reason": "family"}, expect=200)
    for words in (
        "キャンセル待ちの次の方にまわします",
        "「スマホ相談」の相談（adviserさん）を取り消します",
        "地域サポーターtutorさんさんの担当を終わりにします",
        "まだ伝えていない連絡",
        "受講者カードを使えなくします",
        "登録したスマホ1台を使えなくします",
    ):
        assert words in preview.text
    with app.app_context():
        assert live_pass(bound.id) is not None  # nothing has happened yet
    done = client.submit(preview, "confirm", follow=True)
    assert "状態を変えました" in done.text and "亡くなった" in done.text
    assert "次の一歩" not in done.text
    assert "予約や担当の割り当てはできません" in client.get(f"/desk/{bound.id}").text
    assert not client.get(f"/desk/{bound.id}").all("form[action*=enrol]")
    assert "できません" in client.get(f"/classes/{bound.run_id}/enrol?learner={bound.id}").text
    found = client.post("/learners/search", {"q": "サトウ"}, expect=200)
    assert "亡くなった" in found.text
    again = client.submit(
        client.get(f"/learners/{bound.id}/status"), "status", {"status": "active", "reason": "mistake"}, expect=200
    )
    assert "もどりません" in again.text
    client.submit(again, "confirm", follow=True)
    assert "次の一歩" in client.get(f"/learners/{bound.id}").text
