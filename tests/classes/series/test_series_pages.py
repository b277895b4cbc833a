"""The pages of planning a term: what was typed travels from page to page, and what is in the way stands at its date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.classes.models import Duty, Meeting, MeetingStaff, Run
from supportdesk.classes.series.models import Series
from supportdesk.core import clock
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from tests.classes.making import make_run, meeting_at, room_of
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import DEMO_PASSWORD, Page, PageClient

THIRD = date(2027, 1, 18)


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def staff(app: Flask) -> dict[str, int]:
    with app.app_context():
        people = {name: make_account(Role.INSTRUCTOR, username=name).id for name in ("one", "two")}
        make_run(meeting_at(THIRD, hour=11, staff=[people["one"]]))
    return people


def day(name: str, *numbers: int) -> dict[str, str]:
    return {f"{name}-{part}": str(n) for part, n in zip(("year", "month", "day"), numbers, strict=True)}


def fields(app: Flask, instructor: int, **changed: Any) -> dict[str, Any]:
    """はじめてのスマホ on the four Mondays of January 2027, at いーぱる."""
    with app.app_context():
        room_id = room_of().id
    return {
        "course_code": "S01",
        **day("first", 2027, 1, 1),
        **day("last", 2027, 1, 31),
        "weekdays": ["0"],
        "start": "10時",
        "room_1": room_id,
        "staff_1": [instructor],
        **changed,
    }


def dates_page(app: Flask, client: PageClient, instructor: int, **changed: Any) -> Page:
    page = client.get(client.get("/classes/").link("教室をまとめて計画する"))
    return client.submit(page, "series", fields(app, instructor, **changed), expect=200)


def count(app: Flask, table: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_dates_are_skipped_moved_and_given_to_others_then_all_is_saved(
    app: Flask, coordinator: PageClient, staff: dict[str, int]
) -> None:
    page = dates_page(app, coordinator, staff["one"], to_bring="めがね")
    assert "たしかめる日が2つあります" in page.text
    assert "祝日（成人の日）です。" in page.text
    assert "oneさん：電源の入れ方・ボタン操作" in page.text
    again = coordinator.submit(page, "dates", expect=422, button="まとめて登録する")
    assert "たしかめる日が2つあります。登録するには" in again.text
    changes = {
        "row_1_skip": True,
        "row_2_staff": [staff["two"]],
        "row_3_start": "13:30",
        "row_3_assistants": [staff["two"]],
    }
    looked = coordinator.submit(again, "dates", changes, button="check", expect=200)
    assert "どの日も、部屋と講師が空いています。" in looked.text
    assert "行わない日" in looked.text
    assert "補助：twoさん" in looked.text
    done = coordinator.submit(looked, "dates", button="まとめて登録する", follow=True)
    assert "まとめて登録しました。" in done.text
    assert "のせている" in done.text
    with app.app_context():
        run = db.session.scalars(select(Run).where(Run.series_id.is_not(None))).one()
        assert (run.capacity, run.to_bring) == (8, "めがね")
        meetings = db.session.scalars(select(Meeting).where(Meeting.run_id == run.id).order_by(Meeting.number)).all()
        assert [clock.local(one.starts_at).strftime("%m-%d %H:%M") for one in meetings] == [
            "01-04 10:00",
            "01-18 10:00",
            "01-25 13:30",
        ]
        on_duty = select(MeetingStaff.account_id).where(MeetingStaff.meeting_id == meetings[1].id)
        assert db.session.scalars(on_duty).all() == [staff["two"]]
        helping = select(MeetingStaff.meeting_id).where(MeetingStaff.duty == Duty.ASSISTANT)
        assert db.session.scalars(helping).all() == [meetings[2].id]
    assert coordinator.get(done.link("1月4日")).h1 == run.title


def test_whoever_was_quicker_is_said_at_the_row_and_nothing_is_written(
    app: Flask, coordinator: PageClient, staff: dict[str, int]
) -> None:
    page = dates_page(app, coordinator, staff["two"])
    with app.app_context():
        make_run(meeting_at(date(2027, 1, 4), room_id=room_of().id))
    page = coordinator.submit(page, "dates", {"row_1_skip": True}, button="まとめて登録する", expect=422)
    assert "会議室：電源の入れ方・ボタン操作（1月4日（月） 10:00〜11:00）" in page.text
    assert count(app, Series) == 0


def test_what_is_wrong_with_the_term_is_said_on_top_of_its_dates_and_what_is_left_over_is_not_asked_for(
    app: Flask, coordinator: PageClient, staff: dict[str, int]
) -> None:
    typed = {**day("first", 2027, 3, 1), **day("last", 2027, 3, 22), **day("publish_on", 2027, 2, 20)}
    page = dates_page(app, coordinator, staff["two"], **typed)  # the fourth Monday is a holiday, and left over
    assert "余った日" in page.text
    assert "どの日も、部屋と講師が空いています。" in page.text
    earlier = day("row_0_day", 2027, 2, 15)
    page = coordinator.submit(page, "dates", earlier, button="まとめて登録する", expect=422)
    assert "市民向けの予定に出す日は、1回目が始まるより前の日に" in page.texts(".message.bad li")[0]


def test_what_was_typed_first_is_there_when_one_goes_back(
    app: Flask, coordinator: PageClient, staff: dict[str, int]
) -> None:
    page = dates_page(app, coordinator, staff["one"], to_bring="めがね", capacity="５")
    changed = {
        "row_0_start": "13:30",
        "row_1_skip": True,
        "row_2_staff": [staff["two"]],
        **day("row_3_day", 2027, 1, 28),
    }
    first = coordinator.submit(page, "dates", changed, button="back", expect=200)
    assert attribute(first.field("to_bring"), "value") == "めがね"
    assert "直した日が4つあります" in first.text
    unread = coordinator.submit(page, "dates", {**changed, "row_0_start": "25時"}, button="back", expect=200)
    assert "直した日が3つあります" in unread.text
    assert not unread.all(".message.bad"), "what cannot be read stands on the other page"
    again = coordinator.submit(first, "series", {"capacity": "6", "start": "9:00"}, expect=200)
    shown = {name: attribute(again.field(name), "value") for name in ("row_0_start", "row_2_start", "row_3_day-day")}
    assert shown == {"row_0_start": "13:30", "row_2_start": "9:00", "row_3_day-day": "28"}, "and what is new"
    assert "行わない日" in again.text
    assert "checked" in again.one(f"input[name=row_2_staff][value='{staff['two']}']").attrs
    assert attribute(again.field("row_1_day-day"), "value")


FORGED = '{"0 2027-01-04": {"room_id": 1e99, "staff": [true], "day": "9999-12-31", "start": "25:00", "skipped": 1}}'


@pytest.mark.parametrize("sent", ["[", "[1]", "[" * 9000, '{"0 2027-01-04": 3}', FORGED])
def test_forged_corrections_correct_nothing(
    app: Flask, coordinator: PageClient, staff: dict[str, int], sent: str
) -> None:
    page = coordinator.get("/classes/series/new")
    dates = coordinator.submit(page, "series", fields(app, staff["two"], corrections=sent), expect=200)
    assert "行わない日" not in dates.text
    assert attribute(dates.field("row_0_start"), "value") == "10:00"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (day("first", 2027, 13, 1), "first-year"),
        (day("last", 2026, 12, 1), "last-year"),
        (day("last", 2030, 12, 1), "last-year"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": list("0123456"), **day("last", 2027, 12, 28)}, "last-year"),
        (day("last", 2027, 1, 8), "last-year"),
        ({"listed_days": "2027年1月12日"}, "listed_days"),
        ({"listed_days": "あした"}, "listed_days"),
        ({"staff_2": True}, "room_2"),
        ({"minutes": "5"}, "minutes"),
        ({"start": "25時"}, "start"),
        ({"each": "61"}, "each"),
        ({"least": "9"}, "least"),
        (day("publish_on", 2027, 1, 5), "publish_on-year"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    app: Flask, coordinator: PageClient, staff: dict[str, int], changed: dict[str, Any], field: str
) -> None:
    if "staff_2" in changed:
        changed = {"staff_2": [staff["two"]]}
    page = coordinator.submit(coordinator.get("/classes/series/new"), "series",
                              fields(app, staff["one"], **changed), expect=422)  # fmt: skip
    assert page.error(field)


def test_dates_named_one_by_one_and_ones_that_cannot_be_read(
    app: Flask, coordinator: PageClient, staff: dict[str, int]
) -> None:
    none = {f"{name}-{part}": "" for name in ("first", "last") for part in ("year", "month", "day")}
    listed = {**none, "weekdays": [], "listed_days": "2027年1月6日\n令和9年1月7日、2027/1/8", "publish_on-year": "2026"}
    listed |= {"publish_on-month": "12", "publish_on-day": "20"}
    page = dates_page(app, coordinator, staff["two"], **listed)
    assert "どの日も" in page.text
    page = coordinator.submit(page, "dates", {"row_0_day-month": "13"}, button="check", expect=422)
    assert page.error("row_0_day-year")
    assert "読めない日" in page.text
    page = coordinator.submit(page, "dates", {"row_0_day-month": "1"}, button="まとめて登録する", follow=True)
    assert "12月20日（日） 9:00から" in page.text
    resident = PageClient(app)
    assert "はじめてのスマホ" not in resident.get("/schedule").text


def test_dates_outlast_a_log_in_that_ended(app: Flask, coordinator: PageClient, staff: dict[str, int]) -> None:
    page = dates_page(app, coordinator, staff["two"])
    coordinator.another_device()
    asked = coordinator.submit(page, "dates", {"row_3_start": "13:30", "row_1_skip": True}, expect=401)
    log_in = {"username": "coordinator", "password": DEMO_PASSWORD}
    again = coordinator.submit(asked, "/login", log_in, expect=200)
    assert attribute(again.field("row_3_start"), "value") == "13:30"
    assert "どの日も、部屋と講師が空いています。" in again.text
    assert count(app, Series) == 0
    coordinator.submit(again, "dates", button="まとめて登録する")
    assert count(app, Series) == 1


def test_a_tampered_form_writes_nothing(app: Flask, coordinator: PageClient, staff: dict[str, int]) -> None:
    with app.app_context():
        elsewhere = room_of("ウェスター").id
    coordinator.post("/classes/series/dates", {}, expect=422)
    coordinator.post("/classes/series/dates", {"row_count": "999", "course_code": "S01"}, expect=422)
    sent = {**fields(app, staff["one"]), "room_1": elsewhere}
    coordinator.post("/classes/series/new", sent, expect=422)
    one = {
        "row_count": "1",
        "row_0_line": "x",
        "row_0_room": elsewhere,
        "row_0_start": "10",
        **day("row_0_day", 2027, 1, 4),
    }
    coordinator.post("/classes/series/dates", {**fields(app, staff["one"]), "each": "1", **one}, expect=422)
    assert count(app, Series) == 0
    assert coordinator.get("/classes/series/dates", expect=303).location.endswith("/classes/series/new")
    coordinator.get("/classes/series/999999", expect=404)
