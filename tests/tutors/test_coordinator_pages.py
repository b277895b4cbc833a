"""A coordinator matches learners of their own districts with tutors, ends matches, appoints, and reads the figures."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.actions import Action
from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.tables import read_table
from supportdesk.extensions import db
from supportdesk.notices.models import Notice
from supportdesk.places.models import AccountDistrict, Venue
from supportdesk.skills.models import EvidenceSource
from supportdesk.skills.operations import Observation, award_skills
from supportdesk.tutors.chart import bars
from supportdesk.tutors.figures import FigureRow, figures_by_district, figures_in_all, fiscal_year, month_of, periods
from supportdesk.tutors.models import Match, Tutor, TutorSkill
from tests.factories import make_account, make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.trail import noted
from tests.tutors.making import account_of, log, make_tutor, match


@pytest.fixture
def coordinator(app: Flask, client: PageClient) -> PageClient:
    """Of 東部."""
    with app.app_context():
        make_reference()
        make_account(Role.COORDINATOR, districts=("tobu",))
    client.sign_in("coordinator")
    return client


class TestMatching:
    def test_from_the_search_to_the_tutors_screen(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            learner = make_learner("アキタ ハナコ", district_code="tobu")
            make_tutor("A1", districts=("tobu",), username="near")
            make_tutor("B5", districts=("seibu",), username="far")
        page = coordinator.get(coordinator.get("/tutors/matches").link("担当を決める"))
        page = coordinator.submit(page, "さがす", {"q": "はなこ"}, expect=200)
        page = coordinator.get(page.link("アキタ ハナコ"))
        assert page.url == f"/tutors/matches/new?learner={learner}"
        choices = page.texts(".pick")
        assert choices[0].startswith("nearさん（東部）")
        assert "地区がちがいます" in choices[1]
        near = attribute(page.all('input[name="tutor_id"]')[0], "value")
        done = coordinator.submit(page, "match", {"tutor_id": near, "wish": "写真を送りたい"}, follow=True)
        assert "連絡リストに入りました" in done.text
        assert "アキタ ハナコ" in done.text
        with app.app_context():
            assert db.session.scalars(select(Notice.kind)).all() == ["tutor_matched"]
        assert "nearさん" in coordinator.get(f"/tutors/matches/new?learner={learner}").all(".summary")[0].text
        at_home = PageClient(app)
        at_home.sign_in("near")
        assert "写真を送りたい" in at_home.get("/tutors/").text
        assert "地域サポーターの担当" in coordinator.get("/calls").one(".call").html

    def test_a_form_sent_twice_matches_once(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            learner = make_learner(district_code="tobu")
            tutor = account_of(make_tutor(districts=("tobu",)))
        page = coordinator.get(f"/tutors/matches/new?learner={learner}")
        other_screen = coordinator.get(f"/tutors/matches/new?learner={learner}")
        for _press in range(2):
            coordinator.submit(page, "match", {"tutor_id": str(tutor)})
        again = coordinator.submit(other_screen, "match", {"tutor_id": str(tutor)}, expect=422)
        assert "もう担当しています" in again.error("tutor_id")
        with app.app_context():
            assert len(db.session.scalars(select(Match.id)).all()) == 1

    def test_nobody_chosen_is_said_beside_the_choice(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            learner = make_learner(district_code="tobu")
            make_tutor(districts=("seibu",))
        page = coordinator.get(f"/tutors/matches/new?learner={learner}")
        assert "受け持つ地域サポーターはいません" in page.text
        assert coordinator.submit(page, "match", expect=422).error("tutor_id")

    def test_without_a_tutor_the_way_to_appoint_one_is_shown(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            learner = make_learner(district_code="tobu")
        page = coordinator.get(f"/tutors/matches/new?learner={learner}")
        assert page.link("地域サポーターの一覧") == "/tutors/people"

    def test_learners_of_other_districts_are_not_found(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            learner = make_learner("セイブ ジロウ", district_code="seibu")
            match_id = match(make_tutor(), learner)
        page = coordinator.submit(coordinator.get("/tutors/matches/who"), "さがす", {"q": "せいぶ"}, expect=200)
        assert "見つかりません" in page.text
        for wanted in (learner, 999999, "x", "9" * 30):
            coordinator.get(f"/tutors/matches/new?learner={wanted}", expect=404)
        assert coordinator.get("/tutors/matches/new", expect=303).location == "/tutors/matches/who"
        assert "いま続いている組み合わせはありません" in coordinator.get("/tutors/matches").text
        for wanted in (match_id, 999999, "9" * 30):
            coordinator.get(f"/tutors/matches/{wanted}/end", expect=404)

    def test_the_search_says_when_there_are_more_than_it_shows(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            for _ in range(21):
                make_learner("アキタ ハナコ", district_code="tobu")
        page = coordinator.post("/tutors/matches/who", {"q": "はなこ"}, expect=200)
        assert len(page.all(".results li")) == 20
        assert "ほかにもいます。つづけて入力してください。" in page.text

    def test_ending_says_who_is_told_and_who_is_not(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            tutor, learner = make_tutor(), make_learner("アキタ ハナコ", district_code="tobu")
            match(tutor, learner)
            with transaction():
                db.session.get_one(Account, account_of(tutor)).phone = "+81188881542"
        page = coordinator.get(coordinator.get("/tutors/matches").link("終わる"))
        assert "アキタ ハナコさんには、連絡リストから電話で知らせます" in page.text
        assert "018-888-1542" in page.text
        other_screen = coordinator.get(page.url)
        done = coordinator.submit(page, "end-match", follow=True)
        assert "いま続いている組み合わせはありません" in done.text
        assert "もう終わっています" in coordinator.submit(other_screen, "end-match", expect=422).text
        assert "に終わりました" in coordinator.get(page.url).text
        with app.app_context():
            assert db.session.scalars(select(Notice.kind).order_by(Notice.id)).all()[-1] == "tutor_match_ended"


class TestPeople:
    def test_somebody_with_the_role_is_appointed(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            account_id = make_account(Role.TUTOR).id
        page = coordinator.get(coordinator.get("/tutors/people").link("tutorさんさんを登録する"))
        done = coordinator.submit(page, "appoint", {"districts": ["tobu"], "skills": ["A1", "B5"]}, follow=True)
        assert "登録している人：1人" in done.text
        assert "電源を入れる・切る・充電する" in done.text
        with app.app_context():
            assert db.session.scalars(select(Tutor.account_id)).all() == [account_id]
            assert set(db.session.scalars(select(TutorSkill.skill_code))) == {"A1", "B5"}
        page = coordinator.get(done.link("tutorさん"))
        coordinator.submit(page, "appoint", {"skills": None})
        with app.app_context():
            assert db.session.scalars(select(TutorSkill.skill_code)).all() == []

    def test_of_more_with_the_role_than_are_shown_it_is_said_how_many(
        self, app: Flask, coordinator: PageClient
    ) -> None:
        with app.app_context():
            for number in range(52):
                make_account(Role.TUTOR, username=f"tutor{number}")
        page = coordinator.get("/tutors/people")
        assert len(page.all(".results li")) == 50
        assert "ほかに2人います" in page.text

    def test_districts_of_others_stay_as_they_are(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            account_id = account_of(make_tutor(districts=("tobu", "seibu")))
        page = coordinator.get(f"/tutors/people/{account_id}")
        assert [attribute(box, "value") for box in page.all('input[name="districts"]')] == ["tobu"]
        coordinator.submit(page, "appoint", {"districts": None})
        with app.app_context():
            of_tutor = select(AccountDistrict.district_code).where(AccountDistrict.account_id == account_id)
            assert db.session.scalars(of_tutor).all() == ["seibu"]
        coordinator.get(f"/tutors/people/{account_id}", expect=404)  # somebody else's now

    def test_who_is_no_tutor_or_of_another_district_is_not_found(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            others = [account_of(make_tutor(districts=("seibu",))), make_account(Role.RECEPTION).id]
        for wanted in (*others, 999999, "9" * 30):
            coordinator.get(f"/tutors/people/{wanted}", expect=404)

    def test_an_administrator_appoints_anywhere(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            make_account(Role.ADMIN)
            account_id = account_of(make_tutor(districts=("seibu",)))
        admin = PageClient(app)
        admin.sign_in("admin")
        assert "tutorさん" in admin.get("/tutors/people").text
        assert len(admin.get(f"/tutors/people/{account_id}").all('input[name="districts"]')) == 7

    def test_nonsense_is_refused(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            account_id = account_of(make_tutor(districts=("tobu",)))
        for wrong in ({"skills": "Z9"}, {"districts": "mars"}, {"districts": "seibu"}):
            coordinator.post(f"/tutors/people/{account_id}", wrong, expect=422)


class TestFigures:
    def test_sessions_learners_and_hours_by_district(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            make_account(Role.ADMIN)
            tutor, one, two = make_tutor(), make_learner(district_code="tobu"), make_learner(district_code="tobu")
            for learner in (one, two):
                match(tutor, learner)
            venue = db.session.scalars(select(Venue.id).where(Venue.nickname == "いーぱる")).one()
            log(tutor, one, minutes=60, venue_id=venue)
            log(tutor, one, minutes=30, venue_id=venue, held_at=clock.now() - timedelta(hours=2))
            log(tutor, two, minutes=45, district_code="seibu", held_at=clock.now() - timedelta(hours=3))
            log(tutor, one, minutes=45, district_code="seibu", held_at=clock.now() - timedelta(hours=4))
            log(tutor, one, minutes=600, venue_id=venue, held_at=clock.now() - timedelta(days=60))
        mine = coordinator.get("/tutors/figures")
        assert mine.texts("tbody tr") == ["東部 2 1 1 1時間30分"]
        admin = PageClient(app)
        admin.sign_in("admin")
        page = admin.get("/tutors/figures")
        assert len(page.all("tbody tr")) == 7
        assert page.texts("tfoot td") == ["4", "2", "1", "3時間"]
        assert "東部 1時間30分" in page.one("svg desc").text
        year = admin.get("/tutors/figures?period=fy2026")
        assert year.texts("tfoot td") == ["5", "2", "1", "13時間"]

    def test_what_happens_at_midnight_counts_in_the_month_of_japan(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            tutor, learner = make_tutor(), make_learner()
            match(tutor, learner)
            last_minute = clock.day_bounds(date(2026, 11, 1))[0] - timedelta(minutes=1)
            log(tutor, learner, held_at=last_minute)
            october, november = month_of(date(2026, 10, 5)), month_of(date(2026, 11, 5))
            assert figures_in_all(october.first, october.last, ["chuo"]).sessions == 1
            assert figures_in_all(november.first, november.last, ["chuo"]).sessions == 0
            assert [row.sessions for row in figures_by_district(october.first, october.last)] == [1, 0, 0, 0, 0, 0, 0]

    def test_nonsense_is_this_month_and_no_district_is_said(self, app: Flask, coordinator: PageClient) -> None:
        for period in ("", "2026-99", "fy1", "x" * 500):
            assert "2026年11月" in coordinator.get(f"/tutors/figures?period={period}").text
        with app.app_context():
            make_account(Role.COORDINATOR, username="nowhere")
        nowhere = PageClient(app)
        nowhere.sign_in("nowhere")
        assert "受け持つ地区がありません" in nowhere.get("/tutors/figures").text

    def test_the_overview_shows_how_things_stand(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            tutor, learner = make_tutor(districts=("tobu",)), make_learner(district_code="tobu")
            match(tutor, learner)
            log(tutor, learner, district_code="tobu")
        assert coordinator.get("/tutors/").texts(".summary dd") == ["1人", "1組", "1回・1時間・受講者1人"]

    def test_a_district_opens_down_to_its_sessions(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            tutor, learner = make_tutor(), make_learner("アキタ ハナコ", district_code="tobu")
            match(tutor, learner)
            for number in range(51):
                log(tutor, learner, minutes=30, district_code="tobu", held_at=clock.now() - timedelta(hours=number + 1))
            log(tutor, learner, district_code="seibu", held_at=clock.now() - timedelta(days=3))
            log(tutor, learner, district_code="tobu", held_at=clock.now() - timedelta(days=60))
        page = coordinator.get(coordinator.get("/tutors/figures").link("東部"))
        assert page.url == "/tutors/figures/tobu?period=2026-11"
        assert "この地区の記録：51件" in page.text
        assert page.texts("tbody tr")[0] == "11月24日（火） 9:00 tutorさん アキタ ハナコ 泉町内会館 30分"
        assert len(page.all("tbody tr")) == 50
        assert len(coordinator.get(page.link("次のページ")).all("tbody tr")) == 1
        assert coordinator.get(page.link("11月24日（火） 9:00")).h1 == "教え合いの記録"
        assert "52件" in coordinator.get("/tutors/figures/tobu?period=fy2026").text
        with app.app_context():
            assert noted(Action.LIST_SESSIONS)[0] == ("list_sessions", "", [learner])
        for other in ("seibu", "mars"):
            coordinator.get(f"/tutors/figures/{other}", expect=404)

    def test_the_figures_are_kept_as_a_file(self, app: Flask, coordinator: PageClient) -> None:
        with app.app_context():
            tutor, learner = make_tutor(), make_learner(district_code="tobu")
            match(tutor, learner)
            log(tutor, learner, minutes=90, district_code="tobu")
            log(tutor, learner, minutes=30, district_code="seibu", held_at=clock.now() - timedelta(days=3))
        page = coordinator.get("/tutors/figures?period=fy2026")
        expected = [("地区", "回数", "受講者", "サポーター", "時間（分）"), ("東部", "1", "1", "1", "90")]
        for ending, words in (("xlsx", "Excelのファイルにする"), ("csv", "CSVのファイルにする")):
            answer = coordinator.get(page.link(words))
            disposition = answer.headers["Content-Disposition"]
            assert disposition.startswith("attachment;")
            assert quote(f"教え合いの実績 fy2026.{ending}") in disposition
            table = read_table(answer.data, f"figures.{ending}")
            assert [row.cells for row in table] == [*expected, ("合計", *expected[1][1:])]
        with app.app_context():
            files = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "download_figures")).all()
        assert files[0] == {"period": "fy2026", "districts": ["tobu"], "file": "xlsx"}
        assert len(files) == 2
        coordinator.get("/tutors/figures/file/pdf", expect=404)


class TestWaiting:
    def observe(
        self, learner: int, level: int, *, source: EvidenceSource = EvidenceSource.CLASS, days: int = 1
    ) -> None:
        with transaction():
            award_skills(
                [Observation(learner, "A1", level)],
                source=source,
                activity="meeting:1",
                observed_at=clock.now() - timedelta(days=days),
                actor=SYSTEM,
                now=clock.now(),
            )

    def test_under_the_search_stand_those_who_practise_and_have_no_tutor(
        self, app: Flask, coordinator: PageClient
    ) -> None:
        with app.app_context():
            names = ("マダ デキナイ", "ジブンデ マダ", "ヒトリデ デキル", "ズット マエ", "タントウ アリ", "ホカノ チク")
            begun, claims, alone, long_ago, helped, elsewhere = (
                make_learner(name, district_code="seibu" if name == "ホカノ チク" else "tobu") for name in names
            )
            self.observe(begun, 1)
            self.observe(claims, 0, source=EvidenceSource.SELF_CHECK, days=2)
            self.observe(alone, 2)
            self.observe(long_ago, 1, days=57)
            self.observe(helped, 1)
            self.observe(elsewhere, 1)
            match(make_tutor(), helped)
        page = coordinator.get("/tutors/matches/who")
        assert page.texts(".results strong") == ["マダ デキナイ", "ジブンデ マダ"]
        assert page.texts(".results span")[0] == "東部・ひとりではできないこと 1・最後は 11月23日（月）"
        assert page.link("マダ デキナイ") == f"/tutors/matches/new?learner={begun}"
        with app.app_context():
            assert noted(Action.LIST_WAITING) == [("list_waiting", "", [begun, claims])]
        searched = coordinator.submit(page, "さがす", {"q": "ひとりで"}, expect=200)
        assert searched.texts(".results strong") == ["ヒトリデ デキル"]

    def test_a_long_list_has_pages_and_an_empty_one_says_what_to_do(self, app: Flask, coordinator: PageClient) -> None:
        assert "担当がいない方はいません" in coordinator.get("/tutors/matches/who").text
        with app.app_context():
            for _number in range(51):
                self.observe(make_learner(district_code="tobu"), 1)
        page = coordinator.get("/tutors/matches/who")
        assert len(page.all(".results li")) == 50
        assert len(coordinator.get(page.link("次のページ")).all(".results li")) == 1


class TestPeriods:
    def test_a_fiscal_year_begins_in_april(self, app: Flask) -> None:
        with app.test_request_context():
            period = fiscal_year(2026)
            assert (period.first, period.last) == (date(2026, 4, 1), date(2027, 3, 31))
            assert periods(date(2027, 3, 31))[0].code == "fy2026"
            assert periods(date(2027, 4, 1))[0].code == "fy2027"

    def test_months_end_on_their_last_day(self, app: Flask) -> None:
        with app.test_request_context():
            assert month_of(date(2028, 2, 10)).last == date(2028, 2, 29)
            assert month_of(date(2026, 12, 31)).last == date(2026, 12, 31)
            codes = [period.code for period in periods(date(2026, 1, 15))]
            assert codes[3:5] == ["2026-01", "2025-12"]


def test_the_longest_bar_is_the_district_with_the_most_time() -> None:
    rows = [FigureRow("a", "あ", 1, 1, 1, 60), FigureRow("b", "い", 0, 0, 0, 0), FigureRow("c", "う", 2, 1, 1, 120)]
    chart = bars(rows)
    assert [bar.length for bar in chart.bars] == [100, 0, 200]
    assert [bar.length for bar in bars(rows[1:2]).bars] == [0]
    assert bars([]).height == 0
