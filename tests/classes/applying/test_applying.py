"""Applying in public: who is known is placed at once, nobody can see that, and reception settles the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.classes.applying.models import Applicant, Application
from supportdesk.classes.applying.operations import apply, withdraw_application
from supportdesk.classes.applying.queries import receipt_of
from supportdesk.classes.applying.settling import say_who
from supportdesk.classes.cancelling import cancel_enrolment
from supportdesk.classes.errors import RunNotOpen
from supportdesk.classes.lottery.drawing import tickets_of
from supportdesk.classes.lottery.entering import withdraw_entrant
from supportdesk.classes.lottery.errors import DeadlinePassed
from supportdesk.classes.lottery.jobs import draw_due
from supportdesk.classes.lottery.models import LotteryEntrant
from supportdesk.classes.models import Enrolment, EnrolmentState, Filling
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.applying.errors import TooMany
from supportdesk.learners.applying.models import ApplicationState, HeldBecause
from supportdesk.learners.applying.wishes import Wish
from supportdesk.learners.models import Learner
from supportdesk.notices.models import Notice, NoticeState
from tests.classes.lottery.drawing import OPEN_FOR, make_lottery
from tests.classes.making import enrol, make_run, meeting_at
from tests.clocks import Clock
from tests.factories import make_learner, make_reference
from tests.markup import attribute
from tests.pages import Page, PageClient

HANA = Wish(kana="サトウ ハナ", phone="+81188001111")
TARO = Wish(kana="サトウ タロウ", phone="+81188001111")


@pytest.fixture
def city(app: Flask) -> None:
    with app.app_context():
        make_reference()


@pytest.fixture
def hana(app: Flask, city: None) -> int:
    with app.app_context():
        return make_learner("サトウ ハナ", phone="018-800-1111")


def applied(run_id: int, *people: Wish, **more: object) -> str:
    with transaction():
        return apply(run_id, people, now=desk_clock.now(), **more)  # type: ignore[arg-type]


def states() -> list[tuple[ApplicationState, HeldBecause | None]]:
    return [(one.state, one.because) for one in db.session.scalars(select(Application).order_by(Application.id))]


def seated() -> list[tuple[int, int | None]]:
    rows = db.session.scalars(select(Enrolment).where(Enrolment.state != EnrolmentState.CANCELLED))
    return [(one.learner_id, one.seat) for one in rows]


def test_who_is_known_beyond_doubt_has_a_seat_at_once_and_is_to_be_told(app: Flask, hana: int) -> None:
    with app.app_context():
        run_id = make_run()
        applied(run_id, HANA)
        assert [one[0] for one in states()] == [ApplicationState.PLACED]
        assert seated() == [(hana, 1)]
        notice = db.session.scalars(select(Notice)).one()
        assert (notice.learner_id, notice.state, notice.call_to) == (hana, NoticeState.WAITING, HANA.phone)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(kana="サトウ ハナ", phone="+81188002222"),
        Wish(kana="サトウ ハル", phone="+81188001111"),
        Wish(kana="サトウ ハナ", phone="+81188001111", birth_year=1950),
    ],
    ids=["another phone", "another name", "another year"],
)
def test_where_there_is_a_doubt_reception_is_asked(app: Flask, city: None, wish: Wish) -> None:
    with app.app_context():
        make_learner("サトウ ハナ", phone="018-800-1111", birth_year=1944)
        applied(make_run(), wish)
        assert states() == [(ApplicationState.HELD, HeldBecause.UNKNOWN)]
        assert seated() == []


def test_the_same_application_twice_is_one_and_that_of_somebody_else_is_another(app: Flask, hana: int) -> None:
    """The receipt of one that is known takes a seat back: a neighbour who knows a name and a number gets none of it."""
    with app.app_context():
        run_id = make_run()
        first = applied(run_id, HANA)
        assert applied(run_id, HANA, own=[first]) == first
        assert len(states()) == 1
        strange = applied(run_id, HANA)
        assert states()[1:] == [(ApplicationState.HELD, HeldBecause.DIFFERS)]
        with transaction():
            assert withdraw_application(strange, "1111", now=desk_clock.now()) == strange
        assert seated() == [(hana, 1)]


def test_who_gave_their_place_up_by_whatever_door_applies_anew(app: Flask, hana: int) -> None:
    with app.app_context():
        run_id, drawn = make_run(), make_lottery(hour=14)
        first = applied(run_id, HANA)
        with transaction():
            cancel_enrolment(db.session.scalars(select(Enrolment.id)).one(), actor=SYSTEM, now=desk_clock.now())
        assert receipt_of(first).withdrawn  # type: ignore[union-attr]
        again = applied(run_id, HANA, own=[first])
        assert again != first
        assert seated() == [(hana, 1)]
        with transaction():
            withdraw_application(first, "1111", now=desk_clock.now())
        assert seated() == [(hana, 1)], "the old receipt takes nothing back that the new one gave"
        entered = applied(drawn, HANA)
        with transaction():
            withdraw_entrant(db.session.scalars(select(LotteryEntrant.id)).one(), actor=SYSTEM, now=desk_clock.now())
        assert applied(drawn, HANA, own=[entered]) != entered
        assert tickets_of(drawn).tickets[0].people == 1


def test_a_pair_that_names_each_other_differently_is_held_with_the_other_application(app: Flask, hana: int) -> None:
    with app.app_context():
        run_id, taro = make_run(), make_learner("サトウ タロウ", phone="018-800-1111")
        applied(run_id, HANA, TARO)
        assert sorted(one[0] for one in seated()) == [hana, taro]
        applied(run_id, TARO)
        applied(run_id, TARO, Wish(kana="サトウ ハナコ", phone="+81188001111"))
        found = db.session.scalars(select(Application).order_by(Application.id)).all()
        assert [one.because for one in found[1:]] == [HeldBecause.DIFFERS, HeldBecause.DIFFERS]
        assert found[1].differs_from == found[0].id


def test_what_the_desk_would_ask_is_asked_and_nothing_is_half_written(app: Flask, hana: int) -> None:
    """Two who are known apply together, and one of them is enrolled already: neither is enrolled anew."""
    with app.app_context():
        run_id, taro = make_run(), make_learner("サトウ タロウ", phone="018-800-1111")
        enrol(run_id, taro)
        applied(run_id, HANA, TARO)
        assert states() == [(ApplicationState.HELD, HeldBecause.NO_PLACE)]
        assert [one[0] for one in seated()] == [taro]


def test_one_second_after_the_deadline_and_after_the_beginning_it_is_too_late(app: Flask, hana: int) -> None:
    with app.app_context():
        run_id, other = make_lottery(), make_run()
        at = desk_clock.now() + OPEN_FOR
        for wanted, when, refusal in (
            (run_id, at, DeadlinePassed),
            (run_id, at + timedelta(seconds=1), DeadlinePassed),
            (other, at + timedelta(days=20), RunNotOpen),
        ):
            with pytest.raises(refusal), transaction():
                apply(wanted, [HANA], now=when)
        assert states() == []


def test_a_shared_address_is_slowed_and_not_shut(app: Flask, city: None) -> None:
    with app.app_context():
        run_id, now = make_run(), desk_clock.now()
        for number in range(10):
            applied(run_id, Wish(kana="サトウ ハナ", phone=f"+8118800{number:04}"), sender="one")
        with pytest.raises(TooMany):
            applied(run_id, HANA, sender="one")
        applied(run_id, HANA, sender="another")
        with transaction():
            apply(run_id, [TARO], sender="one", now=now + timedelta(minutes=11))
        assert len(states()) == 12


def test_the_draw_waits_for_who_is_still_to_be_confirmed_and_takes_them_in(app: Flask, city: None) -> None:
    with app.app_context():
        run_id = make_lottery()
        applied(run_id, HANA)
        at = desk_clock.now() + OPEN_FOR
        assert draw_due(at) == 0
        (applicant,) = db.session.scalars(select(Applicant.id))
        with transaction():
            say_who(applicant, None, actor=SYSTEM, now=at + timedelta(hours=1))
        assert states() == [(ApplicationState.PLACED, HeldBecause.UNKNOWN)]
        assert draw_due(at + timedelta(hours=1)) == 1
        assert [one[1] for one in seated()] == [1]
        learner = db.session.scalars(select(Learner)).one()
        assert (learner.kana, seated()[0][0]) == ("サトウ ハナ", learner.id)


def test_the_draw_does_not_wait_for_ever(app: Flask, city: None) -> None:
    with app.app_context():
        applied(make_lottery(), HANA)
        at = desk_clock.now() + OPEN_FOR
        assert draw_due(at + timedelta(hours=23)) == 0
        assert draw_due(at + timedelta(hours=24)) == 1
        evening = make_run(filling=Filling.LOTTERY, apply_until=meeting_at().starts_at - timedelta(hours=17))
        applied(evening, TARO)
        assert draw_due(meeting_at().starts_at - timedelta(hours=9)) == 0
        assert draw_due(meeting_at().starts_at - timedelta(hours=8, minutes=30)) == 1, "the rest is for telling them"


def test_withdrawing_gives_back_whatever_it_has_become_and_guesses_are_counted(app: Flask, hana: int) -> None:
    with app.app_context():
        for run_id in (make_run(), make_lottery(hour=14)):
            receipt, now = applied(run_id, HANA), desk_clock.now()
            for _twice in range(2):
                with transaction():
                    assert withdraw_application(receipt.lower(), "1111", now=now) == receipt
        assert seated() == []
        assert db.session.scalars(select(LotteryEntrant.withdrawn_at)).one() is not None
        for _ in range(5):
            with transaction():
                assert type(withdraw_application("A999999", "1111", now=now)).__name__ == "NoSuchApplication"
        with transaction():
            assert type(withdraw_application("A999999", "1111", now=now)).__name__ == "TriedTooOften"


# ---- the pages


def form_of(client: PageClient, run_id: int, clock: Clock) -> Page:
    """The page, read for a while."""
    page = client.get(f"/apply/{run_id}")
    clock.set(desk_clock.now() + timedelta(seconds=30))
    return page


def test_whoever_applies_sees_the_same_whether_they_are_known_or_not(
    app: Flask, client: PageClient, hana: int, clock: Clock
) -> None:
    with app.app_context():
        run_id = make_run()
    assert client.get(f"/schedule/{run_id}").link("この教室に申し込む") == f"/apply/{run_id}"
    texts = []
    for kana in ("サトウ ハナ", "スズキ ミドリ"):
        page = form_of(client, run_id, clock)
        done = client.submit(page, "申し込む", {"kana": kana, "phone": "018-800-1111"}, follow=True)
        assert done.h1 == "受付が完了しました"
        (number,) = done.texts(".receipt-number strong")
        texts.append(done.text.replace(number, "").split("申し込んだ日時")[0])
        assert kana not in done.text
    assert texts[0] == texts[1]
    again = client.submit(
        form_of(client, run_id, clock), "申し込む", {"kana": kana, "phone": "018-800-1111"}, follow=True
    )
    assert again.texts(".receipt-number strong") == [number], "the same browser"
    with app.app_context():
        assert [one[0] for one in states()] == [ApplicationState.PLACED, ApplicationState.HELD]
    page = client.get(done.link("申し込みを取り消す"))
    wrong = client.submit(page, "申し込みを取り消す", {"last_four": "２２２２"}, expect=422)
    assert "受付番号か、電話番号の下4けたがちがいます" in wrong.text
    assert (
        client.submit(wrong, "申し込みを取り消す", {"last_four": "１１１１"}, follow=True).h1
        == "申し込みを取り消しました"
    )


def test_robots_are_told_from_people_without_a_riddle(app: Flask, client: PageClient, city: None, clock: Clock) -> None:
    with app.app_context():
        run_id = make_run()
    wanted = {"kana": "サトウ ハナ", "phone": "018-800-1111"}
    quick = client.submit(client.get(f"/apply/{run_id}"), "申し込む", wanted, expect=422)
    assert "もう一度「申し込む」を押すか" in quick.text
    trapped = client.submit(form_of(client, run_id, clock), "申し込む", {**wanted, "website": "x"}, expect=422)
    assert "受け付けられませんでした" in trapped.text
    assert client.submit(quick, "申し込む", follow=True).h1 == "受付が完了しました"


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    app: Flask, client: PageClient, city: None, clock: Clock
) -> None:
    with app.app_context():
        run_id = make_run()
        invited = make_run(filling=Filling.INVITATION)
    page = form_of(client, run_id, clock)
    wrong = client.submit(page, "申し込む", {"kana": "佐藤", "phone": "12", "other_name": "佐藤 太郎"}, expect=422)
    assert "ひらがなかカタカナで入力してください" in wrong.text
    assert "もうひとりの方のフリガナを入力してください" in wrong.text
    assert attribute(wrong.all("#other_name")[0], "value") == "佐藤 太郎"
    twice = client.submit(
        page, "申し込む", {"kana": "さとう", "phone": "018-833-1111", "other_kana": "サトウ"}, expect=422
    )
    assert "お名前が、はじめの方と同じです" in twice.error("other_kana")
    client.get(f"/apply/{invited}", expect=404)
    client.get("/apply/999999", expect=404)
    assert "この教室に申し込む" not in client.get(f"/schedule/{invited}").text
