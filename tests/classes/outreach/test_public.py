"""The public form: a group gets a receipt, robots and floods are kept out without a riddle, nothing is half-written."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.classes.outreach.models import Door, OutreachRequest
from supportdesk.core.database import transaction
from supportdesk.core.office import OfficeSetting
from supportdesk.extensions import db
from tests.classes.outreach.making import ask
from tests.markup import attribute
from tests.pages import Page, PageClient

pytestmark = pytest.mark.usefixtures("city")


def fields(**changed: Any) -> dict[str, Any]:
    given = {
        "group_kind": "neighbourhood", "group_name": "泉町内会", "course_code": "K08",
        "day_1-year": "2027", "day_1-month": "1", "day_1-day": "13", "start_1": "10:00",
        "minutes": "60", "people": "１２", "where": "own", "place": "泉会館", "district_code": "tobu", "room_for": "30",
        "equipment": ["has_wifi"], "contact_name": "泉 花子", "contact_kana": "いずみ はなこ",
        "contact_phone": "018-888-5643",
    }  # fmt: skip
    return {**given, **changed}


def requests(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OutreachRequest)) or 0


def limit(setting: str, most: int, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.add(OfficeSetting(name=f"classes.{setting}", value=str(most)))
        app.extensions["office"].forget()


def send(client: PageClient, opened: str, expect: int = 303, **changed: Any) -> Page:
    page = client.get("/outreach/request")
    return client.submit(page, "application", fields(opened=opened, **changed), expect=expect)


def test_from_the_front_page_to_the_receipt(app: Flask, client: PageClient, opened: str) -> None:
    page = client.get(client.get("/").link("出前講座"))
    assert "2026年（令和8年）12月24日（木）からあとの日" in page.text, "nobody has to count thirty days"
    answer = client.submit(page, "application", fields(opened=opened))
    assert client.submit(page, "application", fields(opened=opened)).location == answer.location
    receipt = client.get(answer.location)
    assert receipt.h1 == "受付が完了しました"
    for words in ("泉町内会 様", "令和9年1月13日（水） 10:00", "60分", "12人"):
        assert words in receipt.text
    with app.app_context():
        kept = db.session.scalars(select(OutreachRequest)).one()
        assert (kept.door, kept.contact_phone, kept.has_wifi, kept.has_screen) == (
            Door.FORM,
            "+81188885643",
            True,
            False,
        )
        assert kept.code in receipt.text
    for secret in ("花子", "888-5643"):
        assert secret not in receipt.one(".slip").text.replace("018-888-5643", "")  # the office's
        assert secret not in answer.location


def test_a_robot_is_stopped_and_a_person_who_looks_like_one_goes_on(
    app: Flask, client: PageClient, opened: str
) -> None:
    trapped = send(client, opened, 422, homepage="https://example.com")
    assert "書かなくてよい欄" in trapped.text
    quick = client.submit(client.get("/outreach/request"), "application", fields(), expect=422)
    assert "少し待って" in quick.text
    send(client, "forged", 422)
    assert requests(app) == 0
    client.submit(trapped, "application")  # sent again as it now stands
    assert requests(app) == 1


def test_one_address_sends_so_many_and_then_waits(app: Flask, client: PageClient, opened: str) -> None:
    limit("outreach_per_address", 3, app)
    for number in range(3):
        send(client, opened, group_name=f"第{number}町内会")
    page = send(client, opened, 422, group_name="第9町内会")
    assert "同じインターネット回線から" in page.text
    assert attribute(page.field("group_name"), "value") == "第9町内会"
    assert requests(app) == 3


def test_an_hour_takes_so_many_and_no_more(app: Flask, client: PageClient, opened: str) -> None:
    limit("outreach_hourly", 5, app)
    with app.app_context():
        for number in range(5):
            ask(door=Door.FORM, group_name=f"第{number}町内会")
    assert "お電話ください" in send(client, opened, 422).text
    assert requests(app) == 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"group_name": None}, "group_name"),
        ({"group_name": "あ" * 101}, "group_name"),
        ({"group_kind": []}, "group_kind"),
        ({"day_1-year": "2025"}, "day_1-year"),
        ({"day_1-year": "2026", "day_1-month": "11", "day_1-day": "30"}, "day_1-year"),
        ({"day_1-month": "2", "day_1-day": "30"}, "day_1-year"),
        ({"day_1-year": "9"}, "day_1-year"),
        ({"start_1": ""}, "start_1"),
        ({"day_2-year": "2027", "day_2-month": "1", "day_2-day": "14"}, "start_2"),
        ({"people": "400", "room_for": "20"}, "people"),
        ({"people": "4"}, "people"),
        ({"people": "たくさん"}, "people"),
        ({"place": None}, "place"),
        ({"contact_phone": "123"}, "contact_phone"),
        ({"contact_kana": "花子"}, "contact_kana"),
        ({"note": "マイナンバーは123456789018です"}, "note"),
    ],
)
def test_bad_input_is_named_beside_its_field_what_was_typed_stays_and_nothing_is_kept(
    app: Flask, client: PageClient, opened: str, changed: dict[str, Any], field: str
) -> None:
    page = send(client, opened, 422, **changed)
    assert page.error(field)
    assert attribute(page.field("contact_name"), "value") == "泉 花子"
    assert requests(app) == 0


def test_the_same_application_twice_is_told_without_the_first_ones_number(
    app: Flask, client: PageClient, opened: str
) -> None:
    first = client.get(send(client, opened).location).one(".slip-code").text
    page = send(client, opened, 422, contact_name="泉 次郎")
    assert "もう受け付けています" in page.error("group_name")
    assert first not in page.text
    assert requests(app) == 1
