"""A case holds several fields, the phone, minutes and where somebody was referred to; it is handed over and taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from supportdesk.accounts.models import Account, AuditEntry
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import Actor, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.clocking import minutes_by_clock
from supportdesk.helpdesk.cases.errors import BadMinutes, NoColleague, ReferralMissing, ResultMissing, UnknownArea
from supportdesk.helpdesk.cases.handing import hand_over, handed_to, take_over, taken_on
from supportdesk.helpdesk.cases.models import Case, CaseArea, CaseHandOver, CaseResult, ReferredTo
from supportdesk.helpdesk.cases.operations import Notes, close_case, save_case
from supportdesk.helpdesk.cases.queries import case_row
from supportdesk.helpdesk.cases.suggesting import suggest, words_of
from supportdesk.learners.export import held_of
from supportdesk.learners.models import Device, TutorWish
from supportdesk.learners.rights.erasure import erase_learner
from supportdesk.learners.rooms import booked_by, timeline_of
from supportdesk.learners.tutor_wishes import ask_for_tutor, open_wishes, wish_of
from supportdesk.skills.models import SkillEvidence
from supportdesk.videos.giving import NoRecordWanted, give_video, given_to
from supportdesk.videos.models import VideoGiven
from supportdesk.videos.operations import VideoRetired, retire_video
from tests.clocks import Clock
from tests.factories import make_actor, make_decliner, make_learner, make_reference
from tests.helpdesk.making import DAY, at, book, keep, make_desk
from tests.videos.making import make_video

pytestmark = pytest.mark.usefixtures("context")
STARTS, ENDS = at(10), at(11)


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    make_reference()


@pytest.fixture
def adviser() -> Actor:
    return make_actor(Role.ADVISER)


@pytest.fixture
def colleague(desk: int) -> Actor:
    """Another adviser of the desk."""
    other = make_actor(Role.ADVISER, username="colleague")
    with transaction():
        keep(desk, other.account_id or 0, weekday=0)
    return other


@pytest.fixture
def desk(adviser: Actor) -> int:
    return make_desk(adviser.account_id or 0)


@pytest.fixture
def learner() -> int:
    return make_learner("アキタ ハナコ", device=Device.ANDROID)


@pytest.fixture
def booking(desk: int, adviser: Actor, learner: int, clock: Clock) -> int:
    """A consultation that began a quarter of an hour ago."""
    booked = book(desk, adviser.account_id or 0, learner, topic="LINEのこと")
    clock.set(at(10, 15))
    return booked.booking_id


def save(booking_id: int, notes: Notes, actor: Actor, **more: Any) -> None:
    with transaction():
        save_case(booking_id, notes, actor=actor, now=desk_clock.now(), **more)


def close(booking_id: int, notes: Notes, actor: Actor) -> Case:
    with transaction():
        close_case(booking_id, notes, actor=actor, now=desk_clock.now())
    return db.session.scalars(select(Case).where(Case.booking_id == booking_id)).one()


def solved(**more: Any) -> Notes:
    return Notes(**{"asked": "写真", "result": CaseResult.SOLVED, **more})


class TestWhatItHolds:
    def test_several_fields_of_which_one_can_be_taken_back(self, booking: int, adviser: Actor) -> None:
        save(booking, Notes(areas=frozenset({"A", "D"})), adviser)
        save(booking, Notes(areas=frozenset({"D", "H"})), adviser)
        assert case_row(booking, "").areas == {"D", "H"}
        with pytest.raises(UnknownArea):
            save(booking, Notes(areas=frozenset({"Z"})), adviser)
        assert set(db.session.scalars(select(CaseArea.area_code))) == {"D", "H"}

    def test_the_phone_is_the_learners_until_another_is_seen_and_evidence_is_of_that(
        self, booking: int, desk: int, adviser: Actor, learner: int
    ) -> None:
        assert case_row(booking, "", learner).device is Device.ANDROID
        case = close(booking, solved(device=Device.IPHONE, os="iOS 18", levels={"D3": 2}), adviser)
        assert (case.device, case.os) == (Device.IPHONE, "iOS 18")
        assert db.session.scalars(select(SkillEvidence.device)).one() is Device.IPHONE

    def test_the_system_that_was_read_last_is_there_again(
        self, booking: int, desk: int, adviser: Actor, learner: int
    ) -> None:
        close(booking, solved(device=Device.ANDROID, os="Android 14"), adviser)
        later = book(desk, adviser.account_id or 0, learner, at(11)).booking_id
        assert case_row(later, "", learner).os == "Android 14"

    def test_the_clock_says_how_long_it_took_unless_somebody_does(
        self, booking: int, desk: int, adviser: Actor, clock: Clock
    ) -> None:
        clock.set(at(10, 42))
        assert close(booking, solved(), adviser).minutes == 42
        other = book(desk, adviser.account_id or 0, make_learner(), at(11)).booking_id
        clock.set(at(11, 30))
        for minutes in (0, -5, 10_000):
            with pytest.raises(BadMinutes):
                save(other, solved(minutes=minutes), adviser)
        assert close(other, solved(minutes=25), adviser).minutes == 25

    @pytest.mark.parametrize(
        ("opened", "now", "minutes"),
        [
            (STARTS, STARTS + timedelta(minutes=20), 20),
            (STARTS - timedelta(minutes=10), STARTS, 10),
            (STARTS - timedelta(days=3), STARTS - timedelta(minutes=5), 60),
            (STARTS, ENDS + timedelta(minutes=30), 90),
            (ENDS + timedelta(hours=5), ENDS + timedelta(hours=6), 60),
            (STARTS, STARTS + timedelta(seconds=5), 1),
        ],
    )
    def test_the_clock(self, opened: Any, now: Any, minutes: int) -> None:
        assert minutes_by_clock(STARTS, ENDS, opened, now) == minutes

    def test_who_is_referred_is_referred_somewhere(self, booking: int, adviser: Actor, learner: int) -> None:
        with pytest.raises(ResultMissing):
            close(booking, solved(result=CaseResult.REFERRED), adviser)
        with pytest.raises(ReferralMissing):
            close(booking, solved(result=CaseResult.REFERRED, referred_to=ReferredTo.OFFICE), adviser)
        referred = solved(result=CaseResult.REFERRED, referred_to=ReferredTo.BANK, referral="〇〇銀行")
        case = close(booking, referred, adviser)
        assert (case.referred_to, case.referral) == (ReferredTo.BANK, "〇〇銀行")
        assert timeline_of(learner)[0].text == "写真。銀行・カード会社につないだ"

    def test_of_the_checklist_only_its_own_steps_are_kept(self, booking: int, adviser: Actor) -> None:
        save(booking, Notes(scam_steps=frozenset({"police", "stop", "nonsense"})), adviser)
        assert db.session.scalars(select(Case.scam_steps)).one() == ["stop", "police"]

    def test_what_another_screen_typed_says_who_sat_there(self, booking: int, adviser: Actor, colleague: Actor) -> None:
        save(booking, Notes(asked="こちら"), adviser, form="a", drawn_from="")
        save(booking, Notes(asked="あちら", areas=frozenset({"D"})), colleague, form="b", drawn_from="")
        (aside,) = case_row(booking, "").asides
        assert (aside.by, aside.asked) == (colleague.name, "あちら")


class TestHandingOver:
    def test_it_stands_on_the_others_day_until_they_take_it(
        self, booking: int, adviser: Actor, colleague: Actor
    ) -> None:
        save(booking, Notes(done="ここまで"), adviser, form="a", drawn_from="")
        with transaction():
            hand_over(booking, colleague.account_id or 0, "設定にくわしい方に", actor=adviser, now=desk_clock.now())
        (waiting,) = handed_to(colleague.account_id or 0)
        assert (waiting.booking_id, waiting.by, waiting.why) == (booking, adviser.name, "設定にくわしい方に")
        with transaction():
            take_over(booking, actor=colleague, now=desk_clock.now())
        assert handed_to(colleague.account_id or 0) == []
        assert [one.id for one in taken_on(DAY, colleague.account_id or 0)] == [booking]
        stored = case_row(booking, "")
        assert (stored.adviser_id, stored.done) == (colleague.account_id, "ここまで")
        told = set(db.session.scalars(select(AuditEntry.action)))
        assert {"hand_case_over", "take_case_over"} <= told

    def test_only_to_somebody_else_of_the_desk_who_is_in_use(
        self, booking: int, adviser: Actor, colleague: Actor
    ) -> None:
        stranger = make_actor(Role.ADVISER, username="stranger")
        with transaction() as session:
            account = session.get(Account, colleague.account_id)
            assert account is not None
            account.active = False
        for to in (adviser, stranger, colleague):
            with pytest.raises(NoColleague), transaction():
                hand_over(booking, to.account_id or 0, "なぜ", actor=adviser, now=desk_clock.now())

    def test_the_latest_hand_over_stands_alone(self, booking: int, desk: int, adviser: Actor, colleague: Actor) -> None:
        third = make_actor(Role.ADVISER, username="third")
        with transaction():
            keep(desk, third.account_id or 0, weekday=1)
        for to in (colleague, third):
            with transaction():
                hand_over(booking, to.account_id or 0, "なぜ", actor=adviser, now=desk_clock.now())
        assert [len(handed_to(one.account_id or 0)) for one in (colleague, third)] == [0, 1]


class TestWhatIsGiven:
    def test_a_video_is_given_once_an_occasion_and_told_in_the_story(
        self, booking: int, adviser: Actor, learner: int
    ) -> None:
        video = make_video(title="写真を送る")

        def give(on_paper: bool) -> None:
            with transaction():
                give_video(
                    video.code, learner, on_paper=on_paper, activity="booking:1", actor=adviser, now=desk_clock.now()
                )

        for on_paper in (False, False, True):
            give(on_paper)
        assert len(db.session.scalars(select(VideoGiven)).all()) == 2
        assert [one.code for one in given_to(learner)] == [video.code]
        assert {entry.text for entry in timeline_of(learner) if entry.kind == "video"} == {
            "受講者カードで見られるようにしました。",
            "QRコードの紙をわたしました。",
        }
        with transaction():
            retire_video(video.id, None, actor=adviser, now=desk_clock.now())
        assert given_to(learner) == []
        with pytest.raises(VideoRetired):
            give(False)

    def test_who_wants_no_record_is_given_paper_and_nothing_is_written(self, adviser: Actor) -> None:
        decliner, video = make_decliner(), make_video(title="写真を送る")
        with transaction():
            give_video(video.code, decliner, on_paper=True, actor=adviser, now=desk_clock.now())
        with pytest.raises(NoRecordWanted), transaction():
            give_video(video.code, decliner, on_paper=False, actor=adviser, now=desk_clock.now())
        assert db.session.scalars(select(VideoGiven)).all() == []

    def test_a_tutor_is_asked_for_once(self, adviser: Actor, learner: int) -> None:
        def ask(words: str) -> bool:
            with transaction():
                return ask_for_tutor(learner, words, actor=adviser, now=desk_clock.now())

        assert (ask("写真"), ask("地図")) == (True, False)
        assert wish_of(learner) == "写真"
        assert [(one.learner_id, one.asked_by) for one in open_wishes(None)] == [(learner, adviser.name)]


class TestWhatBecomesOfIt:
    def test_an_erasure_leaves_the_figures_and_no_word(
        self, booking: int, adviser: Actor, colleague: Actor, learner: int
    ) -> None:
        close(
            booking,
            solved(
                done="ひみつ",
                areas=frozenset({"D"}),
                os="iOS 18",
                result=CaseResult.REFERRED,
                referred_to=ReferredTo.CARRIER,
                referral="お店",
                minutes=30,
                scam_steps=frozenset({"stop"}),
            ),
            adviser,
        )
        with transaction():
            hand_over(booking, colleague.account_id or 0, "わけ", actor=adviser, now=desk_clock.now())
            ask_for_tutor(learner, "ことば", activity=f"booking:{booking}", actor=adviser, now=desk_clock.now())
        told = {one.table.name for one in held_of(learner) if one.rows}
        assert {"consultation_case", "case_hand_over", "tutor_wish"} <= told
        admin = make_actor(Role.ADMIN)
        with transaction():
            erase_learner(learner, actor=admin, now=desk_clock.now())
        case = db.session.scalars(select(Case)).one()
        assert (case.asked, case.done, case.os, case.referral, case.scam_steps) == ("", "", "", "", None)
        assert (case.result, case.referred_to, case.minutes) == (CaseResult.REFERRED, ReferredTo.CARRIER, 30)
        assert db.session.scalars(select(CaseHandOver.why)).all() == [""]
        assert db.session.scalars(select(TutorWish.words)).all() == [""]

    def test_all_that_is_booked_stands_together(self, booking: int, desk: int, adviser: Actor, learner: int) -> None:
        later = book(desk, adviser.account_id or 0, learner, at(11)).booking_id
        assert [one.activity for one in booked_by(learner, desk_clock.now())] == [
            f"booking:{booking}",
            f"booking:{later}",
        ]


class TestSuggestions:
    def test_what_a_text_is_about(self) -> None:
        assert words_of("LINEで写真を送りたい。スマホの画面で")[:2] == ["line", "写真"]
        assert "迷惑" in words_of("迷惑電話が来る")
        assert words_of("あ" * 10_000) == words_of("") == []
        assert len(words_of("写真地図電話番号" * 2_000)) <= 12

    def test_only_this_learners_own_consultations_and_what_fits(
        self, booking: int, desk: int, adviser: Actor, learner: int
    ) -> None:
        video = make_video(title="写真を送る", skills=("D3",))
        close(booking, solved(asked="写真を送りたい", done="一枚送れた"), adviser)
        other = book(desk, adviser.account_id or 0, make_learner("ノシロ タロウ"), at(11)).booking_id
        mine = book(desk, adviser.account_id or 0, learner, at(10, day=DAY + timedelta(days=7))).booking_id
        wanted = Notes(asked="写真のこと", levels={"D3": 1})
        found = suggest(learner, mine, wanted)
        assert [one.booking_id for one in found.cases] == [booking]
        assert [one.code for one in found.videos] == [video.code]
        stranger = db.session.scalars(select(Case.learner_id)).first()
        assert stranger == learner
        assert suggest(learner + 1, other, wanted).cases == []
        assert suggest(learner, mine, Notes(asked="地図")).cases == []
