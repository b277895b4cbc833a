"""The ways on from a case, one press each, with what was typed kept; what may help; the checklist for fraud."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from supportdesk.accounts.models import Account
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseResult, ReferredTo
from supportdesk.helpdesk.models import Booking, DeskHours
from supportdesk.learners.passes import live_pass
from tests.factories import make_account
from tests.helpdesk.cards.making import make_card
from tests.helpdesk.cases.screens import autosave
from tests.helpdesk.making import keep
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements
from tests.videos.making import make_video, own_phone


def stored(app: Flask) -> Any:
    with app.app_context():
        return db.session.scalars(select(Case)).one_or_none()


def learner_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Booking.learner_id)).one()


@pytest.fixture
def colleague(app: Flask, place: str, desk_id: int) -> PageClient:
    """Another adviser of the desk, at their own screen."""
    with app.app_context():
        other = make_account(Role.ADVISER, username="colleague").id
        with transaction():
            keep(desk_id, other, weekday=0)
    person = PageClient(app)
    person.sign_in("colleague")
    return person


class TestBadInput:
    def test_it_is_said_beside_its_field_and_everything_typed_stays(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        wrong = [
            ("asked", "あ" * 2001, "2000文字まで"),
            ("done", "あ" * 5001, "5000文字まで"),
            ("done", "カードは 4111 1111 1111 1111", "カード番号"),
            ("asked", "番号は 1234 5678 9018", "マイナンバー"),
            ("os", "パスワード：sakura1", "パスワード"),
            ("referral", "暗証番号は4771", "パスワード"),
            ("minutes", "0", "1から480まで"),
            ("minutes", "10000", "1から480まで"),
            ("minutes", "長い", "数字で"),
        ]
        for number, (field, typed, said) in enumerate(wrong):
            page, good = adviser.get(f"{place}/case"), "done" if field == "asked" else "asked"
            sent = {good: f"よい文{number}", field: typed}
            assert said in autosave(adviser, page, sent, expect=422)["errors"][field]
            assert getattr(stored(app), good) == sent[good]
            page = adviser.submit(page, "case", sent, button="とちゅうで保存する", expect=422)
            assert said in page.error(field)
            control = page.field(field)
            assert (control.text.strip() if control.tag == "textarea" else attribute(control, "value")) == typed

    def test_what_no_page_offers_is_left_out(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        nonsense = {"areas": "ZZ", "device": "fax", "result": "won", "levels_D-D3": "9", "scam_steps": "run"}
        assert autosave(adviser, page, {"asked": "よい文", **nonsense})["saved"]
        case = stored(app)
        assert (case.asked, case.levels, case.result, case.scam_steps) == ("よい文", {}, None, None)
        for press in ("give", "ask-tutor", "class", "hand-over", "suggestions"):
            adviser.raw.post(f"{place}/case/{press}", data={"give": "x" * 500, "to": "-1", "drawn_from": "9" * 500})

    def test_another_office_has_a_name(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"result": "office"}, button="相談を終える", expect=422)
        assert "どの窓口" in page.error("referral")
        adviser.submit(page, "case", {"referral": "国保年金課"}, button="相談を終える")
        case = stored(app)
        assert (case.result, case.referred_to, case.referral) == (
            CaseResult.REFERRED,
            ReferredTo.OFFICE,
            "国保年金課",
        )

    def test_the_clocks_minutes_stand_there_and_are_not_taken_for_somebodys(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        assert attribute(page.field("minutes"), "value") == "10"
        done = adviser.submit(page, "case", {"asked": "写真"}, button="とちゅうで保存する", follow=True)
        assert stored(app).minutes is None
        adviser.submit(done, "case", {"minutes": "35"}, button="とちゅうで保存する")
        assert stored(app).minutes == 35


class TestOnePress:
    def test_a_video_on_paper_or_with_the_pass_keeps_what_was_typed(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        with app.app_context():
            video = make_video(title="LINEで写真を送る")
        page = adviser.get(f"{place}/case")
        sheet = adviser.submit(page, "case", {"done": "一枚送れた"}, button=f"paper:{video.code}", follow=True)
        assert sheet.h1 == "LINEで写真を送る"
        page = adviser.get(sheet.link("相談の記録にもどる"))
        assert page.field("done").text.strip() == "一枚送れた"
        page = adviser.submit(page, "case", {}, button=f"pass:{video.code}", follow=True)
        assert "受講者カードで見られるようにしました" in page.text
        assert "LINEで写真を送る" in page.one("section[aria-labelledby=given]").text
        learner_id = learner_of(app)
        assert "受講者カードで見られるようにしました" in adviser.get(f"/learners/{learner_id}").text
        phone = PageClient(app)
        own_phone(app, phone, learner_id)
        with app.app_context():
            held = live_pass(learner_id)
            assert held is not None
        assert phone.get(f"/p/{held.token}").link("LINEで写真を送る") == f"/v/{video.code}"
        page = adviser.submit(page, "case", {"result": "solved"}, button="相談を終える", follow=True)
        adviser.submit(page, "case", {}, button=f"paper:{video.code}", follow=True)

    def test_what_must_not_be_kept_stops_the_press_and_stays_on_the_page(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"done": "パスワード：sakura1"}, button="つぎの相談を予約する", expect=422)
        assert "パスワード" in page.error("done")

    def test_the_next_consultation_with_the_same_adviser(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"done": "つづきは次に"}, button="つぎの相談を予約する", follow=True)
        assert stored(app).done == "つづきは次に"
        booked = adviser.submit(adviser.get(page.link("12月3日（木）")), "book", follow=True)
        assert "受付が完了しました" in booked.text
        story = adviser.get(f"{place}/case").one("section[aria-labelledby=booked]").text
        assert "12月3日（木） 11:00" in story

    def test_a_class_is_booked_at_the_desk_with_the_learner_chosen(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.submit(adviser.get(f"{place}/case"), "case", {}, button="教室を予約する", follow=True)
        assert page.url == f"/desk/{learner_of(app)}"
        assert "アキタ ハナコ" in page.h1

    def test_a_peer_tutor_is_asked_for_and_the_coordinators_see_it(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        typed = {"done": "ひみつの文", "levels_D-D3": "1"}
        page = adviser.submit(page, "case", typed, button="地域サポーターを頼む", follow=True)
        assert "地域サポーターの希望を伝えてあります" in page.text
        with app.app_context():
            make_account(Role.ADMIN, username="admin")
        office = PageClient(app)
        office.sign_in("admin")
        waiting = office.get("/tutors/matches/who").one("section[aria-labelledby=wishes]").text
        assert "アキタ ハナコ" in waiting
        assert "LINEで写真" in waiting
        assert "ひみつ" not in waiting

    def test_another_adviser_finds_it_on_their_day_until_they_take_it(
        self, app: Flask, adviser: PageClient, colleague: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"done": "ここまで"}, button="ほかの相談員に引きつぐ", follow=True)
        page = adviser.submit(page, "hand-over", {"why": ""}, expect=422)
        assert page.error("why")
        assert page.error("to")
        to = attribute(page.one('input[name="to"]'), "value")
        adviser.submit(page, "hand-over", {"to": to, "why": "設定にくわしい方に"})
        day = colleague.get("/helpdesk/today")
        assert "設定にくわしい方に" in day.text
        taken = colleague.submit(day, "引き受けてひらく", follow=True)
        assert taken.field("done").text.strip() == "ここまで"
        day = colleague.get("/helpdesk/today")
        assert "引きつぎを頼まれています" not in day.text
        assert "アキタ ハナコ" in day.text

    def test_when_its_adviser_is_away_for_good_nothing_is_lost(
        self, app: Flask, adviser: PageClient, colleague: PageClient, place: str, adviser_id: int
    ) -> None:
        page = adviser.get(f"{place}/case")
        autosave(adviser, page, {"done": "ここまで"})
        with app.app_context(), transaction() as session:
            session.execute(update(Account).where(Account.id == adviser_id).values(active=False))
            session.execute(delete(DeskHours).where(DeskHours.adviser_id == adviser_id))
        page = colleague.get(f"{place}/case")
        assert page.field("done").text.strip() == "ここまで"
        page = colleague.submit(page, "引き受ける", follow=True)
        typed = {"done": "ここまで、それから", "result": "solved"}
        done = colleague.submit(page, "case", typed, button="相談を終える", follow=True)
        assert "ここまで、それから" in done.text


class TestWhatMayHelp:
    def test_a_part_of_the_page_is_drawn_for_what_is_typed_and_nothing_is_kept(
        self,
        app: Flask,
        adviser: PageClient,
        place: str,
        queries: Callable[[], AbstractContextManager[Statements]],
    ) -> None:
        with app.app_context():
            make_video(title="地図で場所をさがす")
        page = adviser.get(f"{place}/case")
        address = attribute(page.one("[data-suggestions]"), "data-suggestions")
        token = attribute(page.field("csrf_token", "case"), "value")

        def part(asked: str) -> str:
            answer = adviser.raw.post(address, data={"csrf_token": token, "asked": asked})
            assert answer.status_code == 200
            return answer.text

        with queries() as few:
            drawn = part("地図で病院に行きたい")
        assert "地図で場所をさがす" in drawn
        assert "<html" not in drawn
        assert stored(app) is None
        with app.app_context():
            for number in range(9):
                make_video(title=f"地図{number}")
        with queries() as many:
            drawn = part("地図で病院に行きたい" * 100)
        assert drawn.count("紙でわたす</button>") == 4
        assert len(many) == len(few) <= 16, many

    def test_an_answer_card_is_there_to_be_opened_and_a_closed_case_becomes_one(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        with app.app_context():
            card = make_card()
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"asked": "写真をメールで送りたい"}, button="さがす", follow=True)
        assert page.link("写真をメールで送るには") == f"/helpdesk/cards/{card.code}"
        done = adviser.submit(page, "case", {"result": "solved"}, button="相談を終える", follow=True)
        assert "写真をメールで送りたい" in adviser.get(done.link("答えのカードにする")).html

    def test_without_scripts_a_button_does_it(self, app: Flask, adviser: PageClient, place: str) -> None:
        with app.app_context():
            make_video(title="地図で場所をさがす")
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "case", {"asked": "地図のこと"}, button="入力した内容でさがす", follow=True)
        assert "地図で場所をさがす" in page.text


class TestSuspectedFraud:
    def test_it_stands_open_when_what_was_asked_sounds_like_it(self, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        assert "open" not in page.one("details.scam").attrs
        page = adviser.submit(page, "case", {"asked": "還付金の電話が来た"}, button="とちゅうで保存する", follow=True)
        assert "open" in page.one("details.scam").attrs
        assert page.link("#9110") == "tel:%239110"
        assert page.link("188") == "tel:188"

    def test_what_was_ticked_is_kept_with_the_case(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        typed = {"scam_steps": ["stop", "police"], "areas": ["H"], "result": "police"}
        done = adviser.submit(page, "case", typed, button="相談を終える", follow=True)
        assert stored(app).scam_steps == ["stop", "police"]
        assert "警察に相談した" in done.text
        assert "警察につないだ" in done.text
