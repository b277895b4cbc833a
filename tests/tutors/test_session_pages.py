"""A logged session on the screen: its tutor corrects and withdraws it, the coordinator of the district too."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.extensions import db
from supportdesk.skills.queries import levels_of
from supportdesk.tutors.operations import end_match
from tests.clocks import Clock
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.tutors.making import log, make_tutor, match


@pytest.fixture
def tutor(app: Flask, client: PageClient) -> Actor:
    """Signed in at the client."""
    with app.app_context():
        make_reference()
        tutor = make_tutor("A1", "B5")
    client.sign_in("tutor")
    return tutor


@pytest.fixture
def learner(app: Flask, tutor: Actor) -> int:
    """Of 中央, matched with the tutor."""
    with app.app_context():
        learner_id = make_learner("アキタ ハナコ", district_code="chuo")
        match(tutor, learner_id)
    return learner_id


@pytest.fixture
def session_id(app: Flask, tutor: Actor, learner: int) -> int:
    with app.app_context():
        return log(tutor, learner, minutes=45, note="まちがい", levels={"A1": 2})


def signed_in(app: Flask, role: Role, username: str = "", districts: tuple[str, ...] = ()) -> PageClient:
    with app.app_context():
        make_account(role, username=username or role.value, districts=districts)
    client = PageClient(app)
    client.sign_in(username or role.value)
    return client


class TestCorrecting:
    def test_the_form_holds_what_was_written_and_what_is_sent_stands(
        self, app: Flask, client: PageClient, learner: int, session_id: int
    ) -> None:
        page = client.get(client.get("/tutors/sessions").link("アキタ ハナコ"))
        assert "記録した日から14日のあいだ" in page.text
        page = client.get(page.link("なおす"))
        assert attribute(page.field("time"), "value") == "9:15"
        assert attribute(page.one('input[name="minutes"][checked]'), "value") == "45"
        assert page.all('select[name="where"] option[selected]')[0].text == "泉町内会館（中央）"
        assert attribute(page.one('input[name="levels-A1"][checked]'), "value") == "2"
        sent = {"time": "9:00", "minutes": "60", "note": "ただしい", "levels-A1": "1"}
        done = client.submit(page, "correct", sent, follow=True)
        for words in ("記録をなおしました。", "1時間", "ただしい", "手伝ってもらえばできる"):
            assert words in done.text
        history = done.texts(".versions li")
        assert [line.split("：")[1] for line in history] == [
            "11月24日（火） 9:15から45分",
            "11月24日（火） 9:00から1時間",
        ]
        assert client.get("/tutors/sessions").texts(".summary dd")[0] == "1回・1時間"
        with app.app_context():
            assert levels_of(learner)["A1"].level == 1

    def test_the_mistakes_own_page_leads_to_what_stands(
        self, client: PageClient, learner: int, session_id: int
    ) -> None:
        client.submit(client.get(f"/tutors/sessions/{session_id}/correct"), "correct", {"note": "ただしい"})
        old = client.get(f"/tutors/sessions/{session_id}")
        assert "この記録は、あとでなおしてあります" in old.text
        assert not old.all(f'a[href="/tutors/sessions/{session_id}/correct"]')
        assert "ただしい" in client.get(old.link("いまの記録を見る")).text
        for verb in ("correct", "withdraw"):
            answer = client.get(f"/tutors/sessions/{session_id}/{verb}", expect=303)
            assert answer.location == f"/tutors/sessions/{session_id}"

    def test_two_screens_correct_it_once_and_one_screen_pressed_twice_once(
        self, client: PageClient, session_id: int
    ) -> None:
        one, other = (client.get(f"/tutors/sessions/{session_id}/correct") for _screen in range(2))
        first = client.submit(one, "correct", {"note": "い"})
        assert client.submit(one, "correct", {"note": "い"}).location == first.location
        assert "もうなおしたか、取り消してあります" in client.submit(other, "correct", {"note": "ろ"}, expect=422).text

    def test_bad_input_is_named_beside_its_field(self, client: PageClient, session_id: int) -> None:
        page = client.get(f"/tutors/sessions/{session_id}/correct")
        assert client.submit(page, "correct", {"other_minutes": "90"}, expect=422).error("time")
        assert client.submit(page, "correct", {"place": "", "where": ""}, expect=422).error("where")

    def test_after_fourteen_days_the_page_says_whom_to_ask(
        self, client: PageClient, session_id: int, clock: Clock
    ) -> None:
        clock.advance(days=15)
        client.sign_in("tutor")
        text = client.get(f"/tutors/sessions/{session_id}").text
        assert "地区担当に電話で頼んでください" in text
        for verb in ("correct", "withdraw"):
            client.get(f"/tutors/sessions/{session_id}/{verb}", expect=303)


class TestWithdrawing:
    def test_it_is_asked_and_counts_no_more(
        self, app: Flask, client: PageClient, learner: int, session_id: int
    ) -> None:
        page = client.get(client.get(f"/tutors/sessions/{session_id}").link("取り消す"))
        assert page.h1 == "この記録を取り消しますか"
        assert "だれが取り消したかは残ります" in page.text
        done = client.submit(page, "withdraw", follow=True)
        assert "この記録は取り消してあります" in done.text
        assert done.texts(".versions li")[-1].endswith("tutorさんが取り消した")
        assert client.get("/tutors/sessions").texts(".summary dd") == ["0回・0分", "0回・0分"]
        with app.app_context():
            assert levels_of(learner) == {}

    def test_once_the_match_is_over_it_is_withdrawn_but_not_corrected(self, app: Flask, client: PageClient) -> None:
        with app.app_context():
            make_reference()
            tutor, learner = make_tutor(), make_learner("アキタ ハナコ")
            match_id = match(tutor, learner)
            session_id = log(tutor, learner)
            with transaction():
                end_match(match_id, actor=SYSTEM, now=desk_clock.now())
        client.sign_in("tutor")
        assert "なおすのは、この方を担当している人だけです" in client.get(f"/tutors/sessions/{session_id}").text
        client.get(f"/tutors/sessions/{session_id}/correct", expect=404)
        page = client.get(f"/tutors/sessions/{session_id}/withdraw")
        assert "アキタ" not in page.text
        client.submit(page, "withdraw")


class TestStaff:
    def test_the_coordinator_of_the_district_and_the_administrator_read_correct_and_withdraw(
        self, app: Flask, learner: int, session_id: int
    ) -> None:
        coordinator = signed_in(app, Role.COORDINATOR, districts=("chuo",))
        page = coordinator.get(f"/tutors/sessions/{session_id}")
        assert "アキタ ハナコ" in page.text
        assert "14日" not in page.text
        done = coordinator.submit(
            coordinator.get(page.link("なおす")), "correct", {"note": "地区担当より"}, follow=True
        )
        assert "coordinatorさん" in done.texts(".versions li")[-1]
        admin = signed_in(app, Role.ADMIN)
        page = admin.get(admin.say_why(done.url).link("取り消す"))
        assert "この記録は取り消してあります" in admin.submit(page, "withdraw", follow=True).text
        with app.app_context():
            actions = db.session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == f"learner:{learner}").order_by(AuditEntry.id)
            ).all()
        for action in ("view_session", "correct_session", "withdraw_session", "withdraw_evidence"):
            assert action in actions

    def test_another_districts_coordinator_and_another_tutor_find_nothing(self, app: Flask, session_id: int) -> None:
        for client in (
            signed_in(app, Role.COORDINATOR, districts=("tobu",)),
            signed_in(app, Role.TUTOR, username="tutor2", districts=("chuo",)),
        ):
            for address in ("", "/correct", "/withdraw"):
                client.get(f"/tutors/sessions/{session_id}{address}", expect=404)

    def test_a_learner_of_another_district_is_counted_but_not_named(self, app: Flask, tutor: Actor) -> None:
        with app.app_context():
            stranger = make_learner("ホカノ ヒト", district_code="seibu")
            match(tutor, stranger)
            session_id = log(tutor, stranger, note="ひみつ", levels={"A1": 1})
        coordinator = signed_in(app, Role.COORDINATOR, districts=("chuo",))
        for address in (f"/tutors/sessions/{session_id}", "/tutors/figures/chuo"):
            text = coordinator.get(address).text
            assert "ほかの地区の方" in text
            for hidden in ("ホカノ", "ひみつ", "手伝ってもらえば"):
                assert hidden not in text
        coordinator.get(f"/tutors/sessions/{session_id}/correct", expect=404)
