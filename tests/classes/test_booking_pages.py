"""Reception books, moves and cancels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.models import Enrolment, EnrolmentState
from supportdesk.extensions import db
from supportdesk.notices.models import Notice, NoticeState
from tests.classes.making import DAY, enrol, make_run, meeting_at, room_of
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.markup import attribute
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _the_city(app: Flask) -> None:
    with app.app_context():
        make_reference()


def rows(app: Flask, run_id: int) -> list[Any]:
    with app.app_context():
        return list(
            db.session.execute(
                select(Enrolment.id, Enrolment.state, Enrolment.seat, Enrolment.caller_name, Enrolment.clash_reason)
                .where(Enrolment.run_id == run_id)
                .order_by(Enrolment.id)
            )
        )


class TestBooking:
    def test_from_the_class_to_the_learner_to_the_slip(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run(meeting_at(room_id=room_of().id), to_bring="めがね")
            learner_id = make_learner("アキタ ハナコ")
        page = reception.get(f"/classes/{run_id}")
        page = reception.get(page.link("申し込みを受ける"))
        page = reception.submit(page, "さがす", {"q": "はなこ"}, expect=200)
        page = reception.get(page.link("アキタ ハナコ"))
        assert page.url == f"/classes/{run_id}/enrol?learner={learner_id}"
        assert "あと10人" in page.text
        page = reception.submit(page, "enrol", follow=True)
        assert page.h1 == "受付が完了しました"
        ((enrolment_id, state, seat, _caller, _reason),) = rows(app, run_id)
        assert (state, seat) == (EnrolmentState.SEATED, 1)
        slip = reception.get(page.link("予約票を印刷する"))
        for words in (
            "令和8年12月3日（木）",
            "10:00〜11:00",
            "いーぱる",
            "広面字釣瓶町13-3",
            "会議室",
            "めがね",
            "アキタ ハナコ 様",
            "018-888-5643",
        ):
            assert words in slip.text
        with app.app_context():
            code = db.session.scalar(select(Enrolment.code).where(Enrolment.id == enrolment_id))
        assert slip.texts(".slip-code") == [code]
        assert "受付が完了しました" not in reception.get(f"/classes/enrolments/{enrolment_id}").text

    def test_the_search_says_when_there_are_more_than_it_shows(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run()
            for _ in range(21):
                make_learner("アキタ ハナコ")
        page = reception.post(f"/classes/{run_id}/who", {"q": "はなこ"}, expect=200)
        assert len(page.all(".results li")) == 20
        assert "ほかにもいます。つづけて入力してください。" in page.text

    def test_a_form_sent_twice_books_once(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        first = reception.submit(page, "enrol")
        assert reception.submit(page, "enrol").location == first.location
        assert len(rows(app, run_id)) == 1

    def test_a_full_class_says_which_place_in_line_before_and_after(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(capacity=1), make_learner()
            enrol(run_id, make_learner())
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        assert "キャンセル待ちの1番目" in page.text
        done = reception.submit(page, "キャンセル待ちに入れる", follow=True)
        assert "キャンセル待ちの1番目" in done.text
        assert "キャンセル待ち 1番目" in reception.get(done.link("予約票を印刷する")).text

    def test_who_called_is_kept_and_may_be_told_later(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        typed = {
            "caller_name": "山田 花",
            "caller_relation": "長女",
            "caller_phone": "０９０−１２３４−５６７８",
            "tell": "later",
        }
        done = reception.submit(page, "enrol", typed, follow=True)
        assert "山田 花 長女" in done.text
        assert "090-1234-5678" in done.text
        with app.app_context():
            notice = db.session.scalars(select(Notice)).one()
            assert (notice.state, notice.call_to) == (NoticeState.WAITING, "+819012345678")

    def test_a_wrong_number_is_shown_beside_its_field_and_nothing_is_lost(
        self, app: Flask, reception: PageClient
    ) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        page = reception.submit(page, "enrol", {"caller_name": "山田 花", "caller_phone": "12"}, expect=422)
        assert page.error("caller_phone")
        assert attribute(page.field("caller_name"), "value") == "山田 花"
        assert rows(app, run_id) == []
        reception.submit(page, "enrol", {"caller_phone": "018-888-0000"})
        assert len(rows(app, run_id)) == 1

    def test_a_clash_is_warned_of_first_and_booked_with_a_reason_only(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
            enrol(make_run(course="K02"), learner_id)
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        assert "電話のかけ方・カメラの使い方（12月3日（木） 10:00〜11:00）" in page.text
        page = reception.submit(page, "enrol", expect=422)
        assert "理由" in page.error("clash_reason")
        page = reception.submit(page, "enrol", {"clash_reason": "暗証番号は1234-5678-9012-3456"}, expect=422)
        assert rows(app, run_id) == []
        reception.submit(page, "enrol", {"clash_reason": "前半だけ参加します"})
        assert rows(app, run_id)[0].clash_reason == "前半だけ参加します"

    def test_whoever_is_enrolled_already_is_led_to_their_booking(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
        page = reception.get(f"/classes/{run_id}/enrol?learner={learner_id}")
        with app.app_context():
            booked = enrol(run_id, learner_id)
        page = reception.submit(page, "enrol", expect=422)
        assert page.link("予約を見る") == f"/classes/enrolments/{booked.enrolment_id}"
        assert len(rows(app, run_id)) == 1

    def test_unknown_learners_and_runs_are_not_found(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run()
        for learner in ("999999", "x", "-1", "9" * 30, "１"):
            reception.get(f"/classes/{run_id}/enrol?learner={learner}", expect=404)
        reception.get("/classes/999999/enrol?learner=1", expect=404)
        assert reception.get(f"/classes/{run_id}/enrol", expect=303).location == f"/classes/{run_id}/who"

    def test_a_look_at_a_booking_is_noted(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id, learner_id = make_run(), make_learner()
            booked = enrol(run_id, learner_id)
        for page in ("", "/slip", "/cancel", "/move"):
            reception.get(f"/classes/enrolments/{booked.enrolment_id}{page}")
        reception.get(f"/classes/{run_id}")
        with app.app_context():
            seen = db.session.execute(
                select(AuditEntry.action, AuditEntry.subject).where(AuditEntry.action.startswith("view_"))
            ).all()
        assert seen == [("view_enrolment", f"learner:{learner_id}")] * 4 + [("view_run", f"run:{run_id}")]


class TestChangingOnesMind:
    def test_cancelling_says_what_will_happen_and_asks_the_next(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run(capacity=1)
            first = enrol(run_id, make_learner())
            second = enrol(run_id, make_learner("ツギノ ヒト"))
        page = reception.get(f"/classes/enrolments/{first.enrolment_id}")
        page = reception.get(page.link("取り消す"))
        assert f"キャンセル待ちの ツギノ ヒト 様（{second.code}） に案内し、返事を待ちます" in page.text
        sent = reception.submit(page, "cancel-enrolment")
        done = reception.get(sent.location)
        assert "取り消しました" in done.text
        assert f"空いた1番の席は、キャンセル待ちの ツギノ ヒト 様（{second.code}） に案内します" in done.text
        assert [(one.state, one.seat) for one in rows(app, run_id)] == [("cancelled", None), ("offered", 1)]
        assert reception.submit(page, "cancel-enrolment").location == sent.location
        assert [one.state for one in rows(app, run_id)] == ["cancelled", "offered"]

    @pytest.mark.parametrize(
        ("pressed", "stands"),
        [("参加する", "seated"), ("今回は見送る", "waiting"), ("キャンセル待ちからはずす", "cancelled")],
    )
    def test_who_calls_back_answers_on_the_booking(
        self, app: Flask, reception: PageClient, pressed: str, stands: str
    ) -> None:
        with app.app_context():
            run_id = make_run(capacity=1)
            first = enrol(run_id, make_learner())
            second = enrol(run_id, make_learner("ツギノ ヒト"))
        reception.submit(reception.get(f"/classes/enrolments/{first.enrolment_id}/cancel"), "cancel-enrolment")
        assert "ツギノ ヒト" in reception.get(f"/classes/{run_id}").texts("table.list")[1]
        page = reception.get(f"/classes/enrolments/{second.enrolment_id}")
        assert "1番の席を、11月24日（火） 17:00 までとってあります" in page.text
        page = reception.submit(page, pressed, follow=True)
        assert "返事を記録しました" in page.text
        assert rows(app, run_id)[1].state == stands
        if stands == "waiting":
            page = reception.submit(page, "空いている席をわたす", follow=True)
            assert "席をわたしました" in page.text
            assert (rows(app, run_id)[1].state, rows(app, run_id)[1].seat) == ("seated", 1)

    def test_who_is_called_answers_on_the_call_list(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            run_id = make_run(capacity=1)
            first = enrol(run_id, make_learner())
            for name in ("ツギノ ヒト", "ソノツギノ ヒト"):
                enrol(run_id, make_learner(name, phone="018-888-1542"))
        reception.submit(reception.get(f"/classes/enrolments/{first.enrolment_id}/cancel"), "cancel-enrolment")
        page = reception.get("/calls")
        assert "ツギノ ヒト 様" in page.text
        assert "返事は 11月24日（火） 17:00 まで" in page.text
        page = reception.submit(page, "出なかった", follow=True)
        assert "1回かけて、出なかった" in page.text
        page = reception.submit(page, "次の方にまわす", follow=True)
        assert "ソノツギノ ヒト 様" in page.text
        again = reception.submit(page, "参加する")
        assert "受付が" not in reception.get(again.location).text
        assert [one.state for one in rows(app, run_id)] == ["cancelled", "waiting", "seated"]
        late = reception.submit(page, "今回は見送る", follow=True)
        assert "もう返事がすんでいるか" in late.text

    @pytest.mark.parametrize(("tell", "said"), [("now", []), ("later", ["waiting"])])
    def test_who_cancels_knows_of_it_or_is_told_later(
        self, app: Flask, reception: PageClient, tell: str, said: list[str]
    ) -> None:
        with app.app_context():
            booked = enrol(make_run(), make_learner())
        address = f"/classes/enrolments/{booked.enrolment_id}"
        page = reception.submit(reception.get(f"{address}/cancel"), "cancel-enrolment", {"tell": tell}, follow=True)
        assert ("まだ。電話します" in page.text) is (tell == "later")
        with app.app_context():
            states = db.session.scalars(select(Notice.state).where(Notice.kind == "enrolment_cancelled"))
            assert list(states) == said

    def test_who_is_asked_is_not_named_out_of_scope_nor_for_a_number_made_up(
        self, app: Flask, reception: PageClient, coordinator: PageClient
    ) -> None:
        with app.app_context():
            run_id = make_run(capacity=1)
            mine = enrol(run_id, make_learner("トウブ ヒト", district_code="tobu"))
            second = enrol(run_id, make_learner("セイブ ヒト", district_code="seibu"))
            other = enrol(make_run(course="K02"), make_learner("ヨソノ ヒト"))
        address = f"/classes/enrolments/{mine.enrolment_id}"
        reception.submit(reception.get(f"{address}/cancel"), "cancel-enrolment")
        shown = coordinator.get(f"{address}?asked={second.enrolment_id}")
        assert "空いた1番の席は、キャンセル待ちの 担当ではない地区の方 に案内します" in shown.text
        assert "セイブ" not in shown.text
        for number in (other.enrolment_id, mine.enrolment_id, "x"):
            assert "空いた" not in reception.get(f"{address}?asked={number}").text

    def test_what_has_begun_is_neither_cancelled_nor_moved_and_what_goes_on_can_be_left(
        self, app: Flask, reception: PageClient, clock: Clock
    ) -> None:
        with app.app_context():
            over = enrol(make_run(), make_learner())
            goes_on = enrol(make_run(meeting_at(), meeting_at(DAY + timedelta(days=7))), make_learner())
        clock.set(meeting_at().starts_at)
        reception.another_device()
        reception.sign_in("reception")
        address = f"/classes/enrolments/{over.enrolment_id}"
        assert "取り消す" not in reception.get(address).text
        for what in ("/cancel", "/move"):
            shown = reception.get(address + what)
            assert "もう始まっています" in shown.text
            assert shown.all("main form:not([method=get])") == []
        assert "もう始まっている" in reception.post(f"{address}/cancel", {"tell": "now"}, expect=422).text
        page = reception.get(f"/classes/enrolments/{goes_on.enrolment_id}/cancel")
        assert "残りの回" in page.text
        reception.submit(page, "cancel-enrolment")
        with app.app_context():
            states = db.session.scalars(select(Enrolment.state).order_by(Enrolment.id)).all()
        assert states == ["seated", "cancelled"]

    def test_cancelling_from_two_screens_tells_the_second_that_it_is_done(
        self, app: Flask, reception: PageClient
    ) -> None:
        with app.app_context():
            booked = enrol(make_run(), make_learner())
        address = f"/classes/enrolments/{booked.enrolment_id}/cancel"
        one, other = reception.get(address), reception.get(address)
        reception.submit(one, "cancel-enrolment")
        assert "もう取り消されています" in reception.submit(other, "cancel-enrolment", expect=422).text

    def test_moving_leaves_the_one_and_enters_the_other(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            old, new = make_run(), make_run(meeting_at(DAY + timedelta(days=1)), course="K02")
            booked = enrol(old, make_learner())
        page = reception.get(f"/classes/enrolments/{booked.enrolment_id}")
        page = reception.get(page.link("ほかの教室に移る"))
        assert reception.submit(page, "move", expect=422).error("run_id")
        page = reception.submit(page, "さがす", {"q": "かめら"})
        done = reception.submit(page, "move", {"run_id": new}, follow=True)
        assert done.h1 == "受付が完了しました"
        assert [one.state for one in rows(app, old)] == ["cancelled"]
        assert [one.state for one in rows(app, new)] == ["seated"]

    def test_every_class_can_be_moved_to_a_page_at_a_time(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            old, *_others, last = [make_run(meeting_at(DAY + timedelta(days=number))) for number in range(22)]
            booked = enrol(old, make_learner())
        page = reception.get(f"/classes/enrolments/{booked.enrolment_id}/move")
        assert "1 / 2 ページ（21件）" in page.text
        page = reception.get(page.link("次のページ"))
        assert [attribute(one, "value") for one in page.all("input[name=run_id]")] == [str(last)]
        reception.submit(page, "move", {"run_id": last}, expect=303)
        assert [one.state for one in rows(app, last)] == ["seated"]

    def test_a_clash_at_the_new_time_asks_for_a_reason(self, app: Flask, reception: PageClient) -> None:
        with app.app_context():
            learner_id = make_learner()
            old, new = make_run(meeting_at(hour=15)), make_run()
            booked = enrol(old, learner_id)
            enrol(make_run(course="K02"), learner_id)
        page = reception.get(f"/classes/enrolments/{booked.enrolment_id}/move")
        page = reception.submit(page, "move", {"run_id": new}, expect=422)
        assert page.error("clash_reason")
        assert [one.state for one in rows(app, old)] == ["seated"]
        reception.submit(page, "move", {"clash_reason": "本人の希望"})
        assert [one.state for one in rows(app, new)] == ["seated"]
