"""Residents see what is on, by district and date, always as it is now, and nothing personal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.conditions import Conditions
from supportdesk.classes.models import Edition
from supportdesk.classes.planning import cancel_run
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from tests.classes.making import DAY, enrol, make_lecture, make_run, meeting_at, room_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.markup import attribute, text_of
from tests.pages import Page, PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def card(page: Page, run_id: int) -> str:
    """The words of one class on the schedule."""
    (found,) = [one for one in page.all(".card") if one.select(f"a[href='/schedule/{run_id}']")]
    return text_of(found)


def shown(page: Page) -> list[str]:
    return [attribute(link, "href") for link in page.all(".card a")]


def test_a_class_stands_under_its_day_with_time_place_and_free_seats(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(DAY, 13), capacity=10, edition=Edition.IPHONE)
        enrol(run_id, make_learner())
    page = client.get("/schedule")
    assert page.texts("main h2") == ["2026年（令和8年）12月3日（木）"]
    words = card(page, run_id)
    assert "13:00〜14:00" in words
    assert "東部市民サービスセンター（いーぱる）" in words
    assert "あと9人" in words
    assert "iPhone向け" in words


def test_the_page_is_live_though_it_is_drawn_once(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run(capacity=1)
    assert "あと1人" in card(client.get("/schedule"), run_id)
    assert "あと1人" in card(client.get("/schedule"), run_id)
    with app.app_context():
        enrolled = enrol(run_id, make_learner())
    assert "満席" in card(client.get("/schedule"), run_id)
    with app.app_context(), transaction():
        cancel_enrolment(enrolled.enrolment_id, actor=SYSTEM, now=clock.now())
    assert "あと1人" in card(client.get("/schedule"), run_id)
    with app.app_context(), transaction():
        cancel_run(run_id, actor=SYSTEM, now=clock.now())
    assert shown(client.get("/schedule")) == []


def test_a_class_is_shown_from_the_hour_at_which_it_is_published(app: Flask, client: PageClient, clock: Clock) -> None:
    published = meeting_at(DAY - timedelta(days=3), 9).starts_at
    with app.app_context():
        run_id = make_run(conditions=Conditions(publish_at=published))

    def seen() -> bool:
        places = (client.get("/schedule").text, client.get("/").text, client.raw.get("/calendar.ics").text)
        assert len({"電源の入れ方" in words for words in places}) == 1
        return "電源の入れ方" in places[0]

    clock.set(published - timedelta(seconds=1))
    assert not seen()
    client.get(f"/schedule/{run_id}", expect=404)
    clock.set(published)
    assert seen()
    client.get(f"/schedule/{run_id}")


def test_only_listed_open_classes_to_come_are_shown(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
        hidden, lecture = make_run(listed=False), make_lecture()
    assert shown(client.get("/schedule")) == [f"/schedule/{run_id}"]
    client.get(f"/schedule/{hidden}", expect=404)
    client.get(f"/schedule/{lecture}", expect=404)
    with app.app_context():
        clock.set_now(meeting_at().starts_at)
    assert shown(client.get("/schedule")) == []
    assert "始まっています" in client.get(f"/schedule/{run_id}").text


def test_it_is_filtered_by_district_phone_month_day_and_word(app: Flask, client: PageClient) -> None:
    with app.app_context():
        east = make_run(edition=Edition.IPHONE)
        west = make_run(
            meeting_at(DAY + timedelta(days=31)),
            course="K02",
            edition=Edition.ANDROID,
            venue_id=room_of("ウェスター").venue_id,
        )
    page = client.get("/schedule")
    assert shown(page) == [f"/schedule/{east}", f"/schedule/{west}"]

    def found(**asked: str) -> list[str]:
        return shown(client.submit(page, "search-schedule", asked))

    assert found(district="seibu") == [f"/schedule/{west}"]
    assert found(edition="android") == [f"/schedule/{west}"]
    assert found(month="2026-12") == [f"/schedule/{east}"]
    assert found(q="うぇすたー") == [f"/schedule/{west}"]
    assert found(q="イーパル ボタン") == [f"/schedule/{east}"]
    assert found(q="どこにもない") == []
    assert shown(client.get("/schedule?day=2026-12-03")) == [f"/schedule/{east}"]


@pytest.mark.parametrize("query", ["day=2026-99-99", "edition=windows", "page=-3", "page=99999999999999999999",
                                   "district=atlantis", "month=13", "q=%00%25_%5C", "q=" + "x" * 5000])  # fmt: skip
def test_nonsense_in_the_address_is_no_error(client: PageClient, query: str) -> None:
    client.get(f"/schedule?{query}")


def test_more_than_a_page_is_turned_over_with_the_filters_kept(app: Flask, client: PageClient) -> None:
    with app.app_context():
        for number in range(51):
            make_run(meeting_at(DAY + timedelta(days=number % 5), 10 + number // 10, room_id=None))
    first = client.get("/schedule?district=tobu")
    assert len(first.all(".card")) == 50
    second = client.get(first.link("次のページ"))
    assert len(second.all(".card")) == 1
    assert second.link("前のページ") == "/schedule?district=tobu&page=1"


def test_the_schedule_takes_two_statements_however_many_classes(
    app: Flask, client: PageClient, queries: object
) -> None:
    with app.app_context():
        for hour in range(9, 14):
            make_run(meeting_at(DAY, hour))
    with queries() as seen:  # type: ignore[operator]  # the fixture gives the function
        client.get("/schedule")
    assert len(seen) == 2


def test_the_schedule_starts_no_session(client: PageClient) -> None:
    assert "Set-Cookie" not in client.get("/schedule").headers


def test_it_speaks_english_too(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
    english = client.get("/schedule", headers={"Accept-Language": "en"})
    assert "Tobu" in card(english, run_id)
    japanese = client.get("/schedule", headers={"Accept-Language": "ja"})
    assert "東部" in card(japanese, run_id)


def test_one_class_says_what_where_and_how_to_apply(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run(meeting_at(DAY, room_id=room_of().id), meeting_at(DAY + timedelta(days=7)), to_bring="めがね")
        enrol(run_id, make_learner("ナイショ"))
    page = client.get(f"/schedule/{run_id}")
    assert page.h1 == "電源の入れ方・ボタン操作"
    for words in (
        "2026年（令和8年）12月3日（木） 10:00〜11:00（会議室）",
        "12月10日（木）",
        "東部市民サービスセンター（いーぱる）",
        "AKITACITY_FREE_Wi-Fi",
        "めがね",
        "電源を入れる・切る・充電する",
        "あと9人",
        "018-888-5643",
    ):
        assert words in page.text
    assert "ナイショ" not in page.text


def test_a_class_called_off_says_so(app: Flask, client: PageClient) -> None:
    with app.app_context():
        run_id = make_run()
        with transaction():
            cancel_run(run_id, actor=SYSTEM, now=clock.now())
    page = client.get(f"/schedule/{run_id}")
    assert "中止になりました" in page.text
    assert "申し込み方" not in page.text


def test_the_calendar_lists_every_meeting_under_an_address_that_stays(app: Flask, client: PageClient) -> None:
    with app.app_context():
        first = make_run(meeting_at(DAY), meeting_at(DAY + timedelta(days=7)))
        called_off = make_run(meeting_at(DAY, 15))
        make_run(meeting_at(DAY, 16), listed=False)
        with transaction():
            cancel_run(called_off, actor=SYSTEM, now=clock.now())
    answer = client.get("/calendar.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert len({str(event["UID"]) for event in events}) == 3
    starts_at = events[0].decoded("DTSTART")
    assert starts_at == meeting_at(DAY).starts_at
    assert starts_at.utcoffset() == timedelta(0)
    assert str(events[0]["URL"]) == f"http://desk.test/schedule/{first}"
    assert client.get("/calendar.ics").data == answer.data
