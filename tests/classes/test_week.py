"""A week by venue, instructor and district; and an instructor's own on a phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from supportdesk.accounts.models import Account
from supportdesk.classes.day_changes.operations import Wanted, change_day
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from tests.classes.making import DAY, make_run, meeting_at, meeting_of, room_of
from tests.factories import make_account, make_reference
from tests.pages import PageClient
from tests.recording import Statements

Counting = Callable[[], AbstractContextManager[Statements]]
SUNDAY = DAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def teacher(app: Flask) -> int:
    with app.app_context():
        return make_account(Role.INSTRUCTOR).id


def rows(page_texts: list[str], title: str) -> str:
    """The row of that title."""
    return next(one for one in page_texts if one.startswith(title))


def test_a_week_from_monday_to_sunday_by_venue_instructor_and_district(
    app: Flask, client: PageClient, teacher: int
) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
        make_run(meeting_at(SUNDAY, 13, room_id=room_of().id, staff=[teacher]))
        make_run(meeting_at(SUNDAY + timedelta(days=1)), course="K02")
    client.sign_in("reception")
    page = client.get(client.get("/classes/").link("週の予定"))
    assert "この週の教室はありません" in page.text
    page = client.get(page.link("次の週を見る"))
    assert "11月30日（月）から12月6日（日）までの予定" in page.h1
    assert "13:00" in rows(page.texts(".week tbody tr"), "いーぱる")
    assert len(page.texts(".week tbody p")) == 1, "Monday is the next week's"
    for by, title in (("instructor", "instructorさん"), ("district", "東部")):
        assert "13:00" in rows(client.get(f"/classes/week?day={DAY}&by={by}").texts(".week tbody tr"), title)
    assert "この週の教室はありません" in client.get(f"/classes/week?day={DAY}&district=seibu").text


def test_two_of_one_name_are_two_rows_and_rows_are_in_the_order_of_their_readings(
    app: Flask, client: PageClient
) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
        names = (("one", "佐藤 花"), ("two", "佐藤 花"), ("three", "阿部 次郎"))
        accounts = [make_account(Role.INSTRUCTOR, username=username).id for username, _name in names]
        with transaction() as session:
            for account_id, (_username, name) in zip(accounts, names, strict=True):
                account = session.get_one(Account, account_id)
                account.name, account.kana = name, {"佐藤 花": "サトウ ハナ", "阿部 次郎": "アベ ジロウ"}[name]
        for hour, account_id in zip((9, 11, 13), accounts, strict=True):
            make_run(meeting_at(hour=hour, staff=[account_id]))
    client.sign_in("reception")
    page = client.get(f"/classes/week?day={DAY}&by=instructor")
    assert page.texts(".week tbody th") == ["阿部 次郎", "佐藤 花", "佐藤 花"]


def test_an_instructors_own_week_leads_to_the_attendance(app: Flask, client: PageClient, teacher: int) -> None:
    with app.app_context():
        make_run(meeting_at(staff=[teacher]))
        make_run(meeting_at(hour=13))
    client.sign_in("instructor")
    page = client.get(client.get("/classes/today").link("わたしの1週間"))
    assert "この週に担当する教室はありません" in page.text
    page = client.get(page.link("次の週を見る"))
    assert len(page.texts(".results li")) == 1
    client.get(page.link("10:00〜11:00"))


def test_what_was_called_off_stands_struck_in_an_instructors_own_week_alone(
    app: Flask, client: PageClient, teacher: int
) -> None:
    with app.app_context():
        alone = meeting_of(make_run(meeting_at(staff=[teacher]), meeting_at(SUNDAY + timedelta(days=1))))
        with_its_run = make_run(meeting_at(hour=13, staff=[teacher]))
        with transaction():
            change_day(DAY, [Wanted(alone)], reason="大雪のため", actor=SYSTEM, now=clock.now())
            cancel_run(with_its_run, actor=SYSTEM, now=clock.now())
    client.sign_in("instructor")
    own = client.get(f"/classes/my-week?day={DAY}")
    assert [one[:11] for one in own.texts(".results del")] == ["10:00〜11:00", "13:00〜14:00"]
    assert own.texts(".results .tag") == ["中止", "中止"]
    assert "この週の教室はありません" in client.get(f"/classes/week?day={DAY}").text


def test_the_number_of_statements_does_not_grow(
    app: Flask, client: PageClient, teacher: int, queries: Counting
) -> None:
    with app.app_context():
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    counted = []
    for hours in ((9,), (11, 13, 15)):
        with app.app_context():
            for hour in hours:
                make_run(meeting_at(hour=hour, staff=[teacher]))
        client.get(f"/classes/week?day={DAY}")
        with queries() as seen:
            client.get(f"/classes/week?day={DAY}")
        counted.append(len(seen))
    assert counted[0] == counted[1]
