"""A learner is erased: no table, file or log holds a value of theirs any more, and every figure is what it was."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportdesk.accounts.chain import chain_key
from supportdesk.accounts.verifying import verify
from supportdesk.classes.attendance import Mark, record_attendance
from supportdesk.classes.models import AttendanceState, Enrolment, EnrolmentState
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.helpdesk.cases.models import Case
from supportdesk.helpdesk.models import Booking, BookingState
from supportdesk.learners.admission import admit_phone, open_window
from supportdesk.learners.caller import Caller
from supportdesk.learners.consents import record_consent
from supportdesk.learners.life import change_status
from supportdesk.learners.models import AgeBand, ConsentKind, Learner, NameVariant, Need, Sex, Status, StatusReason
from supportdesk.learners.operations import amend_learner
from supportdesk.learners.particulars import Particulars, Telephone
from supportdesk.learners.passes import issue_pass, live_pass
from supportdesk.learners.rights.erasure import NotTheName, erase_learner, fates_of
from supportdesk.learners.rights.models import Asker, RequestKind, RequestState, RightsRequest
from supportdesk.learners.rights.requests import take_request
from supportdesk.learners.rooms import release_learner
from supportdesk.learners.search import find_learners
from supportdesk.videos.operations import answer_video, count_view
from tests.classes.making import enrol, make_lecture, make_run, meeting_at, meeting_of
from tests.clocks import TODAY, Clock
from tests.factories import make_account, make_actor, make_learner, make_reference
from tests.helpdesk.making import at, book, make_adviser, make_desk
from tests.learners.rights.traces import traces
from tests.notices.making import queue
from tests.pages import PageClient
from tests.tutors.making import log, make_tutor, match
from tests.videos.making import make_video

#: Values that nothing else in the desk has: of the learner, and of whoever speaks for them.
NAME, KANA = "鵺野 蟋蟀", "ヌエノ コオロギ"
FORMER_NAME, FORMER_KANA = "鵼塚 蟋蟀", "ヌエヅカ コオロギ"
VALUES = {
    "note": "のおとのひみつ",
    "address": "架空町七丁目77-7",
    "former_address": "仮想町八丁目88-8",
    "mail": "nueno@example.jp",
    "helper_name": "鵺野 飛蝗",
    "helper_relation": "はとこの子",
    "caller_name": "鵺野 蝗虫",
    "caller_relation": "義理の大おば",
    "clash_reason": "かさなりのわけ",
    "topic": "ひみつの相談",
    "wish": "ひみつの練習",
    "session": "ひみつのようす",
    "place": "ひみつの集会所",
    "notice": "ひみつのお知らせ",
    "asker": "鵺野 代理",
    "request": "ひみつの申し出",
    "case": "ひみつの記録",
    "aside": "ひみつの控え",
}
PHONE, HELPER_PHONE, CALLER_PHONE = "018-889-7431", "018-889-7432", "018-889-7433"
POSTAL, FORMER_POSTAL = "010-7431", "010-7432"
FRAGMENTS = (
    *VALUES.values(), *NAME.split(), *KANA.split(), FORMER_NAME.split()[0], FORMER_KANA.split()[0], "ぬえの",
    "こおろぎ", "ぬえづか", "8897431", "889-7431", "8897432", "8897433", "1347988", "7431番", POSTAL, FORMER_POSTAL,
    "1933-04-17", "year=1933",
)  # fmt: skip


def furnish(app: Flask, clock: Clock) -> int:
    """A learner with a value of their own wherever one can be; in the classes and consultations of a past day too."""
    with app.app_context():
        make_reference()
        for role in (Role.ADMIN, Role.COORDINATOR):
            make_account(role, districts=("chuo",))
        adviser, tutor = make_adviser(), make_tutor()
        desk, actor = make_desk(adviser), make_actor(Role.RECEPTION)
        particulars: dict[str, Any] = {
            "birth_date": date(1933, 4, 17), "sex": Sex.FEMALE, "mail": VALUES["mail"], "note": VALUES["note"],
            "helper_name": VALUES["helper_name"], "helper_relation": VALUES["helper_relation"],
            "helper_phone": "+81188897432", "needs": frozenset({Need.SIGHT}), "district_code": "chuo",
            "phones": (Telephone(PHONE, "+81188897431"), Telephone("7431番の内線", None)),
        }  # fmt: skip
        learner = make_learner(
            FORMER_KANA, name=FORMER_NAME, address=VALUES["former_address"], postal_code=FORMER_POSTAL, **particulars
        )
        now = desk_clock.now
        with transaction():
            now_known = Particulars(
                name=NAME,
                kana=KANA,
                address=VALUES["address"],
                postal_code=POSTAL,
                **particulars,
            )
            amend_learner(learner, now_known, actor=actor, now=now())
        caller = Caller(VALUES["caller_name"], VALUES["caller_relation"], "+81188897433")
        today = make_run(meeting_at(TODAY, 14))
        enrol(today, learner, caller=caller)
        enrol(make_run(), learner, caller=caller)
        clashing = make_lecture(meeting_at(hour=10), district_code="chuo", venue_id=None, place="別の所")
        enrol(clashing, learner, caller=caller, clash_reason=VALUES["clash_reason"])
        book(desk, adviser, learner, at(11), topic=VALUES["topic"], caller=caller)
        book(desk, adviser, learner, at(10), topic=VALUES["topic"], caller=caller, clash_reason=VALUES["clash_reason"])
        match(tutor, learner, VALUES["wish"])
        log(tutor, learner, note=VALUES["session"], place=VALUES["place"], levels={"A1": 1})
        queue(learner, text=VALUES["notice"], call_to="+81188897433")
        video = make_video().id
        with transaction():
            record_consent(learner, ConsentKind.KEEP_RECORD, True, "読んだ文", actor=actor, now=now())
            record_consent(learner, ConsentKind.TIE_VIDEO_VIEWS, True, "読んだ文", actor=actor, now=now())
            count_view(video, learner, now=now())
            answer_video(video, learner, True, now=now())
            token = issue_pass(learner, actor=actor, now=now()).token
            open_window(learner, actor=actor, now=now())
            admit_phone(token, now=now())
            take_request(
                learner, RequestKind.ERASURE, received_on=TODAY, asker=Asker.AGENT, asker_name=VALUES["asker"],
                note=VALUES["request"], actor=actor, now=now(),
            )  # fmt: skip
        make_learner("ヌマタ ウメ", phone="018-889-0000")  # somebody near in every list
    clock.advance(hours=5)
    with app.app_context(), transaction():
        marks = [Mark(learner, AttendanceState.PRESENT, desk_clock.now())]
        record_attendance(meeting_of(today), marks, actor=SYSTEM, now=desk_clock.now())
    _consult(app, learner)
    return learner


def _consult(app: Flask, learner: int) -> None:
    """One of the consultations was held, with notes, and one form's input kept aside."""
    with app.app_context(), transaction() as session:
        booking = session.scalars(select(Booking).where(Booking.learner_id == learner).order_by(Booking.id)).first()
        assert booking is not None
        held = desk_clock.now() - timedelta(days=1)
        booking.state, booking.starts_at, booking.ends_at = BookingState.HELD, held, held + timedelta(hours=1)
        session.add(
            Case(
                booking_id=booking.id, learner_id=learner, adviser_id=booking.adviser_id, asked=VALUES["topic"],
                done=VALUES["case"], opened_at=held, saved_at=held, levels={"A1": 1},
                asides={"token": {"done": VALUES["aside"]}},
            )
        )  # fmt: skip


FIGURES = ("/tutors/figures", "/tutors/figures/file/csv", "/schedule", "/classes/", "/outreach/lectures/")


def figures(client: PageClient) -> dict[str, bytes]:
    return {address: client.get(address).data for address in FIGURES}


def _without_tokens(pages: dict[str, bytes]) -> dict[str, bytes]:
    return {address: re.sub(rb'value="[^"]{20,}"', b"", page) for address, page in pages.items()}


def test_nothing_of_theirs_is_left_anywhere_and_the_figures_stay(
    app: Flask, client: PageClient, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    learner = furnish(app, clock)
    assert {place.split()[0] for place in traces(app, FRAGMENTS)} >= {
        "learner", "former_name", "former_residence", "learner_phone", "learner_key", "name_variant", "enrolment",
        "booking", "consultation_case", "match", "peer_session", "notice", "rights_request",
    }  # fmt: skip
    client.sign_in("admin")
    with app.app_context(), transaction():  # what lies ahead is no figure yet: it is released beforehand
        release_learner(learner, Status.PAUSED, actor=SYSTEM, now=desk_clock.now())
    before = _without_tokens(figures(client))
    asked = client.get(f"/learners/{learner}", expect=303, follow=True)
    why = {"reason": "other", "words": f"{NAME}さんの長女（{CALLER_PHONE}）から"}
    page = client.get(client.submit(asked, "why", why, follow=True).link("消去する"))
    assert "操作の記録のうち3件から、管理者が理由として書いたことばを消します" in page.text
    assert "元にもどせません" in page.text and "教え合い" in page.text
    assert "名前とちがいます" in client.submit(page, "erase", {"typed": "スズキ"}, expect=422).text
    caplog.clear()
    gone = client.submit(page, "erase", {"typed": KANA}, follow=True)
    assert "消去しました" in gone.text
    assert traces(app, FRAGMENTS) == []
    with app.app_context():
        assert verify([chain_key()]).findings == []
    assert not [fragment for fragment in FRAGMENTS if fragment in caplog.text]
    assert "この方の記録は消去しました" in client.get(f"/learners/{learner}", expect=410).text
    assert _without_tokens(figures(client)) == before
    with app.app_context():
        run = db.session.scalars(select(Enrolment.run_id).where(Enrolment.state == EnrolmentState.SEATED)).one()
        meeting = meeting_of(run)
    for address in ("/tutors/figures/chuo", f"/classes/{run}", f"/classes/meetings/{meeting}/roster"):
        assert "（消去済み）" in client.get(address).text, address


@pytest.mark.usefixtures("context")
def test_the_row_is_nobody_for_ever_and_what_was_counted_stays_as_it_was_that_day() -> None:
    make_reference()
    learner = make_learner("ヌエノ コオロギ", birth_date=date(1940, 1, 2))
    held = enrol(make_run(), learner)
    with transaction():
        issue_pass(learner, actor=SYSTEM, now=desk_clock.now())
        erase_learner(learner, "ぬえの こおろぎ", actor=SYSTEM, now=desk_clock.now())
    row = db.session.get_one(Learner, learner)
    assert (row.name, row.kana, row.birth_date, row.district_code) == ("", "", None, None)
    assert row.erased_at == desk_clock.now()
    kept = db.session.get_one(Enrolment, held.enrolment_id)
    assert (kept.state, kept.residence, kept.age_band) == (EnrolmentState.CANCELLED, "chuo", AgeBand.EIGHTIES)
    assert live_pass(learner) is None
    assert list(find_learners("ヌエノ")) == []
    with pytest.raises(NotFound), transaction():
        erase_learner(learner, actor=SYSTEM, now=desk_clock.now())
    with pytest.raises(NotFound), transaction():
        amend_learner(learner, Particulars(kana=KANA), actor=SYSTEM, now=desk_clock.now())
    with pytest.raises(NotFound), transaction():
        change_status(learner, Status.ACTIVE, StatusReason.BACK, actor=SYSTEM, now=desk_clock.now())


@pytest.mark.usefixtures("context")
def test_a_name_that_somebody_else_bears_is_still_found_by_a_slip() -> None:
    make_reference()
    learner, _other = make_learner("ヌエノ コオロギ"), make_learner("ヌエノ ウメ")
    with transaction():
        erase_learner(learner, actor=SYSTEM, now=desk_clock.now())
    known = set(db.session.scalars(select(NameVariant.name)))
    assert "ぬえの" in known and "うめ" in known and "こおろぎ" not in known


@pytest.mark.usefixtures("context")
def test_nobody_is_erased_by_another_name() -> None:
    make_reference()
    learner = make_learner("ヌエノ コオロギ")
    with pytest.raises(NotTheName), transaction():
        erase_learner(learner, "ヌエノ", actor=SYSTEM, now=desk_clock.now())
    assert db.session.get_one(Learner, learner).kana == "ヌエノ コオロギ"


@pytest.mark.usefixtures("context")
def test_what_they_asked_for_is_done_with() -> None:
    make_reference()
    learner = make_learner()
    with transaction():
        take_request(learner, RequestKind.ERASURE, received_on=TODAY, actor=SYSTEM, now=desk_clock.now())
        assert any("申し出" in fate.title for fate in fates_of(learner))
        erase_learner(learner, actor=SYSTEM, now=desk_clock.now())
    (asked,) = db.session.scalars(select(RightsRequest))
    assert (asked.state, asked.done_on) == (RequestState.DONE, TODAY)
