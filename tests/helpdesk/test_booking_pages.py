"""Reception sees what is free, books, prints, moves and cancels; an adviser does so for learners of their own desks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account
from supportdesk.extensions import db
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.helpdesk.slots import Wanted
from supportdesk.notices.models import Notice, NoticeState
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.making import DAY, at, book, make_adviser, make_desk
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.trail import noted

CALENDAR = "/helpdesk/?from=2026-12-01"


@pytest.fixture
def slot(app: Flask, city: None) -> Wanted:
    """A desk's slot on DAY at ten; another follows at eleven."""
    with app.app_context():
        adviser_id = make_adviser("keiko")
        return Wanted(make_desk(adviser_id, to_bring="めがね"), adviser_id, at(10))


def rows(app: Flask) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(select(Booking.id, Booking.state, Booking.starts_at).order_by(Booking.id)))


def address(slot: Wanted, learner_id: int) -> str:
    at_utc = slot.starts_at.isoformat().replace("+", "%2B")
    return f"/helpdesk/book?desk={slot.desk_id}&adviser={slot.adviser_id}&at={at_utc}&learner={learner_id}"


class TestBooking:
    def test_from_the_calendar_to_the_learner_to_the_slip(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            make_learner("アキタ ハナコ")
        page = reception.get(CALENDAR)
        page = reception.get(page.link("10:00〜11:00"), follow=True, expect=303)
        page = reception.submit(page, "さがす", {"q": "はなこ"}, expect=200)
        page = reception.get(page.link("アキタ ハナコ"))
        page = reception.submit(page, "book", {"topic": "LINEで写真を送りたい"}, follow=True)
        assert page.h1 == "受付が完了しました"
        assert "LINEで写真を送りたい" in page.text
        ((booking_id, state, starts_at),) = rows(app)
        assert (state, starts_at) == (BookingState.BOOKED, at(10))
        slip = reception.get(page.link("予約票を印刷する"))
        for words in (
            "令和8年12月3日（木）",
            "10:00〜11:00",
            "いーぱる",
            "広面字釣瓶町13-3",
            "めがね",
            "アキタ ハナコ 様",
            "018-888-5643",
            "keikoさん",
        ):
            assert words in slip.text
        assert "LINE" not in slip.text
        with app.app_context():
            code = db.session.scalar(select(Booking.code).where(Booking.id == booking_id))
        assert slip.texts(".slip-code") == [code]
        assert "受付が完了しました" not in reception.get(f"/helpdesk/bookings/{booking_id}").text

    def test_one_button_of_another_page_books(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            learner_id = make_learner()
        pressed = {**slot.address, "learner": learner_id, "tell": "later", "one_time_token": "a" * 22}
        done = reception.post("/helpdesk/book", pressed)
        assert done.location == f"/helpdesk/bookings/{rows(app)[0].id}?done=1"
        assert reception.post("/helpdesk/book", pressed).location == done.location
        assert len(rows(app)) == 1
        with app.app_context():
            assert db.session.scalars(select(Notice.state)).all() == [NoticeState.WAITING]

    def test_a_slot_just_taken_says_so_keeps_what_was_typed_and_offers_the_next(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            first, second = make_learner(), make_learner()
        page = reception.get(address(slot, first))
        with app.app_context():
            book(slot.desk_id, slot.adviser_id, second)
        page = reception.submit(page, "book", expect=422)
        assert "もうふさがっています" in page.text
        assert page.h1 == "この枠は予約できません"
        assert len(rows(app)) == 1
        page = reception.submit(page, "book", {"other": slot._replace(starts_at=at(11)).key}, follow=True)
        assert page.h1 == "受付が完了しました"
        assert "12月3日（木） 11:00〜12:00" in page.text

    def test_whoever_has_the_slot_already_is_led_to_their_booking(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            learner_id = make_learner()
        page = reception.get(address(slot, learner_id))
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, learner_id)
        page = reception.submit(page, "book", expect=422)
        assert page.link("予約を見る") == f"/helpdesk/bookings/{booked.booking_id}"

    def test_a_clash_is_warned_of_first_and_booked_with_a_reason_only(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            learner_id = make_learner()
            enrol(make_run(meeting_at(DAY, 10)), learner_id)
        page = reception.get(address(slot, learner_id))
        assert "同じ時間に、ほかの予約があります" in page.text
        page = reception.submit(page, "book", {"topic": "写真"}, expect=422)
        assert "理由" in page.error("clash_reason")
        assert page.field("topic").text.strip() == "写真"
        reception.submit(page, "book", {"clash_reason": "教室は休むとのこと"})
        assert len(rows(app)) == 1

    def test_what_must_not_be_kept_is_refused_beside_its_field(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            learner_id = make_learner()
        page = reception.get(address(slot, learner_id))
        page = reception.submit(
            page, "book", {"topic": "パスワード: sakura1", "caller_name": "山田 花", "caller_phone": "12"}, expect=422
        )
        assert "パスワード" in page.error("topic")
        assert page.error("caller_phone")
        assert attribute(page.field("caller_name"), "value") == "山田 花"
        assert rows(app) == []

    def test_nonsense_in_the_address_is_no_error(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            learner_id = make_learner()
        for wrong in (slot._replace(desk_id=999_999), slot._replace(adviser_id=1), slot._replace(starts_at=at(9))):
            reception.get(address(wrong, learner_id), expect=404)
        for learner in ("999999", "x", "-1", "9" * 30, "１", "99999999999"):
            reception.get(address(slot, learner_id).replace(f"learner={learner_id}", f"learner={learner}"), expect=404)
        for at_text in (
            "",
            "x",
            "2026-12-03",
            "2026-12-03T01:00:00",
            "9999-12-31T23:59:59-12:00",
            "0001-01-01T00:00+14:00",
        ):
            asked = {**slot.address, "at": at_text, "learner": learner_id}
            assert reception.get("/helpdesk/book", query_string=asked, expect=303).location.startswith("/helpdesk/?")
        for number in ("999999", "9" * 19, "9" * 40):
            for page in ("", "/slip", "/cancel", "/move"):
                reception.get(f"/helpdesk/bookings/{number}{page}", expect=404)
        reception.get("/helpdesk/who", expect=303)
        for question in (
            "from=x",
            "day=9999-12-31",
            "from=0001-01-01",
            "district=nowhere",
            "district=a%00b",
            "day=%00",
        ):
            reception.get(f"/helpdesk/?{question}")

    def test_the_search_says_when_there_are_more_than_it_shows(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            for _ in range(21):
                make_learner("アキタ ハナコ")
        page = reception.post("/helpdesk/who", {"q": "はなこ"}, expect=200, query_string=slot.address)
        assert len(page.all(".results li")) == 20
        assert "ほかにもいます。つづけて入力してください。" in page.text

    def test_a_look_at_a_booking_is_noted(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            learner_id = make_learner()
            booked = book(slot.desk_id, slot.adviser_id, learner_id)
        reception.get("/helpdesk/")
        reception.get(f"/helpdesk/bookings/{booked.booking_id}")
        reception.get(CALENDAR)
        with app.app_context():
            assert noted(Action.VIEW_BOOKINGS, Action.VIEW_BOOKING) == [
                ("view_bookings", "", [learner_id]),
                ("view_booking", f"learner:{learner_id}", []),
                ("view_bookings", "", [learner_id]),
            ]


class TestCalendar:
    def test_reception_sees_who_has_what(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner("アキタ ハナコ"))
        page = reception.get(CALENDAR)
        assert page.link("アキタ ハナコ") == f"/helpdesk/bookings/{booked.booking_id}"
        assert "11:00〜12:00 keikoさん あき" in page.text
        assert "あき 1" in page.text

    def test_a_learner_in_hand_is_carried_along(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            learner_id = make_learner("アキタ ハナコ")
        page = reception.get(f"/helpdesk/?learner={learner_id}")
        assert "アキタ ハナコ 様の枠をえらんでください" in page.text
        assert f"learner={learner_id}" in page.link("10:00〜11:00")
        assert reception.get(page.link("10:00〜11:00")).h1 == "この内容で予約しますか"
        reception.get("/helpdesk/?learner=999999", expect=404)

    def test_filters_of_district_and_day(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        page = reception.get("/helpdesk/")
        assert page.texts("h2") == ["2026年（令和8年）11月26日（木）", "2026年（令和8年）12月3日（木）"]
        page = reception.submit(page, "filters", {"day": "2026-12-03"})
        assert page.texts("h2") == ["2026年（令和8年）12月3日（木）"]
        page = reception.submit(page, "filters", {"district": "kawabe"})
        assert "相談の枠はありません" in page.text

    def test_a_public_holiday_says_why_nothing_is_free(self, reception: PageClient, slot: Wanted) -> None:
        assert "祝日（元日）のため、窓口はお休みです" in reception.get("/helpdesk/?day=2027-01-01").text

    def test_two_weeks_on_and_back(self, reception: PageClient, slot: Wanted) -> None:
        page = reception.get("/helpdesk/")
        page = reception.get(page.link("つぎの2週間"))
        assert page.texts("h2") == ["2026年（令和8年）12月10日（木）", "2026年（令和8年）12月17日（木）"]
        assert reception.get(page.link("前の2週間")).texts("h2")[0] == "2026年（令和8年）11月26日（木）"

    def test_it_takes_the_same_number_of_statements_however_many(
        self,
        app: Flask,
        reception: PageClient,
        slot: Wanted,
        queries: Callable[[], AbstractContextManager[Statements]],
    ) -> None:
        with app.app_context():
            book(slot.desk_id, slot.adviser_id, make_learner())
        with queries() as few:
            reception.get(CALENDAR)
        with app.app_context():
            for number in range(3):
                adviser_id = make_adviser(f"adviser{number}")
                book(make_desk(adviser_id, name=f"窓口{number}"), adviser_id, make_learner())
        with queries() as many:
            reception.get(CALENDAR)
        assert len(many) == len(few) <= 14, many

    def test_another_desks_adviser_sees_no_names(self, app: Flask, stranger: PageClient, slot: Wanted) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner("アキタ ハナコ"))
        page = stranger.get(CALENDAR)
        assert "予約あり" in page.text
        assert "アキタ" not in page.text
        for place in ("", "/slip", "/cancel", "/move", "/case"):
            stranger.get(f"/helpdesk/bookings/{booked.booking_id}{place}", expect=404)


class TestChangingOnesMind:
    def test_cancelling_says_what_will_happen(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner())
        page = reception.get(f"/helpdesk/bookings/{booked.booking_id}")
        page = reception.get(page.link("取り消す"))
        assert "ほかの方が予約できるようになります" in page.text
        done = reception.submit(page, "cancel-booking", {"tell": "later"}, follow=True)
        assert "取り消しました" in done.text
        assert [one.state for one in rows(app)] == [BookingState.CANCELLED]
        again = reception.submit(page, "cancel-booking", {"tell": "later"})
        assert again.location == f"/helpdesk/bookings/{booked.booking_id}"
        with app.app_context():
            kinds = db.session.execute(select(Notice.kind, Notice.state).order_by(Notice.id)).all()
        assert kinds == [("booking_confirmed", NoticeState.TOLD), ("booking_cancelled", NoticeState.WAITING)]
        anew = reception.submit(reception.get(done.link("同じ枠で予約しなおす")), "book", follow=True)
        assert anew.h1 == "受付が完了しました"

    def test_from_two_screens_the_second_is_told(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner())
        place = f"/helpdesk/bookings/{booked.booking_id}/cancel"
        one, other = reception.get(place), reception.get(place)
        reception.submit(one, "cancel-booking")
        assert "もう取り消されています" in reception.submit(other, "cancel-booking", expect=422).text

    def test_moving_leaves_the_one_and_takes_the_other(self, app: Flask, reception: PageClient, slot: Wanted) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner())
        page = reception.get(f"/helpdesk/bookings/{booked.booking_id}")
        page = reception.get(page.link("ほかの枠に移る"))
        assert reception.submit(page, "move", expect=422).error("slot")
        page = reception.submit(page, "filters", {"day": "2026-12-03"})
        done = reception.submit(page, "move", {"slot": slot._replace(starts_at=at(11)).key}, follow=True)
        assert done.h1 == "受付が完了しました"
        assert f"10:00〜11:00から移りました。前の予約番号（{booked.code}）と予約票は、もう使えません。" in done.text
        assert [(one.state, one.starts_at) for one in rows(app)] == [("cancelled", at(10)), ("booked", at(11))]

    def test_moving_to_a_slot_just_taken_names_it_and_changes_nothing(
        self, app: Flask, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner())
        page = reception.get(f"/helpdesk/bookings/{booked.booking_id}/move?day=2026-12-03")
        with app.app_context():
            book(slot.desk_id, slot.adviser_id, make_learner(), at(11))
        page = reception.submit(page, "move", {"slot": slot._replace(starts_at=at(11)).key}, expect=422)
        assert "もうふさがっています" in page.text
        assert [one.state for one in rows(app)] == ["booked", "booked"]
        page = reception.get(f"/helpdesk/bookings/{booked.booking_id}/move")
        for nonsense in ("x", "1/2", "1/2/3", "a/b/c"):
            reception.post(f"/helpdesk/bookings/{booked.booking_id}/move", {"slot": nonsense}, expect=422)

    def test_after_it_began_nothing_can_be_changed(
        self, app: Flask, clock: Clock, reception: PageClient, slot: Wanted
    ) -> None:
        with app.app_context():
            booked = book(slot.desk_id, slot.adviser_id, make_learner())
        clock.set(at(9, 30))
        reception.another_device()
        reception.sign_in("reception")
        place = f"/helpdesk/bookings/{booked.booking_id}"
        cancel, move = reception.get(f"{place}/cancel"), reception.get(f"{place}/move?day=2026-12-03")
        clock.set(at(10))
        page = reception.get(place)
        assert "取り消す" not in page.texts("a")
        assert "もう始まっている" in reception.submit(cancel, "cancel-booking", expect=422).text
        chosen = {"slot": slot._replace(starts_at=at(11)).key}
        assert "もう始まっている" in reception.submit(move, "move", chosen, expect=422).text
        assert [one.state for one in rows(app)] == ["booked"]

    def test_an_adviser_cancels_and_goes_on_though_the_learner_is_theirs_no_more(
        self, app: Flask, adviser: PageClient
    ) -> None:
        with app.app_context():
            adviser_id = db.session.scalars(select(Account.id).where(Account.username == "adviser")).one()
            booked = book(make_desk(adviser_id), adviser_id, make_learner())
        page = adviser.get(f"/helpdesk/bookings/{booked.booking_id}/cancel")
        assert adviser.submit(page, "cancel-booking", follow=True).h1 == "相談の予約"
        adviser.get(f"/helpdesk/bookings/{booked.booking_id}", expect=404)
