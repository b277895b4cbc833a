"""Who stands in at a meeting has the time, who is replaced is free; assistants that are missing are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account
from supportdesk.classes.changing import change_run
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.day_changes.undoing import undo_day_change
from supportdesk.classes.errors import AttendanceClosed, ChangedMeanwhile, MeetingCalledOff, PlanRefused
from supportdesk.classes.models import Duty, MeetingStaff
from supportdesk.classes.planning import cancel_run
from supportdesk.classes.queries import meeting_row
from supportdesk.classes.staffing.operations import put_on_duty
from supportdesk.classes.staffing.queries import candidates
from supportdesk.classes.staffing.ratio import assistants_missing
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.places import occupancy
from supportdesk.places.models import OccupancyCell
from supportdesk.places.occupancy import Occupied
from tests.classes.making import DAY, enrol, learner_who_is, make_run, meeting_at, meeting_of, room_of
from tests.classes.test_changing import as_it_is
from tests.factories import make_account, make_actor, make_learner, make_reference
from tests.pages import PageClient

NEXT_WEEK = DAY + timedelta(weeks=1)


@pytest.fixture
def people(context: None) -> dict[str, Account]:
    make_reference()
    return {name: make_account(Role.INSTRUCTOR, username=name) for name in ("one", "two", "three")}


def put(meeting_id: int, duties: dict[int, Duty], **more: Any) -> None:
    with transaction():
        put_on_duty(meeting_id, duties, **{"actor": SYSTEM, "now": clock.now(), **more})


def on_duty(meeting_id: int) -> dict[int, Duty]:
    rows = db.session.execute(
        select(MeetingStaff.account_id, MeetingStaff.duty).where(MeetingStaff.meeting_id == meeting_id)
    )
    return {row.account_id: row.duty for row in rows}


def taken_by(account: Account) -> set[str]:
    resource = occupancy.person(account.person_id)
    return set(db.session.scalars(select(OccupancyCell.activity).where(OccupancyCell.resource == resource)))


def test_who_stands_in_has_the_time_and_who_is_replaced_is_free(people: dict[str, Account]) -> None:
    one, two = people["one"], people["two"]
    run_id = make_run(meeting_at(staff=[one.id]), meeting_at(NEXT_WEEK, staff=[one.id]))
    first, second = meeting_of(run_id), meeting_of(run_id, 2)
    put(first, {two.id: Duty.INSTRUCTOR})
    assert on_duty(first) == {two.id: Duty.INSTRUCTOR}
    assert (taken_by(one), taken_by(two)) == ({f"meeting:{second}"}, {f"meeting:{first}"})
    put(first, {two.id: Duty.INSTRUCTOR, people["three"].id: Duty.ASSISTANT}, later_too=True)
    assert on_duty(second) == on_duty(first) == {two.id: Duty.INSTRUCTOR, people["three"].id: Duty.ASSISTANT}
    assert taken_by(one) == set()


def test_what_was_called_off_alone_stays_as_it_was(people: dict[str, Account]) -> None:
    one, two = people["one"], people["two"]
    run_id = make_run(meeting_at(staff=[one.id]), meeting_at(NEXT_WEEK, staff=[one.id]))
    with transaction():
        gone = [Wanted(meeting_of(run_id, 2))]
        change_id = change_day(NEXT_WEEK, gone, reason="大雪のため", actor=SYSTEM, now=clock.now())
    put(meeting_of(run_id), {two.id: Duty.INSTRUCTOR}, later_too=True)
    assert on_duty(meeting_of(run_id, 2)) == {one.id: Duty.INSTRUCTOR}
    assert (taken_by(one), taken_by(two)) == (set(), {f"meeting:{meeting_of(run_id)}"})
    with transaction():
        undo_day_change(change_id, actor=SYSTEM, now=clock.now())
    assert taken_by(one) == {f"meeting:{meeting_of(run_id, 2)}"}


def test_whoever_is_away_that_day_is_refused_by_name_at_every_door(people: dict[str, Account]) -> None:
    one, two, three = people.values()
    run_id = make_run(meeting_at(staff=[one.id]), meeting_at(NEXT_WEEK, staff=[one.id]))
    with transaction() as session:
        session.get_one(Account, two.id).leave_from = NEXT_WEEK
        session.get_one(Account, three.id).service_ends_on = DAY
    put(meeting_of(run_id), {two.id: Duty.INSTRUCTOR, three.id: Duty.ASSISTANT})
    for away, why in ((two, "休職中"), (three, "この日より前に退職")):
        with pytest.raises(PlanRefused) as refused:
            put(meeting_of(run_id, 2), {away.id: Duty.INSTRUCTOR})
        assert f"{away.name}さんは、12月10日（木）に担当できません（{why}）。" in str(refused.value.message)
        with pytest.raises(PlanRefused):
            make_run(meeting_at(NEXT_WEEK, 14, staff=[away.id]))


def test_whoever_is_elsewhere_is_named_and_nothing_changes(people: dict[str, Account]) -> None:
    one, two = people["one"], people["two"]
    run_id = make_run(meeting_at(staff=[one.id]))
    make_run(meeting_at(staff=[two.id]), course="K02")
    with pytest.raises(Occupied) as refused:
        put(meeting_of(run_id), {two.id: Duty.INSTRUCTOR})
    assert "twoさん：電話のかけ方" in str(refused.value.message)
    assert on_duty(meeting_of(run_id)) == {one.id: Duty.INSTRUCTOR}
    assert taken_by(one) == {f"meeting:{meeting_of(run_id)}"}


def test_the_free_come_first_and_of_the_others_it_is_said_why(people: dict[str, Account]) -> None:
    one, two, three = people.values()
    run_id = make_run(meeting_at(staff=[one.id]))
    make_run(meeting_at(staff=[two.id]), course="K02")
    with transaction() as session:
        session.get_one(Account, three.id).leave_from = DAY
    free = make_account(Role.ADVISER)
    row = meeting_row(meeting_of(run_id))
    assert row is not None
    found = candidates(row)
    assert [(one.account_id, one.instructs) for one in found[:2]] == [(one.id, True), (free.id, False)]
    assert {entry.account_id: entry.why_not for entry in found[2:]} == {
        two.id: "twoさん：電話のかけ方・カメラの使い方（12月3日（木） 10:00〜11:00）",
        three.id: "threeさん：休職中",
    }


def test_what_cannot_be_is_refused(people: dict[str, Account]) -> None:
    one, two, three = people.values()
    run_id = make_run(meeting_at(staff=[one.id]))
    meeting_id = meeting_of(run_id)
    with pytest.raises(ChangedMeanwhile):
        put(meeting_id, {two.id: Duty.INSTRUCTOR}, seen={})
    enrol(run_id, learner_who_is(three.person_id))
    with pytest.raises(PlanRefused):
        put(meeting_id, {three.id: Duty.ASSISTANT})
    long_ago = {"actor": make_actor(Role.COORDINATOR), "now": clock.now() + timedelta(days=90)}
    with pytest.raises(AttendanceClosed):
        put(meeting_id, {two.id: Duty.INSTRUCTOR}, **long_ago)
    put(meeting_id, {two.id: Duty.INSTRUCTOR}, now=clock.now() + timedelta(days=10))  # who stood in enters the marks
    called_off = make_run(meeting_at(NEXT_WEEK))
    with transaction():
        cancel_run(called_off, actor=SYSTEM, now=clock.now())
    with pytest.raises(MeetingCalledOff):
        put(meeting_of(called_off), {two.id: Duty.INSTRUCTOR})


def test_an_assistant_stays_when_the_class_is_changed(people: dict[str, Account]) -> None:
    one, two, three = people.values()
    run_id = make_run(meeting_at(staff=[one.id]))
    put(meeting_of(run_id), {one.id: Duty.INSTRUCTOR, two.id: Duty.ASSISTANT})
    with transaction():
        change_run(run_id, replace(as_it_is(run_id), staff=(three.id,)), actor=SYSTEM, now=clock.now())
    assert on_duty(meeting_of(run_id)) == {three.id: Duty.INSTRUCTOR, two.id: Duty.ASSISTANT}
    assert (taken_by(one), len(taken_by(two))) == (set(), 1)


def test_a_class_does_not_move_to_a_day_on_which_an_assistant_is_away(people: dict[str, Account]) -> None:
    one, two, _three = people.values()
    run_id = make_run(meeting_at(staff=[one.id]))
    put(meeting_of(run_id), {one.id: Duty.INSTRUCTOR, two.id: Duty.ASSISTANT})
    with transaction() as session:
        session.get_one(Account, two.id).service_ends_on = DAY
    day = meeting_at(NEXT_WEEK)
    moved = replace(as_it_is(run_id), staff=(one.id,), times={1: (day.starts_at, day.ends_at)})
    with pytest.raises(PlanRefused) as refused, transaction():
        change_run(run_id, moved, actor=SYSTEM, now=clock.now())
    assert "12月10日（木）に担当できません（この日より前に退職）" in str(refused.value.message)


@pytest.mark.parametrize(
    ("learners", "assistants", "missing"), [(0, 0, 0), (1, 0, 1), (5, 1, 0), (6, 1, 1), (11, 0, 3), (4, 2, 0)]
)
def test_one_assistant_for_five_learners(context: None, learners: int, assistants: int, missing: int) -> None:
    assert assistants_missing(learners, assistants) == missing


def test_the_page_puts_somebody_on_duty_and_the_list_says_who_is_missing(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        one, two = (make_account(Role.INSTRUCTOR, username=name).id for name in ("one", "two"))
        run_id = make_run(meeting_at(staff=[one]))
        enrol(run_id, make_learner())
    assert "補助があと1人" in coordinator.get("/classes/").text
    run_page = coordinator.get(f"/classes/{run_id}")
    assert "補助があと1人" in run_page.text
    page = coordinator.get(run_page.link("担当を変える"))
    again = coordinator.submit(page, "duties", {"assistants": [one]}, expect=422)
    assert again.error("assistants")
    done = coordinator.submit(again, "duties", {"instructors": [one], "assistants": [two]}, follow=True)
    assert "補助：twoさん" in done.text
    assert "補助があと" not in coordinator.get("/classes/").text
    with app.app_context():
        elsewhere = make_run(venue_id=room_of("ウェスター").venue_id)
        other = meeting_of(elsewhere)
    coordinator.get(f"/classes/meetings/{other}/staff", expect=404)


@pytest.fixture(autouse=True)
def _the_city(request: pytest.FixtureRequest) -> None:
    if "coordinator" in request.fixturenames:
        with request.getfixturevalue("app").app_context():
            make_reference()
