"""The adviser's day, and the page on which a consultation is typed, closed, missed and corrected."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.classes.models import Enrolment
from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case, CaseResult
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.skills.models import SkillEvidence
from tests.classes.making import enrol, make_run, meeting_at, meeting_of
from tests.clocks import Clock
from tests.factories import make_learner
from tests.helpdesk.cases.screens import autosave
from tests.helpdesk.making import DAY, at, book, keep, make_adviser
from tests.markup import attribute
from tests.pages import PageClient
from tests.recording import Statements


def stored(app: Flask) -> Any:
    with app.app_context():
        return db.session.execute(
            select(Booking.state, Case.asked, Case.done, Case.result, Case.closed_at, Case.asides, Case.levels).join(
                Case, Case.booking_id == Booking.id
            )
        ).one_or_none()


class TestTheDay:
    def test_it_lists_the_desks_consultations_and_leads_to_each(
        self, app: Flask, adviser: PageClient, place: str, desk_id: int
    ) -> None:
        with app.app_context():
            other = make_adviser("other")
            with transaction():
                keep(desk_id, other)
            book(desk_id, other, make_learner("ノシロ タロウ"), at(11))
        page = adviser.get("/helpdesk/today")
        assert "アキタ ハナコ" in page.text
        assert "LINEで写真を送りたい" in page.text
        assert "記録がまだ" in page.text
        assert "ノシロ タロウ" in page.text  # a colleague of the desk stands in for another
        assert page.link("アキタ ハナコ") == f"{place}/case"
        assert page.link("きょうの相談") == "/helpdesk/today"

    def test_another_day(self, adviser: PageClient, place: str) -> None:
        page = adviser.get("/helpdesk/today")
        page = adviser.get(page.link("つぎの日"))
        assert page.h1 == "12月4日（金）の相談"
        assert "予約はありません" in page.text
        assert adviser.get(page.link("前の日")).h1 == "きょうの相談"
        adviser.get("/helpdesk/today?day=x")


class TestTheCase:
    def test_it_shows_who_sits_there_and_what_they_wish(self, adviser: PageClient, place: str) -> None:
        page = adviser.get(adviser.get(place).link("相談の記録をひらく"))
        for words in (
            "アキタ ハナコ 様",
            "Android",
            "聞こえにくい",
            "1945",
            "LINEで写真を送りたい",
            "はじめての方です",
        ):
            assert words in page.text
        assert page.field("asked").text.strip() == "LINEで写真を送りたい"

    def test_it_takes_few_statements_however_long_the_story(
        self,
        app: Flask,
        adviser: PageClient,
        place: str,
        adviser_id: int,
        desk_id: int,
        clock: Clock,
        queries: Callable[[], AbstractContextManager[Statements]],
    ) -> None:
        with queries() as few:
            adviser.get(f"{place}/case")
        with app.app_context():
            learner_id = db.session.scalars(select(Booking.learner_id)).one()
            booked = book(desk_id, adviser_id, learner_id, at(11))
        page = adviser.get(f"{place}/case")
        typed = {"result": "solved", "levels_D-D3": "2", "levels_A-A1": "1"}
        adviser.submit(page, "case", typed, button="相談を終える")
        with queries() as many:
            adviser.get(f"/helpdesk/bookings/{booked.booking_id}/case")
        assert len(many) <= len(few) + 2, many
        assert len(many) <= 30, many

    def test_closing_it_holds_the_booking_and_writes_evidence(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        typed = {
            "asked": "写真の送り方",
            "done": "一枚送れた",
            "areas": ["D"],
            "result": "solved",
            "levels_D-D3": "2",
        }
        done = adviser.submit(page, "case", typed, button="相談を終える", follow=True)
        assert "相談の記録を終えました" in done.text
        for words in ("写真の送り方", "一枚送れた", "解決した", "メールとメッセージ", "ひとりでできる"):
            assert words in done.text
        row = stored(app)
        assert (row.state, row.result, row.done) == (BookingState.HELD, CaseResult.SOLVED, "一枚送れた")
        with app.app_context():
            assert db.session.execute(select(SkillEvidence.skill_code, SkillEvidence.level)).all() == [("D3", 2)]
        assert adviser.submit(page, "case", typed, button="相談を終える").location == f"{place}/case"
        assert done.link("つぎの相談を予約する") == f"{place}/case/next"

    def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(self, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        typed = {"asked": None, "done": "一枚送れた", "levels_B-B5": "1"}
        page = adviser.submit(page, "case", typed, button="相談を終える", expect=422)
        assert page.error("asked")
        assert page.error("result")
        assert page.field("done").text.strip() == "一枚送れた"
        assert attribute(page.one('input[name="levels_B-B5"][checked]'), "value") == "1"

    def test_a_my_number_is_refused_and_what_was_saved_before_stays(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        page = adviser.get(f"{place}/case")
        autosave(adviser, page, {"done": "一枚送れた"})
        told = autosave(adviser, page, {"done": "番号は 1234 5678 9018", "asked": "写真"}, expect=422)
        assert "マイナンバー" in told["message"]
        row = stored(app)
        assert (row.done, row.asked) == ("一枚送れた", "写真")
        typed = {"done": "番号は 1234 5678 9018", "result": "solved"}
        page = adviser.submit(page, "case", typed, button="相談を終える", expect=422)
        assert "マイナンバー" in page.error("done")

    def test_it_is_kept_as_one_types_and_found_again(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        told = autosave(adviser, page, {"done": "一枚おく", "levels_D-D3": "1", "result": "", "areas": "ZZ"})
        assert told == {"saved": True, "aside": False, "warning": ""}
        assert autosave(adviser, page, {"done": "一枚送れた", "levels_D-D3": "1"})["saved"]
        row = stored(app)
        assert (row.state, row.done, row.closed_at) == (BookingState.BOOKED, "一枚送れた", None)
        page = adviser.get(f"{place}/case")
        assert page.field("done").text.strip() == "一枚送れた"
        assert attribute(page.one('input[name="levels_D-D3"][checked]'), "value") == "1"
        assert autosave(adviser, page, {"done": "一枚送れた。次は動画"})["aside"] is False

    def test_it_is_kept_without_scripts_too(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        done = adviser.submit(page, "case", {"done": "一枚送れた"}, button="とちゅうで保存する", follow=True)
        assert "とちゅうまで保存しました" in done.text
        assert stored(app).done == "一枚送れた"
        page = adviser.submit(done, "case", {"done": "パスワード：sakura1"}, button="とちゅうで保存する", expect=422)
        assert page.error("done")
        assert not page.error("result")

    def test_of_two_tabs_neither_loses_its_text(self, app: Flask, adviser: PageClient, place: str) -> None:
        one, other = adviser.get(f"{place}/case"), adviser.get(f"{place}/case")
        assert autosave(adviser, one, {"done": "こちらの文"})["aside"] is False
        assert autosave(adviser, other, {"done": "あちらの文"})["aside"] is True
        typed = {"done": "あちらの文", "result": "solved"}
        page = adviser.submit(other, "case", typed, button="相談を終える", expect=422)
        assert "ほかの画面でこの記録が変わりました" in page.text
        assert page.field("done").text.strip() == "あちらの文"
        assert "こちらの文" in page.text
        done = adviser.submit(page, "case", {"done": "こちらの文、あちらの文"}, button="相談を終える", follow=True)
        assert "こちらの文、あちらの文" in done.text
        assert autosave(adviser, one, {"done": "まだ書いていた"})["aside"] is True
        page = adviser.get(f"{place}/case")
        assert "まだ書いていた" in page.text
        page = adviser.submit(page, "読んだので、けす", follow=True)
        assert "まだ書いていた" not in page.text
        assert stored(app).done == "こちらの文、あちらの文"

    def test_both_of_two_tabs_are_warned_as_they_save(self, adviser: PageClient, place: str) -> None:
        one, other = adviser.get(f"{place}/case"), adviser.get(f"{place}/case")
        assert autosave(adviser, one, {"done": "こちらの文"})["warning"] == ""
        assert "ここに入力した内容は別に保存しています" in autosave(adviser, other, {"done": "あちらの文"})["warning"]
        assert "ほかの画面でも入力されています" in autosave(adviser, one, {"done": "こちらの文。"})["warning"]
        page = adviser.submit(other, "case", {"done": "あちらの文"}, button="とちゅうで保存する", follow=True)
        assert "入力した内容を別に保存しました" in page.text
        assert "こちらの文。" in page.field("done").text
        assert "あちらの文" in page.one("section[aria-labelledby=asides]").text

    def test_closing_what_another_tab_closed_keeps_the_text(self, app: Flask, adviser: PageClient, place: str) -> None:
        one, other = adviser.get(f"{place}/case"), adviser.get(f"{place}/case")
        adviser.submit(one, "case", {"done": "こちらの文", "result": "solved"}, button="相談を終える")
        page = adviser.submit(
            other, "case", {"done": "あちらの文", "result": "solved"}, button="相談を終える", follow=True
        )
        assert "こちらの文" in page.text
        assert "あちらの文" in page.text
        assert stored(app).done == "こちらの文"

    def test_even_what_must_not_be_kept_is_not_lost_when_another_tab_closed(
        self, app: Flask, adviser: PageClient, place: str
    ) -> None:
        one, other = adviser.get(f"{place}/case"), adviser.get(f"{place}/case")
        adviser.submit(one, "case", {"done": "こちらの文", "result": "solved"}, button="相談を終える")
        typed = {"done": "パスワード：sakura1", "result": "solved"}
        page = adviser.submit(other, "case", typed, button="相談を終える", expect=422)
        assert "パスワード" in page.error("done")
        assert page.field("done").text.strip() == "パスワード：sakura1"
        assert stored(app).asides is None

    def test_the_closing_button_pressed_twice_closes_once(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        adviser.submit(page, "case", {"result": "solved"}, button="相談を終える")
        again = adviser.submit(page, "case", {"result": "solved"}, button="相談を終える", follow=True)
        assert "とちゅうまで" not in again.text
        assert stored(app).asides is None
        with app.app_context():
            actions = db.session.scalars(select(AuditEntry.action)).all()
        assert actions.count("close_case") == 1

    def test_no_show_and_back(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(page, "来なかったと記録する", follow=True)
        assert "「来なかった」と記録されています" in page.text
        page = adviser.submit(page, "来ていた", follow=True)
        assert page.form("case")
        page = adviser.submit(page, "case", {"result": "carrier"}, button="相談を終える", follow=True)
        assert "携帯会社につないだ" in page.text

    def test_a_correction_afterwards(self, app: Flask, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        page = adviser.submit(
            page, "case", {"result": "solved", "levels_D-D3": "2"}, button="相談を終える", follow=True
        )
        page = adviser.submit(page, "記録をなおす", follow=True)
        assert attribute(page.one('input[name="levels_D-D3"][checked]'), "value") == "2"
        page = adviser.submit(page, "case", {"levels_D-D3": "1"}, button="相談を終える", follow=True)
        assert "手伝ってもらえばできる" in page.text
        with app.app_context():
            assert db.session.scalars(select(SkillEvidence.level).order_by(SkillEvidence.id)).all() == [2, 1]
            noted = db.session.scalars(
                select(AuditEntry.action).where(AuditEntry.action.endswith("_case")).order_by(AuditEntry.id)
            ).all()
        assert noted[:3] == ["view_case", "open_case", "edit_case"]
        assert noted.count("close_case") == 2

    def test_a_button_pressed_too_late_says_why(self, adviser: PageClient, place: str) -> None:
        page = adviser.get(f"{place}/case")
        adviser.submit(page, "case", {"result": "solved"}, button="相談を終える")
        page = adviser.submit(page, "来なかったと記録する", follow=True)
        assert "もう記録がすんでいる" in page.text

    def test_before_the_day_notes_can_be_made_but_not_closed(
        self, app: Flask, adviser: PageClient, adviser_id: int, desk_id: int
    ) -> None:
        with app.app_context():
            booked = book(desk_id, adviser_id, make_learner())
        page = adviser.get(f"/helpdesk/bookings/{booked.booking_id}/case")
        assert "まだ相談の日ではありません" in page.text
        assert autosave(adviser, page, {"done": "機種を調べておく"})["saved"]
        typed = {"asked": "写真", "result": "solved"}
        page = adviser.submit(page, "case", typed, button="相談を終える", expect=422)
        assert "まだ相談の日になっていません" in page.text

    def test_only_the_desks_own_advisers_open_it(
        self, app: Flask, reception: PageClient, stranger: PageClient, place: str, desk_id: int, clock: Clock
    ) -> None:
        for person in (reception, stranger):
            person.another_device()
        stranger.sign_in("stranger")
        stranger.get(f"{place}/case", expect=404)
        for button in ("save", "no-show", "reopen", "drop-asides"):
            stranger.post(f"{place}/case/{button}", expect=404)
        reception.sign_in("reception")
        reception.get(f"{place}/case", expect=403)
        assert "相談の記録をひらく" not in reception.get(place).text
        with app.app_context(), transaction():
            keep(desk_id, db.session.scalars(select(Account.id).where(Account.username == "stranger")).one(), weekday=0)
        stranger.get(f"{place}/case")

    def test_history_and_levels_of_before_stand_beside(
        self, app: Flask, adviser: PageClient, place: str, adviser_id: int, desk_id: int, clock: Clock
    ) -> None:
        page = adviser.get(f"{place}/case")
        adviser.submit(page, "case", {"result": "follow_up", "levels_D-D3": "1"}, button="相談を終える")
        with app.app_context():
            learner_id = db.session.scalars(select(Booking.learner_id)).one()
            booked = book(desk_id, adviser_id, learner_id, at(11))
        page = adviser.get(f"/helpdesk/bookings/{booked.booking_id}/case")
        story = page.one("section[aria-labelledby=cases]").text
        assert "LINEで写真を送りたい" in story
        assert "つづきがある（もう一度相談する）・スマホ相談" in story
        assert "（いま：手伝ってもらえばできる）" in page.text


def test_an_adviser_enrols_whom_they_meet_in_the_next_class_and_nobody_else(
    app: Flask, adviser: PageClient, place: str
) -> None:
    with app.app_context():
        learner_id, stranger = db.session.scalars(select(Booking.learner_id)).one(), make_learner("ミエナイ ヒト")
        run_id = make_run(meeting_at(DAY + timedelta(days=7)))
        enrol(run_id, stranger)
        meeting_id = meeting_of(run_id)
    done = adviser.submit(adviser.get(f"/learners/{learner_id}"), "この教室に申し込む", follow=True)
    assert "アキタ ハナコ" in done.text
    with app.app_context():
        assert set(db.session.scalars(select(Enrolment.learner_id))) == {learner_id, stranger}
        other = db.session.scalars(select(Enrolment.id).where(Enrolment.learner_id == stranger)).one()
    adviser.post(f"/classes/{run_id}/enrol", {"learner": stranger, "tell": "now"}, expect=404)
    for page in ("", "/cancel", "/move", "/slip"):
        adviser.get(f"/classes/enrolments/{other}{page}", expect=404)
    assert "ミエナイ" not in adviser.get(f"/classes/{run_id}").text
    adviser.get(f"/classes/meetings/{meeting_id}/roster", expect=404)
