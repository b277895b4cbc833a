"""A volunteer with a phone: their own learners and nobody else, a session logged in half a minute, their own hours."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from turbohtml import Element

from supportdesk.accounts.actions import Action
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.places.models import Venue
from supportdesk.skills.models import SkillEvidence
from supportdesk.tutors.models import PeerSession
from supportdesk.tutors.operations import end_match
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.recording import Statements
from tests.trail import noted
from tests.tutors.making import log, make_tutor, match

Counting = Callable[[], AbstractContextManager[Statements]]


@pytest.fixture
def tutor(app: Flask, client: PageClient) -> Actor:
    """Signed in at the client."""
    with app.app_context():
        make_reference()
        tutor = make_tutor("A1", "B5", districts=("tobu",))
    client.sign_in("tutor")
    return tutor


@pytest.fixture
def learner(app: Flask, tutor: Actor) -> int:
    """Matched with the tutor."""
    with app.app_context():
        learner_id = make_learner("アキタ ハナコ", phone="018-888-1542", address="秋田市山王1-1-1")
        match(tutor, learner_id, "写真を送りたい")
    return learner_id


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(PeerSession)) or 0


def one_session(app: Flask) -> PeerSession:
    with app.app_context():
        return db.session.scalars(select(PeerSession)).one()


def form_of(client: PageClient, learner: int) -> Page:
    return client.get(f"/tutors/log?learner={learner}")


class TestMyLearners:
    def test_a_card_holds_what_it_takes_to_call_and_to_begin_and_no_more(
        self, client: PageClient, learner: int
    ) -> None:
        page = client.get("/tutors/")
        for words in ("アキタ ハナコ さん", "018-888-1542", "写真を送りたい", "まだ会っていません"):
            assert words in page.text
        assert "山王" not in page.text
        assert page.link("電話する") == "tel:+81188881542"
        assert page.link("記録する") == f"/tutors/log?learner={learner}"

    def test_nobody_elses_learner_is_shown(self, app: Flask, client: PageClient, learner: int) -> None:
        with app.app_context():
            match(make_tutor(username="tutor2"), make_learner("ホカノ ヒト"))
        assert "ホカノ" not in client.get("/tutors/").text

    def test_who_is_matched_with_nobody_or_not_appointed_is_told_what_to_do(
        self, app: Flask, client: PageClient, tutor: Actor
    ) -> None:
        assert "お待ちください" in client.get("/tutors/").text
        with app.app_context():
            make_account(Role.TUTOR, username="newcomer")
        newcomer = PageClient(app)
        newcomer.sign_in("newcomer")
        assert "登録がまだです" in newcomer.get("/tutors/").text

    def test_whose_names_were_shown_is_noted(self, app: Flask, client: PageClient, learner: int) -> None:
        client.get("/tutors/")
        form_of(client, learner)
        with app.app_context():
            assert noted(Action.LIST_OWN_LEARNERS, Action.OPEN_SESSION_LOG) == [
                ("list_own_learners", "", [learner]),
                ("open_session_log", f"learner:{learner}", []),
            ]

    def test_its_statements_do_not_grow_with_the_learners(
        self, app: Flask, client: PageClient, tutor: Actor, learner: int, queries: Counting
    ) -> None:
        with queries() as few:
            client.get("/tutors/")
        with app.app_context():
            for _number in range(4):
                match(tutor, make_learner(phone="018-888-1542"))
        with queries() as many:
            client.get("/tutors/")
        assert len(many) == len(few) <= 7


class TestLogging:
    def test_three_presses_are_enough_the_second_time(self, app: Flask, client: PageClient, learner: int) -> None:
        page = form_of(client, learner)
        first = {"time": "8:00", "where": "", "place": "泉町内会館", "district_code": "chuo"}
        page = client.submit(page, "log", first, follow=True)
        assert page.h1 == "記録しました"
        page = form_of(client, learner)
        done = client.submit(page, "log", {"note": "写真を送れました。", "levels-B5": "2"}, follow=True)
        for words in ("泉町内会館（中央）", "1時間", "写真を送れました。", "ひとりでできる"):
            assert words in done.text
        assert sessions(app) == 2

    def test_what_is_most_likely_stands_there_already(self, client: PageClient, learner: int) -> None:
        page = form_of(client, learner)
        assert [attribute(page.field(f"day-{part}"), "value") for part in ("year", "month", "day")] == [
            "2026",
            "11",
            "24",
        ]
        assert attribute(page.field("time"), "value") == "9:00"  # the usual hour has just ended
        assert attribute(page.one('input[name="minutes"][checked]'), "value") == "60"
        first_choice = page.all('select[name="where"] option[selected]')[0]
        assert "いーぱる" in first_choice.text  # a venue of the tutor's own district
        assert attribute(page.one('select[name="district_code"] option[selected]'), "value") == "tobu"

    def test_the_usual_hour_that_has_just_ended_begins_at_a_round_time(
        self, app: Flask, client: PageClient, learner: int, clock: Clock
    ) -> None:
        clock.advance(minutes=68)
        client.sign_in("tutor")
        page = form_of(client, learner)
        assert attribute(page.field("time"), "value") == "10:05"
        client.submit(page, "log")
        row = one_session(app)
        assert (row.logged_at - row.held_at, row.minutes) == (timedelta(minutes=63), 60)

    def test_just_after_midnight_it_was_yesterday(self, client: PageClient, learner: int, clock: Clock) -> None:
        clock.advance(hours=14, minutes=20)
        client.sign_in("tutor")
        page = form_of(client, learner)
        assert (attribute(page.field("day-day"), "value"), attribute(page.field("time"), "value")) == ("24", "23:20")

    def test_what_ends_in_the_future_is_refused_with_the_latest_beginning(
        self, app: Flask, client: PageClient, learner: int
    ) -> None:
        page = client.submit(form_of(client, learner), "log", {"minutes": "90"}, expect=422)
        assert "＊終わる時刻の 10:30 が、まだ来ていません。90分なら、始まりは 8:30 までです。" in page.error("time")
        assert sessions(app) == 0
        client.submit(page, "log", {"time": "8:30"})
        assert one_session(app).minutes == 90

    def test_a_second_session_at_that_time_asks_whether_it_was_a_group(
        self, app: Flask, client: PageClient, tutor: Actor, learner: int
    ) -> None:
        with app.app_context():
            second = make_learner("タシロ ジロウ")
            match(tutor, second)
        client.submit(form_of(client, learner), "log")
        page = client.submit(form_of(client, second), "log", expect=422)
        assert "9:00〜10:00 に、もう記録があります" in page.error("time")
        done = client.submit(page, "log", {"in_group": "1"}, follow=True)
        assert "何人かいっしょに" in done.text
        assert client.get("/tutors/sessions").texts(".summary dd") == ["2回・1時間", "2回・1時間"]

    def test_a_typed_length_and_a_typed_place_count_before_the_picked_ones(
        self, app: Flask, client: PageClient, learner: int
    ) -> None:
        typed = {"other_minutes": "４５", "place": "アキタさん宅", "district_code": "seibu"}
        client.submit(form_of(client, learner), "log", typed)
        row = one_session(app)
        assert (row.minutes, row.place, row.venue_id, row.district_code) == (45, "アキタさん宅", None, "seibu")

    def test_a_venue_is_picked_from_the_list(self, app: Flask, client: PageClient, learner: int) -> None:
        with app.app_context():
            venue = db.session.scalars(select(Venue.id).where(Venue.nickname == "ウェスター")).one()
        client.submit(form_of(client, learner), "log", {"where": f"v{venue}", "minutes": "90", "time": "8:00"})
        row = one_session(app)
        assert (row.venue_id, row.district_code, row.minutes) == (venue, "seibu", 90)

    def test_the_skills_asked_about_are_the_tutors_and_what_the_learner_has_begun(
        self, app: Flask, client: PageClient, tutor: Actor, learner: int
    ) -> None:
        with app.app_context():
            other = make_tutor("C1", "D1", username="tutor2")
            match(other, learner)
            log(other, learner, levels={"C1": 1, "D1": 2})
        page = form_of(client, learner)
        asked = {attribute(control, "name") for control in page.all('input[name^="levels-"]')}
        assert asked == {"levels-A1", "levels-B5", "levels-C1"}

    def test_sent_twice_it_exists_once_even_as_two_posts_of_other_tokens(
        self, app: Flask, client: PageClient, learner: int
    ) -> None:
        page = form_of(client, learner)
        first = client.submit(page, "log", {"levels-A1": "1"})
        assert client.submit(page, "log", {"levels-A1": "1"}).location == first.location
        again = {**_sent(page), "one_time_token": "another-token-of-16"}
        assert client.post(f"/tutors/log?learner={learner}", again).location == first.location
        assert sessions(app) == 1
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(SkillEvidence)) == 1

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"day-day": "31", "day-month": "2"}, "day-year"),
            ({"day-year": "2027"}, "day-year"),
            ({"day-year": "2020"}, "day-year"),
            ({"time": "25:00"}, "time"),
            ({"time": "10:01"}, "day-year"),
            ({"time": "9:01"}, "time"),
            ({"other_minutes": "0"}, "other_minutes"),
            ({"other_minutes": "601"}, "other_minutes"),
            ({"other_minutes": "600"}, "time"),
            ({"other_minutes": "一時間"}, "other_minutes"),
            ({"where": ""}, "where"),
            ({"place": "会館", "district_code": ""}, "district_code"),
            ({"note": "マイナンバーは 1234 5678 9018 です"}, "note"),
            ({"place": "暗証番号 4980 1234 5678 9010"}, "place"),
        ],
    )
    def test_bad_input_is_named_beside_its_field_and_nothing_is_lost(
        self, app: Flask, client: PageClient, learner: int, typed: dict[str, str], field: str
    ) -> None:
        page = client.submit(form_of(client, learner), "log", {"note": "よくできました", **typed}, expect=422)
        assert page.error(field)
        assert page.field("note").text.strip() == typed.get("note", "よくできました")
        assert sessions(app) == 0

    def test_nonsense_in_hidden_places_is_harmless(self, app: Flask, client: PageClient, learner: int) -> None:
        sent = _sent(form_of(client, learner))
        address = f"/tutors/log?learner={learner}"
        for wrong in ({"levels-A1": "9"}, {"where": "v999999"}, {"minutes": "7"}, {"district_code": "mars"}):
            client.post(address, {**sent, **wrong}, expect=422)
        client.post(address, {**sent, "uuid": "x' OR 1=1"})
        client.post(address, {**sent, "levels-Z9": "1", "time": "8:00", "one_time_token": "another-token-of-16"})
        assert sessions(app) == 2

    def test_only_learners_matched_now_have_a_form(
        self, app: Flask, client: PageClient, tutor: Actor, learner: int
    ) -> None:
        with app.app_context():
            stranger = make_learner()
            ended = make_learner()
            match_id = match(tutor, ended)
            with transaction():
                end_match(match_id, actor=SYSTEM, now=clock.now())
        sent = _sent(form_of(client, learner))
        for wanted in (stranger, ended, 999999, "x", "-1", "9" * 30, "１", ""):
            address = f"/tutors/log?learner={wanted}"
            client.get(address, expect=404)
            client.post(address, {**sent, "one_time_token": f"token-for-learner-{wanted}"[:64]}, expect=404)
        assert client.get("/tutors/log", expect=303).location == "/tutors/"
        assert sessions(app) == 0


def _sent(page: Page) -> dict[str, str]:
    """What the untouched form would send."""
    form = page.form("log")
    fields = {
        attribute(one, "name"): attribute(one, "value")
        for one in form.select("input[name]")
        if attribute(one, "type") not in ("radio", "checkbox") or "checked" in one.attrs
    }
    fields |= {str(one["name"]): str(one["value"]) for select in form.select("select") for one in _chosen(select)}
    return {**fields, "note": ""}


def _chosen(select: Element) -> list[dict[str, str]]:
    return [
        {"name": attribute(select, "name"), "value": attribute(option, "value")}
        for option in select.select("option[selected]")
    ]


class TestMyRecord:
    def test_hours_of_this_month_and_this_fiscal_year(
        self, app: Flask, client: PageClient, tutor: Actor, learner: int, clock: Clock
    ) -> None:
        with app.app_context():
            log(tutor, learner, minutes=90)
            log(tutor, learner, minutes=30, held_at=_days_ago(30))
            log(tutor, learner, minutes=600, held_at=_days_ago(300))
        page = client.get("/tutors/sessions")
        assert page.texts(".summary dd") == ["1回・1時間30分", "2回・2時間"]
        assert len(page.all(".results li")) == 3
        assert "1回・1時間30分" in client.get("/tutors/").text

    def test_names_vanish_with_the_match_and_the_hours_stay(self, app: Flask, client: PageClient, tutor: Actor) -> None:
        with app.app_context():
            learner = make_learner("アキタ ハナコ")
            match_id = match(tutor, learner)
            session_id = log(tutor, learner, note="お孫さんの写真", levels={"A1": 1})
        assert "アキタ ハナコ" in client.get("/tutors/sessions").text
        with app.app_context(), transaction():
            end_match(match_id, actor=SYSTEM, now=clock.now())
        for address in ("/tutors/sessions", f"/tutors/sessions/{session_id}"):
            text = client.get(address).text
            assert "担当が終わった方" in text
            assert "アキタ" not in text
            assert "お孫さん" not in text

    def test_another_tutors_session_is_not_found(self, app: Flask, client: PageClient, learner: int) -> None:
        with app.app_context():
            other = make_tutor(username="tutor2")
            match(other, learner)
            session_id = log(other, learner)
        client.get(f"/tutors/sessions/{session_id}", expect=404)
        for wanted in ("999999", "9" * 30):
            client.get(f"/tutors/sessions/{wanted}", expect=404)

    def test_an_empty_record_says_where_to_begin(self, client: PageClient, tutor: Actor) -> None:
        assert client.get("/tutors/sessions").link("わたしの受講者を見る") == "/tutors/"


def _days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
