"""The page of a day: what is chosen is asked about once more, done, shown with who is to be told, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.models import Meeting, Run, RunState
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.classes.applying.test_applying import HANA, applied
from tests.classes.making import DAY, enrol, make_run, meeting_at, meeting_of
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements

Counting = Callable[[], AbstractContextManager[Statements]]
WEEK = timedelta(days=7)
ADDRESS = f"/classes/day?day={DAY}"


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def coordinator(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_account(Role.COORDINATOR, districts=("tobu",))
    client.sign_in("coordinator")
    return client


def a_class(app: Flask, *, people: int = 1, hour: int = 10) -> tuple[int, int]:
    """A run and its meeting on the day."""
    with app.app_context():
        run_id = make_run(meeting_at(hour=hour), capacity=10)
        for _ in range(people):
            enrol(run_id, make_learner())
        return run_id, meeting_of(run_id)


def test_from_the_choice_to_the_list_and_back(app: Flask, coordinator: PageClient) -> None:
    off, moved, kept = (a_class(app, hour=hour) for hour in (9, 11, 13))
    page = coordinator.get(coordinator.get("/classes/").link("一日の教室をまとめて変える"))
    page = coordinator.get(ADDRESS)
    assert "教室は3件、席のある人と待っている人は合わせて3人です" in page.text
    chosen = {
        f"what_{off[1]}": "off",
        f"what_{moved[1]}": "move",
        f"what_{kept[1]}": "keep",
        f"day_{moved[1]}-year": "2026",
        f"day_{moved[1]}-month": "12",
        f"day_{moved[1]}-day": "10",
    }
    asked = coordinator.submit(page, "change-day", chosen, expect=422)
    for words in (
        "2人に、電話かはがきで連絡",
        "1件を中止にします",
        "1件を別の日に移します",
        "申し込みもすべて取り消し",
    ):
        assert words in asked.text
    done = coordinator.submit(asked, "change-day", {"although": "1"}, follow=True)
    assert "2人。どの人も、連絡リストに1回だけのっています" in done.text
    assert "12月10日（木） 11:00〜12:00" in done.text
    with app.app_context():
        assert db.session.get_one(Run, off[0]).state is RunState.CANCELLED
        assert db.session.get_one(Run, kept[0]).state is RunState.OPEN
    back = coordinator.submit(done, "この変更を取り消す", follow=True)
    assert "元にもどしました" in back.text
    assert "この変更は取り消しました" in back.text
    with app.app_context():
        assert db.session.get_one(Run, off[0]).state is RunState.OPEN
        starts = db.session.scalars(select(Meeting.starts_at).where(Meeting.id == moved[1])).one()
        assert starts == meeting_at(hour=11).starts_at


def test_a_link_chooses_for_all_and_what_is_wrong_is_said_beside_it(app: Flask, coordinator: PageClient) -> None:
    _run_id, meeting_id = a_class(app)
    page = coordinator.get(coordinator.get(ADDRESS).link("全部を1週間あとに移す"))
    refused = coordinator.submit(
        page, "change-day", {f"day_{meeting_id}-day": "32", f"what_{meeting_id}": "move"}, expect=422
    )
    assert attribute(refused.field(f"day_{meeting_id}-day"), "value") == "32"
    nothing = coordinator.submit(coordinator.get(ADDRESS), "change-day", {f"what_{meeting_id}": "keep"}, expect=422)
    assert "中止にする教室か、別の日に移す教室をえらんでください" in nothing.text


def test_what_is_unusual_is_asked_about_and_another_choice_is_asked_about_anew(
    app: Flask, coordinator: PageClient
) -> None:
    snow = date(2027, 2, 4)
    with app.app_context():
        meeting_id = meeting_of(make_run(meeting_at(snow)))
    page = coordinator.get(coordinator.get(f"/classes/day?day={snow}").link("全部を1週間あとに移す"))
    asked = coordinator.submit(page, "change-day", expect=422)
    assert "2月11日（木）は祝日（建国記念の日）です" in asked.text
    again = coordinator.submit(asked, "change-day", {"although": "1", f"what_{meeting_id}": "off"}, expect=422)
    assert "1件を中止にします" in again.text
    assert "checked" not in again.field("although").attrs
    coordinator.submit(again, "change-day", {"although": "1"})
    with app.app_context():
        assert db.session.get_one(Meeting, meeting_id).called_off_at is not None


def test_a_week_later_where_the_next_meeting_is_moves_that_too(app: Flask, coordinator: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(), meeting_at(DAY + WEEK))
        other = meeting_of(make_run(meeting_at(hour=13), meeting_at(DAY + 2 * WEEK, 13)))
        meeting_id = meeting_of(run_id)
    page = coordinator.get(coordinator.get(ADDRESS).link("全部を1週間あとに移す"))
    assert "次の回は12月10日（木） 10:00からです" in page.text
    assert "checked" in page.field(f"later_{meeting_id}").attrs
    assert "checked" not in page.field(f"later_{other}").attrs
    asked = coordinator.submit(page, "change-day", expect=422)
    assert "2件を別の日に移します" in asked.text
    assert "あとの回も1件、同じ日数だけ移します" in asked.text
    done = coordinator.submit(asked, "change-day", {"although": "1"}, follow=True)
    assert "12月17日（木） 10:00〜11:00" in done.text


def test_a_day_of_another_district_is_not_seen(app: Flask, coordinator: PageClient, clock: object) -> None:
    with app.app_context():
        make_account(Role.COORDINATOR, username="other", districts=("seibu",))
    _run_id, meeting_id = a_class(app)
    page = coordinator.get(ADDRESS)
    page = coordinator.submit(page, "change-day", {f"what_{meeting_id}": "off"}, expect=422)
    done = coordinator.submit(page, "change-day", {"although": "1"}).location
    coordinator.sign_in("other")
    assert "これから始まる教室はありません" in coordinator.get(ADDRESS).text
    coordinator.get(done, expect=404)
    coordinator.post(f"{done}/undo", expect=404)


def test_a_day_without_classes_leads_to_the_next_that_has_some(app: Flask, coordinator: PageClient) -> None:
    page = coordinator.get(ADDRESS)
    assert page.texts(".empty a") == ["教室の一覧へ"]
    a_class(app)
    page = coordinator.get(f"/classes/day?day={DAY - WEEK}")
    assert coordinator.get(page.link("次に教室がある日を見る（12月3日（木））")).texts("fieldset.day-meeting")


def test_whoever_applied_and_is_on_no_list_yet_is_counted_beside_it(app: Flask, coordinator: PageClient) -> None:
    run_id, meeting_id = a_class(app)
    with app.app_context():
        applied(run_id, HANA)
    page = coordinator.submit(coordinator.get(ADDRESS), "change-day", {f"what_{meeting_id}": "off"}, expect=422)
    done = coordinator.submit(page, "change-day", {"although": "1"}, follow=True)
    assert "連絡リストにのっていない市民の申し込みが1件あります" in done.text


def test_the_number_of_statements_does_not_grow(app: Flask, coordinator: PageClient, queries: Counting) -> None:
    counted = []
    for hours in ((9,), (11, 13, 15)):
        for hour in hours:
            a_class(app, hour=hour, people=3)
        coordinator.get(ADDRESS)
        with queries() as seen:
            coordinator.get(ADDRESS)
        counted.append(len(seen))
    assert counted[0] == counted[1]
